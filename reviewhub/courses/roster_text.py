"""From the bytes of an exported list to rows of text: encoding, delimiter, columns. Nothing is guessed silently.

Read are the exports of Moodle (and ODTUClass, which is one), Canvas, spreadsheets and lists typed by hand: UTF-8 with
and without byte order mark, UTF-16 and the Turkish code page; `,` `;` or tab; any order of columns; English and
Turkish headers. A cell that looks like a formula is text like any other: it is never computed, here or elsewhere.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from reviewhub.errors import BadInput, Problem

LARGEST_LIST = 2_000_000
"""Bytes."""
MOST_ROWS = 5000
_DELIMITERS = ",;\t"

# Field → the headers that name it, folded; the earlier one wins where a list has several.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "email": (
        "email", "email address", "e mail", "e mail address", "mail", "mail address",
        "e posta", "eposta", "e posta adresi", "eposta adresi",
        "sis login id", "login id", "login", "username", "kullanici adi",
    ),
    "name": ("name", "full name", "student name", "ad soyad", "adi soyadi", "isim", "isim soyisim",
             "ogrenci adi", "student", "ogrenci"),
    "given": ("first name", "firstname", "given name", "ad", "adi", "isim"),
    "family": ("last name", "lastname", "surname", "family name", "soyad", "soyadi", "soyisim"),
    "number": (
        "student number", "student no", "student id", "ogrenci numarasi", "ogrenci no",
        "id number", "idnumber", "id numarasi",
        "sis user id", "sis id", "number", "no", "numara", "id",
    ),
    "role": ("role", "roles", "rol", "gorev"),
    "group": ("group", "group name", "groups", "grup", "grup adi", "gruplar", "team", "takim"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RosterText:
    """A list as rows of text. `columns`: field → header as written; `rows`: line number and field → cell."""

    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_roster_text(content: bytes, *, place: str = "list") -> RosterText:
    """Read the bytes of a list. Raises BadInput where they are no list of people."""
    if len(content) > LARGEST_LIST:
        raise _refusal(place, f"The list is too large ({len(content):,} bytes; at most {LARGEST_LIST:,}).", "")
    text, encoding = decode_list(content, place=place)
    lines = _csv_lines(text, place)
    if not lines.rows:
        raise _refusal(place, "The list is empty.", "The first line names the columns, for example: name,email")
    header_line, header = lines.rows[0]
    fields = _fields_of(header)
    if "email" not in fields:
        shown = ", ".join(cell.strip()[:40] for cell in header if cell.strip())
        raise _refusal(
            f"{place}, line {header_line}",
            f"No column is called Email (found: {shown}).",
            "Email, Email address, E-posta and SIS Login ID are understood.",
        )
    rows = tuple(
        (
            number,
            {field: cells[index].strip() if index < len(cells) else "" for field, index in fields.items()},
        )
        for number, cells in lines.rows[1:]
    )
    if len(rows) > MOST_ROWS:
        raise _refusal(place, f"The list has {len(rows):,} rows; at most {MOST_ROWS:,} are read.", "")
    columns = {field: header[index].strip() for field, index in fields.items()}
    return RosterText(encoding=encoding, delimiter=lines.delimiter, columns=columns, rows=rows)


def fold_header(header: str) -> str:
    """A header without case, accents, Turkish dots, hyphens and asterisks, to compare by."""
    plain = header.replace("İ", "i").replace("I", "i").replace("ı", "i")
    letters = unicodedata.normalize("NFKD", plain).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def decode_list(content: bytes, *, place: str) -> tuple[str, str]:
    """The text of a list and the name of its encoding. Raises BadInput where it is no text."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise _refusal(
            place,
            "This is a spreadsheet or document, not a list as text.",
            "Open it and save it as CSV (UTF-8).",
        )
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif content[1:2] == b"\0" or content[3:4] == b"\0":
        candidates = ["utf-16-le"]
    elif content[:1] == b"\0":
        candidates = ["utf-16-be"]
    else:
        candidates = ["utf-8-sig", "cp1254"]
    for encoding in candidates:
        try:
            text = content.decode(encoding).replace("\0", "")
            return text, {"utf-8-sig": "UTF-8", "cp1254": "Windows-1254"}.get(encoding, "UTF-16")
        except UnicodeDecodeError:
            continue
    raise _refusal(place, "This is no text.", "Save the list as CSV (UTF-8).")


@dataclass(frozen=True, kw_only=True)
class _Lines:
    delimiter: str
    rows: list[tuple[int, list[str]]]


def _csv_lines(text: str, place: str) -> _Lines:
    """Read with each delimiter and keep the one whose first line names the most columns we know."""
    first, _, rest = text.partition("\n")
    offset = 0
    if said := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first):
        text, offset = rest, 1
        delimiters = said.group(1)
    else:
        delimiters = _DELIMITERS
    tries = [_Lines(delimiter=delimiter, rows=_rows(text, delimiter, offset, place)) for delimiter in delimiters]
    return max(
        tries,
        key=lambda lines: (
            len(_fields_of(lines.rows[0][1])) if lines.rows else 0,
            len(lines.rows[0][1]) if lines.rows else 0,
        ),
    )


def _rows(text: str, delimiter: str, offset: int, place: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    started = offset + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((started, cells))
            started = offset + reader.line_num + 1
    except csv.Error as fault:
        raise _refusal(
            f"{place}, line {offset + reader.line_num}",
            f"The line cannot be read: {fault}.",
            "Save the list as CSV (UTF-8).",
        ) from fault
    return rows


def _fields_of(header: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for index, cell in enumerate(header):
        places.setdefault(fold_header(cell), index)
    fields: dict[str, int] = {}
    for field, names in HEADERS.items():
        if found := [places[name] for name in names if name in places and places[name] not in fields.values()]:
            fields[field] = found[0]
    return fields


def _refusal(place: str, what: str, hint: str) -> BadInput:
    return BadInput(what, (Problem(place=place, what=what, hint=hint),))
