"""A notebook and its next version, with the truth about every cell and every line: who became what.

Edits are those that people make between version 1 and version 2, each of them a kind that can be measured alone.
Where a line or a cell is gone, or was rewritten so that it may honestly be called gone, the truth says that too.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bench.course_cells import make_sources, near_copy, new_code, new_text

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line and where it was before: (cell, line), both from 0; None for a new one."""

    text: str
    was: tuple[int, int] | None = None
    is_edited: bool = False


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A cell on the way to its next version; `was` are the old cells that it may rightly be called."""

    kind: str
    lines: tuple[Line, ...]
    cell_id: str
    outputs: tuple[str, ...] = ()
    was: frozenset[int] = frozenset()

    @property
    def source(self) -> str:
        """The text of the cell."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """Both versions. `edited` are the old cells that were touched, by the kind of their edit."""

    old: tuple[Sketch, ...]
    new: tuple[Sketch, ...]
    edited: dict[int, str] = field(default_factory=dict)

    def cells_of(self, index: int) -> set[int]:
        """The new cells that an old one may rightly be found in; none where it was deleted."""
        return {place for place, cell in enumerate(self.new) if index in cell.was}

    def places_of_lines(self) -> dict[tuple[int, int], tuple[int, int, bool]]:
        """New (cell, line, is_edited) by old (cell, line); a line without one was deleted."""
        return {
            line.was: (place, number, line.is_edited)
            for place, cell in enumerate(self.new)
            for number, line in enumerate(cell.lines)
            if line.was
        }


Edit = Callable[[list[Sketch], int, random.Random], None]


def first_version(sources: Sequence[tuple[str, str]], chance: random.Random) -> tuple[Sketch, ...]:
    """Cells with ids and some outputs, before anybody edits them."""
    return tuple(
        Sketch(
            kind=kind,
            lines=tuple(Line(text=text, was=(index, number)) for number, text in enumerate(source.split("\n"))),
            cell_id=f"{chance.getrandbits(48):012x}",
            outputs=_outputs(chance) if kind == "code" else (),
            was=frozenset({index}),
        )
        for index, (kind, source) in enumerate(sources)
    )


def generated_version(chance: random.Random) -> tuple[Sketch, ...]:
    """A generated notebook of 15 to 60 cells."""
    return first_version(make_sources(chance, chance.randrange(15, 60)), chance)


def revise(
    old: tuple[Sketch, ...], share: float, chance: random.Random, kinds: Sequence[str] | None = None
) -> Revision:
    """Edit `share` of the cells, each by one kind, drawn from `kinds` (by default all of them)."""
    cells = list(old)
    chosen = [index for index in range(len(old)) if chance.random() < share]
    edited: dict[int, str] = {}
    for index in chosen:
        place = next((at for at, cell in enumerate(cells) if cell.was == {index}), None)
        kind = chance.choice(list(kinds or EDITS))
        if place is not None and len(cells) > 2:
            edited[index] = kind
            EDITS[kind](cells, place, chance)
    return Revision(old=old, new=tuple(cells), edited=edited)


def without_ids(revision: Revision) -> Revision:
    """The same with every id hidden."""
    old, new = (tuple(replace(cell, cell_id="") for cell in side) for side in (revision.old, revision.new))
    return replace(revision, old=old, new=new)


def _outputs(chance: random.Random) -> tuple[str, ...]:
    if chance.random() < 0.4:
        return ()
    return (f"epoch {chance.randrange(100)}: loss {chance.random():.4f}",)


def _edit_lines(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """One to three lines changed, put in or taken out."""
    lines = list(cells[at].lines)
    for _ in range(chance.randrange(1, 4)):
        spot = chance.randrange(len(lines))
        act = chance.random()
        if act < 0.6:
            lines[spot] = _edited(lines[spot], chance)
        elif act < 0.8:
            lines.insert(spot, _new_line(cells[at].kind, chance))
        elif len(lines) > 3:
            del lines[spot]
    cells[at] = replace(cells[at], lines=tuple(lines))


def _rewrite(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """Half of the lines written anew."""
    lines = [
        _new_line(cells[at].kind, chance) if chance.random() < 0.4 and len(cells[at].lines) > 2 else line
        for line in cells[at].lines
    ]
    cells[at] = replace(cells[at], lines=tuple(lines))


def _grow(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """A few lines more, at one place."""
    lines = list(cells[at].lines)
    spot = chance.randrange(len(lines) + 1)
    lines[spot:spot] = [_new_line(cells[at].kind, chance) for _ in range(chance.randrange(2, 7))]
    cells[at] = replace(cells[at], lines=tuple(lines))


def _rename(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """One name changed throughout the cell."""
    names = re.findall(r"\b[a-z_]{4,}\b", cells[at].source)
    if names:
        name = chance.choice(names)
        new_name = f"{name}_{chance.choice(['new', 'v2', 'net', 'list'])}"
        lines = []
        for line in cells[at].lines:
            text = re.sub(rf"\b{name}\b", new_name, line.text)
            lines.append(replace(line, text=text, is_edited=line.is_edited or text != line.text))
        cells[at] = replace(cells[at], lines=tuple(lines))


def _split(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """Two cells of one; the first keeps the id, the second the outputs."""
    cell = cells[at]
    if len(cell.lines) > 1:
        spot = chance.randrange(1, len(cell.lines))
        new_id = f"{chance.getrandbits(48):012x}"
        cells[at : at + 1] = [
            replace(cell, lines=cell.lines[:spot], outputs=()),
            replace(cell, lines=cell.lines[spot:], cell_id=new_id),
        ]


def _merge(cells: list[Sketch], at: int, _chance: random.Random) -> None:
    """One cell of two neighbours."""
    if at + 1 < len(cells) and cells[at].kind == cells[at + 1].kind:
        first, second = cells[at], cells[at + 1]
        cells[at : at + 2] = [
            replace(first, lines=(*first.lines, *second.lines), outputs=second.outputs, was=first.was | second.was)
        ]


def _move(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """The cell goes anywhere else."""
    cell = cells.pop(at)
    cells.insert(chance.randrange(len(cells) + 1), cell)


def _delete(cells: list[Sketch], at: int, _chance: random.Random) -> None:
    del cells[at]


def _insert(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """A new cell behind it: something new, or a near copy of a cell that is there."""
    cell = cells[at]
    source = new_text(chance) if cell.kind == "markdown" else new_code(chance)
    if cell.kind == "code" and chance.random() < 0.4 and len(cell.source) > 60:
        source = near_copy(cell.source, chance)
    lines = tuple(Line(text=text) for text in source.split("\n"))
    added = Sketch(kind=cell.kind, lines=lines, cell_id=f"{chance.getrandbits(48):012x}")
    cells.insert(at + 1, added)


def _swap(cells: list[Sketch], at: int, _chance: random.Random) -> None:
    """The cell changes places with the next one."""
    if at + 1 < len(cells):
        cells[at], cells[at + 1] = cells[at + 1], cells[at]


def _rerun(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """Run again: other outputs."""
    cells[at] = replace(cells[at], outputs=_outputs(chance) if cells[at].kind == "code" else ())


def _clear(cells: list[Sketch], at: int, _chance: random.Random) -> None:
    """Outputs cleared."""
    cells[at] = replace(cells[at], outputs=())


def _new_id(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """The editor gave it another id."""
    cells[at] = replace(cells[at], cell_id=f"{chance.getrandbits(48):012x}")


def _reword(cells: list[Sketch], at: int, chance: random.Random) -> None:
    """Some words of a text, or of the comments and strings of code, said otherwise."""
    words = ["the", "a", "we", "our", "paper", "results", "more", "better", "with", "because", "and", "model", "figure"]
    lines = []
    for line in cells[at].lines:
        parts = re.split(r"(\s+)", line.text)
        places = [place for place, part in enumerate(parts) if part.isalpha()]
        if places and chance.random() < 0.6:
            parts[chance.choice(places)] = chance.choice(words)
        text = "".join(parts)
        lines.append(replace(line, text=text, is_edited=line.is_edited or text != line.text))
    cells[at] = replace(cells[at], lines=tuple(lines))


EDITS: dict[str, Edit] = {
    "edit lines": _edit_lines,
    "rewrite 40 %": _rewrite,
    "grow": _grow,
    "rename": _rename,
    "reword": _reword,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "delete": _delete,
    "insert": _insert,
    "swap": _swap,
    "run again": _rerun,
    "clear outputs": _clear,
    "new id": _new_id,
}


def _edited(line: Line, chance: random.Random) -> Line:
    """A number, a name or an argument of the line changed."""
    text = line.text
    numbers = list(re.finditer(r"\d+", text))
    words = list(re.finditer(r"[A-Za-z_]{3,}", text))
    if numbers and chance.random() < 0.6:
        found = chance.choice(numbers)
        text = text[: found.start()] + str(chance.randrange(1, 1000)) + text[found.end() :]
    elif words:
        found = chance.choice(words)
        text = text[: found.start()] + chance.choice(["hidden", "scale", "config", "labels"]) + text[found.end() :]
    else:
        text += "  # see the paper"
    return replace(line, text=text, is_edited=line.is_edited or text != line.text)


def _new_line(kind: str, chance: random.Random) -> Line:
    source = new_text(chance) if kind == "markdown" else new_code(chance)
    return Line(text=chance.choice(source.split("\n")) or "x = x + 1")
