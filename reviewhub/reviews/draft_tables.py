"""Rows of what is being typed: a finding that is not filed yet, or the change of one that is not saved yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row, UtcMoment


class UnfiledFinding(Row):
    """The words of a finding form that was left open: seen by its writer alone, never handed in, counted nowhere."""

    __tablename__ = "unfiled_findings"
    __table_args__ = (UniqueConstraint("review_id", "writer_id", "slot"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    writer_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    slot: Mapped[str] = mapped_column(String(64))
    """Which form it is: the id of the finding being changed, or the digest of path and place of a new one."""
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("findings.id"))
    path: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(60), default="")
    places: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    """Every place the form had, as its fields say them."""
    kind: Mapped[str] = mapped_column(String(10), default="")
    severity: Mapped[str] = mapped_column(String(10), default="")
    category: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    was: Mapped[dict[str, str]] = mapped_column(JsonValue, default=dict)
    """Of a change: the finding's words as they stood when it was begun."""
    saved_at: Mapped[datetime] = mapped_column(UtcMoment)
