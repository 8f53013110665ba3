"""Rows of acting on many reviews at once: one change with what it did, reminders, what the staff have read."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.reviews.tables import DIGEST_LENGTH
from reviewhub.storage import JsonValue, Row, UtcMoment


class BulkChange(Row):
    """One act on many reviews, as its dry run showed it. Changes of a course are numbered without gaps.

    A form carries the number its dry run saw as the next one, and the digest of what it showed: sent twice it is one
    change, and what was changed in between makes it look again.
    """

    __tablename__ = "bulk_changes"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number >= 1", name="from_one"),
        CheckConstraint("act IN ('remind', 'extend', 'reassign', 'release', 'show')", name="known_act"),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    """Of the dry run that was agreed to."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """For the staff only."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """What was done, line by line: the words shown, and the ids that undoing needs."""
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Reminder(Row):
    """That a person was reminded of one thing about one review; one mail may hold several. Taken-back ones stay."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("change_id", "enrollment_id", "assignment_id", "errand"),
        CheckConstraint("errand IN ('write', 'answer', 'check')", name="known_errand"),
    )

    change_id: Mapped[str] = mapped_column(ForeignKey("bulk_changes.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignments.id"), index=True)
    errand: Mapped[str] = mapped_column(String(6))
    reminded_at: Mapped[datetime] = mapped_column(UtcMoment)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class StaffLook(Row):
    """Until when somebody of the staff has read the messages about a review."""

    __tablename__ = "staff_looks"

    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignments.id"), unique=True)
    read_until: Mapped[datetime] = mapped_column(UtcMoment)
    read_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
