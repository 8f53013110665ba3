"""Lists of pairs as text: who reviews what, and who worked with whom last term. Read with every line's fault, written.

A list is CSV with a header; `,` `;` or tab; the columns may be named in several ways. A cell that looks like a formula
is text here, and is written with an apostrophe before it, so that no spreadsheet computes it.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewhub.errors import BadInput

LARGEST = 1_000_000
"""Characters."""
MOST_LINES = 30_000
REVIEWER = ("reviewer", "student", "email", "e-mail", "number", "group")
PROJECT = ("project", "reviews", "key")
PARTNER = ("partner", "worked with", "with", "teammate")
REASON = ("reason", "why", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class ListedPair:
    """One line: two names as written, and the reason that may stand beside them."""

    line: int
    first: str
    second: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckedPair:
    """One line with what its names mean (ids, "" where unknown) and its fault in words, "" where there is none."""

    listed: ListedPair
    first_id: str = ""
    second_id: str = ""
    fault: str = ""


def read_pairs(text: str, *, first: Sequence[str], second: Sequence[str]) -> list[ListedPair]:
    """Read the lines below the header; BadInput says what is wrong. `first`, `second`: names of the two columns."""
    if len(text) > LARGEST:
        raise BadInput("The list is too long: at most a million characters are read.")
    lines = text.replace("\0", "").splitlines()
    head = next((line for line in lines if line.strip()), "")
    if not head:
        raise BadInput(f"The list is empty. Its first line names the columns: {first[0]},{second[0]}")
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    try:
        read = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as fault:
        raise BadInput(f"Line {rows.line_num} of the list cannot be read: {fault}.") from fault
    numbered = [(line, row) for line, row in read if any(row)]
    if len(numbered) > MOST_LINES:
        raise BadInput(f"The list has more than {MOST_LINES:,} lines.")
    header = [cell.lstrip("\ufeff").casefold() for cell in numbered[0][1]]
    places = [_place(header, names) for names in (first, second, REASON)]
    for place, names in zip(places[:2], (first, second), strict=True):
        if place is None:
            raise BadInput(f"No column of the list is called “{names[0]}”: the first line names the columns.")
    return [
        ListedPair(line=line, first=_cell(row, places[0]), second=_cell(row, places[1]), reason=_cell(row, places[2]))
        for line, row in numbered[1:]
    ]


def write_pairs(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a list that spreadsheets open as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def match_names(
    pairs: Iterable[ListedPair], *, first: Mapping[str, str], second: Mapping[str, str], words: tuple[str, str]
) -> list[CheckedPair]:
    """Find what the names mean (folded name → id) and mark unknown names and repeated lines."""
    checked, seen = [], dict[tuple[str, str], int]()
    for pair in pairs:
        one, other = first.get(pair.first.casefold(), ""), second.get(pair.second.casefold(), "")
        fault = ""
        if not one:
            fault = f"There is no {words[0]} “{pair.first}”." if pair.first else f"The {words[0]} is missing."
        elif not other:
            fault = f"There is no {words[1]} “{pair.second}”." if pair.second else f"The {words[1]} is missing."
        elif (one, other) in seen:
            fault = f"The same pair stands in line {seen[one, other]}."
        seen.setdefault((one, other), pair.line)
        checked.append(CheckedPair(listed=pair, first_id=one, second_id=other, fault=fault))
    return checked


def _place(header: list[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _cell(row: list[str], place: int | None) -> str:
    return row[place].removeprefix("'")[:2000] if place is not None and place < len(row) else ""


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
