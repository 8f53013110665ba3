"""Rows of what a reviewer has looked at."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import Row, UtcMoment


class ViewedFile(Row):
    """A file of version 1 that was opened in a review, by its bytes: unchanged, it stays ticked in a new version 1."""

    __tablename__ = "viewed_files"
    __table_args__ = (UniqueConstraint("review_id", "blob"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    blob: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    viewed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When it was ticked; None where it was only opened, or the tick was taken back."""
