"""What differs inside a line that was changed: ranges of characters, word by word."""

import re
from itertools import pairwise

from rapidfuzz.distance import Indel

Ranges = tuple[tuple[int, int], ...]

MOST_WORDS = 3000
"""Above so many words on a side, all between the common start and the common end is one range."""

_WORD = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|\s+|[^\w\s]")
_MERGED = re.compile(r"\s*|[^\w\s]")
"""What stands alone between two ranges joins them: a space or a dot is no landmark to the eye."""


def differing_words(old: str, new: str, *, ignore_whitespace: bool = False) -> tuple[Ranges, Ranges]:
    """The ranges (start, end) of both lines that differ from the other; () where nothing does."""
    start, end = _common_ends(old, new)
    ours, theirs = _words(old, start, len(old) - end), _words(new, start, len(new) - end)
    if ignore_whitespace:
        ours, theirs = _visible(old, ours), _visible(new, theirs)
    if max(len(ours), len(theirs)) > MOST_WORDS:
        return _whole(ours), _whole(theirs)
    edits = Indel.opcodes([old[a:b] for a, b in ours], [new[a:b] for a, b in theirs])
    mine = [ours[place] for edit in edits if edit.tag == "delete" for place in range(edit.src_start, edit.src_end)]
    other = [theirs[place] for edit in edits if edit.tag == "insert" for place in range(edit.dest_start, edit.dest_end)]
    return _merged(old, mine), _merged(new, other)


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters both begin and end with, cut back to where no word is torn."""
    most = min(len(old), len(new))
    start = _common_start(old, new, most)
    end = _common_start(old[start:][::-1], new[start:][::-1], most - start)
    while start and any(_is_inside_word(text, start) for text in (old, new)):
        start -= 1
    while end and any(_is_inside_word(text, len(text) - end) for text in (old, new)):
        end -= 1
    return start, end


def _common_start(old: str, new: str, most: int) -> int:
    """How many characters both begin with, by halving: comparing slices is quicker than comparing letters."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_inside_word(text: str, place: int) -> bool:
    around = text[place - 1 : place + 1]
    if len(around) < 2:  # noqa: PLR2004 - at an end of the text there is nothing to tear
        return False
    return around.isspace() or all(letter.isalnum() or letter in "_.+-" for letter in around)


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [found.span() for found in _WORD.finditer(text, start, end)]


def _visible(text: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end in words if not text[start].isspace()]


def _whole(words: list[tuple[int, int]]) -> Ranges:
    return ((words[0][0], words[-1][1]),) if words else ()


def _merged(text: str, words: list[tuple[int, int]]) -> Ranges:
    if not words:
        return ()
    ends = [
        (before[1], after[0]) for before, after in pairwise(words) if not _MERGED.fullmatch(text, before[1], after[0])
    ]
    starts = [words[0][0], *(after for _, after in ends)]
    return tuple(zip(starts, [*(before for before, _ in ends), words[-1][1]], strict=True))
