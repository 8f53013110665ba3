"""What the execution counts of a notebook tell about how it was run."""

from collections.abc import Iterable

from reviewhub.notebooks.cells import Cell, CellKind, Notice, NoticeKind

_NAMED = 5


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


def _run_too_early(run: Iterable[Cell]) -> list[Cell]:
    latest = 0
    early = []
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
