"""Rows of grading: what the instructor decided, each row undone rather than deleted, and what was released."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Points, Row, UtcMoment

TITLE_LENGTH = 200
_STANDS = text("undone_at IS NULL")


def _one_standing(name: str, *columns: str) -> Index:
    """At most one row that stands; two graders at once cannot both win."""
    return Index(name, *columns, unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)


class Mistake(Row):
    """An established defect of a project; `number` counts within the project and is how people call it."""

    __tablename__ = "mistakes"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("version_in IN (1, 2)", name="known_version"),
        CheckConstraint("severity IN ('critical', 'major', 'minor', 'trivial')", name="known_severity"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    version_in: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[str] = mapped_column(String(10))
    criterion: Mapped[str] = mapped_column(String(60))
    """The key of a rubric row."""
    points: Mapped[Decimal | None] = mapped_column(Points)
    """The instructor's own number; NULL takes the severity's."""
    detectable: Mapped[bool] = mapped_column(default=True)
    """Whether a reviewer could have seen it in the submission."""
    snapshot_id: Mapped[str | None] = mapped_column(ForeignKey("snapshots.id"), index=True)
    place: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    """kind, path, cell_index (from 0), first_line, last_line, output; empty = the whole project."""
    found_by_instructor: Mapped[bool]
    previous: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    """Its words and weight before the last change, so that the change can be undone; empty = nothing to undo."""
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    changed_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Match(Row):
    """A finding says a mistake, fully or in part: decided by the instructor."""

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint("strength IN ('full', 'partial')", name="known_strength"),
        _one_standing("uq_matches_standing", "finding_id", "mistake_id"),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    mistake_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"), index=True)
    strength: Mapped[str] = mapped_column(String(8))
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class FindingDecision(Row):
    """What the instructor made of a finding. The reason of a rejection is told to its author after the release."""

    __tablename__ = "finding_decisions"
    __table_args__ = (
        CheckConstraint("decision IN ('accepted', 'rejected', 'question_accepted')", name="known_decision"),
        _one_standing("uq_finding_decisions_standing", "finding_id"),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class FixVerdict(Row):
    """What became of a version-1 mistake in version 2."""

    __tablename__ = "fix_verdicts"
    __table_args__ = (
        CheckConstraint("verdict IN ('fixed', 'partly', 'not_fixed', 'obsolete')", name="known_verdict"),
        _one_standing("uq_fix_verdicts_standing", "mistake_id"),
    )

    mistake_id: Mapped[str] = mapped_column(ForeignKey("mistakes.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class QualityMark(Row):
    """The instructor's mark, 0 … 100, for one row of the quality rubric of one review."""

    __tablename__ = "quality_marks"
    __table_args__ = (_one_standing("uq_quality_marks_standing", "review_id", "row"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    row: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal] = mapped_column(Points)
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Adjustment(Row):
    """Signed points for one developer of one project; the reason is told to them."""

    __tablename__ = "adjustments"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    points: Mapped[Decimal] = mapped_column(Points)
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Release(Row):
    """A set of grades made visible together: the policy it was computed by and the digest of its whole ledger.

    The newest release is what students see, also while grading is reopened to prepare the next one.
    """

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("course_id", "sequence"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there is a further release; students read it. Empty for the first."""
    policy_text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    reopened_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    reopened_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class ReleasedProject(Row):
    """The facts of one project as they were released: with the release's policy they give its ledger again."""

    __tablename__ = "released_projects"
    __table_args__ = (UniqueConstraint("release_id", "project_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)


class ReleasedShare(Row):
    """A person develops or reviews a released project, so that their page reads only what concerns them."""

    __tablename__ = "released_shares"
    __table_args__ = (UniqueConstraint("release_id", "enrollment_id", "project_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)


class ReleasedStudent(Row):
    """The facts of one student beside their projects as they were released: marks, statuses, what fails them."""

    __tablename__ = "released_students"
    __table_args__ = (UniqueConstraint("release_id", "enrollment_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
