"""Rows of what comes from elsewhere: marks, the status list, and what the instructor made of a rule that may fail.

A row is never changed and never deleted: a newer one takes its place, and the old one says when it stopped to hold.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Points, Row, UtcMoment

FILE_NAME_LENGTH = 200
KEY_LENGTH = 60
_STANDS = text("undone_at IS NULL")


class MarkList(Row):
    """Marks or statuses that were saved together: a file that was imported, or what was typed at once (no file name).

    `form_key` comes from the page that was confirmed, so that a second click saves nothing twice.
    """

    __tablename__ = "mark_lists"
    __table_args__ = (CheckConstraint("holds IN ('marks', 'statuses')", name="known_content"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    holds: Mapped[str] = mapped_column(String(8))
    form_key: Mapped[str] = mapped_column(String(32), unique=True)
    file_name: Mapped[str] = mapped_column(String(FILE_NAME_LENGTH), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the file as it came; empty for what was typed."""
    new: Mapped[int]
    changed: Mapped[int]
    taken: Mapped[int]
    """Marks that were there before and are not any more."""
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """NULL: a command of the administrator."""


class Mark(Row):
    """One mark of one student: `points` out of `out_of`. No row is no mark, which is not 0."""

    __tablename__ = "marks"
    __table_args__ = (
        CheckConstraint("item >= 1", name="items_count_from_one"),
        Index(
            "uq_marks_standing",
            "enrollment_id",
            "component",
            "item",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    component: Mapped[str] = mapped_column(String(KEY_LENGTH))
    """The key of a component, of a part of one, or of a bonus."""
    item: Mapped[int]
    """Which mark of the component, from 1: quiz 3."""
    points: Mapped[Decimal] = mapped_column(Points)
    out_of: Mapped[Decimal] = mapped_column(Points)
    received_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the work came, where the list says so: the late policy then applies."""
    due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When it was due, where the course file has no deadline for it."""
    list_id: Mapped[str] = mapped_column(ForeignKey("mark_lists.id"), index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_by_list_id: Mapped[str | None] = mapped_column(ForeignKey("mark_lists.id"), index=True)


class StatusRow(Row):
    """Something that happened which no page collects; `value` says how it stands, `evidence` how we know."""

    __tablename__ = "status_rows"
    __table_args__ = (
        Index(
            "uq_status_rows_standing",
            "enrollment_id",
            "kind",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(KEY_LENGTH))
    """The key of a fail rule, `proposal` or `presented`."""
    value: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When a proposal came."""
    list_id: Mapped[str | None] = mapped_column(ForeignKey("mark_lists.id"), index=True)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class FailDecision(Row):
    """What the instructor made of a rule that may fail a student, with the evidence as it was shown."""

    __tablename__ = "fail_decisions"
    __table_args__ = (
        Index(
            "uq_fail_decisions_standing",
            "enrollment_id",
            "rule",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    rule: Mapped[str] = mapped_column(String(KEY_LENGTH))
    confirmed: Mapped[bool]
    letter: Mapped[str] = mapped_column(String(8), default="")
    """What it brings where confirmed."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Needed to dismiss; the student reads it."""
    evidence: Mapped[list[Any]] = mapped_column(JsonValue, default=list)
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
