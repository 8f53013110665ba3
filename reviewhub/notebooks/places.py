"""The places of a page one can point at, and the rendered values that carry them.

Places are strings that serve as element ids, as fragments of permalinks and as keys of marks: `cell-3`,
`cell-3-L5` (source line 5 of the fourth cell), `cell-3-output-0`, and `L12` for line 12 of a plain file.
Cells and outputs count from 0, lines from 1. All ids on a page are made here, never by a notebook: what an author chose
as a cell's identity stands behind `cell-id-`, where it can be taken for nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import escape

from reviewhub.notebooks.cells import CellKind, Notice, OutputKind
from reviewhub.notebooks.running import run_marks

_CELL_NAMES = {CellKind.MARKDOWN: "Text", CellKind.CODE: "Code", CellKind.RAW: "Raw"}


def cell_place(index: int) -> str:
    """The place of the cell with this index (from 0)."""
    return f"cell-{index}"


def identity_place(cell_id: str) -> str:
    """The place of the cell with this identity, in any version of the notebook that has it."""
    return f"cell-id-{cell_id}"


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

    @property
    def identity(self) -> str:
        """The element id of the cell's number, which names the same cell in other versions of the notebook."""
        return identity_place(self.cell_id)

    @property
    def label(self) -> str:
        """What the cell is called when it is read out: "Code cell 4, run as number 7"."""
        name = f"{_CELL_NAMES[self.kind]} cell {self.index + 1}"
        if self.kind is not CellKind.CODE:
            return name
        return f"{name}, not run" if self.execution_count is None else f"{name}, run as number {self.execution_count}"

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

    @property
    def run_marks(self) -> dict[int, str]:
        """What stands beside cells that were run too early or not at all, by index."""
        return run_marks(cell for cell in self.cells if cell.kind is CellKind.CODE and any(cell.lines))

    @property
    def errors(self) -> list[tuple[int, str]]:
        """The cells that ended in an error, counted from 1, each with the place of the error."""
        found = ((cell, output) for cell in self.cells for output in cell.outputs if output.kind is OutputKind.ERROR)
        return list({cell.index + 1: cell.place_of(output) for cell, output in found}.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedCode:
    """A plain file ready for the page: safe HTML per line; `notice` says what is missing, if anything."""

    lines: tuple[str, ...]
    language: str
    notice: str = ""

    def numbered(self, marks: Mapping[str, str]) -> str:
        """The lines with their numbers, with what is marked on them."""
        return number_lines(self.lines, marks)
