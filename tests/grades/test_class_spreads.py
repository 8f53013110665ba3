"""The class as a whole is shown where that shows no single person, and nowhere else."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.grades.class_spreads import FEWEST_IN_A_BAR, FEWEST_STUDENTS, bars_of, median_of


def a_class(*values: float) -> list[Decimal]:
    """Shown grades, in order."""
    return sorted(Decimal(str(value)) for value in values)


def told(values: list[Decimal]) -> list[tuple[int, int, int]]:
    return [(one.low, one.high, one.count) for one in bars_of(values)]


def test_fewer_than_ten_students_are_not_shown() -> None:
    assert told(a_class(*range(10, 100, 10))) == []


def test_tens_with_fewer_than_three_join_their_neighbours() -> None:
    values = a_class(34, 55, 58, 61, 62, 64, 71, 72, 75, 79, 88, 100)

    # one in the thirties joins the two in the fifties; two at the top join the seventies
    assert told(values) == [(0, 30, 0), (30, 60, 3), (60, 70, 3), (70, 100, 6)]


def test_class_that_lies_close_together_is_not_shown() -> None:
    assert told(a_class(*[90 + number / 10 for number in range(10)])) == []


def test_grade_of_a_hundred_belongs_to_the_last_bar() -> None:
    assert told(a_class(*[100] * 5, *[50] * 5)) == [(0, 50, 0), (50, 60, 5), (60, 90, 0), (90, 100, 5)]


@given(st.lists(st.decimals(min_value=0, max_value=100, places=2), max_size=60))
def test_bars_hold_everybody_once_and_nobody_alone(values: list[Decimal]) -> None:
    bars = bars_of(sorted(values))

    assert all(one.count == 0 or one.count >= FEWEST_IN_A_BAR for one in bars)
    if bars:
        assert len(values) >= FEWEST_STUDENTS
        assert sum(one.count for one in bars) == len(values)
        assert (bars[0].low, bars[-1].high) == (0, 100)
        assert all(one.high == other.low for one, other in pairwise(bars))


@pytest.mark.parametrize(("values", "median"), [((1, 2, 9), "2"), ((1, 2, 3, 9), "2.5")])
def test_median_is_the_middle(values: tuple[float, ...], median: str) -> None:
    assert median_of(a_class(*values)) == Decimal(median)
