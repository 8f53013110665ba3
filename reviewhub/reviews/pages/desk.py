"""The review desk: the tree, one open file with the findings in place, and everything to write beside it."""

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, NotFound
from reviewhub.notebooks import line_place
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.reading import OpenVersion, ShownFile, find_entry, read_shown_file, render_cache
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.desk import Desk, DeskFinding, load_desk
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.forms import answer_of, answer_words, choices_of, shown_rows
from reviewhub.reviews.kinds import KIND_WORDS, SEVERITY_HINTS
from reviewhub.reviews.pages.files import (
    DeskLinks,
    file_urls,
    first_path,
    place_links,
    tree_items,
    version_of,
    ways_to_run,
    written,
)
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.places import Anchor, Place, PlaceKind, read_place
from reviewhub.web import current_facts, is_partial, needs, now, reading, render, settings

VIEWED_AS_SOURCE = "source"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed and could not be saved: it goes back into the form, with the reason."""

    refused: str
    status: int
    place: str = ""
    finding_id: str = ""
    words: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    summary: str | None = None


@blueprint.get("/c/<course>/reviews/<review_id>")
@needs(Action.READ_REVIEW, review_facts)
def show_review(course: str, review_id: str) -> ResponseReturnValue:
    """The desk. `path` is the open file, `place` where the finding form stands, `edit` the finding being edited."""
    if is_partial() and request.args.get("place"):
        return _form_only(course, review_id)
    return desk_page(course, review_id)


def desk_page(course: str, review_id: str, typed: Typed | None = None) -> ResponseReturnValue:
    """The whole page; `typed` puts back what could not be saved."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
    version = version_of(desk.rows, current_facts())
    page = _page(desk, version, typed)
    return render("reviews/desk.html", **page), (typed.status if typed else 200)


def _page(desk: Desk, version: OpenVersion | None, typed: Typed | None) -> dict[str, Any]:
    course, review_id = desk.rows.course.slug, desk.rows.review.id

    def here(path: str, **more: str) -> str:
        return url_for("reviews.show_review", course=course, review_id=review_id, path=path, **more)  # type: ignore[arg-type]  # Flask's names are Any

    def url_of(one: DeskFinding) -> str:
        address = here(one.place.path or page["path"], finding=one.finding.finding_id)
        return f"{address}#finding-{one.finding.number}"

    page: dict[str, Any] = (
        {
            "desk": desk,
            "typed": typed,
            "words": vocabulary(desk),
            "asked": request.values.get("finding", ""),
            "hides_developers": names_are_hidden(desk.rows.course, current_facts()),
            "url_of": url_of,
            "written": written,
            "shown_path": lambda path: shown(path_at(path)),
            "answer_of": answer_of,
            "answer_words": answer_words,
            "choices_of": choices_of,
            "shown_rows": shown_rows,
        }
        | dict.fromkeys(("path", "no_place"), "")
        | dict.fromkeys(("file", "form_place", "editing", "runs"))
    )
    page |= {"tree": [], "marks": {}}
    if version is None:
        return page
    items, paths = tree_items(version, current="", marks=desk.in_files(), url=here)
    page["path"] = path = _wanted_path(desk) or first_path(paths)
    page["tree"] = [item | {"current": bool(item["url"]) and item["url"] == here(path)} for item in items]
    page["runs"] = ways_to_run(version, paths)
    edited = typed.finding_id if typed and typed.finding_id else request.values.get("edit", "")
    page["editing"] = next((one for one in desk.findings if one.finding.finding_id == edited), None)
    try:
        page["form_place"] = None if page["editing"] else _asked_place(desk, version, path, typed)
    except BadInput as outside:
        page["no_place"] = outside.message
    if path:
        page["file"] = file = open_file(version, review_id, path, as_source=_as_source(page["form_place"]))
        page["file_urls"] = file_urls(version, file)
        page["marks"] = _marks(page, file, lambda place: here(path, place=place) + "#finding-form")
    return page


def open_file(version: OpenVersion, review_id: str, path: str, *, as_source: bool) -> ShownFile:
    """The open file in the form its kind asks for."""
    return read_shown_file(
        version,
        path_at(path),
        cache=render_cache(settings().files.objects),
        link=DeskLinks(version, review_id, path),
        as_source=as_source or request.args.get("view") == VIEWED_AS_SOURCE,
    )


def vocabulary(desk: Desk) -> dict[str, Any]:
    """The choices of the finding form."""
    rubric = desk.rows.course.policy.rubric
    return {
        "kinds": list(KIND_WORDS.items()),
        "severities": list(SEVERITY_HINTS.items()),
        "categories": [("", "None in particular"), *((row.key, row.title) for row in rubric)],
        "kind": KIND_WORDS,
        "category": {row.key: row.title for row in rubric},
    }


def _wanted_path(desk: Desk) -> str:
    """The file to open: the one asked for, else the one of the finding asked for."""
    wanted = request.values.get("finding") or request.values.get("edit")
    one = next((one for one in desk.findings if one.finding.finding_id == wanted), None)
    return request.values.get("path", "") or (one.place.path if one else "")


def _asked_place(desk: Desk, version: OpenVersion, path: str, typed: Typed | None) -> Anchor | None:
    """The place the finding form is asked for, with the text there; None when it is not asked for.

    BadInput, with the sentence for the reader, when it lies outside the file; NotFound for a file they may not see.
    """
    token = typed.place if typed else request.args.get("place", "")
    first = "" if typed else request.args.get("first", "")
    if not desk.is_writable or not (token or first):
        return None
    if first:
        token = f"{token + '-' if token else ''}L{first}-L{request.args.get('last') or first}"
    place = read_place(token, path)
    if place.path:
        find_entry(version, path_at(place.path))
    content = None if place.kind is PlaceKind.PROJECT else content_at(version.objects, version.snapshot.tree, path)
    return drop_anchor(place, content)


def _as_source(anchor: Anchor | None) -> bool:
    return anchor is not None and anchor.place.kind is PlaceKind.LINES


def _marks(page: dict[str, Any], file: ShownFile, url: Any) -> dict[str, Markup]:
    """What stands after each place: its findings, the finding form, and the link to write one there."""
    desk: Desk = page["desk"]
    links = place_links(file, url) if desk.is_writable else {}
    shown_here: dict[str, list[Markup]] = {}
    for one in desk.on_path(page["path"]):
        shown_here.setdefault(mark_place(one.place), []).append(_mark(page, one))
    anchor: Anchor | None = page["form_place"]
    if anchor is not None:
        form = Markup(render("reviews/_finding_form.html", **page, anchor=anchor))  # noqa: S704 - a template of ours
        shown_here.setdefault(mark_place(anchor.place), []).append(form)
    for place, link in links.items():
        shown_here.setdefault(place, []).append(link)
    return {place: Markup().join(parts) for place, parts in shown_here.items()}


def _mark(page: dict[str, Any], one: DeskFinding) -> Markup:
    editing = page["editing"]
    if editing is not None and editing.finding.finding_id == one.finding.finding_id:
        return Markup(render("reviews/_finding_form.html", **page, anchor=one.anchor))  # noqa: S704 - a template of ours
    return Markup(render("reviews/_finding_mark.html", **page, one=one))  # noqa: S704 - a template of ours


def mark_place(place: Place) -> str:
    """The element a mark stands after: the last line of a range, the cell, the output; "" for file and project."""
    if place.kind in {PlaceKind.LINES, PlaceKind.CELL_LINES}:
        return line_place(place.last_line or 1, place.cell)
    return place.token if place.kind in {PlaceKind.CELL, PlaceKind.OUTPUT} else ""


def _form_only(course: str, review_id: str) -> ResponseReturnValue:
    """The finding form alone, for the place that was clicked."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
    version = version_of(desk.rows, current_facts())
    path = request.args.get("path", "")
    anchor = _asked_place(desk, version, path, None) if version else None
    if anchor is None:
        raise NotFound("There is no such place in this file.")
    return render(
        "reviews/_finding_form.html", desk=desk, words=vocabulary(desk), anchor=anchor, path=path, editing=None,
        typed=None, shown_path=lambda name: shown(path_at(name)),
    )  # fmt: skip
