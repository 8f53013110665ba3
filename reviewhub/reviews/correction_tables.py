"""Rows of places that a person has pointed out: where a place of version 1 really is in version 2."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import Row, UtcMoment


class PlaceCorrection(Row):
    """One anchor of a finding pointed at by hand in version 2; the last one that is not undone stands, all are kept.

    `kind` is that of the place, or `gone` where there is nothing like it any more.
    """

    __tablename__ = "place_corrections"
    __table_args__ = (
        UniqueConstraint("finding_id", "position", "snapshot_id", "sequence"),
        CheckConstraint(
            "kind IN ('lines', 'cell', 'cell_lines', 'output', 'file', 'project', 'gone')", name="known_kind"
        ),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    position: Mapped[int]
    """Of the anchor among those of the finding, from 0."""
    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshots.id"), index=True)
    """The version 2 it holds for."""
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(Text, default="")
    cell_index: Mapped[int | None]
    first_line: Mapped[int | None]
    last_line: Mapped[int | None]
    output: Mapped[int | None]
    by_reviewer: Mapped[bool]
    """Whether the reviewer pointed, or somebody of the staff."""
    by_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
