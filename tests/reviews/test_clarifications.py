"""Clarifying questions: asked by reviewers, answered by developers, read by all of both, without names."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import NotFound, ReviewHubError
from reviewhub.projects.lookup import find_project
from reviewhub.reviews.message_tables import Clarification, Notice
from reviewhub.reviews.reassigning import release_assignment
from reviewhub.reviews.tables import Review
from reviewhub.reviews.talking import MOST_QUESTIONS, ask_clarification, write_under_clarification
from reviewhub.reviews.thread_rows import clarification_facts, own_assignment, reader_of
from reviewhub.reviews.thread_views import ShownQuestion, load_questions, unanswered_questions
from reviewhub.storage import Database
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, VERSION_1, VERSION_2, World, assign

SECOND = timedelta(seconds=1)


@pytest.fixture
def asked(sqlite_database: Database, make_world: Callable[..., World]) -> World:
    """Cem and Ece review DCGAN of Ada and Bora."""
    world = make_world(sqlite_database)
    assign(sqlite_database, world, "cem", "DCGAN")
    assign(sqlite_database, world, "ece", "DCGAN")
    return world


def ask(
    database: Database, world: World, name: str, text: str = "How is it run?", now: datetime = REVIEWING
) -> Clarification:
    with database.writing() as session:
        return ask_clarification(session, actor=world.actor(name), now=now, course="dgm", key="DCGAN", text=text)


def reply(
    database: Database, world: World, name: str, question: Clarification, text: str, now: datetime = REVIEWING
) -> None:
    with database.writing() as session:
        write_under_clarification(
            session, actor=world.actor(name), now=now, course="dgm", key="DCGAN", clarification_id=question.id,
            text=text,
        )  # fmt: skip


def seen(database: Database, world: World, name: str, now: datetime = REVIEWING) -> list[ShownQuestion]:
    """The questions as this person sees them."""
    with database.reading() as session:
        actor, course = world.actor(name), find_course(session, "dgm")
        project, enrollment = find_project(session, course, "DCGAN"), find_enrollment(session, course, actor)
        facts = clarification_facts(session, actor, now, course="dgm", key="DCGAN")
        own = own_assignment(session, project, enrollment)
        reader = reader_of(course, facts, enrollment, own.id if own else "")
        return load_questions(session, project, reader, closed="" if facts.thread_open else "closed", now=now)


def names(question: ShownQuestion) -> list[tuple[str, str]]:
    return [(one.speaker.name, one.text) for one in question.thread.messages]


def test_everybody_reads_question_and_answer_and_nobody_who_asked(sqlite_database: Database, asked: World) -> None:
    question = ask(sqlite_database, asked, "cem")
    reply(sqlite_database, asked, "ada", question, "By make train.")
    reply(sqlite_database, asked, "ece", question, "On the CPU too?")
    words = ("How is it run?", "By make train.", "On the CPU too?")
    who = {
        "cem": ("You", "The developers", "A reviewer"),
        "ece": ("A reviewer", "The developers", "You"),
        "bora": ("A reviewer", "Ada Example", "A reviewer"),
        "ali": ("Cem Example", "Ada Example", "Ece Example"),
    }
    for name, speakers in who.items():
        (shown,) = seen(sqlite_database, asked, name)
        assert names(shown) == list(zip(speakers, words, strict=True))
        assert (shown.number, shown.is_own, shown.is_answered) == (1, name == "cem", True)


@pytest.mark.parametrize(
    ("name", "now", "says"),
    [
        ("cem", VERSION_1 - timedelta(days=3), ""),
        ("cem", REVIEWS_DUE, ""),
        ("cem", REVIEWS_DUE + SECOND, "Your review was due, so no more questions can be asked"),
        ("ada", REVIEWING, "Questions are asked by the reviewers of the project"),
        ("ali", REVIEWING, "Questions are asked by the reviewers of the project"),
        ("derya", REVIEWING, "There is no such project"),
        ("olga", REVIEWING, "There is no such project"),
    ],
)
def test_reviewers_ask_from_their_assignment_until_their_review_is_due(
    sqlite_database: Database, asked: World, name: str, now: datetime, says: str
) -> None:
    told = ""
    try:
        ask(sqlite_database, asked, name, now=now)
    except ReviewHubError as refused:
        told = refused.message
    assert told.startswith(says)
    assert bool(told) == bool(says)


@pytest.mark.parametrize(
    ("name", "now", "says"),
    [
        ("ada", REVIEWS_DUE + SECOND, ""),
        ("ali", REVIEWS_DUE + SECOND, ""),
        ("cem", REVIEWS_DUE, ""),
        ("cem", REVIEWS_DUE + SECOND, "Your review was due"),
        ("ada", VERSION_2, ""),
        ("ada", VERSION_2 + SECOND, "Version 2 was due"),
        ("ali", VERSION_2 + SECOND, "Version 2 was due"),
        ("derya", REVIEWING, "There is no such project"),
    ],
)
def test_answers_are_taken_until_version_2_is_due(
    sqlite_database: Database, asked: World, name: str, now: datetime, says: str
) -> None:
    question = ask(sqlite_database, asked, "cem")
    told = ""
    try:
        reply(sqlite_database, asked, name, question, "By make train.", now)
    except ReviewHubError as refused:
        told = refused.message
    assert told.startswith(says)
    assert bool(told) == bool(says)


def test_released_reviewer_sees_no_questions_any_more(sqlite_database: Database, asked: World) -> None:
    question = ask(sqlite_database, asked, "cem")
    with sqlite_database.writing() as session:
        review = session.get_one(Review, asked.reviews["cem", "DCGAN"])
        release_assignment(
            session, actor=asked.actor("iris"), now=REVIEWING, course="dgm", assignment_id=review.assignment_id,
            reason="Ill.",
        )  # fmt: skip
    with pytest.raises(NotFound):
        reply(sqlite_database, asked, "cem", question, "Never mind.")
    assert names(seen(sqlite_database, asked, "ada")[0]) == [("A reviewer", "How is it run?")]


def test_question_of_another_project_is_not_found(sqlite_database: Database, asked: World) -> None:
    question = ask(sqlite_database, asked, "cem")
    with pytest.raises(NotFound, match="There is no such question"), sqlite_database.writing() as session:
        write_under_clarification(
            session, actor=asked.actor("cem"), now=REVIEWING, course="dgm", key="VAE", clarification_id=question.id,
            text="Yes.",
        )  # fmt: skip


def test_double_click_asks_once_and_many_questions_are_refused(sqlite_database: Database, asked: World) -> None:
    assert ask(sqlite_database, asked, "cem").id == ask(sqlite_database, asked, "cem").id
    for number in range(MOST_QUESTIONS - 1):
        ask(sqlite_database, asked, "cem", f"Question {number}?")
    with pytest.raises(ReviewHubError, match="20 questions are the most"):
        ask(sqlite_database, asked, "cem", "One more?")
    assert ask(sqlite_database, asked, "ece").number == MOST_QUESTIONS + 1


def test_question_is_told_to_developers_and_an_answer_to_all_reviewers(sqlite_database: Database, asked: World) -> None:
    question = ask(sqlite_database, asked, "cem")
    reply(sqlite_database, asked, "ada", question, "By make train.")
    with sqlite_database.reading() as session:
        told = session.execute(select(Notice.enrollment_id, Notice.read_at.is_(None))).all()
    by_id = {enrollment_id: name for name, enrollment_id in asked.enrollments.items()}
    assert sorted((by_id[one], bool(new)) for one, new in told) == [
        ("ada", False), ("bora", True), ("cem", True), ("ece", True),
    ]  # fmt: skip


def test_question_counts_as_unanswered_until_developers_or_staff_answer(
    sqlite_database: Database, asked: World
) -> None:
    question = ask(sqlite_database, asked, "cem")
    reply(sqlite_database, asked, "ece", question, "I ask that too.")

    def left() -> dict[str, int]:
        with sqlite_database.reading() as session:
            return unanswered_questions(session, [asked.projects["DCGAN"]])

    assert left() == {asked.projects["DCGAN"]: 1}
    reply(sqlite_database, asked, "ali", question, "By make train.")
    assert left() == {}
