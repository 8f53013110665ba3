"""The progress board as it is read: states from real rows, few queries, hostile names, CSV, unread messages."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.reviews.bulk_changing import mark_read
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.progress import BoardChoice, ReviewProgress, State
from reviewhub.reviews.progress_board import activity_per_day, load_progress
from reviewhub.reviews.tables import Finding, FixCheck, Review
from reviewhub.storage import Database
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.crowds import HOSTILE, add_reviewers
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import CHECKING, RESPONDING, REVIEWING, REVIEWS_DUE, World, assign, build_world, freeze

SECOND = timedelta(seconds=1)
Visit = Callable[..., Visitor]


def progress(database: Database, now=REVIEWING) -> dict[tuple[str, str], ReviewProgress]:
    with database.reading() as session:
        rows = load_progress(session, find_course(session, "dgm"), now)
    return {(row.reviewer.split()[0].lower(), row.project): row for row in rows}


def test_review_goes_through_every_state(database: Database, world: World, tmp_path: Path) -> None:
    assign(database, world, "cem", "DCGAN")
    key, states = ("cem", "DCGAN"), []

    def look(now=REVIEWING) -> None:
        states.append(progress(database, now)[key].state)

    look()
    look(REVIEWS_DUE + SECOND)
    filed = file(database, world, "cem", "DCGAN")
    look()
    save(database, world, "cem", "DCGAN")
    submit(database, world, "cem", "DCGAN")
    look(REVIEWING + timedelta(hours=2))
    look(RESPONDING)
    answer(database, world, "ada", "DCGAN", filed.id)
    look(RESPONDING)
    freeze(database, world, tmp_path / "shared", 2, {"DCGAN/model.py": "pass\n"})
    with database.writing() as session:
        session.add(
            FixCheck(finding_id=filed.id, sequence=1, verdict="fixed", by_id=world.enrollments["cem"], at=CHECKING)
        )
    look(CHECKING)

    assert states == [
        State.NOT_BEGUN, State.LATE, State.BEGUN, State.HANDED_IN, State.RELEASED, State.ANSWERED, State.CHECKED,
    ]  # fmt: skip


def test_finding_filed_after_the_hand_in_waits_for_no_answer(database: Database, world: World) -> None:
    assign(database, world, "cem", "DCGAN")
    file(database, world, "cem", "DCGAN")
    save(database, world, "cem", "DCGAN")
    submit(database, world, "cem", "DCGAN")
    file(database, world, "cem", "DCGAN", text="Only in the draft.", now=REVIEWING + timedelta(hours=3))
    row = progress(database, RESPONDING)["cem", "DCGAN"]
    assert (row.findings, row.handed_in) == (2, 1)


def test_verdict_taken_back_is_not_counted(database: Database, world: World, tmp_path: Path) -> None:
    assign(database, world, "cem", "DCGAN")
    filed = file(database, world, "cem", "DCGAN")
    save(database, world, "cem", "DCGAN")
    submit(database, world, "cem", "DCGAN")
    with database.writing() as session:
        session.add(
            FixCheck(finding_id=filed.id, sequence=1, verdict="fixed", by_id=world.enrollments["cem"], at=CHECKING, undone_at=CHECKING)
        )  # fmt: skip
    assert progress(database, CHECKING)["cem", "DCGAN"].checked == 0


def say(database: Database, world: World, *, side: str = "reviewer", struck: bool = False) -> None:
    """A message under the first finding, and one under a question of the same reviewer."""
    with database.writing() as session:
        finding = session.scalars(select(Finding)).one()
        assignment_id = session.scalars(select(Review.assignment_id)).one()
        question = Clarification(
            project_id=world.projects["DCGAN"], number=1, assignment_id=assignment_id, asked_at=REVIEWING
        )  # fmt: skip
        session.add(question)
        session.flush()
        for thread in ({"finding_id": finding.id}, {"clarification_id": question.id}):
            session.add(
                Message(
                    **thread,
                    number=1,
                    side=side,
                    author_id=world.enrollments["cem"],
                    text="Why?",
                    written_at=REVIEWING,
                    struck_at=REVIEWING if struck else None,
                )
            )


@pytest.mark.parametrize(("side", "struck", "unread"), [("reviewer", False, 2), ("developers", False, 2), ("staff", False, 0), ("reviewer", True, 0)])  # fmt: skip
def test_unread_is_what_nobody_of_the_staff_has_read(
    database: Database, world: World, side: str, struck: bool, unread: int
) -> None:
    assign(database, world, "cem", "DCGAN")
    file(database, world, "cem", "DCGAN")
    say(database, world, side=side, struck=struck)
    assert progress(database)["cem", "DCGAN"].unread == unread

    for _ in range(2):
        with database.writing() as session:
            mark_read(session, actor=world.actor("ali"), now=REVIEWING, course="dgm", choice=BoardChoice())
    assert progress(database)["cem", "DCGAN"].unread == 0


def test_activity_is_counted_on_the_days_of_the_course(database: Database, world: World) -> None:
    assign(database, world, "cem", "DCGAN")
    late_evening = REVIEWING.replace(hour=21, minute=30)  # half past midnight in Istanbul
    file(database, world, "cem", "DCGAN", now=late_evening)
    with database.reading() as session:
        days = activity_per_day(session, find_course(session, "dgm"), late_evening + timedelta(hours=1))
    assert len(days) == 14
    assert days[-1] == ((REVIEWING + timedelta(days=1)).date(), 1)
    assert sum(number for _, number in days) == 1


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    return build_world(sqlite_database, settings.mirrors, tmp_path / "shared")


@pytest.fixture
def visit(make_app, sqlite_database: Database, settings: Settings, clock, here: World) -> Visit:
    app = make_app()

    def go(name: str, now=REVIEWING) -> Visitor:
        clock.put(now)
        return visitor(app, sqlite_database, here, name, now=now, settings=settings)

    return go


def test_board_without_reviews_says_so(visit: Visit) -> None:
    assert "Nobody reviews yet" in words_of(visit("iris").get("/c/dgm/progress"))


def test_board_asks_as_often_for_300_reviews_as_for_one(
    visit: Visit, here: World, sqlite_database: Database, query_count
) -> None:
    def asked() -> list[int]:
        counts = []
        for address in ("progress", "progress?by=reviewer", "progress?by=project", "progress.csv"):
            with query_count(sqlite_database) as statements:
                assert iris.get(f"/c/dgm/{address}").status_code == 200
            counts.append(len(statements))
        for act in ("remind", "extend", "release", "reassign"):
            with query_count(sqlite_database) as statements:
                assert iris.post("/c/dgm/progress/dry-run", {"act": act, "scope": "shown"}).status_code == 200
            counts.append(len(statements))
        return counts

    assign(sqlite_database, here, "cem", "DCGAN")
    iris = visit("iris")
    with_one = asked()
    add_reviewers(sqlite_database, here, 100)
    assert asked() == with_one
    assert max(with_one[:4]) <= 17
    assert len(re.findall('name="chosen"', iris.get("/c/dgm/progress").get_data(as_text=True))) == 301


def test_hostile_and_long_names_are_text(visit: Visit, here: World, sqlite_database: Database) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    with sqlite_database.writing() as session:
        session.get_one(User, here.users["cem"]).name = f"{HOSTILE}{'x' * 150}"
    iris = visit("iris")
    page = iris.get("/c/dgm/progress").get_data(as_text=True)
    chosen = re.findall('name="chosen" value="([0-9a-f]+)"', page)
    dry_run = iris.post("/c/dgm/progress/dry-run", {"act": "remind", "chosen": chosen[0]}).get_data(as_text=True)
    for text in (page, dry_run):
        assert HOSTILE not in text
        assert "&lt;img src=x onerror" in text


def test_csv_holds_the_rows_shown_and_no_formula(visit: Visit, here: World, sqlite_database: Database) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    assign(sqlite_database, here, "ece", "VAE")
    with sqlite_database.writing() as session:
        session.get_one(User, here.users["cem"]).name = "=HYPERLINK(1)"
    iris = visit("iris")
    rows = list(csv.DictReader(io.StringIO(iris.get("/c/dgm/progress.csv").get_data(as_text=True))))
    assert [(row["reviewer"], row["project"], row["state"]) for row in rows] == [
        ("'=HYPERLINK(1)", "DCGAN", "not begun"), ("Ece Example", "VAE", "not begun"),
    ]  # fmt: skip
    only = iris.get("/c/dgm/progress.csv?words=vae").get_data(as_text=True)
    assert [row["project"] for row in csv.DictReader(io.StringIO(only))] == ["VAE"]


def test_board_reads_its_rule_its_states_and_its_filters(visit: Visit, here: World, sqlite_database: Database) -> None:
    add_reviewers(sqlite_database, here, 2)
    iris = visit("iris", REVIEWS_DUE - timedelta(days=3))
    words = words_of(iris.get("/c/dgm/progress"))
    assert "At risk: not begun and due within four days or overdue" in words
    assert "6 reviews shown" in words
    assert "2 reviews shown of 6." in words_of(iris.get("/c/dgm/progress?risk=yes"))
    assert "No review is like that" in words_of(iris.get("/c/dgm/progress?words=nobody"))
    assert "Reviewer 001" in words_of(iris.get("/c/dgm/progress?by=reviewer"))


def test_choice_of_rows_survives_from_board_to_csv() -> None:
    choice = replace(BoardChoice(), risk=True, sort="due", down=True)
    assert choice.as_fields() == {"risk": "yes", "sort": "due", "down": "yes"}


def hidden(page: str) -> dict[str, str]:
    """The fields that the form of a dry run carries."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_stale_dry_run_is_shown_anew_and_changes_nothing(visit: Visit, here: World, sqlite_database: Database) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    assign(sqlite_database, here, "ece", "VAE")
    iris = visit("iris")
    shown = iris.post("/c/dgm/progress/dry-run", {"act": "release", "scope": "shown"}).get_data(as_text=True)
    file(sqlite_database, here, "cem", "DCGAN")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")

    answered = iris.post("/c/dgm/progress/changes", hidden(shown) | {"reason": "Ill."})

    assert answered.status_code == 409
    assert "Something changed since this dry run, so nothing was done." in words_of(answered)
    agreed = iris.post("/c/dgm/progress/changes", hidden(answered.get_data(as_text=True)) | {"reason": "Ill."})
    assert agreed.status_code == 303
    page = iris.get(agreed.headers["Location"])
    assert "Releases: 1" in words_of(page)
    assert "Ece Example" in words_of(page)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"act": "extend", "due_at": "2026-01-01T10:00"}, 422, "An extension must end later than Fri 18 Dec"),
        ({"act": "extend", "due_at": "soon"}, 422, "This is no date with a time."),
        ({"act": "show"}, 409, "released by the course file, not by hand"),
        ({"act": "remind", "scope": "chosen"}, 422, "Choose at least one review first."),
        ({"act": "delete"}, 422, "Choose what to do with the reviews."),
        ({}, 422, "Choose what to do with the reviews."),
    ],
)
def test_dry_run_that_cannot_be_says_why(
    visit: Visit, here: World, sqlite_database: Database, fields: dict[str, str], status: int, sentence: str
) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    told = visit("iris").post("/c/dgm/progress/dry-run", {"scope": "shown"} | fields)
    assert (told.status_code, sentence in words_of(told)) == (status, True)


def test_words_of_the_staff_are_in_the_mail_as_text(visit: Visit, here: World, sqlite_database: Database) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    fields = {"act": "remind", "scope": "shown", "note": f"Read this: {HOSTILE}"}
    page = visit("iris").post("/c/dgm/progress/dry-run", fields).get_data(as_text=True)
    assert HOSTILE not in page
    assert "The staff of the course adds:\n\nRead this: &lt;img" in page


def test_messages_are_marked_read_from_the_board(visit: Visit, here: World, sqlite_database: Database) -> None:
    assign(sqlite_database, here, "cem", "DCGAN")
    file(sqlite_database, here, "cem", "DCGAN")
    say(sqlite_database, here)
    iris = visit("iris")
    assert "1 review shown" in words_of(iris.get("/c/dgm/progress?unread=yes"))
    assert iris.post("/c/dgm/progress/read", {"unread": "yes"}).status_code == 303
    assert "No review is like that" in words_of(iris.get("/c/dgm/progress?unread=yes"))
