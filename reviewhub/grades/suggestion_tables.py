"""Rows of suggested matches: what was suggested to a grader, how sure it was, and what the grader made of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row, UtcMoment


class SuggestedMatch(Row):
    """The program suggested that a finding says a mistake: kept once, as it was shown first.

    It decides nothing; where it was confirmed, a `Match` stands beside it. One that no grader answered, while the
    finding was decided otherwise, was ignored: that is read from the decision, and kept nowhere.
    """

    __tablename__ = "suggested_matches"
    __table_args__ = (
        UniqueConstraint("finding_id", "mistake_id"),
        CheckConstraint("score BETWEEN 0 AND 1000", name="score_in_thousandths"),
        CheckConstraint("outcome IN ('confirmed', 'partial', 'denied')", name="known_outcome"),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    mistake_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"), index=True)
    score: Mapped[int]
    """In thousandths."""
    parts: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    """What spoke for it, in words."""
    shown_at: Mapped[datetime] = mapped_column(UtcMoment)
    outcome: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
