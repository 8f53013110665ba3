"""Anchors against revisions with known truth: is a place found where it went, or honestly said to be gone?

A place that stands unchanged must be found. One whose line was edited, or whose cell was rewritten, may also be called
gone; one that was deleted must be. Pointing anywhere else is wrong. Counted per kind of edit.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.course_cells import make_sources, new_code
from bench.revising import EDITS, Line, Revision, Sketch, generated_version, revise, without_ids
from reviewhub.reviews.anchors import carry, drop_anchor
from reviewhub.reviews.places import Cell, Notebook, Place, PlaceKind, Text

REWRITTEN = ("edit lines", "rewrite 40 %", "reword", "grow", "split", "merge")


@dataclass(kw_only=True)
class Tally:
    """How many places of one kind of edit were right, honestly gone, wrong, or lost though they are there."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def share_right(self) -> float:
        """Right or honestly gone, of all."""
        return (self.counts["right"] + self.counts["gone"]) / max(1, self.counts.total())


Tallies = dict[str, Tally]


def cells_truth(edits: int, seed: int, *, ids: bool) -> tuple[Tallies, Tallies]:
    """At least `edits` edited cells of generated notebooks: tallies for the cells and for a line of each."""
    chance = random.Random(seed)
    cells: Tallies = defaultdict(Tally)
    lines: Tallies = defaultdict(Tally)
    while sum(tally.counts.total() for tally in cells.values()) < edits:
        revision = revise(generated_version(chance), 0.4, chance)
        tally_revision(revision if ids else without_ids(revision), chance, cells, lines)
    return cells, lines


def tally_revision(revision: Revision, chance: random.Random, cells: Tallies, lines: Tallies) -> None:
    """Carry every edited cell and one line of each."""
    old, new = _notebook("old", revision.old), _notebook("new", revision.new)
    truth = revision.places_of_lines()
    for index, kind in revision.edited.items():
        carried = carry(drop_anchor(_cell(index), old), old, new).place
        wanted = revision.cells_of(index)
        may_be_gone = kind in REWRITTEN or not wanted
        cells[kind].counts[_verdict(carried.cell if carried else None, wanted, may_be_gone=may_be_gone)] += 1
        telling = [number for number, line in enumerate(revision.old[index].lines) if len(line.text.strip()) > 3]
        if telling:
            number = chance.choice(telling)
            place = _cell(index, number)
            found = carry(drop_anchor(place, old), old, new).place
            there = truth.get((index, number))
            where = {(there[0], there[1])} if there else set()
            got = (found.cell, (found.first_line or 1) - 1) if found else None
            lines[kind].counts[_verdict(got, where, may_be_gone=not there or there[2])] += 1


def _cell(index: int, line: int | None = None) -> Place:
    if line is None:
        return Place(kind=PlaceKind.CELL, path="a.ipynb", cell=index)
    return Place(kind=PlaceKind.CELL_LINES, path="a.ipynb", cell=index, first_line=line + 1, last_line=line + 1)


def _verdict(found: object | None, wanted: set[object] | set[int] | set[tuple[int, int]], *, may_be_gone: bool) -> str:
    if found is None:
        return "gone" if may_be_gone else "lost"
    return "right" if found in wanted else "wrong"


def _notebook(blob: str, cells: tuple[Sketch, ...]) -> Notebook:
    return Notebook(
        blob=blob,
        cells=tuple(
            Cell(cell_id=cell.cell_id, kind=cell.kind, source=cell.source, outputs=cell.outputs) for cell in cells
        ),
    )


def files_truth(edits: int, seed: int) -> Tallies:
    """At least `edits` places of generated files, each file edited in one way."""
    chance = random.Random(seed)
    tallies: Tallies = defaultdict(Tally)
    while sum(tally.counts.total() for tally in tallies.values()) < edits:
        for kind, edit in FILE_EDITS.items():
            tally_file(kind, edit, chance, tallies)
    return tallies


FileEdit = Callable[[list[Line], random.Random], None]


def tally_file(kind: str, edit: FileEdit, chance: random.Random, tallies: Tallies) -> None:
    """Edit one file and carry ten of its lines and ranges."""
    source = "\n\n\n".join(text for cell, text in make_sources(chance, chance.randrange(8, 30)) if cell == "code")
    lines = [Line(text=text, was=(0, number)) for number, text in enumerate(source.split("\n"))]
    edited = list(lines)
    edit(edited, chance)
    old = Text(blob="old", lines=tuple(line.text for line in lines))
    new = Text(blob="new", lines=tuple(line.text for line in edited))
    truth = {line.was[1]: (place, line.is_edited) for place, line in enumerate(edited) if line.was}
    telling = [number for number, line in enumerate(lines) if len(line.text.strip()) > 3]
    for number in chance.sample(telling, min(10, len(telling))):
        place = Place(kind=PlaceKind.LINES, path="a.py", first_line=number + 1, last_line=number + 1)
        found = carry(drop_anchor(place, old), old, new).place
        there = truth.get(number)
        got = (found.first_line or 1) - 1 if found else None
        wanted = {there[0]} if there else set()
        tallies[kind].counts[_verdict(got, wanted, may_be_gone=not there or there[1])] += 1


def _around(lines: list[Line], chance: random.Random) -> None:
    """Lines put in, taken out and replaced, a tenth of all."""
    for _ in range(max(3, len(lines) // 10)):
        spot = chance.randrange(len(lines))
        act = chance.random()
        if act < 0.4:
            lines.insert(spot, _some_line(chance))
        elif act < 0.7:
            del lines[spot]
        else:
            lines[spot] = _some_line(chance)


def _edit(lines: list[Line], chance: random.Random) -> None:
    """A fifth of the lines edited a little."""
    sketch = Sketch(kind="code", lines=tuple(lines), cell_id="")
    cells = [sketch]
    for _ in range(max(2, len(lines) // 10)):
        EDITS["edit lines"](cells, 0, chance)
    lines[:] = cells[0].lines


def _rename(lines: list[Line], chance: random.Random) -> None:
    """Names changed throughout."""
    cells = [Sketch(kind="code", lines=tuple(lines), cell_id="")]
    for _ in range(3):
        EDITS["rename"](cells, 0, chance)
    lines[:] = cells[0].lines


def _move(lines: list[Line], chance: random.Random) -> None:
    """A block moved elsewhere."""
    start = chance.randrange(len(lines))
    block = lines[start : start + chance.randrange(4, 16)]
    del lines[start : start + len(block)]
    spot = chance.randrange(len(lines) + 1)
    lines[spot:spot] = block


def _delete(lines: list[Line], chance: random.Random) -> None:
    """A block deleted."""
    start = chance.randrange(len(lines))
    del lines[start : start + chance.randrange(4, 16)]


def _put_in(lines: list[Line], chance: random.Random) -> None:
    """Two functions more."""
    for _ in range(2):
        spot = chance.randrange(len(lines) + 1)
        lines[spot:spot] = [Line(text=text) for text in ["", *new_code(chance).split("\n"), ""]]


def _indent(lines: list[Line], chance: random.Random) -> None:
    """A part wrapped in a function, and so indented."""
    start = chance.randrange(len(lines))
    end = min(len(lines), start + chance.randrange(5, 60))
    body = [Line(text=f"    {line.text}" if line.text else "", was=line.was) for line in lines[start:end]]
    lines[start:end] = [Line(text="def main():"), *body]


def _some_line(chance: random.Random) -> Line:
    return Line(text=chance.choice(new_code(chance).split("\n")))


FILE_EDITS: dict[str, FileEdit] = {
    "edited around": _around,
    "edited": _edit,
    "renamed": _rename,
    "block moved": _move,
    "block deleted": _delete,
    "functions put in": _put_in,
    "indented": _indent,
}
