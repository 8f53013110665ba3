"""A table to be written somewhere: columns that explain themselves, and rows of texts and numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

Cell = str | Decimal | None
Row = tuple[Cell, ...]

# A context of its own, so that rounding never depends on the digits of the thread that writes.
_DISPLAY = Context(prec=60, rounding=ROUND_HALF_UP)
_HUNDREDTH = Decimal("0.01")
_ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its title, what stands in it, and how wide a reader wants it (in letters)."""

    title: str
    explains: str
    is_number: bool = False
    width: int = 14


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table with a name. `rows` makes them anew each time, one by one, so that none is kept in memory."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Row]]


def two_places(number: Decimal) -> Decimal:
    """A number as it is shown: two places, half up, and no minus before a zero."""
    rounded = _DISPLAY.quantize(number, _HUNDREDTH)
    return rounded or _ZERO


def written(cell: Cell, decimal: str = ".") -> str:
    """A cell as text: numbers at two places with the decimal sign of the reader, nothing for what is not there."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return str(two_places(cell)).replace(".", decimal)
    return cell
