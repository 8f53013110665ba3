"""Which cell of the next version a cell became: by id, by source, in the gaps by likeness, moved, or alone between.

The order of the five steps and their thresholds come from measurements on real pairs of course notebooks.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from reviewhub.reviews.places import Cell

IN_GAP = 0.55
MOVED = 0.75
MOVED_CHARACTERS = 20
ALONE = 0.3
LARGEST_GAP = 4000
COMPARED_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class CellMatch:
    """The index (from 0) of the matched new cell, how sure that is (0 … 1) and by what."""

    index: int
    confidence: float
    reason: str


def match_cells(old: tuple[Cell, ...], new: tuple[Cell, ...]) -> dict[int, CellMatch]:
    """Return old index → match; old cells without one are gone. Each new cell is used at most once."""
    matches: dict[int, CellMatch] = {}
    _match_unique(old, new, matches, [cell.cell_id for cell in old], [cell.cell_id for cell in new], "the same cell id")
    _match_unique(old, new, matches, [cell.source for cell in old], [cell.source for cell in new], "the same source")
    _match_in_gaps(old, new, matches)
    _match_moved(old, new, matches)
    _match_alone(old, new, matches)
    return matches


def _free(cells: tuple[Cell, ...], taken: set[int], low: int = 0, high: int | None = None) -> list[int]:
    return [index for index in range(low, len(cells) if high is None else high) if index not in taken]


def _taken(matches: dict[int, CellMatch]) -> set[int]:
    return {match.index for match in matches.values()}


def _match_unique(
    old: tuple[Cell, ...],
    new: tuple[Cell, ...],
    matches: dict[int, CellMatch],
    old_marks: list[str],
    new_marks: list[str],
    reason: str,
) -> None:
    """Match cells of the same kind whose mark (id or source) stands exactly once among the free cells on both sides."""
    old_free, new_free = _free(old, set(matches)), _free(new, _taken(matches))
    old_count = Counter(old_marks[index] for index in old_free)
    new_count = Counter(new_marks[index] for index in new_free)
    place = {new_marks[index]: index for index in new_free}
    for index in old_free:
        mark = old_marks[index]
        if mark.strip() and old_count[mark] == 1 == new_count[mark] and old[index].kind == new[place[mark]].kind:
            matches[index] = CellMatch(index=place[mark], confidence=1.0, reason=reason)


def _backbone(matches: dict[int, CellMatch]) -> list[tuple[int, int]]:
    """Return the longest rising run of matches: the cells that kept their order (patience sorting)."""
    tails: list[int] = []
    tail_rows: list[int] = []
    previous: dict[int, int | None] = {}
    for row in sorted(matches):
        column = matches[row].index
        position = bisect_left(tails, column)
        previous[row] = tail_rows[position - 1] if position else None
        if position == len(tails):
            tails.append(column)
            tail_rows.append(row)
        else:
            tails[position], tail_rows[position] = column, row
    run: list[tuple[int, int]] = []
    row_or_none = tail_rows[-1] if tail_rows else None
    while row_or_none is not None:
        run.append((row_or_none, matches[row_or_none].index))
        row_or_none = previous[row_or_none]
    return run[::-1]


def _match_in_gaps(old: tuple[Cell, ...], new: tuple[Cell, ...], matches: dict[int, CellMatch]) -> None:
    spine = [(-1, -1), *_backbone(matches), (len(old), len(new))]
    for (old_low, new_low), (old_high, new_high) in pairwise(spine):
        rows = _free(old, set(matches), old_low + 1, old_high)
        columns = _free(new, _taken(matches), new_low + 1, new_high)
        if rows and columns and len(rows) * len(columns) <= LARGEST_GAP:
            for row, column, score in _best_in_order(old, new, rows, columns):
                matches[row] = CellMatch(index=column, confidence=round(score, 3), reason="a similar cell in its place")


def _best_in_order(
    old: tuple[Cell, ...], new: tuple[Cell, ...], rows: list[int], columns: list[int]
) -> list[tuple[int, int, float]]:
    scores = [[_likeness(old[row], new[column], IN_GAP) for column in columns] for row in rows]
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for row in range(len(rows) - 1, -1, -1):
        for column in range(len(columns) - 1, -1, -1):
            score = scores[row][column]
            paired = score + best[row + 1][column + 1] if score else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    found, row, column = [], 0, 0
    while row < len(rows) and column < len(columns):
        score = scores[row][column]
        if score and best[row][column] == score + best[row + 1][column + 1]:
            found.append((rows[row], columns[column], score))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _match_moved(old: tuple[Cell, ...], new: tuple[Cell, ...], matches: dict[int, CellMatch]) -> None:
    columns = [index for index in _free(new, _taken(matches)) if len(new[index].source) > MOVED_CHARACTERS]
    rows = [index for index in _free(old, set(matches)) if len(old[index].source) > MOVED_CHARACTERS]
    if len(rows) * len(columns) > LARGEST_GAP:
        return
    scored = sorted(
        ((_likeness(old[row], new[column], MOVED), row, column) for row in rows for column in columns),
        key=lambda one: (-one[0], abs(one[1] - one[2]), one[1]),
    )
    for score, row, column in scored:
        if score and row not in matches and column not in _taken(matches):
            matches[row] = CellMatch(index=column, confidence=round(score, 3), reason="a similar cell elsewhere")


def _match_alone(old: tuple[Cell, ...], new: tuple[Cell, ...], matches: dict[int, CellMatch]) -> None:
    spine = [(-1, -1), *_backbone(matches), (len(old), len(new))]
    for (old_low, new_low), (old_high, new_high) in pairwise(spine):
        rows = _free(old, set(matches), old_low + 1, old_high)
        columns = _free(new, _taken(matches), new_low + 1, new_high)
        if len(rows) == len(columns) == 1:
            score = _likeness(old[rows[0]], new[columns[0]], ALONE)
            if score:
                reason = "the only cell between the same neighbours"
                matches[rows[0]] = CellMatch(index=columns[0], confidence=round(score, 3), reason=reason)


def _likeness(first: Cell, second: Cell, floor: float) -> float:
    """Return the ratio of equal characters (0 … 1), or 0 below `floor` or across kinds."""
    if first.kind != second.kind or not first.source.strip() or not second.source.strip():
        return 0.0
    if first.source == second.source:
        return 1.0
    matcher = SequenceMatcher(
        None, first.source[:COMPARED_CHARACTERS], second.source[:COMPARED_CHARACTERS], autojunk=False
    )
    if matcher.real_quick_ratio() < floor or matcher.quick_ratio() < floor:
        return 0.0
    score = matcher.ratio()
    return score if score >= floor else 0.0
