"""Which items of one sequence stand unchanged in another: the skeleton of every comparison, of lines and of outputs.

First the items that occur exactly once on both sides, in the longest order that both keep (patience difference, Bram
Cohen), again and again inside the gaps between them; then a longest common subsequence in what is left. The first step
makes differences of code readable, because a rare line is a better anchor than a bracket; the second makes them small.
Where the first leads astray, the second is made alone.

Cost: each level of the first step is linear but for sorting, and there are at most DEEPEST of them; the second step is
RapidFuzz's bit-parallel LCS over items that occur on both sides (20,000 × 20,000 take 0.05 s and 50 MB). A gap with
more than LARGEST_SIDE of them on a side is matched piece by piece, which `EqualRuns.is_cut` tells.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from rapidfuzz.distance import Indel, LCSseq

DEEPEST = 24
LARGEST_SIDE = 20_000
MOST_LONGER = 1.1
"""A difference longer than this many shortest ones is given up for a shortest one …"""
SHORT = 8
"""… unless it adds and removes no more than so many items."""

Region = tuple[int, int, int, int]
"""Old start and end, new start and end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EqualRuns:
    """Runs (old start, new start, length) in order, none touching the next on both sides."""

    runs: tuple[tuple[int, int, int], ...]
    is_cut: bool = False


def equal_runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> EqualRuns:
    """Match equal items in order, each at most once."""
    numbers: dict[Hashable, int] = {}
    rows = [numbers.setdefault(item, len(numbers)) for item in old]
    columns = [numbers.setdefault(item, len(numbers)) for item in new]
    pairs: list[tuple[int, int]] = []
    is_cut = False
    waiting: list[tuple[Region, int]] = [((0, len(rows), 0, len(columns)), 0)]
    while waiting:
        region, depth = waiting.pop()
        region = _trim(rows, columns, region, pairs)
        if region[0] == region[1] or region[2] == region[3]:
            continue
        anchors = _anchors(rows, columns, region) if depth < DEEPEST else []
        if anchors:
            pairs += anchors
            spine = [(region[0] - 1, region[2] - 1), *anchors, (region[1], region[3])]
            waiting += [((a + 1, c, b + 1, d), depth + 1) for (a, b), (c, d) in pairwise(spine)]
        else:
            is_cut = not _match_commons(rows, columns, region, pairs) or is_cut
    if not is_cut and _is_much_longer(rows, columns, len(pairs)):
        pairs = []
        _match_commons(rows, columns, (0, len(rows), 0, len(columns)), pairs)
    return EqualRuns(runs=_as_runs(sorted(pairs)), is_cut=is_cut)


def longest_rising(values: Sequence[int]) -> list[int]:
    """The places of a longest strictly rising subsequence of `values`, in order (patience sorting)."""
    tails: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        pile = bisect_left(tails, value)
        before.append(tops[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(value)
            tops.append(place)
        else:
            tails[pile], tops[pile] = value, place
    found: list[int] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _trim(rows: list[int], columns: list[int], region: Region, pairs: list[tuple[int, int]]) -> Region:
    """Match what is equal at both ends of a region; what is left between."""
    low, high, left, right = region
    while low < high and left < right and rows[low] == columns[left]:
        pairs.append((low, left))
        low, left = low + 1, left + 1
    while low < high and left < right and rows[high - 1] == columns[right - 1]:
        high, right = high - 1, right - 1
        pairs.append((high, right))
    return low, high, left, right


def _is_much_longer(rows: list[int], columns: list[int], matched: int) -> bool:
    """Whether rare items led astray: a copy in another place can hold more of them than the original."""
    both = len(rows) + len(columns)
    if both - 2 * matched <= SHORT or max(len(rows), len(columns)) > LARGEST_SIDE:
        return False
    return both - 2 * matched > MOST_LONGER * (both - 2 * LCSseq.similarity(rows, columns))


def _anchors(rows: list[int], columns: list[int], region: Region) -> list[tuple[int, int]]:
    """The items that occur once on both sides of a region, in the longest order that both keep."""
    low, high, left, right = region
    ours, theirs = _places(rows, low, high), _places(columns, left, right)
    once = [(row, theirs[item]) for item, row in ours.items() if row >= 0 and theirs.get(item, -1) >= 0]
    return [once[place] for place in longest_rising([column for _, column in once])]


def _places(items: list[int], start: int, end: int) -> dict[int, int]:
    """Where each item stands, −1 for those that stand more than once."""
    places: dict[int, int] = {}
    for place in range(start, end):
        item = items[place]
        places[item] = -1 if item in places else place
    return places


def _match_commons(rows: list[int], columns: list[int], region: Region, pairs: list[tuple[int, int]]) -> bool:
    """Match a region by its longest common subsequence; False where that had to be done piece by piece."""
    low, high, left, right = region
    shared = set(rows[low:high]) & set(columns[left:right])
    ours = [row for row in range(low, high) if rows[row] in shared]
    theirs = [column for column in range(left, right) if columns[column] in shared]
    pieces = ceil(max(len(ours), len(theirs)) / LARGEST_SIDE)
    for piece in range(pieces):
        mine = ours[len(ours) * piece // pieces : len(ours) * (piece + 1) // pieces]
        other = theirs[len(theirs) * piece // pieces : len(theirs) * (piece + 1) // pieces]
        for block in Indel.opcodes([rows[row] for row in mine], [columns[column] for column in other]):
            if block.tag == "equal":
                pairs += zip(
                    mine[block.src_start : block.src_end], other[block.dest_start : block.dest_end], strict=True
                )
    return pieces <= 1


def _as_runs(pairs: list[tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    runs: list[tuple[int, int, int]] = []
    for row, column in pairs:
        if runs and runs[-1][0] + runs[-1][2] == row and runs[-1][1] + runs[-1][2] == column:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((row, column, 1))
    return tuple(runs)
