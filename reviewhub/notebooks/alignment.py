"""Which cell of the next version a cell became: by id, by source, by likeness, or by its neighbours.

Five steps, each over what the steps before left, whose order and thresholds come from measurements on real pairs of
course notebooks: 1 equal unique ids; 2 equal unique sources; 3 in the gaps of the longest run of cells that kept their
order, the pairs of the largest likeness in order; 4 like cells anywhere; 5 a lone cell between matched neighbours.
An id is trusted less than a text: where tools number ids anew, two cells of one id that are little alike are let go
when either's source stands unchanged under another id.

Cost: steps 1 and 2 are linear. Two cells are compared by at most COMPARED characters, of a longer one by its beginning
and its end, so that a cell of 1 MB costs no more. `cell_likeness` says how 10,000 cells against 10,000 stay bounded.
"""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from reviewhub.notebooks.cell_likeness import LikeCells, likeness_of
from reviewhub.notebooks.equal_runs import longest_rising

IN_GAP = 0.55
ELSEWHERE = 0.75
SHORTEST_MOVED = 20
"""Characters that a cell must have more than to be found elsewhere: `plt.show()` is everywhere."""
ALONE = 0.3
TRUSTED = 0.6
"""An id is believed against a text that stands unchanged elsewhere where its own texts are so much alike."""
WITH_IDS = 0.15
"""Where most cells kept their ids, one without its own was probably deleted: it must be so much more like another."""

_MADE_ID = re.compile(r"source-[0-9a-f]{16}-\d+")
"""What reading makes where a cell has no id of its own: it says no more than the source."""


class MatchReason(StrEnum):
    """By what a cell was found again."""

    SAME_ID = "same-id"
    SAME_SOURCE = "same-source"
    SIMILAR = "similar"
    MOVED = "moved"
    BETWEEN = "between"


class Alignable(Protocol):
    """What the alignment has to know of a cell."""

    @property
    def kind(self) -> str:
        """Its type: cells of different types never match."""

    @property
    def cell_id(self) -> str:
        """The id its author's editor gave it, or the one that was made of its source; "" for none."""

    @property
    def source(self) -> str:
        """Its text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellMatch:
    """One cell in both versions: indexes from 0, by what it was found, and how like the sources are (0 … 1)."""

    old: int
    new: int
    reason: MatchReason
    similarity: float


def align_cells(old: Sequence[Alignable], new: Sequence[Alignable]) -> tuple[CellMatch, ...]:
    """The matches in the order of the old cells, each cell in at most one; a cell in none was added or removed."""
    found = _Found(old=old, new=new, like=LikeCells.of(old, new))
    _match_ids(found)
    _match_sources(found)
    _match_in_gaps(found)
    _match_elsewhere(found)
    _match_alone(found)
    return tuple(found.matches[row] for row in sorted(found.matches))


@dataclass(kw_only=True, slots=True)
class _Found:
    """What is matched so far, by the index of the old cell."""

    old: Sequence[Alignable]
    new: Sequence[Alignable]
    like: LikeCells
    matches: dict[int, CellMatch] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    stricter: float = 0.0

    def add(self, row: int, column: int, reason: MatchReason, similarity: float) -> None:
        self.matches[row] = CellMatch(old=row, new=column, reason=reason, similarity=round(similarity, 3))
        self.taken.add(column)

    def free(self) -> tuple[list[int], list[int]]:
        """The indexes of the cells without a match, old and new."""
        return (
            [row for row in range(len(self.old)) if row not in self.matches],
            [column for column in range(len(self.new)) if column not in self.taken],
        )

    def gaps(self) -> list[tuple[list[int], list[int]]]:
        """The free cells between each two neighbours of the longest run of matches that kept its order."""
        rows = sorted(self.matches)
        columns = [self.matches[row].new for row in rows]
        spine = [(rows[place], columns[place]) for place in longest_rising(columns)]
        gaps = []
        for (low, left), (high, right) in pairwise([(-1, -1), *spine, (len(self.old), len(self.new))]):
            ours = [row for row in range(low + 1, high) if row not in self.matches]
            theirs = [column for column in range(left + 1, right) if column not in self.taken]
            if ours and theirs:
                gaps.append((ours, theirs))
        return gaps


def _match_ids(found: _Found) -> None:
    ours = [None if _MADE_ID.fullmatch(cell.cell_id) else cell.cell_id or None for cell in found.old]
    theirs = [None if _MADE_ID.fullmatch(cell.cell_id) else cell.cell_id or None for cell in found.new]
    twins = dict(_unique_pairs(found, _sources(found.old), _sources(found.new)))
    twins_back = {column: row for row, column in twins.items()}
    for row, column in _unique_pairs(found, ours, theirs):
        similarity = likeness_of(found.old[row].source, found.new[column].source)
        is_elsewhere = twins.get(row, column) != column or twins_back.get(column, row) != row
        if similarity >= TRUSTED or not is_elsewhere:
            found.add(row, column, MatchReason.SAME_ID, similarity)
    if 2 * len(found.matches) > len(found.old):
        found.stricter = WITH_IDS


def _match_sources(found: _Found) -> None:
    for row, column in _unique_pairs(found, _sources(found.old), _sources(found.new)):
        found.add(row, column, MatchReason.SAME_SOURCE, 1.0)


def _sources(cells: Sequence[Alignable]) -> list[Hashable]:
    return [cell.source if cell.source.strip() else None for cell in cells]


def _unique_pairs(found: _Found, ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Free cells of one type whose mark stands once among the free ones of both sides; None is no mark."""
    rows, columns = found.free()
    mine = [(found.old[row].kind, ours[row]) for row in rows]
    other = [(found.new[column].kind, theirs[column]) for column in columns]
    counted, place = Counter(other), dict(zip(other, columns, strict=True))
    once = Counter(mine)
    return [
        (row, place[mark])
        for row, mark in zip(rows, mine, strict=True)
        if mark[1] is not None and once[mark] == 1 == counted[mark]
    ]


def _match_in_gaps(found: _Found) -> None:
    for rows, columns in found.gaps():
        for row, column, likeness in found.like.in_order(rows, columns, floor=IN_GAP + found.stricter):
            reason = MatchReason.SAME_SOURCE if likeness == 1 else MatchReason.SIMILAR
            found.add(row, column, reason, likeness)


def _match_elsewhere(found: _Found) -> None:
    rows, columns = found.free()
    rows = [row for row in rows if len(found.old[row].source.strip()) > SHORTEST_MOVED]
    columns = [column for column in columns if len(found.new[column].source.strip()) > SHORTEST_MOVED]
    scored = found.like.pairs(rows, columns, floor=ELSEWHERE + found.stricter)
    for row, column, likeness in sorted(scored, key=lambda one: (-one[2], abs(one[0] - one[1]), one[0])):
        if row not in found.matches and column not in found.taken:
            found.add(row, column, MatchReason.MOVED, likeness)


def _match_alone(found: _Found) -> None:
    for rows, columns in found.gaps():
        if len(rows) == len(columns) == 1 and found.old[rows[0]].kind == found.new[columns[0]].kind:
            likeness = likeness_of(found.old[rows[0]].source, found.new[columns[0]].source)
            if likeness >= ALONE + found.stricter:
                found.add(rows[0], columns[0], MatchReason.BETWEEN, likeness)
