"""Anchors against revisions whose truth is known: the measurement of `make bench`, smaller, held to what is asked."""

from collections import Counter

import pytest

from bench.anchor_truth import Tallies, cells_truth, files_truth
from bench.revising import EDITS


def share_right(tallies: Tallies) -> float:
    whole: Counter[str] = sum((tally.counts for tally in tallies.values()), Counter())
    return (whole["right"] + whole["gone"]) / whole.total()


@pytest.mark.parametrize("ids", [True, False])
def test_edited_cells_are_found_or_honestly_gone_in_95_of_100_cases(ids: bool) -> None:
    cells, _ = cells_truth(600, 11, ids=ids)

    assert set(cells) == set(EDITS)
    assert share_right(cells) >= 0.95


def test_lines_of_edited_cells_are_found_or_honestly_gone_in_98_of_100_cases() -> None:
    _, lines = cells_truth(600, 12, ids=True)

    assert share_right(lines) >= 0.98


def test_lines_of_edited_files_are_found_or_honestly_gone_in_98_of_100_cases() -> None:
    assert share_right(files_truth(600, 13)) >= 0.98


def test_deleted_places_are_said_to_be_gone_and_untouched_ones_are_found() -> None:
    cells, _ = cells_truth(400, 14, ids=True)

    assert cells["delete"].counts["gone"] > 0
    assert cells["run again"].counts == Counter(right=cells["run again"].counts.total())
