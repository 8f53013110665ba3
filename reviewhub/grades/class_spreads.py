"""How the grades of a whole class are distributed, where that shows no single person. Pure.

A distribution is drawn only for ten students or more, and no bar stands for fewer than three of them: neighbouring
tens are joined until there are as many in each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.ledger import Sheets
from reviewhub.grades.lines import Component, SubjectKind
from reviewhub.grades.penalties import HUNDRED, ZERO, as_shown, reckoning

FEWEST_STUDENTS = 10
FEWEST_IN_A_BAR = 3
TEN = 10


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The values of one grade over the class, as shown and in order."""

    grade: str
    """developer | reviewer | course."""
    values: tuple[Decimal, ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """So many students from `low` up to, but not including, `high` (100 belongs to the last)."""

    low: int
    high: int
    count: int


def spreads_of(sheets: Sheets, grades: Mapping[str, CourseGrade]) -> tuple[Spread, ...]:
    """The spreads of a release: of what each student has as developer (the mean), as reviewer, and in the course."""
    developers: dict[str, list[Decimal]] = {}
    reviewers = []
    for (subject, component), sheet in sheets.items():
        if component is Component.DEVELOPER and subject.kind is SubjectKind.MEMBER:
            developers.setdefault(subject.subject_id, []).append(sheet.total)
        elif component is Component.REVIEWER:
            reviewers.append(sheet.total)
    with reckoning():
        means = [sum(one, ZERO) / len(one) for one in developers.values()]
    totals = [one.total for one in grades.values() if one.total is not None]
    found = (("developer", means), ("reviewer", reviewers), ("course", totals))
    return tuple(Spread(grade=name, values=tuple(sorted(map(as_shown, values)))) for name, values in found if values)


def bars_of(values: Sequence[Decimal]) -> tuple[Bar, ...]:
    """The bars of a distribution, from 0 to 100; none where it would show single people."""
    if len(values) < FEWEST_STUDENTS:
        return ()
    bars: list[Bar] = []
    low = count = 0
    for high in range(TEN, 101, TEN):
        count += sum(1 for one in values if high - TEN <= one < high or (high == HUNDRED and one >= HUNDRED))
        if count == 0 and bars and not bars[-1].count:
            bars[-1] = Bar(low=bars[-1].low, high=high, count=0)
        elif 0 < count < FEWEST_IN_A_BAR:
            continue
        else:
            bars.append(Bar(low=low, high=high, count=count))
        low, count = high, 0
    if count:  # too few at the top to stand alone: they join those below
        while bars and not bars[-1].count:
            bars.pop()
        last = bars.pop() if bars else Bar(low=0, high=0, count=0)
        bars.append(Bar(low=last.low, high=100, count=last.count + count))
    return tuple(bars) if sum(1 for one in bars if one.count) > 1 else ()


def median_of(values: Sequence[Decimal]) -> Decimal:
    """The middle value of a sorted sequence; of an even number the mean of the two in the middle."""
    middle = len(values) // 2
    with reckoning():
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
