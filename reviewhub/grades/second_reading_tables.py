"""Rows of second readings: who grades and who reads which project, and what the second reader says."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import Row, UtcMoment

_STANDS = text("undone_at IS NULL")
_NOT_WITHDRAWN = text("withdrawn_at IS NULL")


class GraderShare(Row):
    """Somebody of the staff is to grade a project, or to read it second. It binds nobody: all the staff may grade."""

    __tablename__ = "grader_shares"
    __table_args__ = (
        CheckConstraint("task IN ('grades', 'reads')", name="known_task"),
        Index(
            "uq_grader_shares_standing",
            "project_id",
            "task",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    task: Mapped[str] = mapped_column(String(6))
    grader_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    assigned_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class SecondReading(Row):
    """A second grader read a graded project: they agree, or ask for a change until it is answered or withdrawn."""

    __tablename__ = "second_readings"
    __table_args__ = (
        CheckConstraint("opinion IN ('agrees', 'change')", name="known_opinion"),
        Index(
            "uq_second_readings_standing",
            "project_id",
            "reader_id",
            unique=True,
            sqlite_where=_NOT_WITHDRAWN,
            postgresql_where=_NOT_WITHDRAWN,
        ),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    reader_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    opinion: Mapped[str] = mapped_column(String(6))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """Taken back by its reader, or followed by a newer reading of theirs."""
