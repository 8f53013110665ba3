"""Rows of the grading desk: mistakes that were put together or taken apart, and the forms that made a mistake."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row, UtcMoment

TOKEN_LENGTH = 120
_STANDS = text("undone_at IS NULL")


class Rearrangement(Row):
    """Two mistakes put together, or a finding taken off one into a mistake of its own; undone rather than deleted."""

    __tablename__ = "rearrangements"
    __table_args__ = (
        CheckConstraint("kind IN ('merged', 'separated')", name="known_kind"),
        Index(
            "uq_rearrangements_standing",
            "kind",
            "mistake_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    mistake_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"))
    """The mistake that went into the other, or that came out of it."""
    other_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    """`matches`: [finding id, strength] that stood on the mistake it was taken from; `own`: whether the other was the
    instructor's own.
    """
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class SentForm(Row):
    """A form that made a mistake. Sent again, by a second click, another tab or after a lost answer, it makes none."""

    __tablename__ = "sent_forms"

    token: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)
    """The project, the grader and the state of the desk the form was shown in."""
    words: Mapped[str] = mapped_column(String(64))
    """A digest of what was typed, so that other words are never taken for the same."""
    mistake_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"), index=True)
