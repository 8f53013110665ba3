"""What stands in an open file beside its places: findings, the finding form, the links that open it without scripts."""

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from reviewhub.notebooks import line_place
from reviewhub.projects.showing import ShownFile
from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.pages.suggested import written
from reviewhub.reviews.places import Place, PlaceKind

MARK = "reviews/_finding_mark.html"


class FindingMarks:
    """Makes the marks of one page: the template is set up once, not for each of hundreds of findings."""

    def __init__(self, desk: Desk, *, words: dict[str, Any], url: Callable[..., str]) -> None:
        """`words` names kinds and categories; `url` makes an address of the desk from a path and more."""
        module = current_app.jinja_env.get_template(MARK).make_module({"desk": desk, "words": words})
        self._mark: Callable[..., Markup] = module.finding_mark  # type: ignore[attr-defined]  # a macro of the template
        self._other: Callable[..., Markup] = module.other_place  # type: ignore[attr-defined]  # as above
        self._url = url
        names = {"course": desk.rows.course.slug, "review_id": desk.rows.review.id}
        self._base = url_for("reviews.show_review", **names)  # type: ignore[arg-type]  # Flask's names are Any

    def at(self, one: DeskFinding, position: int, path: str) -> Markup:
        """The finding at one of its places; the whole of it at the first, the way there at the others."""
        if position:
            return self._other(one, position, self._url(one.place.path or path, finding=one.finding.finding_id))
        return self.whole(one, path)

    def whole(self, one: DeskFinding, path: str) -> Markup:
        """The finding with its text and what can be done with it."""
        finding = one.finding
        text = written(finding.text, one.anchor.quoted if one.anchor else "")
        others = [
            (anchor.place, f"{self._url(anchor.place.path or path)}#{mark_place(anchor.place)}")
            for anchor in finding.anchors[1:]
        ]
        edit = self._url(path, edit=finding.finding_id) + "#finding-form"
        return self._mark(one, text, path, edit, f"{self._base}/findings/{finding.finding_id}", others)


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
