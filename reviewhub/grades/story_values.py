"""What a story of grades is made of, as frozen values: sheets opened into lines, what became of things, the class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reviewhub.grades.appeal_values import AppealView
from reviewhub.grades.class_spreads import Bar
from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.evidence import VERSION_1
from reviewhub.grades.release_differences import SheetChange
from reviewhub.grades.spots import Spot

PART_TITLES: Mapping[str, str] = {
    "quality": "Quality of the review",
    "coverage": "Coverage",
    "missed": "Missed mistakes",
    "late": "Lateness",
    "hold": "Bounds",
    "adjustment": "Own adjustment",
    "version_1": "Version 1",
    "version_2": "Version 2",
    "review": "Reviews",
    "mark": "Marks",
    "proposal": "Proposal",
    "developer": "As developer",
    "reviewer": "As reviewer",
    "scheme": "Way to the grade",
    "threshold": "What it takes to pass",
    "bonus": "Bonus",
    "letter": "Letter",
    "fail": "What may fail the course",
    "": "In all",
}


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What a line rests on: a mistake, a finding or a frozen commit."""

    kind: str
    title: str
    text: str = ""
    spot: Spot | None = None
    version: int = VERSION_1
    commit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """One ledger line with what it rests on; `about` is what an appeal on it is about (kind:target)."""

    amount: Decimal
    rule: str
    details: tuple[Detail, ...]
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class StoryPart:
    """The lines of one criterion or one part of a grade, and their sum."""

    title: str
    total: Decimal
    lines: tuple[StoryLine, ...]
    worth: Decimal | None = None
    """What a criterion starts with."""
    about: str = ""
    """What an appeal on a whole criterion is about."""


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A grade as a way down: what it starts with, each step, and what it ends as."""

    start: tuple[str, Decimal]
    steps: tuple[tuple[str, Decimal], ...]
    end: str


@dataclass(frozen=True, kw_only=True)
class StorySheet:
    """One grade, opened."""

    title: str
    total: Decimal
    parts: tuple[StoryPart, ...]
    fall: Fall | None = None


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """One station of a project: what happened, and when."""

    title: str
    text: str
    at: datetime | None = None
    commit: str = ""


@dataclass(frozen=True, kw_only=True)
class MistakeStory:
    """One established mistake: who noted it, what became of it, what it cost."""

    detail: Detail
    severity: str
    about: str
    costs: tuple[tuple[str, Decimal], ...]
    """In which grade, and how much (0 or less)."""
    verdict: str = ""
    """What became of it in version 2; "" where it came with version 2."""


@dataclass(frozen=True, kw_only=True)
class ProjectStory:
    """A project the person developed: the way it went, the grade, and both versions it is made of."""

    key: str
    title: str
    developer: StorySheet
    versions: tuple[StorySheet, ...]
    timeline: tuple[Milestone, ...] = ()
    mistakes: tuple[MistakeStory, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FindingStory:
    """What became of one finding. `state`: accepted, in part, rejected, undecided, remark."""

    detail: Detail
    became: str
    state: str
    about: str = ""
    matches: tuple[tuple[str, str], ...] = ()
    """The mistakes it counts as, each with what an appeal on that match is about."""
    answer: str = ""
    """What the developers answered, in a word or two."""


@dataclass(frozen=True, kw_only=True)
class CoverageStory:
    """Coverage, both ways: by points and by number of mistakes; the better one counts."""

    found_points: Decimal
    all_points: Decimal
    slack: Decimal
    ratio: Decimal
    full_ratio: Decimal
    by_ratio: Decimal
    found: int
    count: int
    full_count: int
    by_count: Decimal

    @property
    def value(self) -> Decimal:
        """What counts."""
        return max(self.by_ratio, self.by_count)


@dataclass(frozen=True, kw_only=True)
class ReviewStory:
    """A project the person reviewed: the grade, what became of each finding, and what was missed."""

    key: str
    sheet: StorySheet
    findings: tuple[FindingStory, ...]
    missed: tuple[MistakeStory, ...] = ()
    coverage: CoverageStory | None = None


@dataclass(frozen=True, kw_only=True)
class SpreadStory:
    """The class as a whole in one grade, and the reader's place; no bars where they would show single people."""

    title: str
    count: int
    bars: tuple[Bar, ...]
    median: Decimal | None
    own: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything one person's grades are made of."""

    name: str
    student_number: str
    released_at: datetime | None
    reason: str
    each_pays: bool
    """Whether whoever missed a mistake pays whatever the others wrote; else once anybody noted it, none pays."""
    projects: tuple[ProjectStory, ...]
    reviewer: StorySheet | None
    reviews: tuple[ReviewStory, ...]
    course: CourseGrade | None = None
    """The course grade with its lines; None where the person is no student of the course."""
    course_sheets: tuple[StorySheet, ...] = ()
    """The sum of the course grade and its components, opened."""
    legend: tuple[str, ...] = ()
    """How to read it, with the course's own numbers."""
    sequence: int = 0
    """Which release it is; 0 for the facts as they stand now."""
    changes: tuple[SheetChange, ...] = ()
    """What this release changed."""
    spreads: tuple[SpreadStory, ...] = ()
    appeals: tuple[AppealView, ...] = ()
    appeals_closed: str = ""
    """Why nothing can be appealed now; "" where it can."""

    def appeal_on(self, about: str) -> AppealView | None:
        """The appeal of the reader's side about this thing of this release, unless it was withdrawn."""
        return next(
            (
                one
                for one in self.appeals
                if one.is_own and one.about == about and one.release == self.sequence and one.withdrawn_at is None
            ),
            None,
        )
