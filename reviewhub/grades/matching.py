"""Which finding says which mistake, and which findings say the same: suggestions, never decisions.

A score is how likely the two are the same, from where both are, how alike their words are, and whether severity and
criterion agree. The weights were fitted (logistic regression) on half of the demonstration's planted mistakes as other
reviewers word them, then rounded; the thresholds were chosen on all. `tests/grades/test_matching.py` keeps what they
give.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, groupby
from math import exp, fsum

from ortools.graph.python import linear_sum_assignment

from reviewhub.grades.nearness import nearness
from reviewhub.grades.wording import Wording, likeness, weights_of, wording_of
from reviewhub.reviews.places import Place

SURE = 0.7
"""From here on a suggestion is ticked before the grader looks; the grader still has to confirm it."""
ASKED = 0.25
"""From here on it is asked; below, nothing is said."""
ALIKE = 0.6
"""From here on, on average, findings stand together as likely the same."""
_BASE, _NEAR, _TEXT, _BOTH, _SEVERITY, _CRITERION = -5.1, 3.0, 9.0, 3.0, 0.6, 0.4
_UNIT = 1_000_000
_WORDS = ((0.5, "nearly the same words"), (0.3, "similar words"), (0.12, "some words in common"), (0.0, "other words"))


class Band(StrEnum):
    """What a score is good for."""

    SURE = "sure"
    ASKED = "asked"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one text says is wrong, where, and how grave: a finding, or a mistake's own words."""

    text: str
    places: tuple[Place, ...] = ()
    severity: str = ""
    criterion: str = ""


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A finding. `author` is whoever's review it stands in."""

    finding_id: str
    author: str
    said: Statement


@dataclass(frozen=True, kw_only=True)
class Established:
    """A mistake, in its own words and in those of the findings already matched with it."""

    mistake_id: str
    said: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A finding may say a mistake. `score` is 0 … 1 at three places; `parts` tell in words what speaks for it."""

    finding_id: str
    mistake_id: str
    score: float
    parts: tuple[str, ...]

    @property
    def band(self) -> Band:
        """Whether it is ticked beforehand or asked."""
        return band_of(self.score)


def band_of(score: float) -> Band:
    """What a score is good for, of those that are shown at all."""
    return Band.SURE if score >= SURE else Band.ASKED


Pair = tuple[str, str]
"""finding_id, mistake_id."""


def suggest(
    reported: Iterable[Reported], established: Iterable[Established], *, denied: Collection[Pair] = ()
) -> tuple[Suggestion, ...]:
    """The best mistake for each finding, as an assignment: within one review no two findings get the same mistake.

    Several reviewers' findings may get the same one; a pair that was denied is not suggested again. The surest come
    first; the order given does not matter.
    """
    findings = sorted(reported, key=lambda one: (one.author, one.finding_id))
    mistakes = sorted(established, key=lambda one: one.mistake_id)
    scale = _Scale([one.said for one in findings] + [said for one in mistakes for said in one.said])
    found = [
        suggestion
        for _, of_one in groupby(findings, key=lambda one: one.author)
        for suggestion in _assigned(list(of_one), mistakes, scale, denied)
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.finding_id)))


def likely_the_same(reported: Iterable[Reported]) -> tuple[tuple[str, ...], ...]:
    """The findings in groups that likely say the same, each finding in exactly one; most stand alone.

    Groups join from the likeliest pair down, while their findings are alike on average.
    """
    findings = sorted(reported, key=lambda one: one.finding_id)
    scale = _Scale([one.said for one in findings])
    scores = {
        (one.finding_id, other.finding_id): scale.score(one.said, other.said)[0]
        for one, other in combinations(findings, 2)
    }
    group_of: dict[str, tuple[str, ...]] = {one.finding_id: (one.finding_id,) for one in findings}
    for (one_id, other_id), score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])):
        mine, theirs = group_of[one_id], group_of[other_id]
        if score < ALIKE:
            break
        if mine is not theirs and _alike(mine, theirs, scores) >= ALIKE:
            joined = tuple(sorted(mine + theirs))
            group_of |= dict.fromkeys(joined, joined)
    return tuple(sorted(set(group_of.values())))


class _Scale:
    """Scores statements of one project: how much a word says depends on how many of them use it."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.wordings: dict[str, Wording] = {one.text: wording_of(one.text) for one in statements}
        self.weights = weights_of(self.wordings.values())

    def score(self, one: Statement, other: Statement) -> tuple[float, tuple[str, ...]]:
        """How likely both say the same, and what speaks for it."""
        near, where = nearness(one.places, other.places)
        alike = likeness(self.wordings[one.text], self.wordings[other.text], self.weights)
        same_severity = one.severity == other.severity
        same_criterion = one.criterion == other.criterion
        sum_of = _BASE + _NEAR * near + _TEXT * alike + _BOTH * near * alike
        sum_of += _SEVERITY * same_severity + _CRITERION * same_criterion
        words = next(words for least, words in _WORDS if alike >= least)
        more = ["the same severity"] * same_severity + ["the same criterion"] * same_criterion
        return round(1 / (1 + exp(-sum_of)), 3), (where, words, *more)


def _assigned(
    findings: list[Reported], mistakes: list[Established], scale: _Scale, denied: Collection[Pair]
) -> list[Suggestion]:
    """One review's findings and the mistakes, each at most once, so that the sum of the scores is largest."""
    scored = {
        (row, column): max((scale.score(finding.said, said) for said in mistake.said), default=(0.0, ()))
        for row, finding in enumerate(findings)
        for column, mistake in enumerate(mistakes)
        if (finding.finding_id, mistake.mistake_id) not in denied
    }
    possible = {pair: found for pair, found in scored.items() if found[0] >= ASKED}
    return [
        Suggestion(
            finding_id=findings[row].finding_id,
            mistake_id=mistakes[column].mistake_id,
            score=possible[row, column][0],
            parts=possible[row, column][1],
        )
        for row, column in _largest(
            {pair: score for pair, (score, _) in possible.items()}, len(findings), len(mistakes)
        )
    ]


def _largest(scores: dict[tuple[int, int], float], rows: int, columns: int) -> list[tuple[int, int]]:
    """The pairs of a largest sum. Everybody may stay alone: row r with column `columns + r`, and so for columns."""
    if not scores:
        return []
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    for (row, column), score in scores.items():
        solver.add_arc_with_cost(row, column, -round(score * _UNIT))
        solver.add_arc_with_cost(rows + column, columns + row, 0)
    for row in range(rows):
        solver.add_arc_with_cost(row, columns + row, 0)
    for column in range(columns):
        solver.add_arc_with_cost(rows + column, column, 0)
    solver.solve()
    chosen = [(row, solver.right_mate(row)) for row in range(rows)]
    return [(row, column) for row, column in chosen if column < columns]


def _alike(mine: Sequence[str], theirs: Sequence[str], scores: dict[tuple[str, str], float]) -> float:
    """The mean score between two groups."""
    found = [scores[min(one, other), max(one, other)] for one in mine for other in theirs]
    return fsum(found) / len(found)
