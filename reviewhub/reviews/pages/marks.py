"""What stands in an open file beside its places: the findings of a review."""

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.place_marks import mark_place
from reviewhub.reviews.suggested import written

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
