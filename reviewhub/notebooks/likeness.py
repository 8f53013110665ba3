"""How alike texts are, and which of them belong together when both keep their order. All costs are bounded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

Scores = NDArray[np.float32]


def likeness_table(old: Sequence[str], new: Sequence[str], *, floor: float) -> Scores:
    """The share of characters that every text of `old` keeps in every one of `new` (0 … 1; 0 below `floor`)."""
    return cdist(old, new, scorer=Indel.normalized_similarity, score_cutoff=floor, dtype=np.float32)


def cost_of_table(old: Sequence[int], new: Sequence[int]) -> int:
    """Steps that a table for texts of these lengths takes, each about a nanosecond."""
    return sum(old) * sum(new) // 64 + len(old) * len(new)


def best_in_order(weights: Scores) -> list[tuple[int, int]]:
    """The pairs (row, column), both rising, of the largest sum of weights; what weighs 0 is never paired.

    The classic dynamic programming of alignment (Needleman and Wunsch, 1970), one numpy step per row.
    """
    rows, columns = weights.shape
    best = np.zeros((rows + 1, columns + 1), dtype=np.float64)
    for row in range(rows - 1, -1, -1):
        paired = np.where(weights[row] > 0, weights[row] + best[row + 1, 1:], 0.0)
        line = np.maximum(paired, best[row + 1, :-1])
        best[row, :-1] = np.maximum.accumulate(line[::-1])[::-1]
    return _walk(weights, best)


def _walk(weights: Scores, best: NDArray[np.float64]) -> list[tuple[int, int]]:
    rows, columns = weights.shape
    found: list[tuple[int, int]] = []
    row = column = 0
    while row < rows and column < columns:
        weight = weights[row, column]
        if weight > 0 and best[row, column] == weight + best[row + 1, column + 1]:
            found.append((row, column))
            row, column = row + 1, column + 1
        elif best[row, column] == best[row + 1, column]:
            row += 1
        else:
            column += 1
    return found


def heaviest_rising(scored: Sequence[tuple[int, int, float, float]]) -> list[tuple[int, int, float]]:
    """The same for few pairs of many: of (row, column, likeness, weight) those of the largest sum, both rising.

    A tree of prefix maxima over the columns (Fenwick, 1994); takes n log n steps.
    """
    places = {column: place for place, column in enumerate(sorted({one[1] for one in scored}), start=1)}
    tops: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    ordered = sorted(scored, key=lambda one: (one[0], -one[1]))
    before: list[int] = []
    for number, (_, column, _, weight) in enumerate(ordered):
        place, best = places[column] - 1, (0.0, -1)
        while place > 0:
            best = max(best, tops[place])
            place &= place - 1
        before.append(best[1])
        place = places[column]
        while place < len(tops):
            tops[place] = max(tops[place], (best[0] + weight, number))
            place += place & -place
    found: list[tuple[int, int, float]] = []
    at = max(tops)[1]
    while at >= 0:
        found.append(ordered[at][:3])
        at = before[at]
    return found[::-1]
