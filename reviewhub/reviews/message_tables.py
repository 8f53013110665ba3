"""Rows of talking: clarifying questions before a review, messages under questions and findings, who is told of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import Row, UtcMoment

_UNTOLD = text("told_at IS NULL AND read_at IS NULL")


class Clarification(Row):
    """A reviewer's question to the developers of a project, before or while reviewing; its words are its first message.

    Every reviewer of the project reads it with its answers, and nobody learns from it who asked.
    """

    __tablename__ = "clarifications"
    __table_args__ = (UniqueConstraint("project_id", "number"), CheckConstraint("number >= 1", name="from_one"))

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignments.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)


class Message(Row):
    """One message of the thread under a finding or a clarification. Struck ones stay; what was edited is in the events.

    `side` says for whom it speaks: what its readers see of its author hangs on that alone.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("(finding_id IS NULL) <> (clarification_id IS NULL)", name="one_thread"),
        CheckConstraint("side IN ('reviewer', 'developers', 'staff')", name="known_side"),
        UniqueConstraint("finding_id", "number"),
        UniqueConstraint("clarification_id", "number"),
    )

    finding_id: Mapped[str | None] = mapped_column(ForeignKey("findings.id"))
    clarification_id: Mapped[str | None] = mapped_column(ForeignKey("clarifications.id"))
    number: Mapped[int]
    """Counts the messages of the thread from 1."""
    side: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    assignment_id: Mapped[str | None] = mapped_column(ForeignKey("assignments.id"))
    """The assignment a reviewer writes for; None for developers and staff."""
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcMoment)
    edited_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    struck_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Notice(Row):
    """That one person has not read a message yet: what marks it as new, and what their next mail tells of."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("message_id", "enrollment_id"),
        Index("ix_notices_enrollment_id_read_at", "enrollment_id", "read_at"),
        Index("ix_notices_untold", "enrollment_id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    told_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When a mail told of it."""
    read_at: Mapped[datetime | None] = mapped_column(UtcMoment)
