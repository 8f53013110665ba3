"""From the bytes of a spreadsheet (XLSX) to cells as text, in bounded memory and time: the file is a stranger's.

What it says of its own size is not believed: parts are counted before anything is unpacked, rows and columns while they
are read. Nothing is computed, and no link is followed: a formula's cell gives the value its program last computed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook

from reviewhub.errors import BadInput

MOST_PARTS = 1000
LARGEST_UNPACKED = 24_000_000
"""Bytes of all parts together, unpacked."""
LARGEST_FRAME = 4_000_000
"""Bytes of one part that is neither a sheet nor the shared texts."""
_WORKBOOK = "xl/workbook.xml"
_BIG = re.compile(r"xl/(worksheets/[^/]+\.xml|sharedStrings\.xml)")
_PADDED = re.compile(r"0{2,20}")
_SAVE_ANEW = "Open it in your spreadsheet program and save it anew as XLSX, or as CSV (UTF-8)."


@dataclass(frozen=True, kw_only=True)
class SheetCells:
    """One sheet as rows of text. `formulas`: how many cells hold a formula's last value; `others`: further sheets."""

    title: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    formulas: int
    others: tuple[str, ...]


def is_workbook(content: bytes) -> bool:
    """Whether the bytes look like a zip archive, as XLSX files are."""
    return content.startswith(b"PK\x03\x04")


def read_workbook(content: bytes, *, most_rows: int, most_columns: int) -> SheetCells:
    """The cells of the first sheet that is shown and holds any. Raises BadInput with one sentence."""
    _weigh(content)
    try:
        return _read(content, most_rows, most_columns)
    except BadInput:
        raise
    except Exception as fault:
        # A hostile file can raise anything inside the reader; whatever it was, the file is none we can read.
        msg = f"This workbook cannot be read. {_SAVE_ANEW}"
        raise BadInput(msg) from fault


def _weigh(content: bytes) -> None:
    """Refuse what would unpack to more than a list of marks ever is. A part cannot give more than its entry says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as fault:
        msg = f"This file looks like a workbook, but it is damaged. {_SAVE_ANEW}"
        raise BadInput(msg) from fault
    if _WORKBOOK not in {part.filename for part in parts}:
        msg = "This is an archive, but no workbook in the format XLSX. Save the list as XLSX, or as CSV (UTF-8)."
        raise BadInput(msg)
    if any(part.flag_bits & 1 for part in parts):
        msg = "The workbook is protected by a password. Save it without one."
        raise BadInput(msg)
    frame = (part.file_size for part in parts if not _BIG.fullmatch(part.filename) and part.filename.endswith(".xml"))
    is_heavy = sum(part.file_size for part in parts) > LARGEST_UNPACKED or max(frame, default=0) > LARGEST_FRAME
    if len(parts) > MOST_PARTS or is_heavy:
        msg = "The workbook unpacks to far more than a list of marks. Copy the list into a new one, or save it as CSV."
        raise BadInput(msg)


def _read(content: bytes, most_rows: int, most_columns: int) -> SheetCells:
    last_row, last_column = most_rows + 1, most_columns + 1
    values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    written = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    shown = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
    for title in shown:
        rows, formulas = [], 0
        pairs = zip_longest(
            values[title].iter_rows(max_row=last_row, max_col=last_column),
            written[title].iter_rows(max_row=last_row, max_col=last_column),
            fillvalue=(),
        )
        for number, (computed, typed) in enumerate(pairs, start=1):
            cells = tuple(_texts(computed, typed))
            formulas += sum(1 for cell in typed if cell.data_type == "f")
            _hold_bounds(number, cells, most_rows, most_columns)
            rows.append((number, cells))
        if any(any(cells) for _, cells in rows):
            others = tuple(other for other in shown if other != title)
            return SheetCells(title=title, rows=tuple(rows), formulas=formulas, others=others)
    msg = "The workbook holds no cells."
    raise BadInput(msg)


def _hold_bounds(number: int, cells: tuple[str, ...], most_rows: int, most_columns: int) -> None:
    if number > most_rows and any(cells):
        msg = f"The sheet has more than {most_rows:,} rows."
        raise BadInput(msg)
    if len(cells) > most_columns and cells[most_columns]:
        msg = f"The sheet has more than {most_columns} columns."
        raise BadInput(msg)


def _texts(computed: tuple[Any, ...], typed: tuple[Any, ...]) -> Iterator[str]:
    for cell, source in zip_longest(computed, typed):
        is_formula = source is not None and source.data_type == "f"
        value = cell.value if cell is not None else None
        if is_formula and value is None:
            yield "=" + str(getattr(source.value, "text", source.value) or "").lstrip("=")
        else:
            yield _text(value, getattr(cell, "number_format", "") or "")


def _text(value: object, number_format: str) -> str:
    """A cell as its program shows it, but with every digit: per cent as per cent, leading zeros where it pads."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(Decimal(str(value)), number_format)
    return " ".join(str(value).replace("\x00", "").split())


def _number(number: Decimal, number_format: str) -> str:
    if not number.is_finite() or number.adjusted() > 40:  # noqa: PLR2004 - no number of a list has so many digits
        return str(number)
    if "%" in number_format:
        return f"{_plain(number * 100)}%"
    text = _plain(number)
    return text.zfill(len(number_format)) if _PADDED.fullmatch(number_format) else text


def _plain(number: Decimal) -> str:
    return f"{number.to_integral_value():f}" if number == number.to_integral_value() else f"{number.normalize():f}"
