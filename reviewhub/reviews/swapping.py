"""Swapping reviews: one reviewer asks, a reviewer of the other project accepts, the staff approve.

Nothing changes before the approval, and conflicts are checked at every step. Reviewers are told projects and never
names: whoever learned who else reviews what could tell the developers.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import ask_question, groups_review, taken_pairs
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.assignment import AssignmentQuestion, Pair, rules_against
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.tables import Assignment, AssignmentSwap, Review

NO_SWAP = "There is no such request to swap, or it is no longer open."
LONGEST_REASON = 2000


def ask_swap(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, wanted_project_id: str, reason: str
) -> AssignmentSwap:
    """Ask to give this review up for one of another project; its reviewers may accept, then the staff approve."""
    require(Action.SWAP_REVIEW, review_facts(session, actor, now, course=course, review_id=review_id))
    rows = find_review(session, course, review_id)
    if not reason.strip():
        raise BadInput("Say why, for the staff: nobody else reads it.")
    question = ask_question(session, rows.course, each=1, seed=0)
    _refuse(question, session, rows.course, rows.assignment, wanted_project_id)
    swap = AssignmentSwap(
        course_id=rows.course.id, given_id=rows.assignment.id, wanted_project_id=wanted_project_id,
        reason=reason.strip()[:LONGEST_REASON], asked_at=now, made=[],
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(swap)
    except IntegrityError as fault:
        raise Conflict("You already ask to swap this review: withdraw that request first.") from fault
    record_event(
        session, actor=actor, now=now, action="asked for swap", course_id=rows.course.id, subject=swap,
        after={"assignment": swap.given_id, "wanted": wanted_project_id}, reason=swap.reason,
    )  # fmt: skip
    return swap


def accept_swap(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, swap_id: str
) -> AssignmentSwap:
    """Give this review up for the one that is offered; the staff still have to approve."""
    require(Action.SWAP_REVIEW, review_facts(session, actor, now, course=course, review_id=review_id))
    rows = find_review(session, course, review_id)
    swap = next((one for one, _ in offers_to(session, rows.course, rows.assignment) if one.id == swap_id), None)
    if swap is None:
        raise NotFound(NO_SWAP)
    done = session.execute(
        update(AssignmentSwap)
        .where(AssignmentSwap.id == swap.id, AssignmentSwap.taken_id.is_(None), AssignmentSwap.withdrawn_at.is_(None))
        .values(taken_id=rows.assignment.id, taken_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("Somebody else accepted this swap a moment ago.")
    record_event(
        session, actor=actor, now=now, action="accepted swap", course_id=rows.course.id, subject=swap,
        after={"assignment": rows.assignment.id},
    )  # fmt: skip
    return swap


def withdraw_swap(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, swap_id: str
) -> AssignmentSwap:
    """Take back what one asked or accepted, until the staff have decided."""
    require(Action.SWAP_REVIEW, review_facts(session, actor, now, course=course, review_id=review_id))
    rows = find_review(session, course, review_id)
    swap = session.get(AssignmentSwap, swap_id, with_for_update=True)
    mine = rows.assignment.id
    if swap is None or mine not in {swap.given_id, swap.taken_id} or swap.withdrawn_at or swap.decided_at:
        raise NotFound(NO_SWAP)
    if swap.given_id == mine:
        swap.withdrawn_at = now
    else:
        swap.taken_id, swap.taken_at = None, None
    record_event(
        session, actor=actor, now=now, action="withdrew swap", course_id=rows.course.id, subject=swap,
        before={"assignment": mine},
    )  # fmt: skip
    return swap


def approve_swap(session: Session, *, actor: Actor, now: datetime, course: str, swap_id: str) -> AssignmentSwap:
    """Let the two reviewers change places; Conflict where one of them cannot any more."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    swap = _find_swap(session, found, swap_id)
    if swap.taken_id is None or swap.decided_at or swap.withdrawn_at:
        raise Conflict("This swap is not waiting for approval.")
    given, taken = (_undone(session, one) for one in (swap.given_id, swap.taken_id))
    question = ask_question(session, found, each=1, seed=0)
    _refuse(question, session, found, given, taken.project_id)
    _refuse(question, session, found, taken, given.project_id)
    for one in (given, taken):
        one.released_at, one.released_reason = now, "swapped with another reviewer"
    session.flush()
    made = [
        put_assignment(
            session, _reviewer_of(one), other.project_id, by_groups=groups_review(found), now=now, run_id=one.run_id,
            reason="Swapped with another reviewer; the staff approved it.",
        )
        for one, other in ((given, taken), (taken, given))
    ]  # fmt: skip
    swap.decision, swap.decided_at, swap.made = "approved", now, [one.id for one in made]
    record_event(
        session, actor=actor, now=now, action="approved swap", course_id=found.id, subject=swap,
        before={"assignments": [given.id, taken.id]}, after={"assignments": swap.made},
    )  # fmt: skip
    return swap


def refuse_swap(
    session: Session, *, actor: Actor, now: datetime, course: str, swap_id: str, reason: str
) -> AssignmentSwap:
    """Say no to a swap; both reviewers keep what they have, and the asker reads the reason."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    swap = _find_swap(session, found, swap_id)
    if swap.decided_at or swap.withdrawn_at:
        raise Conflict("This swap is already decided, or was withdrawn.")
    if not reason.strip():
        raise BadInput("Say why: whoever asked reads it.")
    swap.decision, swap.decided_at, swap.decision_reason = "refused", now, reason.strip()[:LONGEST_REASON]
    record_event(
        session, actor=actor, now=now, action="refused swap", course_id=found.id, subject=swap, reason=reason.strip()
    )
    return swap


def undo_swap(session: Session, *, actor: Actor, now: datetime, course: str, swap_id: str) -> AssignmentSwap:
    """Give both reviewers back what they had; possible until one of the new reviews is handed in."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    swap = _find_swap(session, found, swap_id)
    if swap.decision != "approved" or swap.undone_at:
        raise Conflict("This swap is not in force, so there is nothing to undo.")
    for made in [_undone(session, one) for one in swap.made]:
        made.released_at, made.released_reason = now, "the swap was undone"
    session.flush()
    taken = taken_pairs(session, found)
    for one in session.scalars(select(Assignment).where(Assignment.id.in_([swap.given_id, swap.taken_id]))):
        if Pair(reviewer_id=_reviewer_of(one), project_id=one.project_id) in taken:
            raise Conflict("One of the two has the earlier project again already.")
        one.released_at, one.released_reason = None, ""
    swap.undone_at = now
    record_event(session, actor=actor, now=now, action="undid swap", course_id=found.id, subject=swap)
    return swap


def offers_to(session: Session, course: Course, assignment: Assignment) -> list[tuple[AssignmentSwap, Project]]:
    """The open swaps this reviewer could accept by giving this assignment up, with the project they would get."""
    rows = session.execute(
        select(AssignmentSwap, Assignment, Project)
        .join(Assignment, Assignment.id == AssignmentSwap.given_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(
            AssignmentSwap.course_id == course.id,
            AssignmentSwap.wanted_project_id == assignment.project_id,
            AssignmentSwap.taken_id.is_(None),
            AssignmentSwap.withdrawn_at.is_(None),
            AssignmentSwap.decided_at.is_(None),
            Assignment.released_at.is_(None),
            Review.edition == 0,
        )
        .order_by(AssignmentSwap.asked_at, AssignmentSwap.id)
    ).all()
    if not rows:
        return []
    question = ask_question(session, course, each=1, seed=0)
    taken = taken_pairs(session, course)
    return [
        (swap, project)
        for swap, given, project in rows
        if not reasons_against(question, taken, assignment, given.project_id)
        and not reasons_against(question, taken, given, assignment.project_id)
    ]


def reasons_against(
    question: AssignmentQuestion, taken: frozenset[Pair], assignment: Assignment, project_id: str
) -> tuple[str, ...]:
    """Why the reviewer of the assignment cannot review the other project, in words; () when they can."""
    who = _reviewer_of(assignment)
    reviewer = next((one for one in question.reviewers if one.reviewer_id == who), None)
    if reviewer is None or project_id not in {one.project_id for one in question.projects}:
        return ("it is not open to this reviewer",)
    if Pair(reviewer_id=who, project_id=project_id) in taken:
        return ("they already review it",)
    return tuple(rule.value for rule in rules_against(question, reviewer, project_id))


def swapped_pairs(taken: frozenset[Pair], given: Assignment, other: Assignment) -> frozenset[Pair]:
    """The pairs in force as they would be once the two reviewers have changed places."""
    one, two = _reviewer_of(given), _reviewer_of(other)
    gone = {
        Pair(reviewer_id=one, project_id=given.project_id),
        Pair(reviewer_id=two, project_id=other.project_id),
    }
    return (taken - gone) | {
        Pair(reviewer_id=one, project_id=other.project_id),
        Pair(reviewer_id=two, project_id=given.project_id),
    }


def _refuse(
    question: AssignmentQuestion, session: Session, course: Course, assignment: Assignment, project_id: str
) -> None:
    reasons = reasons_against(question, taken_pairs(session, course), assignment, project_id)
    if reasons:
        raise BadInput(f"This swap is not possible: {', '.join(reasons)}.")


def _find_swap(session: Session, course: Course, swap_id: str) -> AssignmentSwap:
    swap = session.get(AssignmentSwap, swap_id, with_for_update=True)
    if swap is None or swap.course_id != course.id:
        raise NotFound("There is no such request to swap in this course.")
    return swap


def _undone(session: Session, assignment_id: str) -> Assignment:
    row = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.id == assignment_id)
    ).one()
    assignment: Assignment = row[0]
    if assignment.released_at is not None:
        raise Conflict("One of the two was released from the review meanwhile.")
    if row[1].edition:
        raise Conflict("One of the two reviews is already handed in, so it stays with its reviewer.")
    return assignment


def _reviewer_of(assignment: Assignment) -> str:
    return assignment.reviewer_id or assignment.reviewer_group_id or ""
