"""Practising to review: who may practise until when, what it would have been worth, and that it counts for nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import Action, allows
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Enrollment
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Decision, Strength
from reviewhub.grades.facts import practice_facts
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.grading import record_mistake
from reviewhub.grades.practice import practice_score
from reviewhub.grades.practice_views import PracticeResult, practice_projects, practice_result, projects_to_choose
from reviewhub.grades.practising import judge_practice_finding, open_practice
from reviewhub.projects.lookup import find_project, living_projects, objects_of
from reviewhub.reviews.asking import ask_question
from reviewhub.reviews.draft_parts import texts_of
from reviewhub.reviews.drafting import save_draft
from reviewhub.reviews.facts import shown_reviews
from reviewhub.reviews.lookup import find_review, snapshots_of
from reviewhub.reviews.mine import load_mine
from reviewhub.reviews.places import read_place
from reviewhub.reviews.reviewing import file_finding
from reviewhub.reviews.submitting import submit_review
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full, partial
from tests.projects.worlds import DUE_1, EARLY, FILES, NOTEBOOK, SLUG, World
from tests.reviews.acts import FORM

UNTIL = EARLY + timedelta(days=5)
AFTER = UNTIL + timedelta(minutes=1)
DURING = EARLY + timedelta(days=1)


# ------------------------------------------------------------------------------------------------------ the score


def test_a_practice_review_is_scored_by_the_rules_of_points() -> None:
    # Known: 8 + 8 + 3 = 19 points. Noted: the first (8) and half of the second (4), so r = (12 + 5) ÷ (19 + 5).
    # Coverage = 100 · max(0.708333 ÷ 0.80, 2 ÷ 6) = 88.54. Missed: 0.5 · 8 · (1 − 0.5) + 0.5 · 3 = 3.5.
    project = a_project(
        mistakes=(a_mistake(1), a_mistake(2), a_mistake(3, "minor")), matches=(full("a1", 1), partial("a2", 2))
    )

    score = practice_score(project, a_review("a", "mistake", "missing", "mistake"), a_policy())

    assert round(score.coverage.value, 2) == Decimal("88.54")
    assert (score.lost, score.right, score.judged) == (Decimal("3.5"), 2, 3)


def test_a_practice_review_stands_alone_whatever_others_noted() -> None:
    other = a_review("b", "mistake")
    project = a_project(mistakes=(a_mistake(1),), matches=(full("b1", 1),), assignments=(other,))

    score = practice_score(project, a_review("a", held=False), a_policy())

    assert (score.coverage.found, score.lost) == ((), Decimal(4))


def test_what_the_staff_said_stands_before_what_the_program_suggests() -> None:
    project = a_project(mistakes=(a_mistake(1), a_mistake(2)))
    review = a_review("a", ("mistake", Decision.REJECTED), "mistake")

    score = practice_score(project, review, a_policy(), suggested=(full("a1", 1), full("a2", 2)))

    assert [mistake.mistake_id for mistake, _ in score.coverage.found] == ["m2"]


# ------------------------------------------------------------------------------------------------- opening and ending


@pytest.fixture
def practised(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """A course with a project of an earlier term, OLD, beside its own two."""
    shared = SharedRepository(tmp_path)
    shared.receive(FILES, at=EARLY)
    world = World(database=sqlite_database, settings=settings, shared=shared).build()
    shared.receive({"OLD/main.ipynb": NOTEBOOK, "OLD/README.md": "# Old\n", "OLD/model.py": "x = 1\n"}, at=EARLY)
    world.confirm()
    return world


def opened(world: World, *, until: datetime | None = UNTIL, key: str = "OLD", actor: str = "deniz") -> None:
    with world.database.writing() as session:
        open_practice(
            session, actor=world.actor(actor), now=EARLY, course=SLUG, key=key, until=until,
            mirrors=world.settings.mirrors,
        )  # fmt: skip


def test_everybody_gets_a_practice_review_of_the_newest_commit_before_any_deadline(practised: World) -> None:
    opened(practised)

    with practised.database.reading() as session:
        course = find_course(session, SLUG)
        (old,) = practice_projects(session, course, EARLY)
        keys = [one.key for one in living_projects(session, course)]
    assert [row.reviewer for row in old.rows] == ["Ada Çelik", "Bora Şahin", "Cem Işık", "Defne Öz"]
    assert (old.until, old.is_over, keys) == (UNTIL, False, ["AWGAN", "DiffEdit"])
    assert [(one.version, one.kind) for one in practised.snapshots("OLD")] == [(1, "practice")]


def test_opening_again_moves_the_end_and_gives_nobody_a_second_review(practised: World) -> None:
    opened(practised)
    opened(practised, until=UNTIL + timedelta(days=1))

    with practised.database.reading() as session:
        (old,) = practice_projects(session, find_course(session, SLUG), EARLY)
        count = len(session.scalars(select(Assignment)).all())
    assert (old.until, count) == (UNTIL + timedelta(days=1), 4)


@pytest.mark.parametrize("until", [None, EARLY, EARLY - timedelta(days=1)])
def test_an_end_that_is_missing_or_passed_is_refused(practised: World, until: datetime | None) -> None:
    with pytest.raises(BadInput, match="a moment to come"):
        opened(practised, until=until)
    assert practised.snapshots("OLD") == []


def test_nobody_practises_on_a_project_of_a_group(practised: World) -> None:
    with pytest.raises(Conflict, match="AWGAN is developed by a group"):
        opened(practised, key="AWGAN")


def test_only_staff_open_practising(practised: World) -> None:
    with pytest.raises(NotAllowed):
        opened(practised, actor="ada")


def test_projects_to_choose_belong_to_nobody(practised: World) -> None:
    with practised.database.reading() as session:
        assert [one.key for one in projects_to_choose(session, find_course(session, SLUG))] == ["OLD"]


# --------------------------------------------------------------------------------------------- it counts for nobody


def test_a_project_to_practise_on_is_never_assigned_frozen_again_or_graded(practised: World) -> None:
    opened(practised)
    practised.look_and_freeze(DUE_1 + timedelta(minutes=5))

    with practised.database.reading() as session:
        course = find_course(session, SLUG)
        question = ask_question(session, course, each=1, seed=1)
        facts = gather_facts(session, course, DUE_1)
        old = find_project(session, course, "OLD")
        shown = shown_reviews(session, course, old, snapshots_of(session, [old.id]), DUE_1 + timedelta(days=60))
    assert [one.key for one in question.projects] == ["AWGAN", "DiffEdit"]
    assert [one.key for one in facts.projects] == ["AWGAN", "DiffEdit"]
    assert [one.version for one in practised.snapshots("OLD")] == [1]
    assert shown == []


def review_of(world: World, name: str) -> str:
    with world.database.reading() as session:
        return session.scalars(
            select(Review.id)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
            .join(User, User.id == Enrollment.user_id)
            .where(User.email == f"{name}@example.org", Assignment.practice)
        ).one()


def practise(world: World, name: str, *texts: str, now: datetime = DURING) -> str:
    """File these findings on line 1 of the model and hand in."""
    review_id = review_of(world, name)
    actor = world.actor(name)
    with world.database.writing() as session:
        course = find_course(session, SLUG)
        objects = objects_of(world.settings.mirrors, course)
        for text in texts:
            file_finding(
                session, actor=actor, now=now, course=SLUG, review_id=review_id, objects=objects, path="model.py",
                place="L1", kind="mistake", severity="major", category="method", text=text,
            )  # fmt: skip
        policy = course.policy.review
        review = session.get_one(Review, review_id)
        stored = texts_of(policy.form if policy else (), review.form, review.summary)
        save_draft(
            session, actor=actor, now=now, course=SLUG, review_id=review_id, given=FORM | {"summary": "Fine."},
            was=stored,
        )  # fmt: skip
    with world.database.writing() as session:
        submit_review(session, actor=actor, now=now, course=SLUG, review_id=review_id, edition=0)
    return review_id


def know(world: World, title: str, text: str = "") -> str:
    with world.database.writing() as session:
        return record_mistake(
            session, actor=world.actor("deniz"), now=EARLY, course=SLUG, key="OLD",
            draft=MistakeDraft(title=title, severity="major", criterion="method", text=text), version_in=1,
            place=read_place("L1", "model.py"),
        ).id  # fmt: skip


def result_of(world: World, review_id: str, now: datetime = AFTER) -> PracticeResult:
    with world.database.reading() as session:
        return practice_result(session, find_review(session, SLUG, review_id), now)


LEARNING_RATE = "The learning rate of the optimiser is 0.01, the paper says 0.0002"


def test_a_finding_that_says_a_known_mistake_is_read_as_such_and_the_rest_is_missed(practised: World) -> None:
    opened(practised)
    know(practised, LEARNING_RATE)
    know(practised, "The test images leak into the training set")
    review_id = practise(practised, "ada", f"{LEARNING_RATE}.")

    result = result_of(practised, review_id)

    assert [(one.found_by, one.would_cost) for one in result.mistakes] == [((1,), ""), ((), "4.00")]
    assert [(one.by_staff, bool(one.mistake_id)) for one in result.findings] == [(False, True)]


def test_staff_say_what_a_finding_names_and_may_say_otherwise_later(practised: World) -> None:
    opened(practised)
    mistake_id = know(practised, "The test images leak into the training set")
    review_id = practise(practised, "ada", "Something about the loader is odd.")
    (finding,) = result_of(practised, review_id).findings
    seen = []

    for chosen in (mistake_id, "", mistake_id):
        with practised.database.writing() as session:
            judge_practice_finding(
                session, actor=practised.actor("deniz"), now=AFTER, course=SLUG, review_id=review_id,
                finding_id=finding.finding_id, mistake_id=chosen, strength=Strength.PARTIAL,
            )  # fmt: skip
        (mistake,) = result_of(practised, review_id).mistakes
        seen.append((mistake.found_by, mistake.in_part, mistake.would_cost))

    assert finding.mistake_id == ""
    assert seen == [((1,), True, "2.00"), ((), False, "4.00"), ((1,), True, "2.00")]


def test_after_the_end_nobody_hands_in_and_each_sees_their_own_result(practised: World) -> None:
    opened(practised)
    review_id = practise(practised, "ada", LEARNING_RATE)

    with pytest.raises((BadInput, Conflict, NotAllowed)):
        practise(practised, "bora", LEARNING_RATE, now=AFTER)
    with practised.database.reading() as session:
        seen = {
            (name, now): allows(
                Action.SEE_PRACTICE,
                practice_facts(session, practised.actor(name), now, course=SLUG, review_id=review_id),
            )
            for name in ("ada", "bora", "oya", "deniz")
            for now in (DURING, AFTER)
        }
        enrollment = session.scalars(select(Enrollment).join(User).where(User.email == "ada@example.org")).one()
        (mine,) = load_mine(session, find_course(session, SLUG), enrollment, AFTER)
    assert {key for key, allowed in seen.items() if allowed} == {("ada", AFTER), ("deniz", DURING), ("deniz", AFTER)}
    assert mine.practice_is_over


def test_a_review_that_counts_has_no_practice_result(practised: World) -> None:
    opened(practised)
    review_id = review_of(practised, "ada")
    with practised.database.writing() as session:
        find_project(session, find_course(session, SLUG), "OLD").practice_until = None
    with practised.database.reading() as session, pytest.raises(NotFound):
        practice_facts(session, practised.actor("deniz"), AFTER, course=SLUG, review_id=review_id)


def test_thirty_who_practised_take_as_many_statements_as_one(practised: World, query_count: Callable[..., Any]) -> None:
    opened(practised)
    practise(practised, "ada", LEARNING_RATE)
    counts = []
    for name in ("bora", "cem"):
        with query_count(practised.database) as statements, practised.database.reading() as session:
            practice_projects(session, find_course(session, SLUG), AFTER)
        counts.append(len(statements))
        practise(practised, name, LEARNING_RATE)

    assert counts[0] == counts[1] <= 20
