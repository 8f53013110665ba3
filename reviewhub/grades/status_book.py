"""What the status list's pages read: the rows that stand, and those that were taken back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.mark_tables import MarkList, StatusRow
from reviewhub.grades.status_kinds import StatusKind, kinds_of
from reviewhub.grades.status_reading import StandingStatus


@dataclass(frozen=True, kw_only=True)
class StatusLine:
    """One row of the list with who entered it, and who took it back."""

    status_id: str
    enrollment_id: str
    name: str
    student_number: str
    kind: StatusKind
    value: str
    evidence: str
    received_at: datetime | None
    at: datetime
    by: str
    file_name: str
    undone_at: datetime | None
    undone_by: str


def standing_statuses(session: Session, course: Course) -> dict[tuple[str, str], StandingStatus]:
    """Every row that stands in the course, by student and kind."""
    rows = session.execute(
        select(
            StatusRow.id,
            StatusRow.enrollment_id,
            StatusRow.kind,
            StatusRow.value,
            StatusRow.evidence,
            StatusRow.received_at,
        )
        .join(Enrollment, Enrollment.id == StatusRow.enrollment_id)
        .where(Enrollment.course_id == course.id, StatusRow.undone_at.is_(None))
    )
    return {
        (row.enrollment_id, row.kind): StandingStatus(
            status_id=row.id, value=row.value, evidence=row.evidence, received_at=row.received_at
        )
        for row in rows
    }


def status_lines(session: Session, course: Course, *, most: int = 2000) -> tuple[StatusLine, ...]:
    """The status list, the newest first, with what was taken back; one query."""
    by, undone_by = aliased(User), aliased(User)
    kinds = {kind.key: kind for kind in kinds_of(course.policy)}
    rows = session.execute(
        select(
            StatusRow, User.name, Enrollment.student_number, by.name.label("by"), MarkList.file_name,
            undone_by.name.label("undone_by"),
        )
        .join(Enrollment, Enrollment.id == StatusRow.enrollment_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(by, by.id == StatusRow.by_id)
        .outerjoin(undone_by, undone_by.id == StatusRow.undone_by_id)
        .outerjoin(MarkList, MarkList.id == StatusRow.list_id)
        .where(Enrollment.course_id == course.id)
        .order_by(StatusRow.at.desc(), StatusRow.id)
        .limit(most)
    )  # fmt: skip
    return tuple(
        StatusLine(
            status_id=row.StatusRow.id,
            enrollment_id=row.StatusRow.enrollment_id,
            name=row.name,
            student_number=row.student_number or "",
            kind=kinds.get(row.StatusRow.kind) or _no_longer_listed(row.StatusRow.kind),
            value=row.StatusRow.value,
            evidence=row.StatusRow.evidence,
            received_at=row.StatusRow.received_at,
            at=row.StatusRow.at,
            by=row.by or "a command",
            file_name=row.file_name or "",
            undone_at=row.StatusRow.undone_at,
            undone_by=row.undone_by or "",
        )
        for row in rows
    )


def _no_longer_listed(key: str) -> StatusKind:
    return StatusKind(key=key, title=f"{key} (no longer in the course file)", values=(), does="Does nothing any more.")
