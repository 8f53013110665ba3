"""Where else a place may be in the next version: the likest lines, cells or outputs, for a person to choose from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from reviewhub.reviews.places import Content, Notebook, Place, PlaceKind, Text

MOST = 4
LEAST_ALIKE = 0.35
LONGEST_COMPARED = 2000
MOST_COMPARED = 4000
"""Candidates that are looked at: of a very long file the beginning."""
SHOWN = 90


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A place that may be the one, how alike it is (0 … 1), and how it begins."""

    place: Place
    alike: float
    text: str


def guess_places(
    then: Place, old: Content | None, new: Content | None, *, path: str, found: Place | None
) -> list[Guess]:
    """The likest places of the file at `path` other than `found`, the likest first and none inside another."""
    wanted = _text_at(then, old)
    if not wanted.strip() or new is None:
        return []
    candidates = [one for one in _candidates(then, new, path) if found is None or not _overlap(one[0], found)]
    candidates = candidates[:MOST_COMPARED]
    if not candidates:
        return []
    scores = cdist(
        [_tidy(wanted)], [_tidy(text) for _, text in candidates], scorer=Indel.normalized_similarity,
        score_cutoff=LEAST_ALIKE,
    )[0]  # fmt: skip
    scored = sorted(zip(scores, range(len(candidates)), strict=True), key=lambda one: (-one[0], one[1]))
    chosen: list[Guess] = []
    for score, index in scored:
        place, text = candidates[index]
        if score and len(chosen) < MOST and not any(_overlap(place, one.place) for one in chosen):
            chosen.append(Guess(place=place, alike=float(score), text=_beginning(text)))
    return chosen


def _candidates(then: Place, new: Content, path: str) -> Iterator[tuple[Place, str]]:
    size = 1 + (then.last_line or 1) - (then.first_line or 1)
    if then.kind is PlaceKind.LINES and isinstance(new, Text):
        for first, text in _windows(new.lines, size):
            yield Place(kind=PlaceKind.LINES, path=path, first_line=first, last_line=first + size - 1), text
    for index, cell in enumerate(new.cells if isinstance(new, Notebook) else ()):
        if then.kind is PlaceKind.CELL:
            yield Place(kind=PlaceKind.CELL, path=path, cell=index), cell.source
        if then.kind is PlaceKind.OUTPUT:
            for number, text in enumerate(cell.outputs):
                yield Place(kind=PlaceKind.OUTPUT, path=path, cell=index, output=number), text
        if then.kind is PlaceKind.CELL_LINES:
            for first, text in _windows(cell.source.split("\n"), size):
                last = first + size - 1
                yield Place(kind=PlaceKind.CELL_LINES, path=path, cell=index, first_line=first, last_line=last), text


def _windows(lines: Sequence[str], size: int) -> Iterable[tuple[int, str]]:
    """Every run of so many lines that begins with a word, numbered from 1."""
    starts = range(len(lines) - size + 1)
    return ((start + 1, "\n".join(lines[start : start + size])) for start in starts if lines[start].strip())


def _text_at(place: Place, content: Content | None) -> str:
    if isinstance(content, Text) and place.kind is PlaceKind.LINES:
        return "\n".join(content.lines[(place.first_line or 1) - 1 : place.last_line])
    if not isinstance(content, Notebook) or place.cell is None or place.cell >= len(content.cells):
        return ""
    cell = content.cells[place.cell]
    if place.kind is PlaceKind.OUTPUT:
        return cell.outputs[place.output] if place.output is not None and place.output < len(cell.outputs) else ""
    return "\n".join(cell.source.split("\n")[(place.first_line or 1) - 1 : place.last_line])


def _overlap(one: Place, other: Place) -> bool:
    if (one.path, one.cell, one.output) != (other.path, other.cell, other.output):
        return False
    if one.first_line is None or other.first_line is None:
        return True
    return one.first_line <= (other.last_line or 0) and other.first_line <= (one.last_line or 0)


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))[:LONGEST_COMPARED]


def _beginning(text: str) -> str:
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line[: SHOWN - 1] + "…" if len(line) > SHOWN else line
