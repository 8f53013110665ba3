"""CSV and TSV files as a table: the first rows, and how many there are. Never sorted, never reckoned with."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import islice

from reviewhub.notebooks.visible import make_visible, mark_shown

MOST_ROWS = 200
MOST_COLUMNS = 50
LONGEST_FIELD = 500
LARGEST_TABLE = 32 * 1024 * 1024
MOST_COUNTED = 4 * 1024 * 1024
_SNIFFED_ROWS = 30
_SNIFFED_TEXT = 64 * 1024
_DELIMITERS = (",", "\t", ";", "|")
_NUMBER = re.compile(
    r"\s*[-+−]?(?:[0-9][0-9.,_]*(?:e[-+]?[0-9]+)?|\.[0-9]+(?:e[-+]?[0-9]+)?|inf(?:inity)?|nan)\s*%?\s*", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedTable:
    """The first rows of a table as safe HTML; `row_count` does not count the heading."""

    html: str
    row_count: int
    column_count: int
    rows_shown: int
    columns_shown: int
    is_counted: bool = True
    """Whether `row_count` is exact; of a long file it is reckoned from its beginning."""
    notices: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One sentence about what is shown."""
        rows = f"{self.row_count:,} row{'' if self.row_count == 1 else 's'}"
        columns = f"{self.column_count:,} column{'' if self.column_count == 1 else 's'}"
        if self.rows_shown < self.row_count:
            rows = f"{self.rows_shown:,} of {'' if self.is_counted else 'about '}{rows}"
        if self.columns_shown < self.column_count:
            columns = f"the first {self.columns_shown:,} of {columns}"
        return f"{rows}, {columns}"


def render_table(text: str, *, name: str) -> RenderedTable | None:
    """The first rows and columns of a text of delimited fields; None where it holds none, or one without an end."""
    head = text if len(text) <= MOST_COUNTED else text[: text.rfind("\n", 0, MOST_COUNTED) + 1]
    is_strict = True
    try:
        try:
            rows, count = _read(head, _delimiter_of(head, name), is_whole=head is text)
        except csv.Error:
            # A quotation mark that nobody closes: then quotation marks are signs like all others.
            is_strict = False
            rows, count = _read(head, "\t" if name.lower().endswith(".tsv") else ",", quoting=csv.QUOTE_NONE)
    except csv.Error:
        return None
    if not rows:
        return None
    shown = [row[:MOST_COLUMNS] for row in rows]
    heading, body = (shown[0], shown[1:]) if _is_heading(shown) else (None, shown[:MOST_ROWS])
    column_count = max(map(len, rows))
    width = min(column_count, MOST_COLUMNS)
    return RenderedTable(
        html=_table(heading, body, width),
        row_count=count - (heading is not None) if head is text else _rounded(count * len(text) / len(head)),
        is_counted=head is text,
        column_count=column_count,
        rows_shown=len(body),
        columns_shown=width,
        notices=_notices(rows, is_strict=is_strict),
    )


def _read(
    text: str, delimiter: str, *, quoting: int = csv.QUOTE_MINIMAL, is_whole: bool = False
) -> tuple[list[list[str]], int]:
    """The first rows, and how many there are; empty lines are no rows. csv.Error for a field without an end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]  # a quoting constant
    rows: list[list[str]] = []
    count = 0
    row: list[str] = []
    for row in reader:
        if row:
            count += 1
            if count <= MOST_ROWS + 1:
                rows.append(row)
    if is_whole and row and "\n" in row[-1] and not text.rstrip().endswith('"'):
        raise csv.Error("The last field is not closed.")
    return rows, count


def _rounded(number: float) -> int:
    """A number of which only the first two digits are known."""
    step: int = 10 ** max(0, len(str(int(number))) - 2)
    return round(number / step) * step


def _delimiter_of(text: str, name: str) -> str:
    """The sign that parts most rows into equally many fields; a .tsv is parted by tabs wherever that parts it."""
    head = text[:_SNIFFED_TEXT]
    if name.lower().endswith(".tsv") and "\t" in head:
        return "\t"
    return max(_DELIMITERS, key=lambda sign: _agreement(head, sign))


def _agreement(head: str, sign: str) -> float:
    if sign not in head:
        return 0.0
    try:
        rows = [row for row in islice(csv.reader(io.StringIO(head, newline=""), delimiter=sign), _SNIFFED_ROWS) if row]
    except csv.Error:
        return 0.0
    widths = Counter(map(len, rows))
    width, agreeing = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return agreeing / len(rows) if width > 1 else 0.0


def _is_heading(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: it does unless it is made of numbers only."""
    return not all(_NUMBER.fullmatch(field) for field in rows[0] if field.strip())


def _notices(rows: list[list[str]], *, is_strict: bool) -> tuple[str, ...]:
    notices = []
    if not is_strict:
        notices.append("A quotation mark is never closed, so quotation marks are shown as they stand.")
    widths = set(map(len, rows))
    if len(widths) > 1:
        notices.append(f"Rows have {min(widths):,} to {max(widths):,} fields.")
    if any(len(field) > LONGEST_FIELD for row in rows for field in row[:MOST_COLUMNS]):
        notices.append(f"Fields are cut after {LONGEST_FIELD} characters.")
    return tuple(notices)


def _table(head: list[str] | None, body: list[list[str]], width: int) -> str:
    is_number = [_is_number_column(body, column) for column in range(width)]
    marks = [' class="number"' if one else "" for one in is_number]
    names = head if head is not None else [str(column + 1) for column in range(width)]
    parts = ['<table class="table delimited"><thead><tr><td class="row-number"></td>']
    for column, mark in enumerate(marks):
        parts.append(f'<th scope="col"{mark}>{_field(names[column] if column < len(names) else "")}</th>')
    parts.append("</tr></thead><tbody>")
    for number, row in enumerate(body, start=1):
        parts.append(f'<tr id="row-{number}"><th scope="row" class="row-number">{number}</th>')
        parts += [f"<td{marks[column]}>{_field(field)}</td>" for column, field in enumerate(row)]
        parts += [f"<td{mark}></td>" for mark in marks[len(row) :]]
        parts.append("</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def _is_number_column(body: list[list[str]], column: int) -> bool:
    fields = [row[column] for row in body if column < len(row) and row[column].strip()]
    return bool(fields) and all(len(field) < LONGEST_FIELD and _NUMBER.fullmatch(field) for field in fields)


def _field(field: str) -> str:
    short = field if len(field) <= LONGEST_FIELD else field[:LONGEST_FIELD] + " …"
    return mark_shown(escape(make_visible(short.strip()), quote=False))
