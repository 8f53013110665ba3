"""The paper-fidelity table: what the paper reports beside what we got."""

import pytest

from reviewhub.courses.policy import FormItem
from reviewhub.reviews.fidelity import Nearness, goals_in, judge_row
from reviewhub.reviews.forms import is_answered, missing_items, shown_rows

TABLE = FormItem(
    key="results", title="Results", kind="table", columns=("What", "Paper", "We got", "Tolerance"), verdict=True
)


@pytest.mark.parametrize(
    ("paper", "ours", "tolerance", "nearness", "words"),
    [
        ("12.3", "12.5", "5 %", Nearness.WITHIN, "off by 0.2 (1.6 %)"),
        ("12.3", "13", "5 %", Nearness.OUTSIDE, "off by 0.7 (5.7 %)"),
        ("12.3", "12.8", "0.5", Nearness.WITHIN, "off by 0.5 (4.1 %)"),
        ("12.3", "12.81", "±0.5", Nearness.OUTSIDE, "off by 0.51 (4.1 %)"),
        ("12,3 ± 0,4", "12.6", "", Nearness.WITHIN, "off by 0.3 (2.4 %)"),
        ("7.72 +/- 0.1", "7.9", "", Nearness.OUTSIDE, "off by 0.18 (2.3 %)"),
        ("93.5 %", "92 %", "2 %", Nearness.WITHIN, "off by 1.5"),
        ("1e-3", "0.001", "0", Nearness.WITHIN, "as the paper"),
        ("below 40", "35", "", Nearness.WITHIN, "the bound holds"),
        ("≤ 40", "41", "", Nearness.OUTSIDE, "off by 1 (2.5 %)"),
        ("at least 0.9", "0.85", "0.1", Nearness.WITHIN, "off by 0.05 (5.6 %)"),
        ("12.3", "12.3", "", Nearness.UNKNOWN, "no tolerance is given"),
        ("0.93", "92 %", "1 %", Nearness.UNKNOWN, "one is in per cent, the other is not"),
        ("better than WGAN", "12", "1", Nearness.UNKNOWN, "the paper's number is not there"),
        ("12.3", "not run", "1", Nearness.UNKNOWN, "our number is not there"),
        ("0", "0.1", "0.2", Nearness.WITHIN, "off by 0.1"),
    ],
)
def test_verdict(paper: str, ours: str, tolerance: str, nearness: Nearness, words: str) -> None:
    verdict = judge_row(["FID", paper, ours, tolerance])
    assert (verdict.nearness, verdict.words) == (nearness, words)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("FID 12.3 on CIFAR-10", ["FID on CIFAR-10", "12.3", "", ""]),
        ("- Inception score of 7.72 ± 0.1 on ImageNet 64x64 (Table 2)",
         ["Inception score on ImageNet 64x64", "7.72 ± 0.1", "", ""]),
        ("Figure 3 FID on CelebA 64 x 64: 21.4", ["FID on CelebA 64 x 64", "21.4", "", ""]),
        ("We want an accuracy of 93.5 % on MNIST.", ["accuracy on MNIST", "93.5 %", "", ""]),
        ("FID below 40.", ["FID", "below 40", "", ""]),
        ("bits/dim 2.99", ["bits/dim", "2.99", "", ""]),
    ],
)  # fmt: skip
def test_goal_with_a_measure_and_a_number_begins_a_row(line: str, row: list[str]) -> None:
    assert goals_in(f"Our goals\n\n{line}\n") == [row]


def test_lines_without_a_measure_or_a_number_begin_none() -> None:
    assert goals_in("Reproduce Table 2.\nThis is 3 things.\nA good FID.\nIn 2019 we ran CIFAR-10.") == []


def test_goals_fill_a_table_nobody_has_begun_and_count_as_no_answer() -> None:
    goals = goals_in("FID 12.3 on CIFAR-10")
    assert shown_rows({}, TABLE, goals)[0] == ["FID on CIFAR-10", "12.3", "", ""]
    posted = {"results": {"answer": goals}}
    assert missing_items([TABLE], posted) == (TABLE,)
    assert is_answered({"results": {"answer": [["FID", "12.3", "not run", ""]]}}, TABLE)


def test_begun_table_is_left_as_it_is() -> None:
    begun = {"results": {"answer": [["IS", "8", "7", ""]]}}
    assert [row[0] for row in shown_rows(begun, TABLE, goals_in("FID 12.3"))] == ["IS", "", ""]
