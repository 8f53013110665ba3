"""Extending the review deadline of many reviewers: an extension is the reviewer's, so it holds for all they review."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.deadlines import due_for
from reviewhub.courses.extending import grant_extension, revoke_extension
from reviewhub.courses.tables import Course, Extension
from reviewhub.errors import BadInput, Conflict
from reviewhub.reviews.asking import groups_review
from reviewhub.reviews.bulk_plans import BulkWish, PlannedLine
from reviewhub.reviews.bulk_tables import BulkChange
from reviewhub.reviews.progress import ReviewProgress
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.web.formatting import format_moment, plural

USUAL = timedelta(days=2)


def fill_in(course: Course, rows: Sequence[ReviewProgress], wish: BulkWish, now: datetime) -> BulkWish:
    """Suggest two days more than the latest deadline among the reviews not handed in."""
    if wish.due_at is not None:
        return wish
    due = due_for(course.policy, "reviews")
    moments = [row.due_at for row in rows if row.due_at and not row.edition] or [due.due_at if due else now]
    return replace(wish, due_at=max([*moments, now]).replace(second=0, microsecond=0) + USUAL)


def plan(
    _session: Session, course: Course, rows: Sequence[ReviewProgress], every: Sequence[ReviewProgress], wish: BulkWish,
    now: datetime,
) -> list[PlannedLine]:  # fmt: skip
    """One line for each reviewer; BadInput or Conflict where the course or the moment allows no extension at all."""
    until = _check(course, wish, now)
    chosen = dict.fromkeys(row.reviewer_id for row in rows)
    return [_line(course, [row for row in every if row.reviewer_id == who], until) for who in chosen]


def do(
    session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish, reason: str,
    change: BulkChange,
) -> dict[str, Any]:  # fmt: skip
    """Grant one extension."""
    del change
    by_groups = groups_review(course)
    extension = grant_extension(
        session, actor=actor, now=now, course=course.slug, deadline="reviews", due_at=_check(course, wish, now),
        reason=reason, group_id=line.receiver_id if by_groups else None,
        enrollment_id=None if by_groups else line.receiver_id,
    )  # fmt: skip
    session.flush()
    return {"extension_id": extension.id}


def hindrance(session: Session, change: BulkChange, course: Course) -> str:
    """Why it cannot be undone, "" where it can: an extension is taken back already, or was made use of."""
    ids = [item["extension_id"] for item in change.items]
    extensions = session.scalars(select(Extension).where(Extension.id.in_(ids))).all()
    revoked = sum(extension.revoked_at is not None for extension in extensions)
    if revoked:
        return f"{plural(revoked, 'extension')} of it {'was' if revoked == 1 else 'were'} taken back already."
    due = due_for(course.policy, "reviews")
    receivers = [item["receiver_id"] for item in change.items]
    used = session.scalars(
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            or_(Assignment.reviewer_id.in_(receivers), Assignment.reviewer_group_id.in_(receivers)),
            Review.submitted_at > max(change.made_at, due.due_at if due else change.made_at),
        )
    ).all()
    return f"{plural(len(used), 'review was', 'reviews were')} handed in with it since." if used else ""


def undo(session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
    """Take the extensions back."""
    for item in change.items:
        revoke_extension(session, actor=actor, now=now, course=course.slug, extension_id=item["extension_id"])


def _check(course: Course, wish: BulkWish, now: datetime) -> datetime:
    due = due_for(course.policy, "reviews")
    if due is None or not course.policy.extensions.allowed:
        raise Conflict("The course file says that review deadlines are never extended.")
    if wish.due_at is None or wish.due_at <= max(now, due.course_due_at):
        shown = format_moment(max(now, due.course_due_at), course.policy.tzinfo)
        raise BadInput(f"An extension must end later than {shown}.")
    return wish.due_at


def _line(course: Course, own: Sequence[ReviewProgress], until: datetime) -> PlannedLine:
    open_rows = [row for row in own if not row.edition]
    dues = sorted({row.due_at for row in open_rows if row.due_at})
    refusal = ""
    if not open_rows:
        refusal = "Everything is handed in."
    elif dues and until <= dues[0]:
        refusal = "They have that long already."
    return PlannedLine(
        who=own[0].reviewer,
        project=", ".join(row.project for row in open_rows or own),
        before="; ".join(format_moment(due, course.policy.tzinfo) for due in dues) or "—",
        after=format_moment(until, course.policy.tzinfo),
        refusal=refusal,
        assignment_ids=tuple(row.assignment_id for row in open_rows),
        receiver_id=own[0].reviewer_id,
    )
