"""The numbers of a grade: what a mistake costs, in which version, and which reviewers pay for having missed it.

Pure, exact `Decimal` in `reckoning()`'s context; nothing here is rounded to what a page shows. The rules are those
of the course file; their words stand in `sentences`, the signed lines in `ledger`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import cast

from reviewhub.courses.policy import PointRules, Severity
from reviewhub.grades.evidence import (
    VERSION_1,
    AssignmentFact,
    MistakeFact,
    ProjectFact,
    Strength,
    Verdict,
)

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_SHOWN = Context(prec=60, rounding=ROUND_HALF_UP)
_HUNDREDTH = Decimal("0.01")


@contextmanager
def reckoning() -> Iterator[None]:
    """The one arithmetic of all grades: 28 digits, half even, whatever the calling thread has set."""
    with localcontext(Context(prec=28, rounding=ROUND_HALF_EVEN)):
        yield


def as_shown(number: Decimal) -> Decimal:
    """The number as every page and file shows it, which thresholds and letters compare: two places, half up, no −0."""
    return _SHOWN.plus(_SHOWN.quantize(number, _HUNDREDTH))


@dataclass(frozen=True, kw_only=True)
class Noted:
    """How well a review noted a mistake: `m` is 0, the policy's partial match, or 1; by which finding."""

    m: Decimal
    finding_id: str = ""


NOT_NOTED = Noted(m=ZERO)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What one reviewer loses for one version-1 mistake: `share · points · (1 - m)`."""

    mistake: MistakeFact
    points: Decimal
    noted: Noted
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of what there was to find one reviewer found, and the two ways of reaching 100."""

    found_points: Decimal
    all_points: Decimal
    found: tuple[tuple[MistakeFact, str], ...]
    """The mistakes this reviewer matched, each with the finding that did."""
    count: int
    """How many there were to find."""
    ratio: Decimal
    by_ratio: Decimal
    by_count: Decimal

    @property
    def value(self) -> Decimal:
        """Coverage from 0 to 100: the better of the two ways."""
        return max(self.by_ratio, self.by_count)


def nominal_points(mistake: MistakeFact, rules: PointRules) -> Decimal:
    """The points of a mistake: the instructor's own number, or its severity's."""
    return rules.of(cast("Severity", mistake.severity)) if mistake.points is None else mistake.points


def mistakes_in_order(project: ProjectFact) -> list[MistakeFact]:
    """The project's mistakes by number, so that no ledger depends on the order of loading."""
    return sorted(project.mistakes, key=lambda one: (one.number, one.mistake_id))


def version_1_mistakes(project: ProjectFact) -> list[MistakeFact]:
    """The mistakes that were in version 1, whenever the instructor noticed them."""
    return [one for one in mistakes_in_order(project) if one.version_in == VERSION_1]


@dataclass(frozen=True, kw_only=True)
class NotedMistakes:
    """Who noted what in one project, read off the matches once."""

    by_review: Mapping[tuple[str, str], Noted]
    """(assignment_id, mistake_id) → this review's best match."""
    by_any: Mapping[str, Noted]
    """mistake_id → the best match of any reviewer held to account."""
    named: frozenset[str]
    """The mistakes any review told the developers of, be its author held to account or not."""

    def of(self, assignment: AssignmentFact, mistake: MistakeFact) -> Noted:
        """This review's own best match with one mistake."""
        return self.by_review.get((assignment.assignment_id, mistake.mistake_id), NOT_NOTED)

    def of_any(self, mistake: MistakeFact) -> Noted:
        """The best match of any reviewer who is held to account."""
        return self.by_any.get(mistake.mistake_id, NOT_NOTED)


def noted_mistakes(project: ProjectFact, rules: PointRules) -> NotedMistakes:
    """Read the matches: only findings that can note a mistake count, and of several the best."""
    worth = {Strength.FULL: ONE, Strength.PARTIAL: rules.partial_match}
    author = {
        finding.finding_id: assignment
        for assignment in project.assignments
        if assignment.review
        for finding in assignment.review.findings
        if finding.notes
    }
    by_review: dict[tuple[str, str], Noted] = {}
    by_any: dict[str, Noted] = {}
    named = set()
    for match in sorted(project.matches, key=lambda one: (one.mistake_id, one.finding_id)):
        assignment = author.get(match.finding_id)
        if assignment is None:
            continue
        named.add(match.mistake_id)
        noted = Noted(m=worth[match.strength], finding_id=match.finding_id)
        key = (assignment.assignment_id, match.mistake_id)
        by_review[key] = max(by_review.get(key, NOT_NOTED), noted, key=_worth)
        if assignment.held_to_account:
            by_any[match.mistake_id] = max(by_any.get(match.mistake_id, NOT_NOTED), noted, key=_worth)
    return NotedMistakes(by_review=by_review, by_any=by_any, named=frozenset(named))


def carried_part(mistake: MistakeFact, *, named: bool, rules: PointRules) -> Decimal:
    """The part of a version-1 mistake's points that version 2 carries; an undecided verdict counts as not fixed."""
    part = {
        Verdict.NOT_FIXED: rules.not_fixed,
        Verdict.PARTLY: rules.partly,
        Verdict.FIXED: ZERO,
        Verdict.OBSOLETE: ZERO,
    }[mistake.verdict or Verdict.NOT_FIXED]
    return part if named else part * rules.unseen_in_v2


def losses_of(
    assignment: AssignmentFact,
    project: ProjectFact,
    noted: NotedMistakes,
    rules: PointRules,
) -> list[Loss]:
    """What one reviewer loses for the version-1 mistakes of the project, without those that cost nothing."""
    if not assignment.held_to_account:
        return []
    losses = []
    for mistake in version_1_mistakes(project):
        match = noted.of_any(mistake) if rules.missed == "all" else noted.of(assignment, mistake)
        points = nominal_points(mistake, rules)
        amount = rules.share * points * (ONE - match.m)
        if mistake.detectable and amount:
            losses.append(Loss(mistake=mistake, points=points, noted=match, amount=amount))
    return losses


def coverage_of(
    assignment: AssignmentFact,
    project: ProjectFact,
    noted: NotedMistakes,
    rules: PointRules,
) -> Coverage:
    """Coverage over the detectable version-1 mistakes, always by this reviewer's own best matches.

    `r = (Σ m·points + slack) ÷ (Σ points + slack)`; coverage = `100 · max(min(1, r ÷ ratio), min(1, k ÷ count))`.
    """
    there = tuple(one for one in version_1_mistakes(project) if one.detectable)
    found = [(one, match) for one in there if (match := noted.of(assignment, one)).finding_id]
    found_points = sum((match.m * nominal_points(one, rules) for one, match in found), ZERO)
    all_points = sum((nominal_points(one, rules) for one in there), ZERO)
    whole = all_points + rules.slack
    ratio = (found_points + rules.slack) / whole if whole else ONE
    return Coverage(
        found_points=found_points,
        all_points=all_points,
        found=tuple((one, match.finding_id) for one, match in found),
        count=len(there),
        ratio=ratio,
        by_ratio=HUNDRED * min(ONE, ratio / rules.coverage_ratio),
        by_count=HUNDRED * min(ONE, Decimal(len(found)) / rules.coverage_count),
    )


def _worth(noted: Noted) -> tuple[Decimal, str]:
    return noted.m, noted.finding_id
