"""Tables as an XLSX workbook, written row by row. Texts are typed as texts: nothing in them is ever computed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook

from reviewhub.grades.exports.grids import Column, Grid, two_places
from reviewhub.grades.exports.harmless import is_risky

LONGEST_TEXT = 32_000
"""A cell of a workbook holds 32,767 letters; a longer text would be left out altogether."""
MOST_ROWS = 1_048_000
"""A sheet holds 1,048,576 rows."""
_NAME_LENGTH = 31
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_workbook(into: IO[bytes], grids: Iterable[Grid], *, title: str) -> None:
    """Write each table to a sheet of its own: the head stays in sight, numbers are numbers at two places."""
    with Workbook(into, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title[:200]})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"num_format": "0.00"}),
            # What looks like a formula stays a text even when somebody edits the cell.
            "risky": book.add_format({"quote_prefix": True}),
        }
        taken: set[str] = set()
        for grid in grids:
            name = sheet_name(grid.name, taken)
            taken.add(name.casefold())
            _write_sheet(book.add_worksheet(name), grid, formats)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a workbook allows: at most 31 letters, none of the forbidden signs, unlike those `taken`."""
    plain = " ".join(wanted.translate(_NO_NAME).split())[:_NAME_LENGTH] or "Sheet"
    name, count = plain, 2
    while name.casefold() in taken or name.casefold() == "history":
        ending = f" {count}"
        name, count = plain[: _NAME_LENGTH - len(ending)] + ending, count + 1
    return name


def _write_sheet(sheet: Any, grid: Grid, formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, min(2, len(grid.columns) - 1))
    for place, column in enumerate(grid.columns):
        sheet.set_column(place, place, column.width)
    _write_head(sheet, grid.columns, formats["head"])
    number, risky = formats["number"], formats["risky"]
    for place, row in enumerate(grid.rows(), start=1):
        if place > MOST_ROWS:
            sheet.write_string(place, 0, "There are more lines than a sheet can hold; the JSON file has them all.")
            return
        for index, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(place, index, float(two_places(cell)), number)
            elif cell:
                sheet.write_string(place, index, cell[:LONGEST_TEXT], risky if is_risky(cell) else None)


def _write_head(sheet: Any, columns: tuple[Column, ...], head: Any) -> None:
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, head)
