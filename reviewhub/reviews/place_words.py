"""A place as a person types it: `12`, `lines 3-9`, `cell 4`, `cell 4, lines 2-3`, `cell 4 output 1`, `file`, `project`.

Everything a person counts begins at 1.
"""

import re

from reviewhub.errors import BadInput
from reviewhub.reviews.places import Place, PlaceKind, read_place

_LINES = r"(?:lines?|l)?\s*(?P<first>\d{1,7})\s*(?:(?:-|–|to)\s*(?:l)?(?P<last>\d{1,7}))?"
_IN_FILE = re.compile(_LINES, re.ASCII)
_OUTPUT = r"(?:output|out)\s*(?P<output>\d{1,6})"
_IN_CELL = re.compile(rf"cell\s*(?P<cell>\d{{1,6}})(?:[,\s]+(?:{_OUTPUT}|{_LINES}))?", re.ASCII)
_WHOLE = {"file": PlaceKind.FILE, "whole file": PlaceKind.FILE, "project": PlaceKind.PROJECT}
_WHOLE |= {"whole project": PlaceKind.PROJECT}


def place_from_words(words: str, path: str) -> Place:
    """Read what a person typed as a place in the file at `path`; BadInput with examples where it is none."""
    said = " ".join(words.casefold().split())
    if said in _WHOLE:
        return read_place(_WHOLE[said], path)
    found = _IN_CELL.fullmatch(said)
    cell = f"cell-{_from_zero(found['cell'], words)}" if found else ""
    if found and found["output"]:
        return read_place(f"{cell}-output-{_from_zero(found['output'], words)}", path)
    lines = found or _IN_FILE.fullmatch(said)
    if lines is None:
        raise _not_a_place(words)
    if not lines["first"]:
        return read_place(cell, path)
    span = f"L{int(lines['first'])}-L{int(lines['last'] or lines['first'])}"
    return read_place(f"{cell}-{span}" if cell else span, path)


def _from_zero(number: str, words: str) -> int:
    if int(number) == 0:
        raise _not_a_place(words)
    return int(number) - 1


def _not_a_place(words: str) -> BadInput:
    return BadInput(f"“{words[:40]}” is not a place; write “12”, “lines 3-9”, “cell 4”, “cell 4 lines 2-3”, “file”.")
