"""A finding's place in version 1 beside its place in version 2, as it stands in the files: lines, a cell, an output.

The same tables, cells and pictures as on the pages that compare versions, cut down to the place and a little around
it. Ids carry a mark of the finding, for one page shows many places.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewhub.errors import NotFound
from reviewhub.github.comparing import Difference
from reviewhub.github.objects import Entry
from reviewhub.notebooks import NotebookRefused, RenderedNotebook
from reviewhub.notebooks.beside import AROUND, Lines, difference_table
from reviewhub.notebooks.choice import NEW, OLD, Choice, FoldLinks, compared_place, lines_token
from reviewhub.notebooks.compared_cells import ComparedCells, ShownCell, visible_source
from reviewhub.notebooks.compared_outputs import OutputFold
from reviewhub.notebooks.comparing import CellPair, NotebookComparison, compare_pair
from reviewhub.notebooks.differences import LinePair, TextDifference, diff_texts
from reviewhub.notebooks.rendering import render_code
from reviewhub.projects.addresses import path_at
from reviewhub.projects.compared_files import FileComparison, Form, compare_entries
from reviewhub.projects.comparing import Comparison
from reviewhub.projects.reading import OpenVersion, names_developers
from reviewhub.reviews.anchors import Carried
from reviewhub.reviews.places import Place, PlaceKind

MOST_LINES = 120
"""Lines of one place that are shown; of a longer one its beginning."""
_ID = re.compile(r'(<a(?: class="chosen")? id=")((?:old|new)-[^"<>]*)(" href="#)\2"')

Renderer = Callable[[OpenVersion, Entry], RenderedNotebook | None]
"""The rendered notebook of a version; None where it is still being prepared, or there is none."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A place in both versions: a `table` of lines, a `cell`, or the `pictures` of a whole file (old, new).

    `why` says why there is none of them.
    """

    table: str = ""
    cell: ShownCell | None = None
    pictures: tuple[Entry | None, Entry | None] | None = None
    why: str = ""
    is_prepared: bool = True


def show_beside(
    comparison: Comparison, then: Place, carried: Carried, *, render: Renderer, mark: str, links: FoldLinks
) -> Beside:
    """The place `then` of the old version beside where it was carried to. `mark` makes its ids the page's only ones.

    `links` lead to the page that compares the whole file: there is what is folded here.
    """
    now = carried.place or carried.near
    try:
        found = compare_entries(comparison, _difference(comparison, then, now), reads_same=True)
    except (NotFound, NotebookRefused) as refused:
        return Beside(why=refused.message)
    if found.form is Form.LINES and then.kind is PlaceKind.LINES:
        return Beside(table=_marked(_lines(found, then, carried.place, links), mark))
    if found.form is Form.CELLS and found.cells is not None and then.cell is not None:
        return _cell(comparison, found, then, carried.place, render, links, mark)
    if found.form is Form.PICTURES:
        return Beside(pictures=(found.difference.old, found.difference.new))
    return Beside(why=found.why or _words(found))


def _words(found: FileComparison) -> str:
    """How much of a whole file changed, in a sentence."""
    if found.cells is not None:
        counts = ("changed", found.cells.changed), ("new", found.cells.added), ("removed", found.cells.removed)
        told = ", ".join(f"{count:,} {word}" for word, count in counts if count)
        return f"Of its cells: {told}." if told else "None of its cells changed."
    difference = diff_texts(found.old_text, found.new_text)
    return f"{difference.added:,} lines came and {difference.removed:,} went."


def _difference(comparison: Comparison, then: Place, now: Place | None) -> Difference:
    old = _entry(comparison.old, comparison, path_at(then.path))
    return Difference(old=old, new=_entry(comparison.new, comparison, path_at(now.path)) if now else None)


def _entry(version: OpenVersion, comparison: Comparison, path: str) -> Entry | None:
    entry = comparison.objects.entry(version.snapshot.tree, path)
    if entry is None or (version.hides_names and names_developers(path)):
        return None
    return comparison.objects.with_sizes([entry])[0]


# ---- lines


def _lines(found: FileComparison, then: Place, now: Place | None, links: FoldLinks) -> str:
    """Both places with some lines around, whatever stands between them in their files; gone lines with what came."""
    texts = [visible_source(text) for text in (found.old_text, found.new_text)]
    entries = found.difference.old or found.difference.new, found.difference.new or found.difference.old
    sides = [
        Lines(html=render_code(text, name=entry.name if entry else "").lines if text else (), prefix=f"{side}-")
        for text, entry, side in zip(texts, entries, (OLD, NEW), strict=True)
    ]
    places = [f"{OLD}-{_cut(then).token}"]
    if now is None:
        difference = diff_texts(*texts)
    else:
        places.append(f"{NEW}-{_cut(now).token}")
        difference = _windows(texts[0].split("\n"), texts[1].split("\n"), _cut(then), _cut(now))
    return difference_table(difference, sides[0], sides[1], Choice(places=tuple(places), links=links))


def _windows(old: list[str], new: list[str], then: Place, now: Place) -> TextDifference:
    """The lines of two places and those around them against each other, numbered as in their files."""
    (low, high), (new_low, new_high) = _window(then, len(old)), _window(now, len(new))
    found = diff_texts("\n".join(old[low:high]), "\n".join(new[new_low:new_high]))
    pairs = tuple(_shifted(pair, low, new_low) for pair in found.pairs)
    return replace(found, pairs=pairs)


def _window(place: Place, length: int) -> tuple[int, int]:
    first, last = place.first_line or 1, place.last_line or place.first_line or 1
    return max(0, first - 1 - AROUND), min(length, last + AROUND)


def _shifted(pair: LinePair, old: int, new: int) -> LinePair:
    return replace(
        pair,
        old=None if pair.old is None else pair.old + old,
        new=None if pair.new is None else pair.new + new,
    )


def _cut(place: Place) -> Place:
    """The place, or its beginning where it is very long."""
    if place.first_line is None or place.last_line is None:
        return place
    return replace(place, last_line=min(place.last_line, place.first_line + MOST_LINES - 1))


# ---- cells


def _cell(
    comparison: Comparison,
    found: FileComparison,
    then: Place,
    now: Place | None,
    render: Renderer,
    links: FoldLinks,
    mark: str,
) -> Beside:
    pair = _pair(found.cells, then, now)
    if pair is None:
        return Beside(why="The cell cannot be found.")
    sides = [
        render(version, entry) if entry is not None else None
        for version, entry in ((comparison.old, found.difference.old), (comparison.new, found.difference.new))
    ]
    books = [one for one in sides if one is not None]
    cells = ComparedCells(
        comparison=NotebookComparison(pairs=(pair,), added=0, removed=0, changed=0, moved=0, noise_only=0),
        old=sides[0].cells if sides[0] else (),
        new=sides[1].cells if sides[1] else (),
        language=books[-1].language if books else "",
        choice=_choice(pair, then, now, links),
    )
    shown = next((one for one in cells.all() if isinstance(one, ShownCell)), None)
    are_there = sum(one is not None for one in (found.difference.old, found.difference.new))
    return Beside(cell=_only(shown, then, mark) if shown else None, is_prepared=len(books) == are_there)


def _pair(cells: NotebookComparison | None, then: Place, now: Place | None) -> CellPair | None:
    """The old cell beside the new one, as they are paired already or as a person says; alone where it is gone."""
    pairs = cells.pairs if cells else ()
    old = next((one for one in pairs if one.old is not None and one.old.index == then.cell), None)
    if old is None or now is None or now.cell is None or (old.new is not None and old.new.index == now.cell):
        return old
    new = next((one.new for one in pairs if one.new is not None and one.new.index == now.cell), None)
    if new is None or old.old is None:
        return old
    return compare_pair(old.old, new, None, has_moved=True)


def _choice(pair: CellPair, then: Place, now: Place | None, links: FoldLinks) -> Choice:
    """The cell as a whole, or only the lines or the output it is about; its ids as the compared cell has them."""
    places = [f"{OLD}-{_cut(then).token}", compared_place(OLD, then.cell or 0) if now is None else ""]
    opened = ""
    if now is not None:
        places.append(f"{NEW}-{_cut(now).token}")
    if then.kind is PlaceKind.CELL and pair.new is not None and len(pair.new.source.split("\n")) <= MOST_LINES:
        opened = lines_token(f"{compared_place(NEW, pair.new.index)}-", 1, MOST_LINES)
    return Choice(places=tuple(filter(None, places)), opened=frozenset({opened} - {""}), links=links)


def _only(shown: ShownCell, then: Place, mark: str) -> ShownCell:
    """The cell without what did not change beside the place, its ids marked."""
    outputs = [one for one in shown.outputs if not isinstance(one, OutputFold)]
    source = shown.source
    if then.kind is PlaceKind.OUTPUT:
        source = source if shown.pair.source_changed else ""
        wanted = f"{OLD}-{then.token}"
        about = [one for one in outputs if one.old_place == wanted]
        outputs = about or outputs
    return replace(
        shown,
        source=_marked(source, mark),
        old_place=_with(shown.old_place, mark),
        new_place=_with(shown.new_place, mark),
        outputs=tuple(
            replace(
                one,
                token=_with(one.token, mark),
                old_place=_with(one.old_place, mark),
                new_place=_with(one.new_place, mark),
                difference=_marked(one.difference, mark),
            )
            for one in outputs
        ),
    )


def _with(place: str, mark: str) -> str:
    return f"{mark}-{place}" if place else ""


def _marked(table: str, mark: str) -> str:
    """A table with the mark before each of its ids; text in it cannot be mistaken for one, for it is escaped."""
    return _ID.sub(rf'\g<1>{mark}-\g<2>\g<3>{mark}-\g<2>"', table)
