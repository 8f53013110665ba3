"""Reviewers say what they would like to review, before the assignment; on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import BadInput, NotAllowed
from reviewhub.reviews.asking import ask_question
from reviewhub.reviews.assignment import Wish
from reviewhub.reviews.tables import ReviewConflict
from reviewhub.reviews.wishing import Said, load_wishes, state_wishes
from reviewhub.storage import Database
from tests.reviews.test_assigning import apply, dry_run
from tests.reviews.visits import visitor, words_of
from tests.reviews.worlds import VERSION_1, World

NOW = VERSION_1 - timedelta(days=1)


def ask_for_wishes(database: Database, world: World, until: str = "") -> World:
    with database.writing() as session:
        course = session.get_one(Course, world.course_id)
        asked = f"topic_fit        = true\n{until}"
        course.policy_text = course.policy_text.replace("topic_fit        = false", asked)
        course.policy_digest = f"asks {until}"
    return world


def say(database: Database, world: World, name: str, now=NOW, **said: str) -> None:  # type: ignore[no-untyped-def]
    reasons = {key.removesuffix("_why"): words for key, words in said.items() if key.endswith("_why")}
    with database.writing() as session:
        state_wishes(
            session, actor=world.actor(name), now=now, course="dgm",
            said={world.projects[key]: Said(answer=answer, reason=reasons.get(key, ""))
                  for key, answer in said.items() if not key.endswith("_why")},
        )  # fmt: skip


def test_wishes_become_cost_and_conflicts_become_rules(database: Database, world: World) -> None:
    ask_for_wishes(database, world)
    say(database, world, "ada", VAE="wants", GLOW="conflict", GLOW_why="my sister")
    with database.reading() as session:
        question = ask_question(session, find_course(session, "dgm"), each=1, seed=0)
        ada = next(one for one in question.reviewers if one.reviewer_id == world.enrollments["ada"])
        assert ada.wishes[world.projects["VAE"]] is Wish.WANTS
        assert ada.conflicts == {world.projects["GLOW"]}
        rows = load_wishes(session, find_course(session, "dgm"), session.get_one(Enrollment, world.enrollments["ada"]))
        assert [(row.project.key, row.answer, row.reason) for row in rows] == [
            ("GLOW", "conflict", "my sister"), ("VAE", "wants", ""),
        ]  # fmt: skip
        assert session.scalars(select(Event.after).where(Event.action == "stated wishes")).one() == {
            "VAE": "wants", "GLOW": "conflict",
        }  # fmt: skip
    run = dry_run(database, world)
    assert (world.enrollments["ada"], world.projects["VAE"]) in {
        (row["reviewer_id"], row["project_id"]) for row in run.plan
    }
    assert (run.statistics["asked"], run.statistics["heard"]) == (1, 1)


def test_conflict_can_be_taken_back_by_its_reviewer_but_not_one_of_the_staff(database: Database, world: World) -> None:
    ask_for_wishes(database, world)
    say(database, world, "ada", VAE="conflict", VAE_why="we wrote it together")
    with database.writing() as session:
        session.add(
            ReviewConflict(
                course_id=world.course_id, project_id=world.projects["GLOW"], enrollment_id=world.enrollments["ada"],
                kind="declared", reason="told us in person", stated_at=NOW,
            )
        )  # fmt: skip
    say(database, world, "ada", VAE="can", GLOW="wants")
    with database.reading() as session:
        rows = session.scalars(select(ReviewConflict).where(ReviewConflict.revoked_at.is_(None)))
        assert [(row.project_id, row.reason) for row in rows] == [(world.projects["GLOW"], "told us in person")]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"VAE": "conflict"}, "Say why you should not review VAE"),
        ({"VAE": "love"}, "Choose one of the answers for VAE"),
        ({"DCGAN": "wants"}, "not yours to choose about"),
    ],
)
def test_wish_that_is_none_is_refused_and_nothing_is_kept(
    database: Database, world: World, said: dict[str, str], fault: str
) -> None:
    ask_for_wishes(database, world)
    with pytest.raises(BadInput, match=fault):
        say(database, world, "ada", GLOW="wants", **said)
    with database.reading() as session:
        rows = load_wishes(session, find_course(session, "dgm"), session.get_one(Enrollment, world.enrollments["ada"]))
        assert {row.answer for row in rows} == {""}


def test_wishes_are_not_taken_where_the_course_does_not_ask(database: Database, world: World) -> None:
    with pytest.raises(NotAllowed, match="where the course asks"):
        say(database, world, "ada", VAE="wants")


def test_wishes_end_at_their_moment_and_with_the_assignment(database: Database, world: World) -> None:
    ask_for_wishes(database, world, "wishes_until = 2026-12-03 12:00:00")
    say(database, world, "ada", now=VERSION_1 - timedelta(days=2), VAE="wants")
    with pytest.raises(NotAllowed):
        say(database, world, "ada", now=VERSION_1 - timedelta(hours=1), VAE="can")
    apply(database, world, dry_run(database, world))
    with pytest.raises(NotAllowed):
        say(database, world, "ada", now=VERSION_1 - timedelta(days=2), VAE="can")


@pytest.mark.parametrize("who", ["iris", "olga"])
def test_only_students_state_wishes(database: Database, world: World, who: str) -> None:
    ask_for_wishes(database, world)
    with pytest.raises(NotAllowed):
        say(database, world, who, VAE="wants")


def test_group_wants_what_a_member_wants_and_no_other_would_rather_not(make_world, sqlite_database: Database) -> None:  # type: ignore[no-untyped-def]
    world = ask_for_wishes(sqlite_database, make_world(sqlite_database, reviewers="groups"))
    say(sqlite_database, world, "ada", VAE="wants", GLOW="wants")
    say(sqlite_database, world, "bora", VAE="can", GLOW="rather_not")
    with sqlite_database.reading() as session:
        question = ask_question(session, find_course(session, "dgm"), each=1, seed=0)
        group = next(one for one in question.reviewers if one.reviewer_id == world.groups["DCGAN"])
        assert group.wishes == {world.projects["VAE"]: Wish.WANTS, world.projects["GLOW"]: Wish.CAN}


def test_page_of_wishes_asks_and_keeps_and_closes(  # type: ignore[no-untyped-def]
    make_app, sqlite_database: Database, settings, make_world, clock
) -> None:
    world = ask_for_wishes(sqlite_database, make_world(sqlite_database))
    clock.put(NOW)
    app = make_app()
    ada = visitor(app, sqlite_database, world, "ada", now=NOW, settings=settings)
    assert "Tell us what you would like to review" in words_of(ada.get("/c/dgm/"))
    page = words_of(ada.get("/c/dgm/reviews/wishes"))
    assert "VAE: VAE again" in page
    assert "DCGAN" not in page.split("What would you like to review?")[-1].split("Save my answers")[0]
    fields = {f"wish-{world.projects['VAE']}": "wants", f"wish-{world.projects['GLOW']}": "can"}
    assert ada.post("/c/dgm/reviews/wishes", fields).status_code == 303
    assert "Tell us what you would like to review" not in words_of(ada.get("/c/dgm/"))
    apply(sqlite_database, world, dry_run(sqlite_database, world))
    assert "The answers are closed" in words_of(ada.get("/c/dgm/reviews/wishes"))
    assert ada.post("/c/dgm/reviews/wishes", fields).status_code == 403
