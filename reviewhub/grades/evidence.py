"""The frozen values a grade is computed from. Nothing here is points already earned; `ledger` makes those.

Every tuple may stand in any order: the ledger sorts by what the values say, never by where they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

VERSION_1 = 1
VERSION_2 = 2


class Verdict(StrEnum):
    """What became of a version-1 mistake in version 2, by the instructor."""

    FIXED = "fixed"
    PARTLY = "partly"
    NOT_FIXED = "not_fixed"
    OBSOLETE = "obsolete"


class Strength(StrEnum):
    """How well a finding says what a mistake is."""

    FULL = "full"
    PARTIAL = "partial"


class Decision(StrEnum):
    """What the instructor made of a finding."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    QUESTION_ACCEPTED = "question_accepted"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """When something was due and when it came; `waived` where an extension keeps the date and waives the penalty."""

    due_at: datetime
    received_at: datetime
    waived: bool = False


@dataclass(frozen=True, kw_only=True)
class SnapshotFact:
    """The frozen commit that is a version of the project."""

    snapshot_id: str
    version: int
    commit: str
    arrival: Arrival


@dataclass(frozen=True, kw_only=True)
class MistakeFact:
    """An established defect. `points` is the instructor's own number; None takes the severity's.

    `text` and `place` cost nothing; they are kept so that a release goes on saying what it said.
    """

    mistake_id: str
    number: int
    title: str
    version_in: int
    severity: str
    criterion: str
    points: Decimal | None = None
    detectable: bool = True
    verdict: Verdict | None = None
    text: str = ""
    place: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FindingFact:
    """A finding of the last submitted edition of one review; `reason` says why it was rejected."""

    finding_id: str
    number: int
    kind: str
    decision: Decision | None = None
    reason: str = ""

    @property
    def notes(self) -> bool:
        """Whether it can note a mistake: mistakes and missing points do, questions once accepted so, remarks never.

        A rejected finding notes nothing.
        """
        if self.decision is Decision.REJECTED:
            return False
        return self.kind in {"mistake", "missing"} or (
            self.kind == "question" and self.decision is Decision.QUESTION_ACCEPTED
        )


@dataclass(frozen=True, kw_only=True)
class MatchFact:
    """The instructor's decision that a finding says a mistake, fully or in part."""

    finding_id: str
    mistake_id: str
    strength: Strength


@dataclass(frozen=True, kw_only=True)
class ReviewFact:
    """A submitted review: its last edition. `quality` maps a row of the quality rubric to the mark given."""

    review_id: str
    edition: int
    arrival: Arrival
    findings: tuple[FindingFact, ...] = ()
    quality: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, kw_only=True)
class AssignmentFact:
    """Who reviews the project (a person, or a reviewing group's members), and whether they answer for it.

    `held_to_account` means active at the project's review deadline; released drop-outs and practice reviews are not.
    """

    assignment_id: str
    members: tuple[str, ...]
    held_to_account: bool = True
    review: ReviewFact | None = None
    awaited: bool = False
    """Whether a review that is not there can still come."""


@dataclass(frozen=True, kw_only=True)
class AdjustmentFact:
    """Signed points for one developer of one project, with the reason."""

    adjustment_id: str
    enrollment_id: str
    points: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProjectFact:
    """Everything established about one project. `settled` names the versions that are frozen or known not to come."""

    project_id: str
    key: str
    developers: tuple[str, ...]
    snapshots: tuple[SnapshotFact, ...] = ()
    settled: frozenset[int] = frozenset()
    mistakes: tuple[MistakeFact, ...] = ()
    matches: tuple[MatchFact, ...] = ()
    assignments: tuple[AssignmentFact, ...] = ()
    adjustments: tuple[AdjustmentFact, ...] = ()

    def snapshot(self, version: int) -> SnapshotFact | None:
        """The snapshot that is this version, or None where none was submitted."""
        return next((one for one in self.snapshots if one.version == version), None)


@dataclass(frozen=True, kw_only=True)
class MarkFact:
    """One mark of a list somebody imported: per cent of what it is a mark for.

    `component` is the key of a component, of a part of one, or of a bonus (then `value` is points, not per cent);
    `item` counts the marks of one component from 1 (quiz 3). `value` None: the list has the student, without a mark.
    """

    mark_id: str
    component: str
    item: int = 1
    value: Decimal | None = None
    arrival: Arrival | None = None
    """When the work was due and came, where the list says so: the course's late policy then applies."""


@dataclass(frozen=True, kw_only=True)
class StatusFact:
    """Something that happened which no page collects: `kind` is a fail rule's key, `proposal`, `presented` and so on.

    `value` says how it stands (`yes`, `no`, or the outcome of a proposal: passed, revise, revised, rejected, replaced).
    """

    status_id: str
    kind: str
    value: str
    evidence: str = ""
    arrival: Arrival | None = None


@dataclass(frozen=True, kw_only=True)
class FailFact:
    """What the instructor made of a rule that may fail this student; `letter` is what it brings where confirmed."""

    rule: str
    confirmed: bool
    letter: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StudentFact:
    """Everything established about one student beside their projects and reviews."""

    enrollment_id: str
    works_alone: bool | None = None
    """Whether their project is theirs alone; None where they have none."""
    has_project: bool = False
    project_is_due: bool = False
    """Whether the time for handing in a project is over for everybody."""
    marks: tuple[MarkFact, ...] = ()
    statuses: tuple[StatusFact, ...] = ()
    fails: tuple[FailFact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GradingFacts:
    """One course's projects and students. `ledger` sorts both by what they are called, whatever their order."""

    projects: tuple[ProjectFact, ...] = field(default=())
    students: tuple[StudentFact, ...] = field(default=())
