"""How many version-1 mistakes are likely still unseen, from who saw which: guidance for the grader, never a grade.

Reviewers and the instructor are inspectors of the same version. What many of them saw, most of what is there was seen;
what each saw alone, much is still hidden. Two inspectors: Chapman (1951). More: the jackknife of first or second order
(Burnham & Overton 1978), or Chao (1987) where the jackknife falls below what was seen. Where the data cannot carry an
estimate, the reason is told instead.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from reviewhub.grades.evidence import VERSION_1, ProjectFact

INSTRUCTOR = "instructor"
LEAST_INSPECTORS = 2
LEAST_SEEN = 3
WIDEST = 3
"""An interval that reaches further than this many times what was seen says nothing."""
NORMAL_95 = 1.959964
"""95 % of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How many mistakes there are in all, seen and unseen, by one method, with its variance."""

    method: str
    total: float
    variance: float


@dataclass(frozen=True, kw_only=True)
class Residual:
    """What is known of unseen mistakes. `unseen`, `low` and `high` count them; None where `silence` says why."""

    inspectors: int
    seen: int
    method: str = ""
    unseen: float | None = None
    low: float | None = None
    high: float | None = None
    silence: str = ""

    @property
    def is_a_range(self) -> bool:
        """Whether the interval holds more than one whole number."""
        return self.low is not None and self.high is not None and round(self.high) > round(self.low)

    @property
    def sentence(self) -> str:
        """The estimate in words, rounded to whole mistakes."""
        if self.unseen is None or self.low is None or self.high is None:
            return self.silence
        low, high = round(self.low), round(self.high)
        about = f"about {round(self.unseen)}" if round(self.unseen) else "probably none"
        return f"{about} still hidden ({low} to {high}, {self.method})" if self.is_a_range else f"{about} still hidden"


def chapman(first: int, second: int, both: int) -> Estimate:
    """Two inspectors saw `first` and `second` mistakes, `both` of them the same (Chapman 1951, unbiased Petersen).

    The variance is Seber's (1970).
    """
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return Estimate(method="Chapman", total=total, variance=variance)


def jackknife_1(inspectors: int, seen: int, once: int) -> Estimate:
    """First order: `once` of the `seen` mistakes were seen by exactly one inspector (Burnham & Overton 1978)."""
    more = (inspectors - 1) / inspectors
    total = seen + once * more
    variance = (1 + more) ** 2 * once + (seen - once) - total
    return Estimate(method="first-order jackknife", total=total, variance=max(0.0, variance))


def jackknife_2(inspectors: int, seen: int, once: int, twice: int) -> Estimate:
    """Second order: `twice` of the mistakes were seen by exactly two inspectors (Burnham & Overton 1978)."""
    more, less = _second_order(inspectors)
    total = seen + more * once - less * twice
    variance = (1 + more) ** 2 * once + (1 - less) ** 2 * twice + (seen - once - twice) - total
    return Estimate(method="second-order jackknife", total=total, variance=max(0.0, variance))


def chao_2(seen: int, once: int, twice: int) -> Estimate:
    """A lower bound that also holds where inspectors differ (Chao 1987): f1² ÷ 2·f2, bias-corrected where f2 is 0."""
    if twice:
        ratio = once / twice
        variance = twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
        return Estimate(method="Chao", total=seen + once**2 / (2 * twice), variance=variance)
    total = seen + once * (once - 1) / 2
    variance = once * (once - 1) / 2 + once * (2 * once - 1) ** 2 / 4 - (once**4 / (4 * total) if total else 0.0)
    return Estimate(method="Chao", total=total, variance=max(0.0, variance))


def best_jackknife(inspectors: int, seen: int, once: int, twice: int) -> Estimate:
    """The second order only where it says something else than the first (Burnham & Overton 1979, their test at 5 %)."""
    first, second = jackknife_1(inspectors, seen, once), jackknife_2(inspectors, seen, once, twice)
    more, less = _second_order(inspectors)
    apart = second.total - first.total
    spread = (more - (inspectors - 1) / inspectors) ** 2 * once + less**2 * twice - apart**2 / max(1, seen)
    deviation = sqrt(max(0.0, spread) * seen / (seen - 1)) if seen > 1 else 0.0
    return second if deviation and abs(apart) > NORMAL_95 * deviation else first


def interval(estimate: Estimate, seen: int) -> tuple[float, float]:
    """95 % for the number in all, never below what was seen: the unseen part is log-normal (Chao 1987)."""
    unseen = estimate.total - seen
    if unseen <= 0:
        return float(seen), float(seen)
    factor = exp(NORMAL_95 * sqrt(log(1 + estimate.variance / unseen**2)))
    return seen + unseen / factor, seen + unseen * factor


def residual(inspectors: Collection[str], caught: Sequence[Collection[str]]) -> Residual:
    """Estimate from who caught which: one collection of inspectors for each mistake that somebody caught."""
    known = sorted(set(inspectors))
    seen_by = [by for one in caught if (by := frozenset(one).intersection(known))]
    seen = len(seen_by)
    silence = _silence(known, seen_by)
    if silence:
        return Residual(inspectors=len(known), seen=seen, silence=silence)
    estimate = _estimate(known, seen_by)
    low, high = interval(estimate, seen)
    if high > WIDEST * seen:
        silence = "The inspectors saw too different things for an estimate."
        return Residual(inspectors=len(known), seen=seen, silence=silence)
    return Residual(
        inspectors=len(known),
        seen=seen,
        method=estimate.method,
        unseen=max(0.0, estimate.total - seen),
        low=low - seen,
        high=high - seen,
    )


def residual_of(project: ProjectFact, own: Collection[str]) -> Residual:
    """What is likely still unseen in a project. `own`: the mistakes the instructor found without a review.

    Inspectors are the reviewers held to account who handed in, and the instructor once they recorded a mistake of their
    own. What nobody could detect from the submission says nothing of how well they looked.
    """
    held = [one for one in project.assignments if one.held_to_account and one.review]
    author = {finding.finding_id: one.assignment_id for one in held if one.review for finding in one.review.findings}
    counted = {one.mistake_id for one in project.mistakes if one.version_in == VERSION_1 and one.detectable}
    caught: dict[str, set[str]] = {mistake_id: set() for mistake_id in counted}
    for match in project.matches:
        if match.mistake_id in counted and match.finding_id in author:
            caught[match.mistake_id].add(author[match.finding_id])
    for mistake_id in counted.intersection(own):
        caught[mistake_id].add(INSTRUCTOR)
    inspectors = [one.assignment_id for one in held] + [INSTRUCTOR] * bool(counted.intersection(own))
    return residual(inspectors, [caught[mistake_id] for mistake_id in sorted(caught)])


def _estimate(inspectors: Sequence[str], caught: Sequence[frozenset[str]]) -> Estimate:
    if len(inspectors) == LEAST_INSPECTORS:
        first, second = (sum(1 for by in caught if one in by) for one in inspectors)
        return chapman(first, second, sum(1 for by in caught if len(by) == LEAST_INSPECTORS))
    counts = Counter(len(by) for by in caught)
    estimate = best_jackknife(len(inspectors), len(caught), counts[1], counts[2])
    return estimate if estimate.total >= len(caught) else chao_2(len(caught), counts[1], counts[2])


def _silence(inspectors: Sequence[str], caught: Sequence[frozenset[str]]) -> str:
    """Why nothing can be said, or ""."""
    if len(inspectors) < LEAST_INSPECTORS:
        return "It takes two inspectors at least: reviewers who handed in, or a reviewer and you."
    if len(caught) < LEAST_SEEN:
        return "Too few mistakes are established for an estimate."
    if all(len(by) == 1 for by in caught):
        return "No mistake was seen by two of them, so nothing can be said."
    return ""


def _second_order(inspectors: int) -> tuple[float, float]:
    """What a mistake seen once adds, and what one seen twice takes off."""
    return (2 * inspectors - 3) / inspectors, (inspectors - 2) ** 2 / (inspectors * (inspectors - 1))
