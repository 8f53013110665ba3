"""Which output of a cell took the place of which: equal ones first, then but for noise, then by form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from reviewhub.notebooks.cells import Output, OutputKind
from reviewhub.notebooks.equal_runs import equal_runs
from reviewhub.notebooks.saved_outputs import text_of
from reviewhub.notebooks.signatures import differ_by_noise, signature


class OutputChange(StrEnum):
    """What became of an output; NOISE: nothing but addresses, timings and the like."""

    SAME = "same"
    NOISE = "noise"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class OutputForm(StrEnum):
    """How two outputs can be shown beside each other."""

    TEXT = "text"
    PICTURE = "picture"
    TABLE = "table"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputPair:
    """An output of the old cell beside the one of the new cell that took its place."""

    old: Output | None
    new: Output | None
    change: OutputChange
    form: OutputForm


_Marks = Callable[[Sequence[Output], Sequence[Output]], list[str]]


def pair_outputs(old: Sequence[Output], new: Sequence[Output]) -> tuple[OutputPair, ...]:
    """Pair the outputs of a cell in order; in each gap between pairs the removed ones come first."""
    places = _equal(old, new)
    pairs: list[OutputPair] = []
    for (row, column), (next_row, next_column) in pairwise([(-1, -1), *places, (len(old), len(new))]):
        pairs += [_alone(output, OutputChange.REMOVED) for output in old[row + 1 : next_row]]
        pairs += [_alone(output, OutputChange.ADDED) for output in new[column + 1 : next_column]]
        if next_row < len(old) and next_column < len(new):
            pairs.append(_both(old[next_row], new[next_column]))
    return tuple(pairs)


def _equal(old: Sequence[Output], new: Sequence[Output]) -> list[tuple[int, int]]:
    """The places that belong together: by content, in the gaps by signature, in what is left by form."""
    places = [(-1, -1), (len(old), len(new))]
    for marks in (_contents, _signatures, _forms):
        places += [
            (row + 1 + first, column + 1 + other)
            for (row, column), (next_row, next_column) in pairwise(places)
            for first, other in _in_gap(marks, old[row + 1 : next_row], new[column + 1 : next_column])
        ]
        places.sort()
    return places[1:-1]


def _in_gap(marks: _Marks, old: Sequence[Output], new: Sequence[Output]) -> list[tuple[int, int]]:
    if not old or not new:
        return []
    runs = equal_runs(marks(old, new), marks(new, old)).runs
    return [(row + step, column + step) for row, column, length in runs for step in range(length)]


def _contents(outputs: Sequence[Output], _others: Sequence[Output]) -> list[str]:
    return [output.output_hash for output in outputs]


def _signatures(outputs: Sequence[Output], others: Sequence[Output]) -> list[str]:
    """One for one needs no signatures: its form decides."""
    if len(outputs) == len(others) == 1:
        return [output.output_hash for output in outputs]
    return [signature(output) for output in outputs]


def _forms(outputs: Sequence[Output], _others: Sequence[Output]) -> list[str]:
    return [f"{form_of(output)} {output.kind is OutputKind.ERROR}" for output in outputs]


def _alone(output: Output, change: OutputChange) -> OutputPair:
    is_new = change is OutputChange.ADDED
    return OutputPair(
        old=None if is_new else output, new=output if is_new else None, change=change, form=form_of(output)
    )


def _both(old: Output, new: Output) -> OutputPair:
    change = OutputChange.SAME
    if old.output_hash != new.output_hash:
        change = OutputChange.NOISE if differ_by_noise(old, new) else OutputChange.CHANGED
    return OutputPair(old=old, new=new, change=change, form=form_of(new))


def form_of(output: Output) -> OutputForm:
    """How an output is looked at: a picture first, whatever text comes with it."""
    if output.kind in (OutputKind.STREAM, OutputKind.ERROR):
        return OutputForm.TEXT
    if any(name.startswith("image/") for name in output.media):
        return OutputForm.PICTURE
    html = text_of(output.media.get("text/html"))
    if "<table" in html:
        return OutputForm.TABLE
    is_drawn = any(name.startswith("application/") for name in output.media) or "<script" in html
    return (
        OutputForm.TEXT if not is_drawn and any(name.startswith("text/") for name in output.media) else OutputForm.OTHER
    )
