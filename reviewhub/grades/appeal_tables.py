"""Rows of appeals: what somebody asked to be looked at again, what was decided and why, and whom it concerns."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row, UtcMoment

_STANDS = text("withdrawn_at IS NULL")


class Appeal(Row):
    """A request about one thing of a release. Open while `withdrawn_at` and `decided_at` are None."""

    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint("outcome IN ('', 'granted', 'partly', 'denied')", name="known_outcome"),
        CheckConstraint("withdrawn_at IS NULL OR decided_at IS NULL", name="withdrawn_or_decided"),
        # Of one side one appeal about one thing of one release: a second click and a second member find the first.
        Index(
            "uq_appeals_standing",
            "release_id",
            "side",
            "kind",
            "target",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(120))
    side: Mapped[str] = mapped_column(String(60))
    """project:…, assignment:… or person:…: whose grade it is."""
    title: Mapped[str] = mapped_column(Text)
    """What it is about; names nobody."""
    said: Mapped[list[str]] = mapped_column(JsonValue)
    """What the release said about it."""
    mistake_id: Mapped[str] = mapped_column(String(32), default="")
    finding_id: Mapped[str] = mapped_column(String(32), default="")
    text: Mapped[str] = mapped_column(Text)
    filed_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    filed_at: Mapped[datetime] = mapped_column(UtcMoment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    outcome: Mapped[str] = mapped_column(String(8), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Everybody concerned reads it."""
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue, default=list)
    """Decisions that were taken back: outcome, reason, at, why."""


class AppealShare(Row):
    """A person reads an appeal: all of it on its own side, else what was decided and why."""

    __tablename__ = "appeal_shares"
    __table_args__ = (UniqueConstraint("appeal_id", "enrollment_id"),)

    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeals.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    own: Mapped[bool]
