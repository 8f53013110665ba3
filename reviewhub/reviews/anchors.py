"""Anchors: pin a place in version 1 so that it can be found again, and carry it to version 2.

`drop_anchor` checks a place against the content it names and remembers the text there; `carry` finds it again and
says honestly how: `same`, `moved`, `changed` (found, but its text is another), `gone`. The place in version 1 never
changes; what `carry` returns is only ever shown beside it.
"""

import hashlib
from collections.abc import Sized
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from reviewhub.errors import BadInput
from reviewhub.notebooks.alignment import CellMatch, MatchReason, align_cells
from reviewhub.notebooks.noise import mask_noise
from reviewhub.reviews.line_tracing import SHORTEST_ALIKE, LineTrace, find_exactly, trace_lines
from reviewhub.reviews.places import Anchor, Content, Notebook, Place, PlaceKind, Text

CONTEXT_LINES = 2
QUOTED_LINES = 40
QUOTED_CHARACTERS = 4000

_REASONS = {
    MatchReason.SAME_ID: "the same cell id",
    MatchReason.SAME_SOURCE: "the same source",
    MatchReason.SIMILAR: "a similar cell in its place",
    MatchReason.MOVED: "a similar cell elsewhere",
    MatchReason.BETWEEN: "the only cell between the same neighbours",
}


class CarriedState(StrEnum):
    """What became of a place in the next version."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A place found again: its state, where it is now (None when gone), how sure that is (0 … 1), and by what."""

    state: CarriedState
    place: Place | None
    confidence: float
    reason: str
    quoted: str = ""
    near: Place | None = None
    """Where to look when the place itself is gone: the cell or file it stood in, where that is still there."""


def source_hash(source: str) -> str:
    """Return the sha256 (hex) of a cell's source, trailing spaces left out."""
    return hashlib.sha256("\n".join(line.rstrip() for line in source.split("\n")).encode()).hexdigest()


def drop_anchor(place: Place, content: Content | None) -> Anchor:
    """Pin `place` in `content` (None for the whole project); BadInput says what lies outside the file."""
    if place.kind is PlaceKind.PROJECT:
        return Anchor(place=place)
    if content is None:
        raise BadInput(f"There is no file “{place.path}” in this version.")
    if place.kind is PlaceKind.FILE:
        return Anchor(place=place, blob=content.blob)
    if place.kind is PlaceKind.LINES:
        if not isinstance(content, Text):
            raise BadInput("This file has no lines to point at; make it a finding about the whole file.")
        return _line_anchor(place, content.blob, content.lines, "The file")
    if not isinstance(content, Notebook):
        raise BadInput("This file is not a notebook, so it has no cells.")
    return _cell_anchor(place, content)


def carry(  # noqa: PLR0911 - one answer per kind of place
    anchor: Anchor, old: Content | None, new: Content | None, *, new_path: str | None = None, alike: float = 1.0
) -> Carried:
    """Find `anchor` of `old` in `new` (the same file in the next version, or None where there is no such file).

    `alike` (0 … 1) says how sure it is that a file of another name is the same one.
    """
    place = anchor.place
    path = new_path or place.path
    if place.kind is PlaceKind.PROJECT:
        return Carried(state=CarriedState.SAME, place=place, confidence=1.0, reason="the whole project")
    if new is None:
        return _gone("the file is not there any more")
    if old is not None and old.blob == new.blob:
        state = CarriedState.SAME if path == place.path else CarriedState.MOVED
        reason = "the file is unchanged" if state is CarriedState.SAME else f"the file is now {path}"
        return Carried(state=state, place=_at(place, path=path), confidence=1.0, reason=reason, quoted=anchor.quoted)
    whole = _whole_file(path)
    if place.kind is PlaceKind.FILE:
        reason = "the file was changed" if path == place.path else f"the file was changed and is now {path}"
        return Carried(state=CarriedState.CHANGED, place=whole, confidence=alike, reason=reason)
    if isinstance(old, Text) and isinstance(new, Text) and place.kind is PlaceKind.LINES:
        return _no_surer(_carry_lines(place, old.lines, new.lines, path), alike)
    if isinstance(old, Notebook) and isinstance(new, Notebook):
        return _no_surer(_carry_cell(place, old, new, path), alike)
    return _gone("the file is of another kind now", near=whole)


def _line_anchor(place: Place, blob: str, lines: tuple[str, ...], what: str) -> Anchor:
    first, last = _first(place), _last(place)
    if not 1 <= first <= last <= len(lines):
        raise BadInput(f"{what} has {_count(lines, 'line')}, so {place.line_words} is not in it.")
    return Anchor(
        place=place,
        blob=blob,
        quoted=_quote(lines[first - 1 : last]),
        before="\n".join(lines[max(0, first - 1 - CONTEXT_LINES) : first - 1]),
        after="\n".join(lines[last : last + CONTEXT_LINES]),
    )


def _cell_anchor(place: Place, content: Notebook) -> Anchor:
    index = place.cell or 0
    if index >= len(content.cells):
        raise BadInput(f"The notebook has {_count(content.cells, 'cell')}, so there is no cell {index + 1}.")
    cell = content.cells[index]
    lines = tuple(cell.source.split("\n"))
    anchor = Anchor(place=place, blob=content.blob, quoted=_quote(lines))
    if place.kind is PlaceKind.CELL_LINES:
        anchor = _line_anchor(place, content.blob, lines, f"Cell {index + 1}")
    if place.kind is PlaceKind.OUTPUT:
        ordinal = place.output or 0
        if ordinal >= len(cell.outputs):
            has = _count(cell.outputs, "output")
            raise BadInput(f"Cell {index + 1} has {has}, so there is no output {ordinal + 1}.")
        anchor = Anchor(place=place, blob=content.blob, quoted=_quote(cell.outputs[ordinal].split("\n")))
    before = content.cells[index - 1].source if index else ""
    after = content.cells[index + 1].source if index + 1 < len(content.cells) else ""
    return Anchor(
        place=place,
        blob=content.blob,
        cell_id=cell.cell_id,
        source_hash=source_hash(cell.source),
        quoted=anchor.quoted,
        before=anchor.before or _quote(before.split("\n")[-CONTEXT_LINES:]),
        after=anchor.after or _quote(after.split("\n")[:CONTEXT_LINES]),
    )


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}" + ("" if len(things) == 1 else "s")


def _quote(lines: tuple[str, ...] | list[str]) -> str:
    text = "\n".join(lines[:QUOTED_LINES])
    shortened = len(lines) > QUOTED_LINES or len(text) > QUOTED_CHARACTERS
    return text[:QUOTED_CHARACTERS] + ("\n…" if shortened else "")


def _carry_lines(place: Place, old: tuple[str, ...], new: tuple[str, ...], path: str) -> Carried:
    trace = trace_lines(old, new, first=_first(place), last=_last(place))
    if trace is None:
        return _gone("no line like it is left in the file", near=_whole_file(path))
    return _carried(_at(place, path=path), trace, new, has_moved=path != place.path)


def _carried(place: Place, trace: LineTrace, new: tuple[str, ...], *, has_moved: bool) -> Carried:
    found = _at(place, first_line=trace.first, last_line=trace.last)
    return Carried(
        state=_state(trace, has_moved=has_moved or found != place),
        place=found,
        confidence=trace.confidence,
        reason=trace.reason,
        quoted=_quote(new[trace.first - 1 : trace.last]),
    )


@lru_cache(maxsize=32)
def _matches(old: Notebook, new: Notebook) -> dict[int, CellMatch]:
    """Kept, because many findings ask about the same pair of notebooks."""
    return {match.old: match for match in align_cells(old.cells, new.cells)}


def _carry_cell(place: Place, old: Notebook, new: Notebook, path: str) -> Carried:
    match = _matches(old, new).get(place.cell or 0)
    if match is None:
        elsewhere = _carry_to_another_cell(place, old, new, path) or _carry_output_elsewhere(place, old, new, path)
        return elsewhere or _gone("no cell like it is left in the notebook", near=_whole_file(path))
    before, after = old.cells[match.old], new.cells[match.new]
    found = _at(place, path=path, cell=match.new)
    if place.kind is PlaceKind.CELL_LINES:
        return _carry_cell_lines(place, found, old, new, _REASONS[match.reason])
    if place.kind is PlaceKind.OUTPUT:
        return _carry_output(place, found, old, new)
    changed = source_hash(before.source) != source_hash(after.source)
    state = CarriedState.CHANGED if changed else CarriedState.SAME if found == place else CarriedState.MOVED
    quoted = _quote(after.source.split("\n"))
    return Carried(state=state, place=found, confidence=match.similarity, reason=_REASONS[match.reason], quoted=quoted)


def _carry_cell_lines(place: Place, found: Place, old: Notebook, new: Notebook, reason: str) -> Carried:
    lines = _carry_lines(found, _lines(old, place), _lines(new, found), found.path)
    if lines.state is CarriedState.GONE or lines.reason == "text much like it":
        elsewhere = _carry_to_another_cell(place, old, new, found.path)
        if elsewhere is not None:
            return elsewhere
    if lines.state is CarriedState.GONE:
        return _gone("the cell is there, but no line like it is left in it", near=_whole_cell(found))
    if lines.state is CarriedState.SAME and found != place:
        return replace(lines, state=CarriedState.MOVED, reason=reason)
    return lines


def _carry_to_another_cell(place: Place, old: Notebook, new: Notebook, path: str) -> Carried | None:
    """Lines that went to another cell when theirs was split or joined: where one new text holds them best."""
    if place.kind is not PlaceKind.CELL_LINES:
        return None
    lines = _lines(old, place)
    found = []
    before = {match.new: old.cells[match.old].source for match in _matches(old, new).values()}
    for index, cell in enumerate(new.cells):
        was = before.get(index, "")
        if cell.source != was:
            there = find_exactly(
                lines, _split(cell.source), first=_first(place), last=_last(place), was=_split(was) if was else ()
            )
            if there:
                found.append((there[0], index, there[1]))
    best = max((context for context, _, _ in found), default=0)
    found = [one for one in found if one[0] == best]
    if len(found) != 1:
        return None
    _, index, trace = found[0]
    where = _at(place, path=path, cell=index)
    return _carried(where, trace, _lines(new, where), has_moved=True)


def _lines(notebook: Notebook, place: Place) -> tuple[str, ...]:
    return _split(notebook.cells[place.cell or 0].source)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def _whole_file(path: str) -> Place:
    return Place(kind=PlaceKind.FILE, path=path)


def _whole_cell(place: Place) -> Place:
    return Place(kind=PlaceKind.CELL, path=place.path, cell=place.cell)


def _carry_output(place: Place, found: Place, old: Notebook, new: Notebook) -> Carried:
    before, after = old.cells[place.cell or 0], new.cells[found.cell or 0]
    ordinal = place.output or 0
    signature = before.outputs[ordinal] if ordinal < len(before.outputs) else ""
    equal = [index for index, other in enumerate(after.outputs) if other == signature]
    wanted = mask_noise(signature)
    equal = equal or [index for index, other in enumerate(after.outputs) if mask_noise(other) == wanted]
    if equal:
        where = _at(found, output=min(equal, key=lambda index: abs(index - ordinal)))
        return _the_same_output(place, where, new, "the same output", 1.0)
    elsewhere = _carry_output_elsewhere(place, old, new, found.path)
    if elsewhere is not None:
        return elsewhere
    if ordinal < len(after.outputs):
        text = _quote(after.outputs[ordinal].split("\n"))
        reason = "the output of the same number in the same cell"
        return Carried(state=CarriedState.CHANGED, place=found, confidence=0.7, reason=reason, quoted=text)
    return _gone("the cell is there, but this output is not", near=_whole_cell(found))


def _carry_output_elsewhere(place: Place, old: Notebook, new: Notebook, path: str) -> Carried | None:
    """An output that another cell prints now: where exactly one has it that did not have it before."""
    outputs = old.cells[place.cell or 0].outputs
    wanted = outputs[place.output] if place.output is not None and place.output < len(outputs) else ""
    if len(wanted) < SHORTEST_ALIKE:
        return None
    before = {match.new: old.cells[match.old].outputs for match in _matches(old, new).values()}
    found = [
        _at(place, path=path, cell=index, output=cell.outputs.index(wanted))
        for index, cell in enumerate(new.cells)
        if wanted in cell.outputs and wanted not in before.get(index, ())
    ]
    return (
        _the_same_output(place, found[0], new, "the same output under another cell", 0.9) if len(found) == 1 else None
    )


def _the_same_output(place: Place, where: Place, new: Notebook, reason: str, sure: float) -> Carried:
    state = CarriedState.SAME if where == place else CarriedState.MOVED
    quoted = _quote(new.cells[where.cell or 0].outputs[where.output or 0].split("\n"))
    return Carried(state=state, place=where, confidence=sure, reason=reason, quoted=quoted)


def _no_surer(carried: Carried, alike: float) -> Carried:
    """A place in a file is no surer than that this is the file."""
    return carried if carried.place is None else replace(carried, confidence=min(carried.confidence, alike))


def _state(trace: LineTrace, *, has_moved: bool) -> CarriedState:
    if trace.is_changed:
        return CarriedState.CHANGED
    return CarriedState.MOVED if has_moved else CarriedState.SAME


def _gone(reason: str, near: Place | None = None) -> Carried:
    return Carried(state=CarriedState.GONE, place=None, confidence=1.0, reason=reason, near=near)


def _first(place: Place) -> int:
    return place.first_line or 1


def _last(place: Place) -> int:
    return place.last_line or _first(place)


def _at(
    place: Place,
    *,
    path: str | None = None,
    cell: int | None = None,
    first_line: int | None = None,
    last_line: int | None = None,
    output: int | None = None,
) -> Place:
    return Place(
        kind=place.kind,
        path=place.path if path is None else path,
        cell=place.cell if cell is None else cell,
        first_line=place.first_line if first_line is None else first_line,
        last_line=place.last_line if last_line is None else last_line,
        output=place.output if output is None else output,
    )
