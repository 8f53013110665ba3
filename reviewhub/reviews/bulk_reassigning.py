"""Giving many reviews to other reviewers: to one who is named, or to whoever has fewest and may."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.courses.tables import Course
from reviewhub.reviews.asking import ask_question, groups_review, taken_pairs
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.assignment import AssignmentQuestion, Pair, Reviewer, Wish, rules_against
from reviewhub.reviews.bulk_plans import BulkWish, PlannedLine
from reviewhub.reviews.bulk_releasing import why_not_taken_back
from reviewhub.reviews.bulk_tables import BulkChange
from reviewhub.reviews.progress import ReviewProgress
from reviewhub.reviews.reassigning import release_assignment, take_back_release
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.web.formatting import plural

COST = {Wish.WANTS: 0, Wish.CAN: 1, Wish.RATHER_NOT: 2}


class Seats:
    """Who reviews what while a plan is made: the pairs taken, and how many each reviewer has."""

    def __init__(self, question: AssignmentQuestion, taken: frozenset[Pair]) -> None:
        """Start from the assignment in force."""
        self.question = question
        self.taken = set(taken)
        self.leaving: set[str] = set()
        """Reviewers who give something up: nobody is handed back work by the same act."""

    def give(self, row: ReviewProgress, to: str) -> tuple[Reviewer | None, str]:
        """Choose who gets the review and take the seat; without anybody the second says why."""
        fitting = [one for one in self.question.reviewers if one.reviewer_id == to or not to]
        loads = Counter(pair.reviewer_id for pair in self.taken)
        allowed = [one for one in fitting if not self._why_not(one, row)]
        if not allowed:
            reason = self._why_not(fitting[0], row) if to and fitting else "no rule leaves anybody for it"
            return None, f"Not possible: {reason}."
        chosen = min(
            allowed,
            key=lambda one: (
                self._is_reciprocal(one, row.project_id),
                loads[one.reviewer_id],
                COST[one.wishes.get(row.project_id, Wish.CAN)],
                one.name.casefold(),
                one.reviewer_id,
            ),
        )
        self.taken.discard(Pair(reviewer_id=row.reviewer_id, project_id=row.project_id))
        self.taken.add(Pair(reviewer_id=chosen.reviewer_id, project_id=row.project_id))
        return chosen, ""

    def load(self, reviewer_id: str) -> int:
        """How many reviews the reviewer has by now."""
        return sum(pair.reviewer_id == reviewer_id for pair in self.taken)

    def _why_not(self, reviewer: Reviewer, row: ReviewProgress) -> str:
        if reviewer.reviewer_id in self.leaving:
            return "they give up reviews here themselves"
        if Pair(reviewer_id=reviewer.reviewer_id, project_id=row.project_id) in self.taken:
            return "they review it already"
        return next((rule.value for rule in rules_against(self.question, reviewer, row.project_id)), "")

    def _is_reciprocal(self, reviewer: Reviewer, project_id: str) -> bool:
        developers = [one.reviewer_id for one in self.question.reviewers if project_id in one.own]
        return any(Pair(reviewer_id=who, project_id=home) in self.taken for who in developers for home in reviewer.own)


def plan(
    session: Session, course: Course, rows: Sequence[ReviewProgress], _every: Sequence[ReviewProgress],
    wish: BulkWish, _now: datetime,
) -> list[PlannedLine]:  # fmt: skip
    """One line for each review, in the order shown; each takes the ones before it into account."""
    seats = Seats(ask_question(session, course, each=1, seed=0), taken_pairs(session, course))
    seats.leaving = {row.reviewer_id for row in rows if not _refusal(row)}
    return [_line(seats, row, wish.to) for row in rows]


def do(
    session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish, reason: str,
    change: BulkChange,
) -> dict[str, Any]:  # fmt: skip
    """Release the one reviewer and assign the other; the plan was made in this very transaction."""
    del wish, change
    (assignment_id,) = line.assignment_ids
    old = release_assignment(
        session, actor=actor, now=now, course=course.slug, assignment_id=assignment_id, reason=reason
    )  # fmt: skip
    made = put_assignment(
        session, line.receiver_id, old.project_id, by_groups=groups_review(course), now=now, run_id=None,
        reason="Taken over from another reviewer.", practice=old.practice,
    )  # fmt: skip
    record_event(
        session, actor=actor, now=now, action="added assignment", course_id=course.id, subject=made,
        after={"reviewer_id": line.receiver_id, "project_id": old.project_id, "instead_of": old.id},
    )  # fmt: skip
    return {"made_id": made.id}


def hindrance(session: Session, change: BulkChange, course: Course) -> str:
    """Why it cannot be undone, "" where it can: a new reviewer has begun, or the assignment changed otherwise."""
    made = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.id.in_([item["made_id"] for item in change.items]))
    ).all()
    begun = sum(review.started_at is not None or review.edition > 0 for _, review in made)
    if begun:
        return f"{plural(begun, 'new reviewer has', 'new reviewers have')} begun."
    if any(assignment.released_at is not None for assignment, _ in made):
        return "Some of the new reviewers were released since."
    old = [item["assignment_ids"][0] for item in change.items]
    return why_not_taken_back(session, course, old, change.made_at)


def undo(session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
    """Release the new reviewers, then assign the old ones again."""
    for item in change.items:
        release_assignment(
            session, actor=actor, now=now, course=course.slug, assignment_id=item["made_id"],
            reason="The reassignment was undone.",
        )  # fmt: skip
    for item in change.items:
        take_back_release(
            session, actor=actor, now=now, course=course.slug, assignment_id=item["assignment_ids"][0]
        )  # fmt: skip


def _refusal(row: ReviewProgress) -> str:
    if row.edition:
        return "It is handed in, so it stays with its reviewer."
    return "" if row.is_writable else "It cannot be written now, by nobody."


def _line(seats: Seats, row: ReviewProgress, to: str) -> PlannedLine:
    refusal, chosen = _refusal(row), None
    if not refusal:
        chosen, refusal = seats.give(row, to)
    load = seats.load(chosen.reviewer_id) if chosen else 0
    return PlannedLine(
        who=row.reviewer,
        project=row.project,
        before=f"{row.reviewer}, {row.words.word}",
        after=f"{chosen.name}, who then has {plural(load, 'review')}" if chosen else "—",
        refusal=refusal,
        assignment_ids=(row.assignment_id,),
        receiver_id=chosen.reviewer_id if chosen else "",
    )
