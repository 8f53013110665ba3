"""What stands beside the places of an open file while it is graded: findings, mistakes, the box that records one."""

from collections.abc import Callable, Iterable

from flask import current_app, url_for
from markupsafe import Markup

from reviewhub.grades.marked import Marked, MarkedVersion
from reviewhub.reviews.place_marks import mark_place
from reviewhub.reviews.places import Place
from reviewhub.reviews.suggested import written

MARK = "grades/_reading_mark.html"


class ReadingMarks:
    """Makes the marks of one page: the template is set up once, not for each of hundreds of findings."""

    def __init__(self, course: str, key: str, at_file: Callable[..., str]) -> None:
        """`at_file` makes addresses of the page from a path."""
        module = current_app.jinja_env.get_template(MARK).module
        self._mark: Callable[..., Markup] = module.reading_mark  # type: ignore[attr-defined]  # a macro of the template
        self._other: Callable[..., Markup] = module.other_place  # type: ignore[attr-defined]  # as above
        self._desk = url_for("grades.show_desk", course=course, key=key)
        self._at_file = at_file

    def at(self, one: Marked, position: int) -> Markup:
        """What it is at one of its places; the whole of it at the first, the way there at the others."""
        if position:
            return self._other(one, one.places[position], f"{self._at_file(one.place.path)}#finding-{one.row.item}")
        return self.whole(one)

    def whole(self, one: Marked) -> Markup:
        """It with its words and the way to the desk."""
        html = written(one.text, one.places[0].quoted) if one.text else ""
        return self._mark(one, html, f"{self._desk}?item={one.row.item}#hand")

    def on_file(self, marked: MarkedVersion, path: str, prefix: str = "") -> dict[str, list[Markup]]:
        """The id of a place in the file, with the prefix of its side → what stands after it; "" for the file itself."""
        found: dict[str, list[Markup]] = {}
        for one, position in marked.on_path(path):
            found.setdefault(self.after(one.places[position].place, prefix), []).append(self.at(one, position))
        return found

    @staticmethod
    def after(place: Place, prefix: str = "") -> str:
        """The id of what a mark stands after; "" for the file and the project."""
        name = mark_place(place)
        return f"{prefix}{name}" if name else ""


def joined(marks: dict[str, list[Markup]], *more: Iterable[tuple[str, Markup]]) -> dict[str, Markup]:
    """The marks of a page, with more of them at their places."""
    for pairs in more:
        for name, mark in pairs:
            marks.setdefault(name, []).append(mark)
    return {name: Markup().join(parts) for name, parts in marks.items()}
