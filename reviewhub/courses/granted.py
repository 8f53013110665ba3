"""The living extensions, as the rules read them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from reviewhub.courses.deadlines import Grant, Way
from reviewhub.courses.tables import Course, Enrollment, Extension, Group, Membership
from reviewhub.storage import ask_once

# Asked for every page of a course, so that it is put together once.
_LIVING = (
    select(Extension)
    .where(Extension.course_id == bindparam("course_id"), Extension.revoked_at.is_(None))
    .order_by(Extension.granted_at, Extension.id)
)
_PRESENT_GROUPS = select(Membership.group_id).where(
    Membership.enrollment_id == bindparam("enrollment_id"), Membership.left_at.is_(None)
)


def living_grants(
    session: Session, *, course: Course, enrollment: Enrollment | None = None, group: Group | None = None
) -> tuple[Grant, ...]:
    """The extensions that hold for a person (their own and their present group's) or for a group, oldest first."""
    rows = _living(session, course)
    receivers = {group.id} if group is not None else set()
    if enrollment is not None and rows:
        receivers |= {enrollment.id, *session.scalars(_PRESENT_GROUPS, {"enrollment_id": enrollment.id})}
    return as_grants(row for row in rows if (row.enrollment_id or row.group_id) in receivers)


def grants_of_groups(session: Session, *, course: Course) -> dict[str, tuple[Grant, ...]]:
    """Group id → its living extensions, for every group of the course that has one; one query."""
    return _by_receiver((row.group_id, row) for row in _living(session, course))


def grants_of_persons(session: Session, *, course: Course) -> dict[str, tuple[Grant, ...]]:
    """Enrolment id → the person's own living extensions (not their group's); one query."""
    return _by_receiver((row.enrollment_id, row) for row in _living(session, course))


def as_grants(rows: Iterable[Extension]) -> tuple[Grant, ...]:
    """Rows as the rules read them."""
    return tuple(Grant(deadline=row.deadline, due_at=row.due_at, way=Way(row.way)) for row in rows)


def _by_receiver(rows: Iterable[tuple[str | None, Extension]]) -> dict[str, tuple[Grant, ...]]:
    found: dict[str, list[Extension]] = {}
    for receiver, row in rows:
        if receiver is not None:
            found.setdefault(receiver, []).append(row)
    return {receiver: as_grants(held) for receiver, held in found.items()}


def _living(session: Session, course: Course) -> Sequence[Extension]:
    return ask_once(
        session, ("extensions", course.id), lambda: session.scalars(_LIVING, {"course_id": course.id}).all()
    )
