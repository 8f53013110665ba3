"""Rows of class spreads: how the grades of a release are distributed, without anybody's name."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row


class ClassSpread(Row):
    """The values of one grade over the whole class, as shown and in order; derived, so that no page computes them."""

    __tablename__ = "class_spreads"
    __table_args__ = (UniqueConstraint("release_id", "grade"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    grade: Mapped[str] = mapped_column(String(12))
    """developer | reviewer | course."""
    values: Mapped[list[str]] = mapped_column(JsonValue)
