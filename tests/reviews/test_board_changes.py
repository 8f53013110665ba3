"""Many reviews changed at once: what the dry run shows happens, once, whole or not at all, and is undone."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from reviewhub.accounts.tables import Event
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment, Extension
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.mail.sending import deliver_mails
from reviewhub.mail.tables import Mail
from reviewhub.reviews.asking import taken_pairs
from reviewhub.reviews.bulk_changing import Outdated, make_change, plan_change, show_change, undo_change
from reviewhub.reviews.bulk_plans import BulkAct, BulkPlan, BulkWish
from reviewhub.reviews.bulk_tables import BulkChange, Reminder
from reviewhub.reviews.progress import BoardChoice, Errand, choose_rows
from reviewhub.reviews.progress_board import load_progress
from reviewhub.reviews.reassigning import state_conflict
from reviewhub.reviews.tables import Assignment, FixCheck, Review
from reviewhub.storage import Database
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.crowds import add_reviewers
from tests.reviews.visits import visitor
from tests.reviews.worlds import CHECKING, RESPONDING, REVIEWING, REVIEWS_DUE, World, assign, build_world, freeze

UNTIL = REVIEWS_DUE + timedelta(days=3)
HOUR = timedelta(hours=1)


def wish_for(act: BulkAct, *chosen: str, **more: Any) -> BulkWish:
    fields = {name: more.pop(name) for name in list(more) if name in BoardChoice.__annotations__}
    return BulkWish(act=act, choice=BoardChoice(**fields), chosen=frozenset(chosen) if chosen else None, **more)


def dry_run(database: Database, world: World, wish: BulkWish, now: datetime = REVIEWING, who: str = "iris") -> BulkPlan:
    with database.reading() as session:
        return plan_change(session, actor=world.actor(who), now=now, course="dgm", wish=wish)


def change(
    database: Database, world: World, wish: BulkWish, now: datetime = REVIEWING, plan: BulkPlan | None = None
) -> BulkChange:
    plan = plan or dry_run(database, world, wish, now)
    with database.writing() as session:
        return make_change(
            session, actor=world.actor("iris"), now=now, course="dgm", wish=wish, number=plan.number,
            digest=plan.digest, reason="Illness.",
        )  # fmt: skip


def undo(database: Database, world: World, made: BulkChange, now: datetime = REVIEWING + HOUR) -> BulkChange:
    with database.writing() as session:
        return undo_change(session, actor=world.actor("iris"), now=now, course="dgm", change_id=made.id)


def why_not(database: Database, made: BulkChange) -> str:
    with database.reading() as session:
        return show_change(session, course=find_course(session, "dgm"), change_id=made.id).hindrance


def pairs(database: Database, world: World) -> set[tuple[str, str]]:
    """Who reviews what, by the short names of the world."""
    names = {enrollment: name for name, enrollment in world.enrollments.items()}
    keys = {project: key for key, project in world.projects.items()}
    with database.reading() as session:
        taken = taken_pairs(session, find_course(session, "dgm"))
    return {(names[pair.reviewer_id], keys[pair.project_id]) for pair in taken}


def assignment_of(database: Database, world: World, name: str, key: str) -> str:
    with database.reading() as session:
        return session.get_one(Review, world.reviews[name, key]).assignment_id


def hand_in(database: Database, world: World, name: str, key: str, now: datetime = REVIEWING) -> str:
    finding = file(database, world, name, key, now=now)
    save(database, world, name, key, now=now)
    submit(database, world, name, key, now=now + HOUR)
    return finding.id


def count(database: Database, column: object, *conditions: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(column)).where(*conditions)) or 0  # type: ignore[arg-type]  # any column


@pytest.fixture
def three(database: Database, world: World) -> World:
    """Cem and Derya review DCGAN, Ada reviews VAE."""
    for name, key in (("cem", "DCGAN"), ("derya", "DCGAN"), ("ada", "VAE")):
        assign(database, world, name, key)
    return world


# ------------------------------------------------------------------------------------------------------- reminding


def test_mail_goes_to_exactly_the_people_of_the_rows_shown(database: Database, three: World) -> None:
    hand_in(database, three, "derya", "DCGAN")
    wish = wish_for(BulkAct.REMIND, words="dcgan")
    with database.reading() as session:
        rows = choose_rows(load_progress(session, find_course(session, "dgm"), REVIEWING + 2 * HOUR), wish.choice)
    assert [(row.reviewer, row.errands) for row in rows] == [
        ("Cem Example", (Errand.WRITE,)), ("Derya Example", ()),
    ]  # fmt: skip

    plan = dry_run(database, three, wish, REVIEWING + 2 * HOUR)
    change(database, three, wish, REVIEWING + 2 * HOUR, plan)

    assert [mail.to for mail in plan.mails] == ["cem@example.org"]
    assert plan.idle == 1
    with database.reading() as session:
        mails = session.scalars(select(Mail).where(Mail.key.startswith("reminder-"))).all()
    assert [(mail.to, mail.subject, mail.text) for mail in mails] == [
        (mail.to, mail.subject, mail.text) for mail in plan.mails
    ]
    assert "Your review of DCGAN is not begun. Due: Fri 18 Dec 2026, 23:59 UTC+3." in mails[0].text


def test_one_person_gets_one_mail_about_everything(database: Database, three: World) -> None:
    assign(database, three, "cem", "GLOW")
    (mail,) = dry_run(database, three, wish_for(BulkAct.REMIND, words="cem")).mails
    assert mail.subject == "Deep Generative Models: 2 things wait for you"
    assert "review of DCGAN" in mail.text
    assert "review of GLOW" in mail.text


def test_developers_are_reminded_of_answers_and_never_told_the_reviewer(database: Database, three: World) -> None:
    for name in ("cem", "derya"):
        hand_in(database, three, name, "DCGAN")
    plan = dry_run(database, three, wish_for(BulkAct.REMIND, waits="answer"), RESPONDING)
    assert sorted(mail.to for mail in plan.mails) == ["ada@example.org", "bora@example.org"]
    assert "2 findings on your project DCGAN have no answer." in plan.mails[0].text
    assert not any(name in mail.text for mail in plan.mails for name in ("Cem", "Derya"))


def test_reviewers_are_reminded_of_unchecked_fixes_only(database: Database, three: World, tmp_path: Path) -> None:
    checked = hand_in(database, three, "cem", "DCGAN")
    hand_in(database, three, "derya", "DCGAN")
    freeze(database, three, tmp_path / "shared", 2, {"DCGAN/model.py": "pass\n"})
    with database.writing() as session:
        session.add(
            FixCheck(finding_id=checked, sequence=1, verdict="fixed", by_id=three.enrollments["cem"], at=CHECKING)
        )
    (mail,) = dry_run(database, three, wish_for(BulkAct.REMIND), CHECKING).mails
    assert mail.to == "derya@example.org"
    assert "1 finding of yours on DCGAN is not checked in version 2." in mail.text


def test_nobody_is_reminded_twice_within_20_hours_unless_forced(database: Database, three: World) -> None:
    wish, soon = wish_for(BulkAct.REMIND), REVIEWING + timedelta(hours=20) - timedelta(seconds=1)
    change(database, three, wish)
    plan = dry_run(database, three, wish, soon)
    assert (plan.mails, {line.refusal for line in plan.refused}) == ((), {"They were reminded less than 20 hours ago."})
    with pytest.raises(BadInput, match="Nothing would change"):
        change(database, three, wish, soon, plan)
    assert len(dry_run(database, three, wish_for(BulkAct.REMIND, force=True), soon).mails) == 3
    assert len(dry_run(database, three, wish, soon + timedelta(seconds=1)).mails) == 3


def test_whoever_has_left_gets_no_mail(database: Database, three: World) -> None:
    with database.writing() as session:
        session.get_one(Enrollment, three.enrollments["cem"]).left_at = REVIEWING
    plan = dry_run(database, three, wish_for(BulkAct.REMIND, words="cem"))
    assert [line.refusal for line in plan.lines] == ["They have left the course."]


def test_reminder_waits_and_is_taken_back_until_it_leaves(database: Database, three: World) -> None:
    made, sent = change(database, three, wish_for(BulkAct.REMIND)), []
    assert deliver_mails(database, carry=sent.append, now=REVIEWING + timedelta(minutes=4)) == 0
    undo(database, three, made)
    assert deliver_mails(database, carry=sent.append, now=REVIEWING + HOUR) == 0
    assert sent == []
    assert len(dry_run(database, three, wish_for(BulkAct.REMIND), REVIEWING + HOUR).mails) == 3  # nobody was reminded

    again = change(database, three, wish_for(BulkAct.REMIND), REVIEWING + HOUR)
    assert deliver_mails(database, carry=sent.append, now=REVIEWING + 2 * HOUR) == 3
    assert why_not(database, again) == "3 mails have left already."
    with pytest.raises(Conflict, match="3 mails have left already"):
        undo(database, three, again, REVIEWING + 2 * HOUR)


def test_members_of_a_reviewing_group_are_all_reminded(
    sqlite_database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(sqlite_database, reviewers="groups")
    with sqlite_database.writing() as session:
        row = Assignment(
            project_id=world.projects["DCGAN"], reviewer_group_id=world.groups["VAE"], reason="", assigned_at=REVIEWING
        )
        session.add(row)
        session.flush()
        session.add(Review(assignment_id=row.id))
    plan = dry_run(sqlite_database, world, wish_for(BulkAct.REMIND))
    assert sorted(mail.to for mail in plan.mails) == ["cem@example.org", "derya@example.org"]
    until = change(sqlite_database, world, wish_for(BulkAct.EXTEND, due_at=UNTIL))
    with sqlite_database.reading() as session:
        extension = session.scalars(select(Extension)).one()
    assert (extension.group_id, extension.due_at, len(until.items)) == (world.groups["VAE"], UNTIL, 1)


# ------------------------------------------------------------------------------------------------------- extending


def test_extension_is_one_for_each_reviewer_and_undone(database: Database, three: World) -> None:
    assign(database, three, "cem", "GLOW")
    made = change(database, three, wish_for(BulkAct.EXTEND, due_at=UNTIL, words="cem"))
    with database.reading() as session:
        rows = load_progress(session, find_course(session, "dgm"), REVIEWING)
    assert {row.due_at for row in rows if row.reviewer == "Cem Example"} == {UNTIL}
    assert {row.due_at for row in rows if row.reviewer != "Cem Example"} == {REVIEWS_DUE}
    assert count(database, Extension.id) == 1

    assert undo(database, three, made).undone_at == REVIEWING + HOUR
    with database.reading() as session:
        assert {row.due_at for row in load_progress(session, find_course(session, "dgm"), REVIEWING)} == {REVIEWS_DUE}


def test_extension_that_was_used_is_not_undone(database: Database, three: World) -> None:
    made = change(database, three, wish_for(BulkAct.EXTEND, due_at=UNTIL))
    hand_in(database, three, "cem", "DCGAN")
    assert why_not(database, made) == ""  # in time anyway
    hand_in(database, three, "ada", "VAE", now=REVIEWS_DUE + HOUR)
    assert why_not(database, made) == "1 review was handed in with it since."
    with pytest.raises(Conflict, match="handed in with it"):
        undo(database, three, made, UNTIL)


def test_extension_suggests_two_days_and_refuses_what_is_not_later(database: Database, three: World) -> None:
    assert dry_run(database, three, wish_for(BulkAct.EXTEND)).wish.due_at == REVIEWS_DUE + timedelta(days=2)
    with pytest.raises(BadInput, match="must end later than Fri 18 Dec 2026, 23:59"):
        dry_run(database, three, wish_for(BulkAct.EXTEND, due_at=REVIEWS_DUE))
    change(database, three, wish_for(BulkAct.EXTEND, due_at=UNTIL, words="cem"))
    refused = dry_run(database, three, wish_for(BulkAct.EXTEND, due_at=UNTIL)).refused
    assert [(line.who, line.refusal) for line in refused] == [("Cem Example", "They have that long already.")]


# ------------------------------------------------------------------------------- releasing, reassigning, showing


def test_released_reviewers_come_back_by_one_undo(database: Database, three: World) -> None:
    hand_in(database, three, "derya", "DCGAN")
    before = pairs(database, three)
    plan = dry_run(database, three, wish_for(BulkAct.RELEASE), REVIEWING + 2 * HOUR)
    assert [(line.who, line.after) for line in plan.doable] == [
        ("Ada Example", "released; VAE keeps 0 reviewers"), ("Cem Example", "released; DCGAN keeps 1 reviewer"),
    ]  # fmt: skip
    made = change(database, three, wish_for(BulkAct.RELEASE), REVIEWING + 2 * HOUR, plan)
    assert pairs(database, three) == {("derya", "DCGAN")}
    undo(database, three, made, REVIEWING + 3 * HOUR)
    assert pairs(database, three) == before


def test_release_is_not_undone_over_a_newer_assignment(database: Database, three: World) -> None:
    made = change(database, three, wish_for(BulkAct.RELEASE, words="cem"))
    assign(database, three, "cem", "DCGAN")
    assert why_not(database, made) == "Some of the reviewers were assigned again already."


def test_reviews_go_to_whoever_may_and_has_fewest(database: Database, three: World) -> None:
    with database.writing() as session:
        state_conflict(
            session, actor=three.actor("iris"), now=REVIEWING, course="dgm", enrollment_id=three.enrollments["ece"],
            project_id=three.projects["VAE"], kind="declared",
        )  # fmt: skip
    wish = wish_for(BulkAct.REASSIGN, words="ada")
    made = change(database, three, wish)
    # Not Cem and Derya, who develop VAE, nor Ece, who stated a conflict: Bora alone is left.
    assert pairs(database, three) == {("cem", "DCGAN"), ("derya", "DCGAN"), ("bora", "VAE")}
    undo(database, three, made)
    assert pairs(database, three) == {("cem", "DCGAN"), ("derya", "DCGAN"), ("ada", "VAE")}


def test_reassignment_names_the_rule_and_hands_nothing_round(database: Database, three: World) -> None:
    to_cem = dry_run(database, three, wish_for(BulkAct.REASSIGN, words="ada", to=three.enrollments["cem"]))
    assert [line.refusal for line in to_cem.lines] == ["Not possible: nobody reviews their own project."]
    lines = dry_run(database, three, wish_for(BulkAct.REASSIGN, words="dcgan")).lines
    assert [line.after for line in lines] == ["Ece Example, who then has 1 review", "—"]
    assert lines[1].refusal == "Not possible: no rule leaves anybody for it."


def test_reassignment_is_not_undone_once_somebody_has_begun(database: Database, three: World) -> None:
    made = change(database, three, wish_for(BulkAct.REASSIGN, words="ada"))
    with database.writing() as session:
        review = session.scalars(select(Review).where(Review.assignment_id == made.items[0]["made_id"])).one()
        review.started_at = REVIEWING
    assert why_not(database, made) == "1 new reviewer has begun."


def test_reviews_are_shown_by_hand_and_hidden_until_an_answer(
    database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(database, release="by_hand")
    assign(database, world, "cem", "DCGAN")
    assign(database, world, "ada", "VAE")
    finding_id = hand_in(database, world, "cem", "DCGAN")
    wish = wish_for(BulkAct.SHOW)
    made = change(database, world, wish, RESPONDING)
    assert [item["who"] for item in made.items] == ["Cem Example"]
    with database.reading() as session:
        assert session.get_one(Review, world.reviews["cem", "DCGAN"]).released_at == RESPONDING
    undo(database, world, made, RESPONDING)
    with database.reading() as session:
        assert session.get_one(Review, world.reviews["cem", "DCGAN"]).released_at is None
    again = change(database, world, wish, RESPONDING + HOUR)
    answer(database, world, "ada", "DCGAN", finding_id, now=RESPONDING + 2 * HOUR)
    assert why_not(database, again) == "Findings are answered already."


def test_course_file_decides_what_can_be_done_together(database: Database, three: World) -> None:
    with pytest.raises(Conflict, match="released by the course file"):
        dry_run(database, three, wish_for(BulkAct.SHOW))
    with database.writing() as session:
        course = session.get_one(Course, three.course_id)
        course.policy_text = course.policy_text.replace("[extensions]\nallowed = true", "[extensions]\nallowed = false")
        course.policy_digest = "no extensions"
        assert not course.policy.extensions.allowed
    with pytest.raises(Conflict, match="never extended"):
        dry_run(database, three, wish_for(BulkAct.EXTEND, due_at=UNTIL))


# ------------------------------------------------------------------------------------------ once, whole, allowed


def test_change_sent_twice_is_one_and_a_stale_dry_run_is_shown_anew(database: Database, three: World) -> None:
    wish = wish_for(BulkAct.RELEASE, words="cem")
    plan, other = dry_run(database, three, wish), dry_run(database, three, wish_for(BulkAct.RELEASE, words="ada"))
    made = change(database, three, wish, plan=plan)
    assert change(database, three, wish, plan=plan).id == made.id
    with pytest.raises(Outdated):
        change(database, three, wish_for(BulkAct.RELEASE, words="ada"), plan=other)
    assert count(database, BulkChange.id) == 1
    assert count(database, Assignment.id, Assignment.released_at.is_not(None)) == 1


def test_what_is_handed_in_meanwhile_makes_the_dry_run_stale(database: Database, three: World) -> None:
    wish = wish_for(BulkAct.REASSIGN)
    plan = dry_run(database, three, wish)
    hand_in(database, three, "cem", "DCGAN")
    with pytest.raises(Outdated):
        change(database, three, wish, REVIEWING + 2 * HOUR, plan)
    assert count(database, BulkChange.id) == 0


def test_same_change_clicked_at_once_is_made_once(
    database: Database, three: World, settings: Settings, make_app, clock
) -> None:
    clock.put(REVIEWING)
    app, plan = make_app(database=database), dry_run(database, three, wish_for(BulkAct.REMIND))
    fields = {"act": "remind", "scope": "shown", "number": "1", "digest": plan.digest}
    people = [visitor(app, database, three, name, now=REVIEWING, settings=settings) for name in ("iris", "ali") * 4]
    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(lambda one: one.post("/c/dgm/progress/changes", fields), people))
    assert {answer.status_code for answer in told} == {303}
    assert len({answer.headers["Location"] for answer in told}) == 1
    assert (count(database, BulkChange.id), count(database, Reminder.id)) == (1, 3)
    assert count(database, Mail.id, Mail.key.startswith("reminder-")) == 3


def test_undo_clicked_twice_is_one(database: Database, three: World) -> None:
    made = change(database, three, wish_for(BulkAct.RELEASE))
    undo(database, three, made)
    with pytest.raises(Conflict, match="undone already"):
        undo(database, three, made)


@pytest.mark.parametrize("act", ["remind", "extend", "reassign", "release"])
def test_change_killed_in_the_middle_leaves_nothing(
    sqlite_database: Database, settings: Settings, tmp_path: Path, act: str
) -> None:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    for name, key in (("cem", "DCGAN"), ("derya", "GLOW"), ("ada", "VAE")):
        assign(sqlite_database, world, name, key)
    before, events = pairs(sqlite_database, world), count(sqlite_database, Event.id)
    child = Path(__file__).with_name("changing_child.py")

    died = subprocess.run(
        [sys.executable, str(child), settings.database.url, world.users["iris"], act, "2"],
        check=False, cwd=Path(__file__).parents[2], env={"PYTHONPATH": "."}, capture_output=True, text=True,
    )  # fmt: skip

    assert died.returncode == -9, died.stderr
    for column in (BulkChange.id, Reminder.id, Extension.id, Mail.id):
        assert count(sqlite_database, column) == 0
    assert (pairs(sqlite_database, world), count(sqlite_database, Event.id)) == (before, events)
    assert change(sqlite_database, world, wish_for(BulkAct(act))).number == 1


def test_events_tell_who_changed_what(database: Database, three: World) -> None:
    made = change(database, three, wish_for(BulkAct.RELEASE, words="cem"))
    undo(database, three, made)
    with database.reading() as session:
        events = session.scalars(select(Event).where(Event.subject_id == made.id).order_by(Event.at)).all()
    assert [(event.action, event.reason) for event in events] == [
        ("changed many reviews: release", "Illness."), ("undid many changes: release", ""),
    ]  # fmt: skip
    assert events[0].after["lines"] == [["Cem Example", "DCGAN", "released; DCGAN keeps 1 reviewer"]]


@pytest.mark.parametrize("name", ["cem", "olga"])
@pytest.mark.parametrize("act", BulkAct)
def test_only_the_staff_change_many_reviews(database: Database, three: World, name: str, act: BulkAct) -> None:
    with pytest.raises(NotAllowed):
        dry_run(database, three, wish_for(act), who=name)
    made = change(database, three, wish_for(BulkAct.RELEASE))
    with pytest.raises(NotAllowed), database.writing() as session:
        undo_change(session, actor=three.actor(name), now=REVIEWING, course="dgm", change_id=made.id)


def test_nothing_chosen_and_no_reason_are_refused(database: Database, three: World) -> None:
    with pytest.raises(BadInput, match="Choose at least one review"):
        dry_run(database, three, wish_for(BulkAct.REMIND, "0123456789abcdef"))
    wish = wish_for(BulkAct.RELEASE)
    plan = dry_run(database, three, wish)
    with pytest.raises(BadInput, match="Say why"), database.writing() as session:
        make_change(
            session, actor=three.actor("iris"), now=REVIEWING, course="dgm", wish=wish, number=plan.number,
            digest=plan.digest, reason="  ",
        )  # fmt: skip
    with pytest.raises(NotFound), database.writing() as session:
        undo_change(session, actor=three.actor("iris"), now=REVIEWING, course="dgm", change_id="0123456789abcdef")


def test_three_hundred_reviews_are_released_and_taken_back(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    add_reviewers(sqlite_database, world, 100)
    made = change(sqlite_database, world, wish_for(BulkAct.RELEASE))
    assert len(made.items) == 200  # a hundred are handed in
    undo(sqlite_database, world, made)
    assert count(sqlite_database, Assignment.id, Assignment.released_at.is_not(None)) == 0
