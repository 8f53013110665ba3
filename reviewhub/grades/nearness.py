"""How near two places of a project are, with the words for it: the same lines, the same cell, the same file, apart."""

from collections.abc import Iterable

from reviewhub.reviews.places import Place, PlaceKind

SAME_LINES = "the same lines"
SAME_CELL = "the same cell"
SAME_OUTPUT = "the same output"
CLOSE_LINES = "lines close by"
SAME_FILE = "the same file"
ANYWHERE = "one of them about the whole project"
APART = "different files"
CLOSE = 6
"""Lines between two ranges that still count as close by."""


def nearness(one: Iterable[Place], other: Iterable[Place]) -> tuple[float, str]:
    """The nearest pair of places: 0 … 1, and how to say it. A finding may have several places."""
    pairs = [_near(mine, theirs) for mine in one for theirs in other]
    return max(pairs, default=(0.3, ANYWHERE))


def _near(one: Place, other: Place) -> tuple[float, str]:
    if PlaceKind.PROJECT in {one.kind, other.kind}:
        return (0.35 if one.kind == other.kind else 0.3), ANYWHERE
    if one.path != other.path:
        return 0.05, APART
    if one.cell is not None and other.cell is not None:
        return _in_notebook(one, other, one.cell, other.cell)
    if one.kind == other.kind == PlaceKind.FILE:
        return 0.8, SAME_FILE
    gap = _gap(one, other)
    return (0.4, SAME_FILE) if gap is None else _by_lines(one, other, gap)


def _in_notebook(one: Place, other: Place, cell: int, far: int) -> tuple[float, str]:
    if cell != far:
        return max(0.2, 0.45 - 0.05 * abs(cell - far)), SAME_FILE
    if one.output is not None and one.output == other.output:
        return 1.0, SAME_OUTPUT
    gap = _gap(one, other)
    if gap is None:
        return 0.8, SAME_CELL
    return _by_lines(one, other, gap) if gap <= CLOSE else (0.6, SAME_CELL)


def _by_lines(one: Place, other: Place, gap: int) -> tuple[float, str]:
    if gap <= 0:
        return 0.8 + 0.2 * _shared(one, other), SAME_LINES
    return (0.75 - 0.03 * gap, CLOSE_LINES) if gap <= CLOSE else (max(0.25, 0.5 - 0.01 * gap), SAME_FILE)


def _gap(one: Place, other: Place) -> int | None:
    """Lines between two ranges: 0 or less where they overlap, None where one of them names no lines."""
    if one.first_line is None or other.first_line is None:
        return None
    first, last = max(one.first_line, other.first_line), min(_last(one), _last(other))
    return max(0, first - last)


def _shared(one: Place, other: Place) -> float:
    """The lines both name, of those either names."""
    if one.first_line is None or other.first_line is None:
        return 0.0
    both = min(_last(one), _last(other)) - max(one.first_line, other.first_line) + 1
    either = max(_last(one), _last(other)) - min(one.first_line, other.first_line) + 1
    return max(0, both) / either


def _last(place: Place) -> int:
    return place.last_line or place.first_line or 0
