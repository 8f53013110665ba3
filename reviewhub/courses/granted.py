"""The living extensions, as the rules read them."""

from collections.abc import Iterable

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from reviewhub.courses.deadlines import Grant, Way
from reviewhub.courses.tables import Course, Enrollment, Extension, Group, Membership


def living_grants(
    session: Session, *, course: Course, enrollment: Enrollment | None = None, group: Group | None = None
) -> tuple[Grant, ...]:
    """The extensions that hold for a person (their own and their present group's) or for a group, oldest first."""
    receivers = []
    if enrollment is not None:
        present = select(Membership.group_id).where(
            Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None)
        )
        receivers += [Extension.enrollment_id == enrollment.id, Extension.group_id.in_(present)]
    if group is not None:
        receivers.append(Extension.group_id == group.id)
    if not receivers:
        return ()
    return as_grants(session.scalars(_living(course).where(or_(*receivers))))


def grants_of_groups(session: Session, *, course: Course) -> dict[str, tuple[Grant, ...]]:
    """Group id → its living extensions, for every group of the course that has one; one query."""
    found: dict[str, list[Extension]] = {}
    for row in session.scalars(_living(course).where(Extension.group_id.is_not(None))):
        found.setdefault(row.group_id or "", []).append(row)
    return {group_id: as_grants(rows) for group_id, rows in found.items()}


def grants_of_persons(session: Session, *, course: Course) -> dict[str, tuple[Grant, ...]]:
    """Enrolment id → the person's own living extensions (not their group's); one query."""
    found: dict[str, list[Extension]] = {}
    for row in session.scalars(_living(course).where(Extension.enrollment_id.is_not(None))):
        found.setdefault(row.enrollment_id or "", []).append(row)
    return {enrollment_id: as_grants(rows) for enrollment_id, rows in found.items()}


def as_grants(rows: Iterable[Extension]) -> tuple[Grant, ...]:
    """Rows as the rules read them."""
    return tuple(Grant(deadline=row.deadline, due_at=row.due_at, way=Way(row.way)) for row in rows)


def _living(course: Course) -> Select[Extension]:
    return (
        select(Extension)
        .where(Extension.course_id == course.id, Extension.revoked_at.is_(None))
        .order_by(Extension.granted_at, Extension.id)
    )
