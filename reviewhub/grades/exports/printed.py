"""What stands on a sheet of paper, as values: `printing` makes them, a template lays them out."""

from dataclasses import dataclass
from decimal import Decimal

from reviewhub.grades.exports.citing import Cited


@dataclass(frozen=True, kw_only=True)
class PrintedLine:
    """One line: the amount, the rule, and the places of what it rests on."""

    amount: Decimal
    rule: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PrintedPart:
    """The lines under one criterion or one part of a grade, and their sum; a single line needs no title."""

    title: str
    total: Decimal
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, kw_only=True)
class PrintedGrade:
    """One grade opened into its lines."""

    title: str
    total: Decimal
    parts: tuple[PrintedPart, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """One row of the table a sheet opens with."""

    title: str
    value: str
    note: str = ""
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class PrintedThing:
    """A mistake or a finding: what it is called, where it is, what was written, what became of it."""

    cited: Cited
    became: str = ""


@dataclass(frozen=True, kw_only=True)
class PrintedList:
    """Mistakes or findings of one project, under a title."""

    title: str
    things: tuple[PrintedThing, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet. It opens on a page of its own."""

    title: str
    subtitle: str
    anchor: str
    summary: tuple[SummaryRow, ...]
    grades: tuple[PrintedGrade, ...]
    lists: tuple[PrintedList, ...] = ()
