"""The part of the story before the first review: wishes, the assignment, and two reviewers who change places."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.tables import Enrollment
from reviewhub.demonstration.cast import SLUG, Act, Cast, draw
from reviewhub.demonstration.people import STUDENTS, Person, person_of
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import ask_question, taken_pairs
from reviewhub.reviews.assigning import apply_run, run_assignment
from reviewhub.reviews.assignment import reciprocal_projects
from reviewhub.reviews.swapping import accept_swap, approve_swap, ask_swap, reasons_against, swapped_pairs
from reviewhub.reviews.tables import Assignment, AssignmentSwap, Review
from reviewhub.reviews.wishing import CONFLICT, Said, load_wishes, state_wishes

SEED = 796
ANSWERS = 0.7
"""The part of the students who say what they would like to review."""
# Who signs in with the printed links: the one has answered, the other is still asked; neither swaps.
ANSWERED, STILL_ASKED = (person_of(key) for key in ("elif", "umut"))
WHY_NOT = "My flatmate develops it; we talked about every experiment."
WHY_SWAP = "My internship is about this very model, so I could say more about the other project."


def wishing(cast: Cast) -> Iterator[Act]:
    """Most students say what they would like to review, in the days before version 1."""
    first = cast.calendar.version_1 - timedelta(days=2, hours=9)
    for number, student in enumerate(STUDENTS):
        answers = draw("wish", student.email).random() < ANSWERS and student != STILL_ASKED
        if answers or student == ANSWERED:
            yield Act(
                moment=first + timedelta(minutes=37 * number),
                title="a student says what to review",
                play=partial(_wish, cast, student, is_first=number == 0),
            )


def _wish(cast: Cast, student: Person, now: datetime, *, is_first: bool) -> None:
    with cast.database.writing() as session:
        actor, course = cast.actor(session, student), cast.course(session)
        enrollment = find_enrollment(session, course, actor)
        rows = load_wishes(session, course, enrollment) if enrollment else []
        if not rows:
            return
        chance = draw("wishes", student.email)
        picked = chance.sample(rows, min(3, len(rows)))
        said = {row.project.id: Said(answer="can") for row in rows}
        said |= {row.project.id: Said(answer="wants") for row in picked[:2]}
        said |= {row.project.id: Said(answer="rather_not") for row in picked[2:]}
        if is_first:
            said[picked[-1].project.id] = Said(answer=CONFLICT, reason=WHY_NOT)
        state_wishes(session, actor=actor, now=now, course=SLUG, said=said)


def assigning(cast: Cast) -> Iterator[Act]:
    """The instructor runs the assignment, looks at it and applies it."""
    yield Act(
        moment=cast.calendar.version_1 + timedelta(days=3, hours=1),
        title="reviewers are assigned",
        play=lambda now: _assign(cast, now),
    )


def _assign(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        actor = cast.instructor(session)
        run = run_assignment(session, actor=actor, now=now, course=SLUG, seed=SEED)
        apply_run(session, actor=actor, now=now, course=SLUG, run_id=run.id)


def swapping(cast: Cast) -> Iterator[Act]:
    """One reviewer asks to change places, another accepts, the instructor approves."""
    first = cast.calendar.version_1 + timedelta(days=3, hours=1, minutes=40)
    steps = (
        (0, "a reviewer asks to swap", _ask),
        (35, "a reviewer accepts", _accept),
        (70, "a swap is approved", _approve),
    )
    for minutes, title, step in steps:
        yield Act(moment=first + timedelta(minutes=minutes), title=title, play=partial(step, cast))


def _ask(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        found = _first_possible(session, cast)
        if found is not None:
            (actor, review, _), (_, _, wanted) = found
            ask_swap(
                session, actor=actor, now=now, course=SLUG, review_id=review.id, wanted_project_id=wanted.project_id,
                reason=WHY_SWAP,
            )  # fmt: skip


def _accept(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        found, swap = _first_possible(session, cast), session.scalars(select(AssignmentSwap)).first()
        if found is not None and swap is not None:
            _, (actor, review, _) = found
            accept_swap(session, actor=actor, now=now, course=SLUG, review_id=review.id, swap_id=swap.id)


def _approve(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        swap = session.scalars(select(AssignmentSwap)).first()
        if swap is not None:
            approve_swap(session, actor=cast.instructor(session), now=now, course=SLUG, swap_id=swap.id)


Place = tuple[Actor, Review, Assignment]


def _first_possible(session: Session, cast: Cast) -> tuple[Place, Place] | None:
    """The first two reviewers, by address and project, who could change places without reviewing each other."""
    course = cast.course(session)
    rows = session.execute(
        select(User, Review, Assignment)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Assignment, Assignment.reviewer_id == Enrollment.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Assignment.released_at.is_(None), Assignment.practice.is_(False))
        .where(User.email.not_in([ANSWERED.email, STILL_ASKED.email]))
        .order_by(User.email, Project.key)
    ).all()
    question, taken = ask_question(session, course, each=1, seed=0), taken_pairs(session, course)
    places = [(Actor(user_id=user.id, name=user.name), review, one) for user, review, one in rows]
    pairs = ((one, other) for one in places for other in places if one[2].reviewer_id != other[2].reviewer_id)
    return next(
        (
            (one, other)
            for one, other in pairs
            if not reasons_against(question, taken, one[2], other[2].project_id)
            and not reasons_against(question, taken, other[2], one[2].project_id)
            and not reciprocal_projects(question, swapped_pairs(taken, one[2], other[2]))
        ),
        None,
    )
