"""Releasing many reviewers from reviews that are not handed in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.tables import Course
from reviewhub.reviews.asking import taken_pairs
from reviewhub.reviews.assignment import Pair
from reviewhub.reviews.bulk_plans import BulkWish, PlannedLine
from reviewhub.reviews.bulk_tables import BulkChange
from reviewhub.reviews.progress import ReviewProgress
from reviewhub.reviews.reassigning import release_assignment, take_back_release
from reviewhub.reviews.tables import Assignment
from reviewhub.web.formatting import plural


def plan(
    _session: Session, _course: Course, rows: Sequence[ReviewProgress], every: Sequence[ReviewProgress],
    _wish: BulkWish, _now: datetime,
) -> list[PlannedLine]:  # fmt: skip
    """One line for each review, with how many reviewers its project keeps."""
    left = {row.project_id: 0 for row in every}
    going = {row.assignment_id for row in rows if not row.edition}
    for row in every:
        left[row.project_id] += row.assignment_id not in going and not row.practice
    return [
        PlannedLine(
            who=row.reviewer,
            project=row.project,
            before=row.words.word,
            after=f"released; {row.project} keeps {plural(left[row.project_id], 'reviewer')}",
            refusal="It is handed in, so it stays with its reviewer." if row.edition else "",
            assignment_ids=(row.assignment_id,),
            receiver_id=row.reviewer_id,
        )
        for row in rows
    ]


def do(
    session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish, reason: str,
    change: BulkChange,
) -> dict[str, Any]:  # fmt: skip
    """Release one reviewer."""
    del wish, change
    (assignment_id,) = line.assignment_ids
    release_assignment(
        session, actor=actor, now=now, course=course.slug, assignment_id=assignment_id, reason=reason
    )  # fmt: skip
    return {}


def hindrance(session: Session, change: BulkChange, course: Course) -> str:
    """Why it cannot be undone, "" where it can."""
    ids = [item["assignment_ids"][0] for item in change.items]
    return why_not_taken_back(session, course, ids, change.made_at)


def undo(session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
    """Assign the reviewers again."""
    for item in change.items:
        take_back_release(
            session, actor=actor, now=now, course=course.slug, assignment_id=item["assignment_ids"][0]
        )  # fmt: skip


def why_not_taken_back(session: Session, course: Course, assignment_ids: Sequence[str], made_at: datetime) -> str:
    """Why released reviewers cannot be assigned again: they are already, by somebody else's hand."""
    released = session.scalars(select(Assignment).where(Assignment.id.in_(assignment_ids))).all()
    taken = taken_pairs(session, course)
    pairs = [
        Pair(reviewer_id=one.reviewer_id or one.reviewer_group_id or "", project_id=one.project_id) for one in released
    ]
    if any(one.released_at != made_at for one in released) or not taken.isdisjoint(pairs):
        return "Some of the reviewers were assigned again already."
    return ""
