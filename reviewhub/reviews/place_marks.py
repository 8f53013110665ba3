"""Where marks stand in an open file, and the quiet links that open a form there without scripts."""

from collections.abc import Callable

from markupsafe import Markup

from reviewhub.notebooks import line_place
from reviewhub.projects.showing import ShownFile
from reviewhub.reviews.places import Place, PlaceKind


def place_links(file: ShownFile, url: Callable[[str], str], what: str = "Finding") -> dict[str, Markup]:
    """A quiet link after each cell and output that opens the form there: the way that works without scripts."""
    marks: dict[str, Markup] = {}
    for cell in file.notebook.cells if file.notebook else ():
        marks[cell.place] = _link(url(cell.place), f"{what} on this cell")
        for output in cell.outputs:
            marks[cell.place_of(output)] = _link(url(cell.place_of(output)), f"{what} on this output")
    return marks


def mark_place(place: Place) -> str:
    """The element a mark stands after: the last line of a range, the cell, the output; "" for file and project."""
    if place.kind in {PlaceKind.LINES, PlaceKind.CELL_LINES}:
        return line_place(place.last_line or 1, place.cell)
    return place.token if place.kind in {PlaceKind.CELL, PlaceKind.OUTPUT} else ""


def _link(url: str, words: str) -> Markup:
    return Markup('<a class="place-link" href="{}">{}</a>').format(url, words)
