"""The policy of a course: every rule and number of a course file as one frozen value.

`Policy` is what all other rooms compute with. It is made from the text of a course file by `course_file.load_policy`;
what one part has to do with another is checked in `soundness`. The parts of a course grade stand in `totals`.
Defaults are the values of `ceng796`. Points, weights and percentages are `Decimal`; moments are aware UTC datetimes,
read in the course's zone where the file gives no offset.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, ValidationInfo

from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.policy_part import Hundred, Key, Line, PolicyPart, Share, refuse
from reviewhub.courses.totals import Bonus, Component, FailRule, Letter, ProposalMarks, Scheme
from reviewhub.courses.zones import NoSuchMoment, NoSuchZone, moment_in, zone_named

Anonymity = Literal["open", "single", "double"]
Severity = Literal["critical", "major", "minor", "trivial"]
SHORTEST_WINDOW_DAYS = 7
"""No course may give its reviewers less time; this is a promise of the program, not a policy."""


def _read_moment(value: object, told: ValidationInfo) -> object:
    """Reads a local time of the file in the course's zone, which the loader passes as context."""
    if isinstance(value, str) or (isinstance(value, date) and not isinstance(value, datetime)):
        raise refuse("A deadline is a date with a time.", "Write it without quotation marks, like 2026-12-04 23:59:00.")
    zone = (told.context or {}).get("zone")
    if isinstance(value, datetime) and value.tzinfo is None and zone is not None:
        try:
            return moment_in(zone, value)
        except NoSuchMoment as fault:
            raise refuse(fault.what, fault.hint) from fault
    return value


def _read_zone(name: str) -> str:
    try:
        zone_named(name)
    except NoSuchZone as fault:
        raise refuse(fault.what, fault.hint) from fault
    return name


def _read_window(days: int) -> int:
    if days < SHORTEST_WINDOW_DAYS:
        raise refuse("Reviewers get at least seven days.", "Write 7 or more.")
    return days


Moment = Annotated[AwareDatetime, BeforeValidator(_read_moment)]
ZoneName = Annotated[str, AfterValidator(_read_zone)]


class Deadlines(PolicyPart):
    """The moments of the semester, each the last one that is still on time. A course gives those it has."""

    starts: Moment | None = None
    """Students see the course from here on; before it the course is being set up."""
    groups: Moment | None = None
    """Groups are formed by then."""
    proposals: Moment | None = None
    """Projects and candidate papers are proposed by then."""
    version_1: Moment | None = None
    """The first version of a project is due."""
    reviews: Moment | None = None
    """Reviews of version 1 are submitted by then."""
    responses: Moment | None = None
    """Developers have answered the findings by then; without it, by version 2."""
    version_2: Moment | None = None
    """The second version is due."""
    grading: Moment | None = None
    """The instructor intends to release the grades by then."""
    appeals: Moment | None = None
    """Until when released grades may be appealed; without it, as long as the course is open."""
    closes: Moment | None = None
    """From then on everything is read and nothing is written; without it, the course stays open."""
    milestones: dict[Key, Moment] = Field(default_factory=dict)
    """For courses with milestones instead of versions: component key → moment."""


class GroupRules(PolicyPart):
    """How many developers a project has."""

    min: int = Field(default=1, ge=1, le=50)
    """Members a group has at least."""
    max: int = Field(default=1, ge=1, le=50)
    """Members a group has at most."""
    alone: bool = True
    """Whether one student may do a project alone, even where `min` is higher."""
    random_days_before_proposals: int | None = Field(default=None, ge=0, le=60)
    """Students without a group this many days before the proposal deadline are put in one at random; None = never."""


class RepositoryRules(PolicyPart):
    """How the shared repository is laid out."""

    layout: Literal["folder", "branch", "forks"] = "folder"
    """A folder per project on one branch; a branch per project; or pull requests from forks."""
    branch: str = Field(default="main", min_length=1, max_length=200)
    """The branch the projects are read from."""
    folder: str = Field(default="", max_length=200)
    """Where the project folders lie, "" = at the top."""
    largest_file_mb: int = Field(default=50, ge=1, le=2000)
    """Larger files are shown as a link to download."""


class FormItem(PolicyPart):
    """One question of the review form."""

    key: Key
    """A short name of the question, unlike the others."""
    title: Line
    """The question itself."""
    kind: Literal["yes_partly_no", "yes_no", "text", "table", "scale"] = "yes_partly_no"
    """What the answer is."""
    required: bool = True
    """Whether a review can be submitted without it."""
    comment: bool = True
    """Whether a free comment goes with the answer."""
    hint: str = Field(default="", max_length=2000)
    """Help below the question."""
    columns: tuple[Line, ...] = ()
    """For a table: its column heads."""
    verdict: bool = False
    """For a table of what, paper reports, we got, tolerance: whether the page says if ours is near the paper's."""
    steps: int = Field(default=5, ge=2, le=10)
    """For a scale: 1 … steps."""


class ReviewRules(PolicyPart):
    """Who reviews what, and how."""

    per_student: int = Field(default=2, ge=1, le=20)
    """Projects each reviewer is given (k). With reviewing groups: per group."""
    reviewers: Literal["persons", "groups"] = "persons"
    """Whether persons or whole groups review."""
    anonymity: Anonymity = "single"
    """open; single: developers do not learn the reviewers; double: nor reviewers the developers."""
    release: Literal["at_submit", "at_deadline", "by_hand"] = "at_deadline"
    """When developers see a submitted review."""
    window_days: Annotated[int, AfterValidator(_read_window), Field(le=120)] = 7
    """Days a reviewer has at least, from the opening of a project's reviewing."""
    form: tuple[FormItem, ...] = ()


class AssignmentRules(PolicyPart):
    """How reviewers are assigned, beyond what always holds (never one's own project, loads differ by at most one)."""

    avoid_reciprocal: bool = True
    """Avoid that two groups review each other, where it can be avoided."""
    topic_fit: bool = False
    """Whether reviewers are asked what they would like to review, and their wishes count as cost."""
    wishes_until: Moment | None = None
    """Until when they may say so; without it, until the reviewers are assigned."""


class SeverityPoints(PolicyPart):
    """Points a mistake takes off, by severity."""

    critical: Hundred = Decimal(15)
    """Points."""
    major: Hundred = Decimal(8)
    """Points."""
    minor: Hundred = Decimal(3)
    """Points."""
    trivial: Hundred = Decimal(1)
    """Points."""


class PointRules(PolicyPart):
    """The numbers of the shared penalty and of the two grades it touches."""

    severity: SeverityPoints = SeverityPoints()
    version_1_weight: Share = Decimal("0.4")
    """Part of the developer's grade."""
    version_2_weight: Share = Decimal("0.6")
    """Part of the developer's grade; both make 1."""
    not_fixed: Share = Decimal("1.0")
    """Part of a version-1 mistake's points that version 2 carries when it was not fixed."""
    partly: Share = Decimal("0.5")
    """The same, when it was partly fixed."""
    unseen_in_v2: Share = Decimal("1.0")
    """The same, multiplied in for mistakes no review had named."""
    share: Share = Decimal("0.5")
    """Part of a missed mistake's points that a reviewer loses."""
    missed: Literal["all", "each"] = "all"
    """all: once any reviewer noted it, none pays. each: whoever did not note it pays."""
    partial_match: Share = Decimal("0.5")
    """What a partial match counts (m)."""
    cap: Hundred = Decimal(40)
    """The most a reviewer can lose for missed mistakes of one project, in points."""
    quality_weight: Share = Decimal("0.5")
    """Part of the reviewer's grade."""
    coverage_weight: Share = Decimal("0.5")
    """Part of the reviewer's grade; both make 1."""
    slack: Hundred = Decimal(5)
    """Points added above and below in the coverage ratio: nobody falls for one trifle."""
    coverage_ratio: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.80")
    """The ratio of points found that counts as full coverage."""
    coverage_count: int = Field(default=6, ge=1, le=1000)
    """The number of mistakes found that counts as full coverage."""

    def of(self, severity: Severity) -> Decimal:
        """Points a mistake of this severity takes off."""
        points: Decimal = getattr(self.severity, severity)
        return points


class Criterion(PolicyPart):
    """One row of the grading rubric of a version."""

    key: Key
    """A short name of the criterion, unlike the others."""
    title: Line
    """The criterion."""
    points: Hundred
    """Out of 100; the whole rubric makes 100."""
    look_for: str = Field(default="", max_length=4000)
    """What the grader looks for."""


class QualityRow(PolicyPart):
    """One row of the rubric by which a written review is graded; weights are per cent."""

    key: Key
    """A short name of the row, unlike the others."""
    title: Line
    """The row."""
    weight: Hundred
    """Per cent; all rows make 100."""
    look_for: str = Field(default="", max_length=4000)
    """What the grader looks for."""


QUALITY = (
    QualityRow(
        key="specific",
        title="Specific",
        weight=Decimal(25),
        look_for="Says where, and what exactly is wrong.",
    ),
    QualityRow(key="correct", title="Correct", weight=Decimal(25), look_for="What it calls a mistake is one."),
    QualityRow(
        key="constructive",
        title="Constructive",
        weight=Decimal(25),
        look_for="Says how it could be put right.",
    ),
    QualityRow(key="complete", title="Complete", weight=Decimal(25), look_for="Looks at the whole submission."),
)


WorkKind = Literal["proposals", "versions", "reviews", "slides", "milestones", "homework"]


class Lateness(PolicyPart):
    """The late rules per kind of work; None: the course states none, and nothing is invented."""

    everything: LateRules | None = None
    """For every kind of work that has no rules of its own below."""
    proposals: LateRules | None = None
    versions: LateRules | None = None
    reviews: LateRules | None = None
    slides: LateRules | None = None
    milestones: LateRules | None = None
    homework: LateRules | None = None

    def rules_for(self, kind: WorkKind) -> LateRules | None:
        """The rules that hold for a kind of work, or None where the course states none."""
        own: LateRules | None = getattr(self, kind)
        return own or self.everything


class Extensions(PolicyPart):
    """Whether staff may grant a later moment at all."""

    allowed: bool = True
    """false: nobody gets a later moment."""


class Presentations(PolicyPart):
    """Paper presentations."""

    minutes: int = Field(default=20, ge=1, le=600)
    """Length without the discussion."""
    draft_days_before: int | None = Field(default=None, ge=0, le=60)
    """A complete draft of the slides is due so many days before."""
    slides_due: Literal["before_class"] | None = None
    """When the final slides are due."""
    slides_published: bool = False
    """Whether they are published."""
    demonstrations: Literal["last_week", "exam_period", "last_week_or_exam_period"] | None = None
    """When the finished projects are shown."""


class Seats(PolicyPart):
    """Limited places in the course, as announced."""

    at_least: int = Field(ge=1)
    """Seats."""
    at_most: int = Field(ge=1)
    """Seats."""
    priority: tuple[Line, ...]
    """Who comes first, in order."""
    registered_stay: bool = True
    """Whoever is already registered stays."""
    list_published: bool = False
    """Whether the enrolment list is published."""


Code = Annotated[str, StringConstraints(max_length=40)]


class Policy(PolicyPart):
    """All rules of one course in one term."""

    title: Line
    """Of the course, as students know it."""
    code: Code = ""
    """Its number in the catalogue, such as CENG 796."""
    term: Line
    """Such as Fall 2026."""
    zone: ZoneName
    """A place (Europe/Istanbul) or an offset (+04:00); all local times of the file are read in it."""
    language: Code = "en"
    """Of the course, such as en or tr."""
    deadlines: Deadlines = Deadlines()
    groups: GroupRules | None = None
    repository: RepositoryRules = RepositoryRules()
    review: ReviewRules | None = None
    """None: this course has no peer review."""
    assignment: AssignmentRules = AssignmentRules()
    points: PointRules = PointRules()
    rubric: tuple[Criterion, ...] = ()
    quality: tuple[QualityRow, ...] = QUALITY
    lateness: Lateness = Lateness()
    extensions: Extensions = Extensions()
    components: tuple[Component, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    scheme_choice: Literal["first_that_applies", "better"] = "first_that_applies"
    """first_that_applies: the first scheme in the file that applies counts; better: the best for
    the student (no threshold missed, then the higher total)."""
    letters: tuple[Letter, ...] = ()
    fails: tuple[FailRule, ...] = ()
    bonus: tuple[Bonus, ...] = ()
    proposal_marks: ProposalMarks | None = None
    presentations: Presentations | None = None
    seats: Seats | None = None

    @property
    def tzinfo(self) -> tzinfo:
        """The zone of the course."""
        return zone_named(self.zone)

    @property
    def is_peer_reviewed(self) -> bool:
        """Whether projects have two versions and reviews between them."""
        return self.review is not None

    def criterion(self, key: str) -> Criterion | None:
        """The rubric's row with this key, or None."""
        return next((row for row in self.rubric if row.key == key), None)
