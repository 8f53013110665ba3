"""The rule behind each ledger line in words, with the course's own numbers.

A student reads these on the day of the release: whole sentences, no jargon, no number without its meaning.
"""

from datetime import tzinfo
from decimal import Context, Decimal
from functools import lru_cache

from reviewhub.courses.lateness import Lateness
from reviewhub.courses.policy import Criterion, PointRules, QualityRow
from reviewhub.grades.evidence import AdjustmentFact, Arrival, MistakeFact, Verdict
from reviewhub.grades.penalties import Coverage, Loss, as_shown

# A context of its own: `Decimal.normalize()` would round to whatever digits the calling thread has set.
_DISPLAY = Context(prec=60)


@lru_cache(maxsize=4096)
def plain(number: Decimal) -> str:
    """An exact number as a person writes it: `8`, `0.5`, never `8.00` or `1E+1`."""
    return f"{_DISPLAY.plus(_DISPLAY.normalize(number)):f}".replace("-", "−")


def shown(number: Decimal) -> str:
    """A computed number at two places, half up."""
    return f"{as_shown(number):f}".replace("-", "−")


def named(mistake: MistakeFact) -> str:
    """How a mistake is called everywhere: its number and its title."""
    return f"M{mistake.number} “{mistake.title}”"


def in_points(number: Decimal) -> str:
    """An exact number of points: `1 point`, `2.5 points`."""
    return f"{plain(number)} point" if number == 1 else f"{plain(number)} points"


def say_not_submitted(version: int) -> str:
    """No snapshot, no points."""
    return f"No version {version} was submitted, so it counts 0."


def say_criterion(row: Criterion) -> str:
    """What a criterion starts with."""
    return f"“{row.title}” starts at {in_points(row.points)}."


def say_mistake(mistake: MistakeFact, points: Decimal) -> str:
    """What a mistake costs in the version it was made in."""
    if mistake.points is None:
        return f"{named(mistake)}: a {mistake.severity} mistake takes {in_points(points)} off its criterion."
    return f"{named(mistake)}: the instructor set {in_points(points)} for it."


def say_carried(mistake: MistakeFact, points: Decimal, *, seen: bool, rules: PointRules) -> str:
    """What version 2 carries of a version-1 mistake, by the verdict."""
    start = f"{named(mistake)} was in version 1"
    if mistake.verdict in {Verdict.FIXED, Verdict.OBSOLETE}:
        became = "is fixed" if mistake.verdict is Verdict.FIXED else "no longer applies"
        return f"{start} and {became} in version 2: it costs nothing here."
    if mistake.verdict is None:
        became, part = "is not decided yet for version 2, and counts as not fixed until then", rules.not_fixed
    elif mistake.verdict is Verdict.PARTLY:
        became, part = "is partly fixed in version 2", rules.partly
    else:
        became, part = "is not fixed in version 2", rules.not_fixed
    unseen = "" if seen or rules.unseen_in_v2 == 1 else f" × {plain(rules.unseen_in_v2)} because no review had named it"
    return f"{start} and {became}: {plain(part)} × its {in_points(points)}{unseen}."


def say_foreign_criterion(mistake: MistakeFact) -> str:
    """A mistake whose criterion the rubric lost."""
    return f"{named(mistake)} stands under “{mistake.criterion}”, which the rubric does not have: it takes nothing off."


def say_criterion_floor(row: Criterion) -> str:
    """The line that balances a criterion below 0."""
    return f"“{row.title}” cannot go below 0."


def say_version_counts(version: int, weight: Decimal, grade: Decimal) -> str:
    """What a version weighs in the developer grade."""
    return f"Version {version} counts {plain(weight)} of the developer grade: {plain(weight)} × {shown(grade)}."


def say_adjustment(adjustment: AdjustmentFact) -> str:
    """One member's own points."""
    return f"Adjusted for this member by the instructor: {adjustment.reason}"


def say_held(*, below: bool) -> str:
    """The line that holds a grade between 0 and 100."""
    return "The grade cannot go below 0." if below else "The grade cannot go above 100."


def say_no_review() -> str:
    """No review, no points."""
    return "No review was submitted for this project, so it counts 0."


def say_quality(row: QualityRow, mark: Decimal | None, rules: PointRules) -> str:
    """What one row of the quality rubric brings."""
    counts = f"{plain(rules.quality_weight)} × {plain(row.weight)} % of the review grade"
    if mark is None:
        return f"Quality, “{row.title}”: not marked yet; it counts {counts}."
    return f"Quality, “{row.title}”: {plain(mark)} of 100, and it counts {counts}."


def say_coverage(coverage: Coverage, rules: PointRules) -> str:
    """How coverage came about: both ways, and that the better one counts."""
    return (
        f"Coverage {shown(coverage.value)}: this review noted {plain(coverage.found_points)} of"
        f" {in_points(coverage.all_points)}. With {in_points(rules.slack)} of slack on both sides that is"
        f" {shown(coverage.ratio)}, where {plain(rules.coverage_ratio)} is full ({shown(coverage.by_ratio)});"
        f" and it noted {len(coverage.found)} of {coverage.count} mistakes, where {rules.coverage_count} is full"
        f" ({shown(coverage.by_count)}). The better of the two counts × {plain(rules.coverage_weight)}."
    )


def say_loss(loss: Loss, rules: PointRules) -> str:
    """Why a reviewer pays for a mistake, by the course's policy."""
    price = f"{plain(rules.share)} × its {in_points(loss.points)}"
    mistake = named(loss.mistake)
    if loss.noted.m:
        price += f" × (1 − {plain(loss.noted.m)})"
        who = "was noted only in part" if rules.missed == "all" else "is noted only in part by this review"
    else:
        who = "was missed by every reviewer" if rules.missed == "all" else "is missed by this review"
    pays = "each of them loses" if rules.missed == "all" and not loss.noted.m else "the reviewer loses"
    if rules.missed == "all" and loss.noted.m:
        pays = "each reviewer loses"
    return f"{mistake} {who}: {pays} {price}."


def say_cap(rules: PointRules) -> str:
    """The line that stops the losses at the cap."""
    return f"Missed mistakes cost at most {in_points(rules.cap)} for one project."


def say_late(judged: Lateness, arrival: Arrival, zone: tzinfo) -> str:
    """When something was due and came, in the course's zone to the second, and the late rule that applied."""
    due, received = (moment.astimezone(zone) for moment in (arrival.due_at, arrival.received_at))
    rule = judged.rule_sentence
    if judged.undecided:
        rule = f"{rule.partition(':')[0]}: the course states no late policy, so it costs nothing by rule."
    return f"Due {due:%Y-%m-%d %H:%M:%S}, received {received:%Y-%m-%d %H:%M:%S}, {rule}"


def say_late_floor() -> str:
    """The line that stops lateness at 0."""
    return "What lateness takes off cannot go below 0."


def say_mean(key: str, grade: Decimal, count: int) -> str:
    """What one review is of the reviewer grade."""
    if count == 1:
        return f"The review of {key}, {shown(grade)}, is the reviewer grade."
    return f"The reviewer grade is the mean over {count} reviewed projects; {key} brings {shown(grade)} ÷ {count}."
