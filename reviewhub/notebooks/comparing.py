"""A notebook against its next version, cell by cell and output by output; texts are compared when they are shown."""

from dataclasses import dataclass
from enum import StrEnum

from reviewhub.notebooks.alignment import CellMatch, align_cells
from reviewhub.notebooks.cells import Cell, Notebook
from reviewhub.notebooks.equal_runs import longest_rising
from reviewhub.notebooks.output_pairs import OutputChange, OutputForm, OutputPair, pair_outputs

__all__ = [
    "CellChange",
    "CellPair",
    "NotebookComparison",
    "OutputChange",
    "OutputForm",
    "OutputPair",
    "compare_notebooks",
    "compare_pair",
]


class CellChange(StrEnum):
    """What became of a cell: its source and outputs together, where noise alone is SAME."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class CellPair:
    """A cell of the old notebook beside what it became; `has_moved`: it stands elsewhere among its neighbours."""

    old: Cell | None
    new: Cell | None
    match: CellMatch | None
    change: CellChange
    has_moved: bool
    source_changed: bool
    attachments_changed: bool
    outputs: tuple[OutputPair, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookComparison:
    """All cells of both versions in the order of the new one, removed cells in the gap where they stood.

    `changed` and `moved` may count the same cell; `noise_only` counts cells in which only noise differs.
    """

    pairs: tuple[CellPair, ...]
    added: int
    removed: int
    changed: int
    moved: int
    noise_only: int


def compare_notebooks(old: Notebook, new: Notebook) -> NotebookComparison:
    """Find every cell again and compare what it holds."""
    matches = align_cells(old.cells, new.cells)
    kept = _kept(matches)
    by_new = {match.new: match for match in matches}
    removed = _removed_after(old, matches, kept)
    pairs = [_alone(cell, CellChange.REMOVED) for cell in removed[-1]]
    for cell in new.cells:
        match = by_new.get(cell.index)
        if match is None:
            pairs.append(_alone(cell, CellChange.ADDED))
            continue
        is_kept = match.old in kept
        pairs.append(compare_pair(old.cells[match.old], cell, match, has_moved=not is_kept))
        pairs += [_alone(gone, CellChange.REMOVED) for gone in (removed[match.old] if is_kept else ())]
    return _counted(pairs)


def _kept(matches: tuple[CellMatch, ...]) -> set[int]:
    """The old indexes of the longest run of cells that kept its order; every other match has moved."""
    return {matches[place].old for place in longest_rising([match.new for match in matches])}


def _removed_after(old: Notebook, matches: tuple[CellMatch, ...], kept: set[int]) -> dict[int, list[Cell]]:
    """The removed cells behind each kept one, and behind −1 those that stood before all of them."""
    found = {match.old for match in matches}
    behind: dict[int, list[Cell]] = {-1: []}
    last = -1
    for index, cell in enumerate(old.cells):
        if index in kept:
            last = index
            behind[last] = []
        elif index not in found:
            behind[last].append(cell)
    return behind


def _alone(cell: Cell, change: CellChange) -> CellPair:
    is_new = change is CellChange.ADDED
    return CellPair(
        old=None if is_new else cell,
        new=cell if is_new else None,
        match=None,
        change=change,
        has_moved=False,
        source_changed=False,
        attachments_changed=False,
        outputs=pair_outputs((), cell.outputs) if is_new else pair_outputs(cell.outputs, ()),
    )


def compare_pair(old: Cell, new: Cell, match: CellMatch | None, *, has_moved: bool) -> CellPair:
    """What became of a cell; `match` None where a person says that it is the same one."""
    outputs = pair_outputs(old.outputs, new.outputs)
    source_changed = old.source != new.source
    attachments_changed = old.attachments != new.attachments
    is_same = all(pair.change in (OutputChange.SAME, OutputChange.NOISE) for pair in outputs)
    return CellPair(
        old=old,
        new=new,
        match=match,
        change=CellChange.SAME if is_same and not source_changed and not attachments_changed else CellChange.CHANGED,
        has_moved=has_moved,
        source_changed=source_changed,
        attachments_changed=attachments_changed,
        outputs=outputs,
    )


def _counted(pairs: list[CellPair]) -> NotebookComparison:
    def count(change: CellChange) -> int:
        return sum(pair.change is change for pair in pairs)

    return NotebookComparison(
        pairs=tuple(pairs),
        added=count(CellChange.ADDED),
        removed=count(CellChange.REMOVED),
        changed=count(CellChange.CHANGED),
        moved=sum(pair.has_moved for pair in pairs),
        noise_only=sum(
            pair.change is CellChange.SAME and any(output.change is OutputChange.NOISE for output in pair.outputs)
            for pair in pairs
        ),
    )
