"""Which line of a text became which line of the next: equal lines, and in the changes between them the like ones.

The same answer, mirrored, for the texts the other way round. Costs are bounded: `equal_runs` says how for equal lines;
like lines are sought inside one change only, by at most COMPARED characters of each line, in steps of which one change
may take LARGEST_CHANGE (a larger one is cut into pieces of the same share on both sides) and all of them TOTAL_COST.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np

from reviewhub.notebooks.equal_runs import EqualRuns, equal_runs
from reviewhub.notebooks.likeness import Scores, best_in_order, cost_of_table, likeness_table
from reviewhub.notebooks.readable_runs import Keys, readable_runs

ALIKE = 0.5
ALIKE_ALONE = 0.35
"""One line for one line: less likeness is needed where there is nothing else it could have become."""
INDENTED = 0.1
"""The share of lines that must be found again only by looking past white space before that is done."""
COMPARED = 600
LARGEST_CHANGE = 20_000_000
TOTAL_COST = 100_000_000

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class LineMatch:
    """A line in both texts (from 0), and how like it stayed: 1 where it is the same, less where it was changed."""

    old: int
    new: int
    is_same: bool
    likeness: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchedLines:
    """The matches in order; `is_cut` where a part was too large to be compared."""

    matches: tuple[LineMatch, ...]
    is_cut: bool = False


def match_lines(old: Sequence[str], new: Sequence[str], *, ignore_whitespace: bool = False) -> MatchedLines:
    """Match every line at most once, in the order of both texts."""
    if (len(new), new) < (len(old), old):
        turned = match_lines(new, old, ignore_whitespace=ignore_whitespace)
        return MatchedLines(matches=tuple(map(_turn, turned.matches)), is_cut=turned.is_cut)
    equal = _equal_lines(old, new, ignore_whitespace=ignore_whitespace)
    return MatchedLines(matches=tuple(_matches(old, new, equal, ignore_whitespace)), is_cut=equal.is_cut)


def _equal_lines(old: Sequence[str], new: Sequence[str], *, ignore_whitespace: bool) -> EqualRuns:
    """The runs that hold a comparison together: of equal lines, or of lines equal but for white space.

    The latter also where much more is found by them: in a body that was indented as a whole, the few lines that happen
    to equal another's old text would tear it to pieces.
    """
    equal = equal_runs(old, new)
    shorter = min(len(old), len(new))
    if not ignore_whitespace and _length(equal) > (1 - INDENTED) * shorter:
        return _readable(equal, old, new, keys=(old, new))
    keys = [["".join(line.split()) for line in lines] for lines in (old, new)]
    bare = equal_runs(*keys)
    if ignore_whitespace or _length(bare) > _length(equal) + INDENTED * shorter:
        return _readable(bare, old, new, keys=(keys[0], keys[1]))
    return _readable(equal, old, new, keys=(old, new))


def _length(equal: EqualRuns) -> int:
    return sum(length for _, _, length in equal.runs)


def _readable(equal: EqualRuns, old: Sequence[str], new: Sequence[str], *, keys: Keys) -> EqualRuns:
    return EqualRuns(runs=tuple(readable_runs(equal.runs, old, new, keys=keys)), is_cut=equal.is_cut)


def _turn(match: LineMatch) -> LineMatch:
    return LineMatch(old=match.new, new=match.old, is_same=match.is_same, likeness=match.likeness)


def _matches(old: Sequence[str], new: Sequence[str], equal: EqualRuns, ignore_whitespace: bool) -> list[LineMatch]:  # noqa: FBT001
    left = TOTAL_COST
    matches: list[LineMatch] = []
    row = column = 0
    for next_row, next_column, length in [*equal.runs, (len(old), len(new), 0)]:
        if row < next_row and column < next_column and left > 0:
            found, cost = _like_lines(old[row:next_row], new[column:next_column])
            left -= cost
            matches += [LineMatch(old=row + a, new=column + b, is_same=False, likeness=score) for a, b, score in found]
        for a, b in zip(range(next_row, next_row + length), range(next_column, next_column + length), strict=True):
            matches.append(LineMatch(old=a, new=b, is_same=ignore_whitespace or old[a] == new[b]))
        row, column = next_row + length, next_column + length
    return matches


def _like_lines(old: Sequence[str], new: Sequence[str]) -> tuple[list[tuple[int, int, float]], int]:
    """The lines of one change that became one another, and what finding them cost."""
    ours, theirs = [_compared(line) for line in old], [_compared(line) for line in new]
    # Lines that only went in or out by some spaces first: a wrapped function body is many of them.
    runs = equal_runs([line or number for number, line in enumerate(ours)], [line or -1 for line in theirs]).runs
    found: list[tuple[int, int, float]] = []
    cost = row = column = 0
    for next_row, next_column, length in [*runs, (len(ours), len(theirs), 0)]:
        more, spent = _alike(ours[row:next_row], theirs[column:next_column], is_alone=len(ours) == len(theirs) == 1)
        found += [(row + low, column + left, score) for low, left, score in more]
        found += [(next_row + step, next_column + step, 1.0) for step in range(length)]
        cost += spent
        row, column = next_row + length, next_column + length
    return found, cost


def _weights(lines: Sequence[str]) -> Scores:
    """A blank line became a blank line only where no line with words is torn apart by that."""
    return np.array([[1.0 if line else 0.001] for line in lines], dtype=np.float32)


def _compared(line: str) -> str:
    bare = _SPACES.sub(" ", line[: 2 * COMPARED] + line[-COMPARED:] if len(line) > 3 * COMPARED else line).strip()
    return bare if len(bare) <= COMPARED else bare[: COMPARED // 2] + bare[-COMPARED // 2 :]


def _alike(old: list[str], new: list[str], *, is_alone: bool) -> tuple[list[tuple[int, int, float]], int]:
    if not old or not new:
        return [], 0
    cost = cost_of_table([*map(len, old)], [*map(len, new)])
    pieces = min(len(old), len(new), ceil(cost / LARGEST_CHANGE))
    found: list[tuple[int, int, float]] = []
    cuts = [(len(old) * piece // pieces, len(new) * piece // pieces) for piece in range(pieces + 1)]
    for (low, left), (high, right) in pairwise(cuts):
        table = likeness_table(old[low:high], new[left:right], floor=ALIKE_ALONE if is_alone else ALIKE)
        found += [
            (low + row, left + column, float(table[row, column]))
            for row, column in best_in_order(np.square(table) * _weights(old[low:high]))
        ]
    return found, cost // max(1, pieces)
