"""How many mistakes are still hidden: the vectors of the literature, and silence where the data cannot carry a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.grades.evidence import Decision
from reviewhub.grades.residual import (
    Estimate,
    best_jackknife,
    chao_2,
    chapman,
    interval,
    jackknife_1,
    jackknife_2,
    residual,
    residual_of,
)
from tests.grades.builders import a_mistake, a_project, a_review, full

CAUGHT = st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1), max_size=30)


def test_two_inspectors_as_chapman_wrote() -> None:
    estimate = chapman(7, 5, 3)

    assert estimate.total == pytest.approx(11)  # 8 · 6 ÷ 4 − 1
    assert estimate.variance == pytest.approx(4.8)  # 8 · 6 · 4 · 2 ÷ (16 · 5)


def test_four_inspectors_as_burnham_overton_and_chao_wrote() -> None:
    assert jackknife_1(4, 12, 5).total == pytest.approx(15.75)  # 12 + 5 · 3 ÷ 4
    assert jackknife_2(4, 12, 5, 4).total == pytest.approx(16.917, abs=0.0005)  # 12 + 5 · 5 ÷ 4 − 4 · 4 ÷ 12
    assert chao_2(12, 5, 4).total == pytest.approx(15.125)  # 12 + 25 ÷ 8


def test_chao_without_a_mistake_seen_twice_is_the_bias_corrected_form() -> None:
    assert chao_2(12, 5, 0).total == pytest.approx(22)  # 12 + 5 · 4 ÷ 2


def test_the_second_order_is_taken_only_where_it_says_something_else() -> None:
    assert best_jackknife(4, 12, 5, 4).method == "first-order jackknife"
    assert best_jackknife(6, 60, 40, 2).method == "second-order jackknife"


def test_the_interval_is_never_below_what_was_seen() -> None:
    low, high = interval(Estimate(method="", total=11, variance=4.8), 9)

    assert 9 < low < 11 < high
    assert interval(Estimate(method="", total=9, variance=0), 9) == (9, 9)


def test_everybody_saw_everything_so_nothing_is_hidden() -> None:
    told = residual("ab", ["ab"] * 6)

    assert (told.unseen, told.low, told.high) == (0, 0, 0)
    assert told.sentence == "probably none still hidden"


def test_two_reviewers_that_agree_on_most() -> None:
    told = residual("ab", ["ab"] * 6 + ["a"] * 2 + ["b"])

    assert told.method == "Chapman"
    assert told.unseen == pytest.approx(9 * 8 / 7 - 1 - 9)
    assert told.silence == ""


@pytest.mark.parametrize(
    ("inspectors", "caught", "reason"),
    [
        ("a", ["a"] * 9, "It takes two inspectors at least: reviewers who handed in, or a reviewer and you."),
        ("ab", ["ab", "a"], "Too few mistakes are established for an estimate."),
        ("ab", ["a", "a", "b", "b"], "No mistake was seen by two of them, so nothing can be said."),
        ("abc", ["ab", *"abcabcabcabcabc"], ""),
        ("ab", ["ab", *"aaaaabbbbb"], "The inspectors saw too different things for an estimate."),
    ],
)
def test_silence_has_a_reason(inspectors: str, caught: list[str], reason: str) -> None:
    assert residual(inspectors, caught).silence == reason


@given(CAUGHT)
def test_an_estimate_lies_in_its_interval_and_is_never_negative(caught: list[frozenset[str]]) -> None:
    told = residual("abcde", caught)

    if told.unseen is None or told.low is None or told.high is None:
        assert told.silence
    else:
        assert 0 <= told.low <= told.unseen <= told.high


@given(CAUGHT, st.permutations("abcde"))
def test_neither_the_order_of_mistakes_nor_of_inspectors_matters(
    caught: list[frozenset[str]], order: list[str]
) -> None:
    assert residual(order, caught[::-1]) == residual("abcde", caught)


def test_inspectors_are_the_held_reviewers_who_handed_in_and_the_instructor() -> None:
    project = a_project(
        mistakes=(*map(a_mistake, range(1, 6)), a_mistake(6, detectable=False)),
        assignments=(
            a_review("a", *["mistake"] * 4),
            a_review("b", *["mistake"] * 3),
            a_review("c", *["mistake"] * 3, held=False),
            a_review("d", submitted=False),
        ),
        matches=(
            full("a1", 1),
            full("a2", 2),
            full("a3", 3),
            full("b1", 1),
            full("b2", 2),
            full("c1", 5),
            full("a4", 6),
        ),
    )

    told = residual_of(project, {"m4", "m3", "m6"})

    assert told.inspectors == 3
    assert told.seen == 4
    assert residual_of(project, set()).inspectors == 2


def test_a_mistake_of_version_2_is_not_counted() -> None:
    project = a_project(
        mistakes=(a_mistake(1, version_in=2),), assignments=(a_review("a", ("mistake", Decision.ACCEPTED)),)
    )

    assert residual_of(project, {"m1"}).seen == 0
