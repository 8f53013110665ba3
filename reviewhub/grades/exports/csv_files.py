"""A table as CSV: streamed line by line, with the separator and the decimal sign the reader's spreadsheet expects."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.grades.exports.grids import Cell, Grid, written
from reviewhub.grades.exports.harmless import harmless

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
DECIMALS = {"point": ".", "comma": ","}


@dataclass(frozen=True, kw_only=True)
class CsvStyle:
    """How the file is written. The mark at the start tells Excel that it is UTF-8."""

    separator: str = ","
    decimal: str = "."
    mark: bool = False


class _Line:
    """What csv.writer writes into: the last line, handed on at once."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def csv_pieces(grid: Grid, style: CsvStyle | None = None) -> Iterator[bytes]:
    """The file in pieces, one for each line."""
    style = style or CsvStyle()
    line = _Line()
    writer = csv.writer(line, delimiter=style.separator, lineterminator="\r\n")
    if style.mark:
        yield codecs.BOM_UTF8
    writer.writerow([harmless(column.title) for column in grid.columns])
    yield line.text.encode()
    for row in grid.rows():
        writer.writerow(_cells(row, style.decimal))
        yield line.text.encode()


def _cells(row: Iterable[Cell], decimal: str) -> list[str]:
    return [written(cell, decimal) if isinstance(cell, Decimal) else harmless(cell or "") for cell in row]
