"""Rows of reviewing: runs of the optimiser, assignments, reviews, editions, findings and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewhub.storage import JsonValue, Row, UtcMoment

DIGEST_LENGTH = 64
_ACTIVE = text("released_at IS NULL")
_OPEN = text("withdrawn_at IS NULL AND decided_at IS NULL")


class ReviewConflict(Row):
    """A pair that must not be: declared by the reviewer, or forbidden by the staff. Only the staff see the reason."""

    __tablename__ = "review_conflicts"
    __table_args__ = (UniqueConstraint("project_id", "enrollment_id", "kind"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """declared | forbidden"""
    by_reviewer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the reviewer stated it with the wishes, and so may take it back there."""
    reason: Mapped[str] = mapped_column(Text, default="")
    stated_at: Mapped[datetime] = mapped_column(UtcMoment)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class LastPartner(Row):
    """Two people who worked together last term: neither reviews the other's project. Stated once, whichever way."""

    __tablename__ = "last_partners"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "partner_id"),
        CheckConstraint("enrollment_id < partner_id", name="one_way"),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    partner_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    stated_at: Mapped[datetime] = mapped_column(UtcMoment)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class ReviewWish(Row):
    """What a reviewer said about a project before the assignment; of a reviewing group each member says it."""

    __tablename__ = "review_wishes"
    __table_args__ = (
        UniqueConstraint("project_id", "enrollment_id"),
        CheckConstraint("wish IN ('wants', 'can', 'rather_not')", name="known_wish"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"), index=True)
    wish: Mapped[str] = mapped_column(String(10))
    stated_at: Mapped[datetime] = mapped_column(UtcMoment)


class AssignmentRun(Row):
    """One answer of the optimiser: a dry run until it is applied, and undone as long as nothing was handed in."""

    __tablename__ = "assignment_runs"

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    seed: Mapped[int]
    each: Mapped[int]
    input_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    source: Mapped[str] = mapped_column(String(10), default="optimiser", server_default="optimiser")
    """optimiser | list"""
    question: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict, server_default="{}")
    """The whole input as `question_record` writes it, so that anyone can derive the plan again."""
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """Pairs: reviewer_id, project_id, reason, fixed, reciprocal."""
    statistics: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    replaced: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    """Ids of the assignments that applying it released; undoing takes them back."""
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Assignment(Row):
    """A reviewer (a person, or a group where groups review) on a project. Released ones stay, with their reason.

    `reviewer_id` is the enrolment of a reviewing person, `reviewer_group_id` the reviewing group: one of the two.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("(reviewer_id IS NULL) <> (reviewer_group_id IS NULL)", name="one_reviewer"),
        Index(
            "uq_assignments_active_person",
            "project_id",
            "reviewer_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index(
            "uq_assignments_active_group",
            "project_id",
            "reviewer_group_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"), index=True)
    reviewer_group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"), index=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("assignment_runs.id"), index=True)
    """None where it was made by hand."""
    reason: Mapped[str] = mapped_column(Text, default="")
    practice: Mapped[bool] = mapped_column(default=False)
    """A practice review counts for nobody."""
    assigned_at: Mapped[datetime] = mapped_column(UtcMoment)
    released_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    released_reason: Mapped[str] = mapped_column(Text, default="")
    """For the staff only."""

    review: Mapped["Review"] = relationship(back_populates="assignment", lazy="raise")


class AssignmentSwap(Row):
    """One reviewer asks to give a project up for another; a reviewer of that one accepts; the staff approve.

    Nobody is named to anybody but the staff. Open while `taken_at`, `withdrawn_at` and `decided_at` are None; nothing
    changes before it is approved.
    """

    __tablename__ = "assignment_swaps"
    __table_args__ = (
        CheckConstraint("decision IN ('', 'approved', 'refused')", name="known_decision"),
        Index("uq_assignment_swaps_open", "given_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    given_id: Mapped[str] = mapped_column(ForeignKey("assignments.id"), index=True)
    """The assignment the asker gives up."""
    wanted_project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    """For the staff only."""
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    taken_id: Mapped[str | None] = mapped_column(ForeignKey("assignments.id"), index=True)
    """The assignment the accepting reviewer gives up."""
    taken_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decision: Mapped[str] = mapped_column(String(10), default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    made: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    """Ids of the two assignments that the approval made; undoing releases them again."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Review(Row):
    """What one reviewer writes on version 1. It stands from the assignment on; what is here is the draft.

    `edition` counts what was handed in (0 = nothing yet); what readers see is the last of `ReviewEdition`.
    """

    __tablename__ = "reviews"

    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignments.id"), unique=True)
    form: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    """Form item key → {"answer": …, "comment": …}."""
    summary: Mapped[str] = mapped_column(Text, default="")
    edition: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    saved_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the draft (answers, summary or a finding) was last changed."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the last edition was handed in."""
    released_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the staff let the developers see it, where the policy says by hand."""
    announced_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the developers were told that they can read it; None until then."""
    version: Mapped[int] = mapped_column(default=1)

    assignment: Mapped[Assignment] = relationship(back_populates="review", lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class ReviewEdition(Row):
    """A review as it was handed in; never changed."""

    __tablename__ = "review_editions"
    __table_args__ = (
        UniqueConstraint("review_id", "edition"),
        CheckConstraint("edition >= 1", name="from_one"),
    )

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    edition: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(UtcMoment)
    due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """The reviewer's deadline as it stood then."""
    submitted_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))


class Finding(Row):
    """One mistake or missing point, as it stands in the draft. Withdrawn ones stay."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("review_id", "number"),
        CheckConstraint("kind IN ('mistake', 'missing', 'question', 'remark')", name="known_kind"),
        CheckConstraint("severity IN ('critical', 'major', 'minor', 'trivial')", name="known_severity"),
    )

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    severity: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(60), default="")
    """The key of a rubric criterion, or empty."""
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcMoment)
    edited_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    version: Mapped[int] = mapped_column(default=1)

    anchors: Mapped[list["FindingAnchor"]] = relationship(lazy="raise", order_by="FindingAnchor.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class FindingAnchor(Row):
    """Where a finding is in version 1, with what is needed to find the place again. Cells and outputs count from 0."""

    __tablename__ = "anchors"
    __table_args__ = (
        UniqueConstraint("finding_id", "position"),
        CheckConstraint("kind IN ('lines', 'cell', 'cell_lines', 'output', 'file', 'project')", name="known_kind"),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    position: Mapped[int] = mapped_column(default=0)
    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshots.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(Text, default="")
    blob: Mapped[str] = mapped_column(String(64), default="")
    cell_id: Mapped[str] = mapped_column(String(100), default="")
    cell_index: Mapped[int | None]
    source_hash: Mapped[str] = mapped_column(String(DIGEST_LENGTH), default="")
    first_line: Mapped[int | None]
    last_line: Mapped[int | None]
    output: Mapped[int | None]
    quoted: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")


class Response(Row):
    """The developers' answer to a finding; a later one stands instead of the earlier, which is kept."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("finding_id", "sequence"),
        CheckConstraint(
            "kind IN ('fixed', 'will_fix', 'disagree', 'not_in_scope', 'cannot_reproduce', 'duplicate')",
            name="known_kind",
        ),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    commit: Mapped[str] = mapped_column(String(64), default="")
    push: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The received commit that brought it, whose page shows it; "" where it was not looked up."""
    duplicate_of_id: Mapped[str | None] = mapped_column(ForeignKey("findings.id"))
    """Of a duplicate: the finding whose answer holds for this one too."""
    text: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)


class FixCheck(Row):
    """The reviewer's verdict on a finding in version 2; a later one stands instead of the earlier, which is kept."""

    __tablename__ = "fix_checks"
    __table_args__ = (
        UniqueConstraint("finding_id", "sequence"),
        CheckConstraint("verdict IN ('fixed', 'partly', 'not_fixed', 'obsolete')", name="known_verdict"),
    )

    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    sequence: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When it was taken back; the verdict before it stands again."""
