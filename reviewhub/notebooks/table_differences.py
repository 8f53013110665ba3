"""Two HTML tables, as pandas prints them, with the cells marked whose values differ."""

import re

from reviewhub.notebooks.differences import LineChange, diff_texts

MOST_CHARACTERS = 200_000
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MARK = " data-differs"


def mark_tables(old: str, new: str) -> tuple[str, str, int]:
    """The two pieces of safe HTML with `data-differs` on the cells that are not in the other, and how many they are.

    Rows are paired like lines of text, cells by their place in the row; a row that only one side has is marked whole.
    What is too large, or holds tables within tables, comes back as it was, with -1 for "not compared".
    """
    if any(len(html) > MOST_CHARACTERS or html.count("<table") != 1 for html in (old, new)):
        return old, new, -1
    rows = [_ROW.findall(html) for html in (old, new)]
    values = [[_values(row) for row in side] for side in rows]
    difference = diff_texts(*("\n".join("\t".join(row) for row in side) for side in values))
    marked: tuple[dict[int, set[int]], dict[int, set[int]]] = ({}, {})
    for pair in difference.pairs:
        if pair.change is LineChange.SAME:
            continue
        here = values[0][pair.old - 1] if pair.old else []
        there = values[1][pair.new - 1] if pair.new else []
        if pair.old:
            marked[0][pair.old - 1] = _unlike(here, there)
        if pair.new:
            marked[1][pair.new - 1] = _unlike(there, here)
    count = max(sum(map(len, side.values())) for side in marked)
    return _with_marks(old, marked[0]), _with_marks(new, marked[1]), count


def _values(row: str) -> list[str]:
    return [" ".join(_TAG.sub(" ", cell[3]).split()) for cell in _CELL.finditer(row)]


def _unlike(here: list[str], there: list[str]) -> set[int]:
    return {place for place, value in enumerate(here) if place >= len(there) or there[place] != value}


def _with_marks(html: str, marked: dict[int, set[int]]) -> str:
    numbers = iter(range(len(html)))

    def row(found: re.Match[str]) -> str:
        cells = marked.get(next(numbers))
        places = iter(range(len(found[0])))

        def cell(inner: re.Match[str]) -> str:
            mark = _MARK if cells and next(places) in cells else ""
            return f"<{inner[1]}{mark}{inner[2]}>{inner[3]}</{inner[1]}>"

        return _CELL.sub(cell, found[0]) if cells else found[0]

    return _ROW.sub(row, html)
