"""Text against text, line by line and word by word: for code files and for the sources of cells alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.notebooks.line_pairs import LineMatch, match_lines
from reviewhub.notebooks.word_ranges import differing_words

_LONELY = re.compile(rb"(?<=s)f(?=s|\Z)|\Af(?=s)")
_STRETCH = re.compile(rb"f+|s+")


class LineChange(StrEnum):
    """What became of a line; CHANGED is one old line beside the new one that took its place."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class LinePair:
    """One row of a comparison: line numbers from 1, None on the side that has no such line.

    `old_words` and `new_words` are the ranges of characters (start, end) that differ inside a CHANGED pair.
    """

    change: LineChange
    old: int | None
    new: int | None
    old_words: tuple[tuple[int, int], ...] = ()
    new_words: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TextDifference:
    """All lines of both texts in the order of reading; a CHANGED pair counts as one added and one removed line.

    `is_cut`: parts were too large to be compared line by line and stand as removed and added as a whole.
    """

    pairs: tuple[LinePair, ...]
    added: int
    removed: int
    is_cut: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Lines that are shown: changes and the context around them."""

    pairs: tuple[LinePair, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Unchanged lines that are folded away."""

    pairs: tuple[LinePair, ...]


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text as comparisons count them: a last line end opens no further line, an empty text has none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def diff_texts(old: str, new: str, *, ignore_whitespace: bool = False) -> TextDifference:
    """Compare two texts; with `ignore_whitespace`, lines that differ only in white space are the same."""
    before, after = lines_of(old), lines_of(new)
    matched = match_lines(before, after, ignore_whitespace=ignore_whitespace)
    pairs: list[LinePair] = []
    row = column = same = 0
    for match in matched.matches:
        pairs += _alone(range(row, match.old), range(column, match.new))
        pairs.append(_pair(before, after, match, ignore_whitespace=ignore_whitespace))
        row, column, same = match.old + 1, match.new + 1, same + match.is_same
    pairs += _alone(range(row, len(before)), range(column, len(after)))
    return TextDifference(
        pairs=tuple(pairs), added=len(after) - same, removed=len(before) - same, is_cut=matched.is_cut
    )


def _alone(rows: range, columns: range) -> list[LinePair]:
    """Lines that stand on one side only, the removed ones first."""
    removed = [LinePair(change=LineChange.REMOVED, old=row + 1, new=None) for row in rows]
    return removed + [LinePair(change=LineChange.ADDED, old=None, new=column + 1) for column in columns]


def _pair(before: Sequence[str], after: Sequence[str], match: LineMatch, *, ignore_whitespace: bool) -> LinePair:
    if match.is_same:
        return LinePair(change=LineChange.SAME, old=match.old + 1, new=match.new + 1)
    old_words, new_words = differing_words(before[match.old], after[match.new], ignore_whitespace=ignore_whitespace)
    return LinePair(
        change=LineChange.CHANGED, old=match.old + 1, new=match.new + 1, old_words=old_words, new_words=new_words
    )


def fold_same(difference: TextDifference, *, context: int = 3) -> tuple[Run | Gap, ...]:
    """What a page shows: changes with `context` unchanged lines around them, and the gaps folded between.

    A gap of one line beside a change is shown: the row that folds it away would be as high.
    """
    pairs = difference.pairs
    shown = bytearray(b"f" * len(pairs))
    for place, pair in enumerate(pairs):
        if pair.change is not LineChange.SAME:
            start, end = max(0, place - context), min(len(pairs), place + context + 1)
            shown[start:end] = b"s" * (end - start)
    marks = _LONELY.sub(b"s", bytes(shown))
    return tuple(
        (Run if found[0].startswith(b"s") else Gap)(pairs=pairs[found.start() : found.end()])
        for found in _STRETCH.finditer(marks)
    )
