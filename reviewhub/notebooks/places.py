"""The places of a page one can point at, and the rendered values that carry them.

Places are strings that serve as element ids, as fragments of permalinks and as keys of marks: `cell-3`,
`cell-3-L5` (source line 5 of the fourth cell), `cell-3-output-0`, and `L12` for line 12 of a plain file.
Cells and outputs count from 0, lines from 1. All ids on a page are made here, never by a notebook.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import escape

from reviewhub.notebooks.cells import CellKind, Notice, OutputKind


def cell_place(index: int) -> str:
    """The place of the cell with this index (from 0)."""
    return f"cell-{index}"


def line_place(line: int, cell_index: int | None = None) -> str:
    """The place of a source line (from 1), of a cell or of a plain file."""
    return f"L{line}" if cell_index is None else f"cell-{cell_index}-L{line}"


def output_place(cell_index: int, ordinal: int) -> str:
    """The place of an output (from 0) of a cell."""
    return f"cell-{cell_index}-output-{ordinal}"


def number_lines(lines: tuple[str, ...], marks: Mapping[str, str], cell_index: int | None = None) -> str:
    """Safe HTML of numbered source lines, each with its id, and each mark right after its line.

    `lines` are safe HTML already; `marks` maps places to what is shown there (Markup, or text that is escaped).
    A marked line ends the block of code and a new one begins after the mark, since a mark is more than text.
    """
    prefix = "L" if cell_index is None else f"cell-{cell_index}-L"
    parts = ['<pre class="source">']
    for number, line in enumerate(lines, start=1):
        place = f"{prefix}{number}"
        mark = marks.get(place) if marks else None
        if mark is None:
            parts.append(f'<code id="{place}" data-line="{number}">{line}\n</code>')
        else:
            parts.append(f'<code class="marked" id="{place}" data-line="{number}">{line}\n</code></pre>')
            parts.append(f'<div class="marks" data-marks="{place}">{escape(mark)}</div><pre class="source">')
    parts.append("</pre>")
    return "".join(parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedOutput:
    """Safe HTML of one output."""

    ordinal: int
    kind: OutputKind
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedCell:
    """Safe HTML of one cell: `html` for Markdown, `lines` (one per source line) for everything one can point into."""

    index: int
    cell_id: str
    kind: CellKind
    html: str
    lines: tuple[str, ...]
    line_count: int
    execution_count: int | None
    outputs: tuple[RenderedOutput, ...]

    @property
    def place(self) -> str:
        """The element id of the cell."""
        return cell_place(self.index)

    def place_of(self, output: RenderedOutput) -> str:
        """The element id of one of the cell's outputs."""
        return output_place(self.index, output.ordinal)

    def numbered(self, marks: Mapping[str, str]) -> str:
        """The source as numbered lines, with what is marked on them."""
        return number_lines(self.lines, marks, self.index)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """One line of the outline: level 1 to 6, plain text, and the cell it stands in."""

    level: int
    text: str
    cell_index: int

    @property
    def place(self) -> str:
        """Where a click on the heading leads."""
        return cell_place(self.cell_index)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedNotebook:
    """A notebook ready for the page; `has_maths` and `has_runs` tell which scripts the page needs."""

    cells: tuple[RenderedCell, ...]
    outline: tuple[Heading, ...]
    notices: tuple[Notice, ...]
    language: str
    has_maths: bool
    has_runs: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedCode:
    """A plain file ready for the page: safe HTML per line; `notice` says what is missing, if anything."""

    lines: tuple[str, ...]
    language: str
    notice: str = ""

    def numbered(self, marks: Mapping[str, str]) -> str:
        """The lines with their numbers, with what is marked on them."""
        return number_lines(self.lines, marks)
