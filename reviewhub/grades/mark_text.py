"""From the bytes of a list of marks or statuses to a table of text: CSV in any usual encoding, or a workbook (XLSX)."""

import csv
import io
import re
from dataclasses import dataclass
from hashlib import sha256

from reviewhub.courses.roster_text import HEADERS, decode_list, fold_header
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.workbooks import is_workbook, read_workbook

LARGEST_FILE = 5_000_000
"""Bytes."""
LARGEST_TEXT = 1_200_000
"""Characters of all cells: the page sends them back on confirming."""
MOST_ROWS = 5000
MOST_COLUMNS = 100
LONGEST_CELL = 2000
_DELIMITERS = ",;\t"
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_KNOWN = {name for names in HEADERS.values() for name in names}
_OF_PEOPLE = {*HEADERS["number"], *HEADERS["email"]}
_LAST_HEAD = 15
"""Titles may stand above the head, but no more rows than this."""
_LONGEST_HEAD = 8000
"""Characters of a line that tell the delimiter; the csv module refuses more than 131,072 of all of them."""


@dataclass(frozen=True, kw_only=True)
class ListTable:
    """A list as it came: its head, and rows with the number they have in the file. Every row is as long as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    read_as: str
    """How it was read, for the reader: "UTF-8 with semicolons between the cells"."""
    notes: tuple[str, ...] = ()
    digest: str = ""
    """SHA-256 of the file as it came."""

    def as_text(self) -> str:
        """The table as tab-separated text that reads back to the same table: what the page sends on confirming."""
        kept = io.StringIO(newline="")
        writer = csv.writer(kept, delimiter="\t", lineterminator="\n")
        writer.writerow(["row", *self.head])
        for number, cells in self.rows:
            writer.writerow([number, *cells])
        return kept.getvalue()


def table_from_text(text: str) -> ListTable:
    """The table that `as_text` made, from a form; BadInput where it is none."""
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), delimiter="\t"))
        rows = tuple((int(line[0]), tuple(line[1:])) for line in lines[1:] if line)
    except (csv.Error, ValueError) as fault:
        raise BadInput(_LOST) from fault
    if (
        not lines
        or lines[0][:1] != ["row"]
        or any(len(cells) != len(lines[0]) - 1 for _, cells in rows)
        or len(rows) > MOST_ROWS
    ):
        raise BadInput(_LOST)
    return ListTable(head=tuple(lines[0][1:]), rows=rows, read_as="the list you looked at")


_LOST = "The list was lost on the way. Choose the file again."


def read_table(content: bytes) -> ListTable:
    """Read a list. Raises BadInput, with row and column where they are known; nothing is guessed silently."""
    if len(content) > LARGEST_FILE:
        msg = f"The file is too large ({len(content):,} bytes; at most {LARGEST_FILE:,} are read)."
        raise BadInput(msg)
    table = _from_workbook(content) if is_workbook(content) else _from_csv(content)
    if len(table.rows) > MOST_ROWS:
        msg = f"The list has {len(table.rows):,} rows; at most {MOST_ROWS:,} are read."
        raise BadInput(msg)
    if len(table.as_text()) > LARGEST_TEXT:
        msg = "The list holds far more than marks. Leave out the columns that are none."
        raise BadInput(msg)
    if not table.rows:
        msg = "The list has a head, but no rows." if table.head else "The list is empty."
        raise BadInput(msg)
    return table


def column_name(index: int) -> str:
    """How spreadsheets call a column: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _from_workbook(content: bytes) -> ListTable:
    cells = read_workbook(content, most_rows=MOST_ROWS + 20, most_columns=MOST_COLUMNS)
    notes = [f"Read from the sheet “{cells.title}”."]
    if cells.others:
        notes[0] += f" Not read: {', '.join(cells.others[:5])}."
    if cells.formulas:
        are = "1 cell is a formula: its" if cells.formulas == 1 else f"{cells.formulas} cells are formulas: their"
        notes.append(f"{are} last computed value was read.")
    return _table(list(cells.rows), "an XLSX workbook", tuple(notes), sha256(content).hexdigest())


def _from_csv(content: bytes) -> ListTable:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        msg = "This is an old or a protected workbook. Save it as XLSX without a password, or as CSV (UTF-8)."
        raise BadInput(msg)
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")) and not _is_utf16(content):
        msg = "This is no list: the file is neither text nor a workbook."
        raise BadInput(msg)
    text, encoding = decode_list(content, place="list")
    delimiter, text, offset = _delimiter_of(text)
    rows = _rows(text, delimiter, offset)
    said = _DELIMITER_NAMES.get(delimiter, f"“{delimiter}”")
    return _table(rows, f"{encoding} with {said} between the cells", (), sha256(content).hexdigest())


def _is_utf16(content: bytes) -> bool:
    """Whether every second byte of the beginning is nought, as in UTF-16 without a mark."""
    start = content[:400]
    return start[1::2].count(0) > len(start) // 3 or start[0::2].count(0) > len(start) // 3


def _delimiter_of(text: str) -> tuple[str, str, int]:
    """The delimiter by which the head has most columns that we know, else most columns at all."""
    first, _, rest = text.partition("\n")
    if said := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first):
        return said[1], rest, 1
    lines = [line[:_LONGEST_HEAD] for line in text.splitlines()[:_LAST_HEAD] if line.strip(_DELIMITERS + ' "')]

    def known(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(lines, delimiter=delimiter)) or [[]]
        return max(sum(fold_header(cell) in _KNOWN for cell in cells) for cells in rows), len(rows[0])

    return max(_DELIMITERS, key=known), text, 0


def _rows(text: str, delimiter: str, offset: int) -> list[tuple[int, tuple[str, ...]]]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    started = offset + 1
    try:
        for cells in reader:
            rows.append((started, tuple(cells)))
            started = offset + reader.line_num + 1
            if len(rows) > MOST_ROWS + 20:
                msg = f"The list has more than {MOST_ROWS:,} rows."
                raise BadInput(msg)
    except csv.Error as fault:
        msg = f"Row {offset + reader.line_num} cannot be read: a cell is too long, or its quotation mark never ends."
        raise BadInput(msg) from fault
    return rows


def _table(rows: list[tuple[int, tuple[str, ...]]], read_as: str, notes: tuple[str, ...], digest: str) -> ListTable:
    filled = [(number, tuple(_tidy(cell) for cell in cells)) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if any(cells)]
    if not filled:
        msg = "The list is empty."
        raise BadInput(msg)
    start = _head_in(filled)
    if start:
        are = "1 row above the head was" if start == 1 else f"{start} rows above the head were"
        notes = (*notes, f"{are} passed over; the head stands in row {filled[start][0]}.")
    head = _without_end(filled[start][1])
    if len(head) > MOST_COLUMNS:
        msg = f"The list has {len(head)} columns; at most {MOST_COLUMNS} are read."
        raise BadInput(msg)
    problems, body = [], []
    for number, cells in filled[start + 1 :]:
        if any(cells[len(head) :]):
            what = f"The row has {len(_without_end(cells))} cells, the head only {len(head)}."
            hint = "A decimal comma needs quotation marks where commas separate the cells."
            problems.append(Problem(place=f"row {number}", what=what, hint=hint))
        long = next((index for index, cell in enumerate(cells) if len(cell) > LONGEST_CELL), None)
        if long is not None:
            what = f"The cell holds more than {LONGEST_CELL:,} characters."
            problems.append(Problem(place=f"row {number}, column {column_name(long)}", what=what))
        body.append((number, (*cells[: len(head)], *("",) * (len(head) - len(cells)))))
    if problems:
        msg = "The list cannot be read."
        raise BadInput(msg, tuple(problems))
    return ListTable(head=head, rows=tuple(body), read_as=read_as, notes=notes, digest=digest)


def _head_in(rows: list[tuple[int, tuple[str, ...]]]) -> int:
    """Which row is the head: the first that names a column of numbers or addresses, else the first of all."""
    places = range(min(_LAST_HEAD, len(rows)))
    return next((place for place in places if any(fold_header(cell) in _OF_PEOPLE for cell in rows[place][1])), 0)


def _without_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells without empty ones at the end."""
    last = max((index for index, cell in enumerate(cells) if cell), default=-1)
    return cells[: last + 1]


def _tidy(cell: str) -> str:
    return " ".join(cell.replace("\x00", "").split())
