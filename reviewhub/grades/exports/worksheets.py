"""A teacher's own worksheet as text whose every cell knows where it stands, so that one cell can change and no other.

Separator, quoting, line ends, encoding and byte order mark are the file's own and stay. Bytes that are no UTF-8 are
read as Windows-1254 (or Latin-1, which reads anything) and written back the same.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewhub.errors import BadInput

LARGEST_WORKSHEET = 4 << 20
"""Bytes."""
MOST_ROWS = 20_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DOCUMENTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


@dataclass(frozen=True, kw_only=True)
class Span:
    """One cell: what it says, and from where to where it stands in the text, quotation marks included."""

    value: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True, kw_only=True)
class Worksheet:
    """A worksheet as it came. `rows` are those below the head; each has the number of the line it starts on."""

    text: str
    mark: bytes
    encoding: str
    separator: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Span, ...]], ...]

    def cell(self, row: tuple[Span, ...], column: int | None) -> str:
        """What stands in a column of a row; "" where the row is shorter."""
        return row[column].value.strip() if column is not None and column < len(row) else ""

    def with_cells(self, changed: Mapping[Span, str]) -> bytes:
        """The file with other words in some cells, and every other byte as it came."""
        pieces, at = [], 0
        for span in sorted(changed, key=lambda one: one.start):
            pieces += [self.text[at : span.start], self._written(changed[span], span)]
            at = span.end
        text = "".join([*pieces, self.text[at:]])
        return self.mark + text.encode(self.encoding)

    def _written(self, value: str, span: Span) -> str:
        must = span.quoted or any(sign in value for sign in (self.separator, '"', "\n", "\r"))
        doubled = value.replace('"', '""')
        return f'"{doubled}"' if must else value


def read_worksheet(content: bytes) -> Worksheet:
    """Read the bytes of a worksheet. Raises BadInput where they are no table as text."""
    if len(content) > LARGEST_WORKSHEET:
        raise BadInput(f"The worksheet is too large ({len(content):,} bytes; at most {LARGEST_WORKSHEET:,}).")
    if content.startswith(_DOCUMENTS):
        raise BadInput("This is a spreadsheet or document, not Moodle's worksheet. Choose the CSV file as downloaded.")
    mark, encoding, text = _decoded(content)
    separator, after = _separator(text)
    rows = [
        (number, spans) for number, spans in _rows(text, separator, after) if any(span.value.strip() for span in spans)
    ]
    if len(rows) < 2 or len(rows[0][1]) < 2:  # noqa: PLR2004 - a head and a row, and two columns
        raise BadInput(
            "This worksheet has no table: a line of titles, and a line for each student, in two columns or more."
        )
    if len(rows) > MOST_ROWS:
        raise BadInput(f"The worksheet has {len(rows):,} lines; at most {MOST_ROWS:,} are read.")
    head = tuple(span.value.strip() for span in rows[0][1])
    return Worksheet(text=text, mark=mark, encoding=encoding, separator=separator, head=head, rows=tuple(rows[1:]))


def _decoded(content: bytes) -> tuple[bytes, str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            candidates = [(mark, encoding)]
            break
    else:
        candidates = [(b"", "utf-8"), (b"", "cp1254"), (b"", "latin-1")]
    for mark, encoding in candidates:
        try:
            text = content[len(mark) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and text.encode(encoding) == content[len(mark) :]:
            return mark, encoding, text
    raise BadInput("This file is no text. Choose the CSV file as Moodle gave it.")


def _separator(text: str) -> tuple[str, int]:
    """The separator that makes the most columns of the first line, and where the table begins (after `sep=;`)."""
    if said := re.match(r"\s*\"?sep=([,;\t])\"?[ \t]*(?:\r\n|\n|\r)", text):
        return said[1], said.end()
    counts = {sign: len(next(_rows(text, sign, 0), (1, ()))[1]) for sign in ",;\t"}
    return max(counts, key=lambda sign: counts[sign]), 0


def _rows(text: str, separator: str, start: int) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """The rows one by one; a quotation mark that is never closed is a letter like any other."""
    sign = re.escape(separator)
    cell = re.compile(
        rf'(?:"(?P<inner>(?:[^"]++|"")*+)"[ ]*(?={sign}|[\r\n]|\Z)|(?P<plain>[^{sign}\r\n]*+))'
        rf"(?P<end>{sign}|\r\n|\n|\r|\Z)"
    )
    spans: list[Span] = []
    at, line = start, 1 + text.count("\n", 0, start)
    first = line
    while at <= len(text):
        found = cell.match(text, at)
        assert found is not None  # the plain alternative matches anything, also nothing
        inner = found["inner"]
        value = found["plain"] if inner is None else inner.replace('""', '"')
        end = found.start("end")
        spans.append(Span(value=value, start=found.start(), end=end, quoted=inner is not None))
        at = found.end()
        line += text.count("\n", found.start(), at)
        if found["end"] == separator:
            continue
        yield first, tuple(spans)
        spans, first = [], line
        if at >= len(text):
            return
