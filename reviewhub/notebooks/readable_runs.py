"""Equal runs of lines made easy to read: changes begin and end where a person would have put them.

Two comparisons of the same length can read very differently. A block that was put in can often slide up or down over
lines that are equal at its ends: it goes where both ends are least indented, after a blank line if there is one. And an
unchanged bracket or blank line between two large changes is no landmark but an accident: it becomes part of them.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

Runs = list[tuple[int, int, int]]
Keys = tuple[Sequence[str], Sequence[str]]
"""The lines of both sides as they were compared."""

SHORTEST_AROUND = 2
"""One line without a word is no landmark between two changes that removed and added at least so many lines each."""
FARTHEST_SLIDE = 200

_WORD = re.compile(r"\w")


def readable_runs(runs: Sequence[tuple[int, int, int]], old: Sequence[str], new: Sequence[str], *, keys: Keys) -> Runs:
    """The same match, made readable."""
    kept = _without_accidents(list(runs), old, len(new))
    return _slide(kept, old, new, keys)


def _without_accidents(runs: Runs, old: Sequence[str], new_length: int) -> Runs:
    kept: Runs = []
    row = column = 0
    for run, after in pairwise([*runs, (len(old), new_length, 0)]):
        around = (run[0] - row, run[1] - column, after[0] - run[0] - 1, after[1] - run[1] - 1)
        if run[2] > 1 or min(around) < SHORTEST_AROUND or _WORD.search(old[run[0]]):
            kept.append(run)
            row, column = run[0] + run[2], run[1] + run[2]
    return kept


def _slide(runs: Runs, old: Sequence[str], new: Sequence[str], keys: Keys) -> Runs:
    """Move every block that was only added or only removed to its best place between its two runs."""
    slid: Runs = [*runs]
    for index in range(1, len(slid)):
        (row, column, length), (next_row, next_column, next_length) = slid[index - 1], slid[index]
        removed, added = next_row - row - length, next_column - column - length
        if bool(removed) == bool(added):
            continue
        lines, items = (new, keys[1]) if added else (old, keys[0])
        start, end = (column + length, next_column) if added else (row + length, next_row)
        step = _best_step(lines, items, start, end, most_up=length - 1, most_down=next_length - 1)
        slid[index - 1] = row, column, length + step
        slid[index] = next_row + step, next_column + step, next_length - step
    return slid


def _best_step(
    lines: Sequence[str], items: Sequence[str], start: int, end: int, *, most_up: int, most_down: int
) -> int:
    """How far the block start … end slides, down where positive: never so far that a run beside it vanishes."""
    up = 0
    while up < min(most_up, FARTHEST_SLIDE) and items[start - up - 1] == items[end - up - 1]:
        up += 1
    down = 0
    while down < min(most_down, FARTHEST_SLIDE) and items[start + down] == items[end + down]:
        down += 1
    if not up and not down:
        return 0
    return min(range(-up, down + 1), key=lambda step: (_badness(lines, start + step, end + step), -step))


def _badness(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """How badly a block start … end is cut out: by the depth of what begins it and of what follows it."""
    first = _depth(lines, start)
    after = _depth(lines, end)
    return first + after, 0 if start == 0 or not lines[start - 1].strip() else 1


def _depth(lines: Sequence[str], place: int) -> int:
    """The indentation of the next line that is not blank; 0 at the end."""
    for line in lines[place : place + 8]:
        bare = line.lstrip()
        if bare:
            return len(line) - len(bare)
    return 0
