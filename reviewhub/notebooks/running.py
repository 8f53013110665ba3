"""What the execution counts of a notebook tell about how it was run."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from reviewhub.notebooks.cells import Cell, CellKind, Notice, NoticeKind

_NAMED = 5


class CodeCell(Protocol):
    """What tells how a code cell was run, before and after it is rendered."""

    @property
    def index(self) -> int:
        """Its place in the notebook, from 0."""

    @property
    def execution_count(self) -> int | None:
        """The number it was run as; None where it was not."""

    @property
    def outputs(self) -> Sequence[object]:
        """What it left behind."""


_Code = TypeVar("_Code", bound=CodeCell)


def running_notices(cells: tuple[Cell, ...]) -> tuple[Notice, ...]:
    """Plain warnings where cells were run out of order, not at all, or left no outputs; cells count from 1 in words."""
    code = [cell for cell in cells if cell.kind is CellKind.CODE and cell.source.strip()]
    if not code:
        return ()
    run = [cell for cell in code if cell.execution_count is not None]
    idle = [cell for cell in code if cell.execution_count is None and not cell.outputs]
    if len(idle) == len(code):
        return (Notice(kind=NoticeKind.NOT_RUN, text="No cell of this notebook was run: it carries no outputs."),)
    notices = []
    if idle:
        text = f"{len(idle)} of {len(code)} code cells were not run: {_names(idle)}."
        notices.append(Notice(kind=NoticeKind.NOT_RUN, text=text, cell_index=idle[0].index))
    if not any(cell.outputs for cell in code):
        notices.append(Notice(kind=NoticeKind.NO_OUTPUTS, text="The cells were run, but their outputs were not saved."))
    if early := _run_too_early(run):
        text = f"Cells were not run from top to bottom; run before a cell that stands above them: {_names(early)}."
        notices.append(Notice(kind=NoticeKind.ORDER, text=text, cell_index=early[0].index))
    return tuple(notices)


def run_marks(code: Iterable[CodeCell]) -> dict[int, str]:
    """What stands beside cells that were run too early or not at all, by index; nothing where no cell was run."""
    cells = list(code)
    run = [cell for cell in cells if cell.execution_count is not None]
    idle = [cell for cell in cells if cell.execution_count is None and not cell.outputs]
    if len(idle) == len(cells):
        return {}
    marks = {cell.index: "Not run" for cell in idle}
    return marks | {cell.index: "Run before a cell above it" for cell in _run_too_early(run)}


def _run_too_early(run: Iterable[_Code]) -> list[_Code]:
    latest = 0
    early: list[_Code] = []
    for cell in run:
        count = cell.execution_count or 0
        if count < latest:
            early.append(cell)
        latest = max(latest, count)
    return early


def _names(cells: list[Cell]) -> str:
    names = [f"cell {cell.index + 1}" for cell in cells[:_NAMED]]
    rest = len(cells) - _NAMED
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")
