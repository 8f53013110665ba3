"""Where in a project something is: a line range, a cell, lines or an output of a cell, a whole file, the project.

A place is written in one word for links and forms (`L5`, `L5-L9`, `cell-3`, `cell-3-L5`, `cell-3-L5-L9`,
`cell-3-output-1`, `file`, `project`): the element ids of the notebooks room. There, as here, cells and outputs count
from 0 and lines from 1; in words, all count from 1.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.errors import BadInput


class PlaceKind(StrEnum):
    """What kind of thing a place names."""

    LINES = "lines"
    CELL = "cell"
    CELL_LINES = "cell_lines"
    OUTPUT = "output"
    FILE = "file"
    PROJECT = "project"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place inside one version of a project. `path` is relative to the project's folder, "" for the whole project."""

    kind: PlaceKind
    path: str = ""
    cell: int | None = None
    first_line: int | None = None
    last_line: int | None = None
    output: int | None = None

    @property
    def token(self) -> str:
        """The place in one word, without its path."""
        lines = ""
        if self.first_line is not None:
            lines = f"L{self.first_line}" + (f"-L{self.last_line}" if self.last_line != self.first_line else "")
        return {
            PlaceKind.LINES: lines,
            PlaceKind.CELL: f"cell-{self.cell}",
            PlaceKind.CELL_LINES: f"cell-{self.cell}-{lines}",
            PlaceKind.OUTPUT: f"cell-{self.cell}-output-{self.output}",
            PlaceKind.FILE: "file",
            PlaceKind.PROJECT: "project",
        }[self.kind]

    @property
    def line_words(self) -> str:
        """The line range as people say it; "" where the place names no lines."""
        if self.first_line is None:
            return ""
        one = self.first_line == self.last_line
        return f"line {self.first_line}" if one else f"lines {self.first_line}–{self.last_line}"

    @property
    def words(self) -> str:
        """The place as people say it, without its path: everything counts from 1."""
        lines, number = self.line_words, (self.cell or 0) + 1
        return {
            PlaceKind.LINES: lines,
            PlaceKind.CELL: f"cell {number}",
            PlaceKind.CELL_LINES: f"cell {number}, {lines}",
            PlaceKind.OUTPUT: f"cell {number}, output {(self.output or 0) + 1}",
            PlaceKind.FILE: "whole file",
            PlaceKind.PROJECT: "whole project",
        }[self.kind]


_TOKEN = re.compile(
    r"(?:cell-(?P<cell>\d{1,6})(?:-output-(?P<output>\d{1,6})|-(?P<inner>L\d{1,7}(?:-L?\d{1,7})?))?"
    r"|(?P<lines>L\d{1,7}(?:-L?\d{1,7})?))"
)


def read_place(token: str, path: str) -> Place:
    """Read a place from its word and path; BadInput when it is none."""
    if token == PlaceKind.PROJECT:
        return Place(kind=PlaceKind.PROJECT)
    if not path:
        raise BadInput("Choose a file first, or make it a finding about the whole project.")
    if token == PlaceKind.FILE:
        return Place(kind=PlaceKind.FILE, path=path)
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise BadInput(f"“{token[:40]}” is not a place in a file.")
    if match["lines"]:
        first, last = _range(match["lines"])
        return Place(kind=PlaceKind.LINES, path=path, first_line=first, last_line=last)
    cell = int(match["cell"])
    if match["output"]:
        return Place(kind=PlaceKind.OUTPUT, path=path, cell=cell, output=int(match["output"]))
    if match["inner"]:
        first, last = _range(match["inner"])
        return Place(kind=PlaceKind.CELL_LINES, path=path, cell=cell, first_line=first, last_line=last)
    return Place(kind=PlaceKind.CELL, path=path, cell=cell)


def _range(text: str) -> tuple[int, int]:
    numbers = [int(part.removeprefix("L")) for part in text.split("-")]
    return min(numbers), max(numbers)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text file as it stands in a snapshot."""

    blob: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One notebook cell. `outputs` holds one signature per output after coalescing (equal text, equal output)."""

    cell_id: str
    kind: str
    source: str
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notebook:
    """A notebook as it stands in a snapshot."""

    blob: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A file that cannot be read as text (image, too large, LFS pointer): only the whole of it can be named."""

    blob: str


Content = Text | Notebook | Sealed


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A place with what it needs to be found again: blob, cell identity, the quoted text and two lines around it."""

    place: Place
    snapshot_id: str = ""
    blob: str = ""
    cell_id: str = ""
    source_hash: str = ""
    quoted: str = ""
    before: str = ""
    after: str = ""
