"""How alike cells of two versions are, at a cost that stays bounded however many and however long they are.

Few cells are compared all with all. Where that would take more than TABLES_IN_ALL steps (see `likeness`), a cell is
compared with at most CANDIDATES others: those that share its rarest lines, and those at the same share of the way; and
then only by so many characters that all comparisons together see about CHARACTERS_IN_ALL of them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Protocol

import numpy as np
from rapidfuzz.distance import Indel

from reviewhub.notebooks.likeness import Scores, best_in_order, cost_of_table, heaviest_rising, likeness_table

COMPARED = 4000
TABLES_IN_ALL = 100_000_000
CANDIDATES = 6
RARE = 8
"""A line that stands in more cells than this on a side does not tell which cell is which."""
CANDIDATES_IN_ALL = 1_000_000_000
CONTAINED = 0.7
"""What a cell that stands whole in a longer one counts: less than an equal one."""
SHORTEST_CONTAINED = 16
SHORTEST_LINE = 6
FACING = 0.75
"""What stands at the same place of a large gap and shares no rare line must be as alike as this."""
LINES_READ = 400
ALMOST = 0.999
NO_TEXT = 0.001
"""What an empty cell weighs: it goes where it stands in nobody's way."""

Scored = list[tuple[int, int, float]]
"""Old index, new index, likeness."""


class Comparable(Protocol):
    """A cell's type and text."""

    @property
    def kind(self) -> str:
        """Its type."""

    @property
    def source(self) -> str:
        """Its text."""


def likeness_of(old: str, new: str) -> float:
    """The share of characters that both sources keep (0 … 1); 1 only where they are equal."""
    if old == new:
        return 1.0
    return min(ALMOST, Indel.normalized_similarity(_compared(old), _compared(new)))


def _compared(source: str, most: int = COMPARED) -> str:
    """The characters of a source that are compared: of a long one its beginning and its end."""
    return source if len(source) <= most else source[: most * 3 // 4] + source[-most // 4 :]


@dataclass(kw_only=True, slots=True)
class LikeCells:
    """Two versions' cells and what comparing them may still cost."""

    old: Sequence[Comparable]
    new: Sequence[Comparable]
    left: int = TABLES_IN_ALL

    @classmethod
    def of(cls, old: Sequence[Comparable], new: Sequence[Comparable]) -> "LikeCells":
        """Two versions, nothing compared yet."""
        return cls(old=old, new=new)

    def in_order(self, rows: list[int], columns: list[int], *, floor: float) -> Scored:
        """The pairs of these cells, both rising, that are the most alike together."""
        if not self._affords(rows, columns):
            scored = self._candidates(rows, columns, floor=floor)
            return heaviest_rising([(*one, one[2] ** 2 * self._weight(one[0])) for one in scored])
        table = self._table(rows, columns, floor=floor)
        weights = np.square(table) * np.array([[self._weight(row)] for row in rows], dtype=np.float32)
        return [self._scored(rows[a], columns[b], table[a, b]) for a, b in best_in_order(weights)]

    def pairs(self, rows: list[int], columns: list[int], *, floor: float) -> Scored:
        """All pairs of these cells that are at least so alike."""
        if not rows or not columns:
            return []
        if not self._affords(rows, columns):
            return self._candidates(rows, columns, floor=floor)
        table = self._table(rows, columns, floor=floor)
        return [self._scored(rows[a], columns[b], table[a, b]) for a, b in zip(*table.nonzero(), strict=True)]

    def _weight(self, row: int) -> float:
        return 1.0 if self.old[row].source.strip() else NO_TEXT

    def _scored(self, row: int, column: int, likeness: float) -> tuple[int, int, float]:
        """A pair with its likeness, which is 1 only where the whole sources are equal."""
        is_equal = self.old[row].source == self.new[column].source
        return row, column, 1.0 if is_equal else min(ALMOST, float(likeness))

    def _affords(self, rows: list[int], columns: list[int]) -> bool:
        cost = cost_of_table(
            [min(COMPARED, len(self.old[row].source)) for row in rows],
            [min(COMPARED, len(self.new[column].source)) for column in columns],
        )
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def _table(self, rows: list[int], columns: list[int], *, floor: float) -> Scores:
        """Likeness of each old cell with each new one, 0 across types."""
        table = np.zeros((len(rows), len(columns)), dtype=np.float32)
        for kind in {self.old[row].kind for row in rows}:
            ours = [place for place, row in enumerate(rows) if self.old[row].kind == kind]
            theirs = [place for place, column in enumerate(columns) if self.new[column].kind == kind]
            if theirs:
                texts = [_compared(self.old[rows[place]].source) for place in ours]
                others = [_compared(self.new[columns[place]].source) for place in theirs]
                table[np.ix_(ours, theirs)] = np.maximum(
                    likeness_table(texts, others, floor=floor), _containment_table(texts, others, floor=floor)
                )
        return table

    def _candidates(self, rows: list[int], columns: list[int], *, floor: float) -> Scored:
        most = min(COMPARED, isqrt(64 * CANDIDATES_IN_ALL // (CANDIDATES * len(self.old))))
        near = _sharing_rare_lines(self.old, self.new, rows, columns)
        scored: Scored = []
        for place, row in enumerate(rows):
            facing = columns[place * len(columns) // len(rows)]
            ours = self.old[row]
            text = _compared(ours.source, most)
            for column in {*near[row], facing}:
                theirs = self.new[column]
                least = floor if column in near[row] else max(floor, FACING)
                if ours.kind == theirs.kind:
                    other = _compared(theirs.source, most)
                    likeness = Indel.normalized_similarity(text, other, score_cutoff=least)
                    if likeness >= least:
                        scored.append(self._scored(row, column, likeness))
        return scored


def _containment_table(old: Sequence[str], new: Sequence[str], *, floor: float) -> Scores:
    """How much of the shorter text stands line by line in the longer: a cell that grew is less like itself.

    Only where the shorter one has SHORTEST_CONTAINED characters in lines that say something.
    """
    table = np.zeros((len(old), len(new)), dtype=np.float32)
    ours, theirs = [_telling_lines(text) for text in old], [_telling_lines(text) for text in new]
    lengths, others = [sum(map(len, lines)) for lines in ours], [sum(map(len, lines)) for lines in theirs]
    for row, lines in enumerate(ours):
        for column, other in enumerate(theirs):
            shorter = min(lengths[row], others[column])
            if shorter >= SHORTEST_CONTAINED and not lines.isdisjoint(other):
                table[row, column] = CONTAINED * sum(map(len, lines & other)) / shorter
    table[table < floor] = 0
    return table


def _telling_lines(source: str) -> set[str]:
    return {line for line in _lines(source) if len(line) >= SHORTEST_LINE}


def _sharing_rare_lines(
    old: Sequence[Comparable], new: Sequence[Comparable], rows: list[int], columns: list[int]
) -> dict[int, list[int]]:
    """For old cells the new ones that share most of their rare lines."""
    holding: dict[str, list[int]] = defaultdict(list)
    for column in columns:
        for line in _lines(new[column].source):
            holding[line].append(column)
    common = Counter(line for row in rows for line in _lines(old[row].source))
    near = {}
    for row in rows:
        votes: Counter[int] = Counter()
        for line in _lines(old[row].source):
            if common[line] <= RARE and len(holding.get(line, ())) <= RARE:
                votes.update(holding.get(line, ()))
        near[row] = [column for column, _ in votes.most_common(CANDIDATES - 1)]
    return near


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source[: LINES_READ * 40].split("\n", LINES_READ)[:LINES_READ]}
