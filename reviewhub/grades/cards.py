"""What stands on the grading desk, as frozen values that the page shows: the list, the thing in hand, the totals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import SnapshotFact, Verdict
from reviewhub.grades.foresight import Foreseen
from reviewhub.grades.ledger import GradeSheet
from reviewhub.grades.readiness import Blocker
from reviewhub.grades.spots import Spot
from reviewhub.grades.tables import Mistake

VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.FIXED: "Fixed",
    Verdict.PARTLY: "Partly",
    Verdict.NOT_FIXED: "Not fixed",
    Verdict.OBSOLETE: "Obsolete",
}
OWN = "own"
"""What the form for a mistake of one's own is called in the list."""


class Shelf(StrEnum):
    """The parts of the list, in the order of the work."""

    FINDINGS = "findings"
    MISTAKES = "mistakes"
    REVIEWS = "reviews"
    MEMBERS = "members"


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """One line of the list: what it is, whether it waits for a decision, and what was decided."""

    item: str
    shelf: Shelf
    name: str
    title: str
    severity: str = ""
    who: str = ""
    reviewers: tuple[str, ...] = ()
    """The assignments it has to do with, for whoever looks at one reviewer's part alone."""
    is_undecided: bool = False
    outcome: str = ""
    tone: str = "plain"
    group: int = 0
    """Findings that likely say the same share a number."""


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """Lines that stand together under a heading; `title` is empty where they need none."""

    title: str
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, kw_only=True)
class CriterionRow:
    """One line of the rubric: what is left of its points in each version (None where nothing was handed in)."""

    title: str
    points: Decimal
    left: Mapping[int, Decimal | None]


@dataclass(frozen=True, kw_only=True)
class UndoRow:
    """One decision that stands and can be taken back; `item` is what it is about in the list."""

    words: str
    who: str
    by_id: str
    at: datetime
    kind: str
    """finding | mistake | change | verdict | marks | adjustment | rearrangement"""
    target_id: str
    item: str
    seen: str = ""
    """What stands now, so that nobody takes back what they have not seen."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk of one project but for the thing in hand."""

    policy: Policy
    project_id: str
    key: str
    title: str
    members: tuple[str, ...]
    is_open: bool
    versions: Mapping[int, SnapshotFact | None]
    sheets: Mapping[int, GradeSheet | None]
    shelves: Mapping[Shelf, tuple[RowGroup, ...]]
    reviewers: tuple[tuple[str, str], ...]
    """Assignment id and name, for the filter."""
    rubric: tuple[CriterionRow, ...]
    standings: tuple[tuple[str, str, str, Decimal], ...]
    """Item, name, developer or reviewer, grade."""
    waiting: tuple[Blocker, ...]
    undo: tuple[UndoRow, ...]
    previous_key: str
    next_key: str

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """Every line in order."""
        return tuple(row for groups in self.shelves.values() for group in groups for row in group.rows)

    def undecided(self, shelf: Shelf) -> int:
        """How many lines of one part wait for a decision."""
        return sum(1 for group in self.shelves[shelf] for row in group.rows if row.is_undecided)

    @property
    def is_graded(self) -> bool:
        """Whether nothing waits for a decision."""
        return not any(row.is_undecided for row in self.rows)

    def after(self, item: str) -> str:
        """The next line that waits, from this one on and then from the top; "" where none does."""
        rows = self.rows
        here = next((place for place, row in enumerate(rows) if row.item == item), -1)
        ahead = [*rows[here + 1 :], *rows[: max(here, 0)]]
        return next((row.item for row in ahead if row.is_undecided), "")

    @property
    def first(self) -> str:
        """What to take in hand when nothing else is asked for."""
        return self.after("") or (self.rows[0].item if self.rows and self.versions.get(1) else OWN)


# ---- the thing in hand


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One verdict the grader can press: its value, its words, what it would move, and whether it stands."""

    value: str
    label: str
    moves: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class MistakeCard:
    """An established mistake: on its own in hand, or under the finding that says it."""

    row: Mistake
    points: Decimal
    criterion_title: str
    spot: Spot
    spot_version: int
    noticed_late: bool
    noted_by: tuple[tuple[str, int, str, str], ...]
    """Reviewer, number of the finding, strength, finding id."""
    seen: str
    """Its words and findings, for the form that takes it back."""
    verdict: str
    verdicts: tuple[Choice, ...]
    moves_if_undone: str = ""
    moves_if_switched: str = ""
    """What switching “detectable” would move."""
    separable: tuple[str, ...] = ()
    """The findings that can be taken off it."""


@dataclass(frozen=True, kw_only=True)
class FindingCard:
    """A finding in hand, with what was said about it since, and what may be done with it."""

    finding_id: str
    assignment_id: str
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
    decided: UndoRow | None
    """What takes the decision back."""
    mistakes: tuple[MistakeCard, ...]
    """The mistakes it was matched with, as they stand."""
    strengths: Mapping[str, str]
    title: str
    criterion: str
    accepts: tuple[Foreseen, ...]
    likely: tuple[ListRow, ...]
    """Other findings that likely say the same."""

    @property
    def is_open(self) -> bool:
        """Whether it asks for a decision."""
        return not self.decision and self.kind != "remark"


@dataclass(frozen=True, kw_only=True)
class ReviewCard:
    """One reviewer: what they handed in, their marks, and what they get for it now."""

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
    suggested: str
    """The mark for “correct” that the decisions suggest, "" without any."""
    sheet: GradeSheet | None
    findings: tuple[ListRow, ...]


@dataclass(frozen=True, kw_only=True)
class MemberCard:
    """One developer."""

    enrollment_id: str
    name: str
    sheet: GradeSheet | None
    adjustments: tuple[tuple[str, Decimal, str], ...]
    """Id, points, reason."""


@dataclass(frozen=True, kw_only=True)
class Hand:
    """The thing in hand: exactly one of the cards, or none for the form of one's own mistake."""

    item: str
    shelf: Shelf | None = None
    token: str = ""
    finding: FindingCard | None = None
    mistake: MistakeCard | None = None
    review: ReviewCard | None = None
    member: MemberCard | None = None
    own_moves: str = ""
    """What a major version-1 mistake that nobody noted would move."""
    mergeable: int = 0
    """How many mistakes this could be put together with."""
    position: tuple[int, int] = (0, 0)
    """Which of how many lines it is."""
    undo: tuple[UndoRow, ...] = field(default=())
    """The decisions about it that stand, newest first."""
