"""Showing many reviews to their developers, in courses that release by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.tables import Course
from reviewhub.errors import Conflict
from reviewhub.reviews.bulk_plans import BulkWish, PlannedLine
from reviewhub.reviews.bulk_tables import BulkChange
from reviewhub.reviews.progress import ReviewProgress
from reviewhub.reviews.releasing import are_answered, set_released
from reviewhub.reviews.tables import Review
from reviewhub.web.formatting import plural


def plan(
    _session: Session, course: Course, rows: Sequence[ReviewProgress], _every: Sequence[ReviewProgress],
    _wish: BulkWish, _now: datetime,
) -> list[PlannedLine]:  # fmt: skip
    """One line for each review; Conflict in a course whose file says when reviews are shown."""
    if course.policy.review is None or course.policy.review.release != "by_hand":
        raise Conflict("In this course reviews are released by the course file, not by hand.")
    return [
        PlannedLine(
            who=row.reviewer,
            project=row.project,
            before=row.words.word,
            after=f"its developers see {plural(row.handed_in, 'finding')}",
            refusal="It is not handed in." if not row.edition else "They see it already." if row.is_shown else "",
            assignment_ids=(row.assignment_id,),
            receiver_id=row.review_id,
        )
        for row in rows
    ]


def do(
    session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish, reason: str,
    change: BulkChange,
) -> dict[str, Any]:  # fmt: skip
    """Show one review."""
    del wish, reason, change
    review = session.get_one(Review, line.receiver_id)
    set_released(session, actor, now, course, [review], released_at=now)
    return {}


def hindrance(session: Session, change: BulkChange, _course: Course) -> str:
    """Why it cannot be undone, "" where it can: somebody has answered, or it was changed otherwise."""
    ids = [item["receiver_id"] for item in change.items]
    if are_answered(session, ids):
        return "Findings are answered already."
    moments = session.scalars(select(Review.released_at).where(Review.id.in_(ids))).all()
    return "Some of them were taken back already." if any(one != change.made_at for one in moments) else ""


def undo(session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
    """Hide the reviews again."""
    reviews = [session.get_one(Review, item["receiver_id"]) for item in change.items]
    set_released(session, actor, now, course, reviews, released_at=None)
