"""What stands on the grading desk, as frozen values that the page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course
from reviewhub.grades.evidence import SnapshotFact, Verdict
from reviewhub.grades.foresight import Foreseen
from reviewhub.grades.ledger import GradeSheet
from reviewhub.grades.readiness import Blocker
from reviewhub.grades.spots import Spot
from reviewhub.grades.tables import Mistake, Release

VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.FIXED: "Fixed",
    Verdict.PARTLY: "Partly",
    Verdict.NOT_FIXED: "Not fixed",
    Verdict.OBSOLETE: "Obsolete",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One verdict the grader can press: its value, its words, what it would move, and whether it stands."""

    value: str
    label: str
    moves: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class FindingCard:
    """A finding on the desk, with what was said about it since, and what may be done with it."""

    finding_id: str
    number: int
    kind: str
    severity: str
    text: str
    reviewer: str
    held: bool
    spots: tuple[Spot, ...]
    answer: tuple[str, str] | None
    """The developers' last answer: kind and text."""
    check: tuple[str, str] | None
    """The reviewer's own verdict on version 2, and its words."""
    messages: int
    """How many messages its reviewer, the developers and the staff wrote under it."""
    decision: str
    """"" while undecided, else accepted, rejected or question_accepted."""
    reason: str
    matches: tuple[tuple[str, str], ...]
    """The mistakes it was matched with: name and strength."""
    title: str
    criterion: str
    accepts: tuple[Foreseen, ...]
    merges: tuple[Foreseen, ...]


@dataclass(frozen=True, kw_only=True)
class PlaceGroup:
    """Findings about one place, side by side: likely the same thing said twice."""

    spot: Spot
    findings: tuple[FindingCard, ...]

    @property
    def undecided(self) -> int:
        """How many of them ask for a decision."""
        return sum(1 for one in self.findings if not one.decision and one.kind != "remark")


@dataclass(frozen=True, kw_only=True)
class MistakeCard:
    """An established mistake on the desk."""

    row: Mistake
    points: Decimal
    criterion_title: str
    spot: Spot
    noted_by: tuple[tuple[str, int, str], ...]
    """Reviewer, number of the finding, strength."""
    verdict: str
    verdicts: tuple[Choice, ...]
    moves_if_undone: str


@dataclass(frozen=True, kw_only=True)
class ReviewCard:
    """One reviewer on the desk: what they handed in, their marks, and what they get for it now."""

    assignment_id: str
    review_id: str
    reviewer: str
    held: bool
    submitted_at: datetime | None
    edition: int
    summary: str
    marks: tuple[tuple[str, str, str, str], ...]
    """Row key, title, what to look for, the mark as text."""
    suggestion: str
    sheet: GradeSheet | None


@dataclass(frozen=True, kw_only=True)
class MemberCard:
    """One developer on the desk."""

    enrollment_id: str
    name: str
    sheet: GradeSheet | None
    adjustments: tuple[tuple[str, Decimal, str], ...]
    """Id, points, reason."""


@dataclass(frozen=True, kw_only=True)
class UndoRow:
    """One decision that stands and can be taken back."""

    words: str
    who: str
    at: datetime
    kind: str
    """finding | mistake | change | verdict | adjustment"""
    target_id: str
    seen: str = ""
    """What stands now, so that nobody takes back what they have not seen."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything on the desk of one project."""

    course: Course
    policy: Policy
    key: str
    title: str
    is_open: bool
    release: Release | None
    versions: Mapping[int, SnapshotFact | None]
    sheets: Mapping[int, GradeSheet | None]
    groups: tuple[PlaceGroup, ...]
    undecided: int
    mistakes: tuple[MistakeCard, ...]
    own_moves: Mapping[str, str]
    """Severity → what one more version-1 mistake nobody noted would move."""
    reviews: tuple[ReviewCard, ...]
    members: tuple[MemberCard, ...]
    waiting: tuple[Blocker, ...]
    undo: tuple[UndoRow, ...]
    next_key: str
    """The next project by key, "" at the end."""
