"""Notebooks on their way: how far the worker is, asked again by the page that waits; notebooks as other files."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import NotFound
from reviewhub.notebooks import NotebookRefused
from reviewhub.notebooks.orders import Wanted
from reviewhub.notebooks.preparations import Preparation
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.facts import project_facts
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.downloads import SEALED, attachment
from reviewhub.projects.pages.files import open_here, steps_to, workshop
from reviewhub.projects.preparing import NotebookSource, export_or_wait, look_again
from reviewhub.projects.reading import LATEST, NO_FILE, OpenVersion, find_entry
from reviewhub.projects.showing import notebook_source
from reviewhub.web import needs, render

MEDIA_TYPES = {Wanted.PYTHON: "text/x-python", Wanted.MARKDOWN: "text/markdown", Wanted.HTML: "text/html"}


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/preparing/<wanted>/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/preparing/<wanted>/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_preparing(course: str, key: str, version: int, wanted: str, path: str) -> ResponseReturnValue:
    """How far it is, for a page that waits; `seen` is the cell it shows, `stay` that it must not be loaded anew."""
    opened = open_here(course, key, version)
    sort = _wanted(wanted)
    why, waiting = "", None
    try:
        waiting = look_again(workshop(), _source(opened, path), sort)
    except NotebookRefused as refused:
        why = refused.message
    stays = sort is not Wanted.PAGE or request.args.get("stay") == "1"
    if waiting is None and not why and not stays:
        return Response(headers={"HX-Refresh": "true"})
    if waiting is not None and not waiting.is_late and request.args.get("seen") == f"{waiting.done}-{waiting.total}":
        return Response(status=204)
    names = {"course": course, "key": key, "version": version, "path": path}
    return render("projects/_preparing.html", **waiting_words(waiting, names, sort, stays=stays), why=why)


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/as/<wanted>/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/as/<wanted>/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def download_as(course: str, key: str, version: int, wanted: str, path: str) -> ResponseReturnValue:
    """The notebook as Python, Markdown or HTML, always as a download; a page that waits until it is made."""
    opened = open_here(course, key, version)
    sort = _wanted(wanted)
    if sort not in MEDIA_TYPES:
        raise NotFound(NO_FILE)
    why, found = "", None
    try:
        found = export_or_wait(workshop(), _source(opened, path), sort)
    except NotebookRefused as refused:
        why = refused.message
    if isinstance(found, bytes):
        name = path_at(path).rpartition("/")[2].rpartition(".")[0]
        headers = {"Content-Disposition": attachment(f"{name}.{sort}"), "Content-Security-Policy": SEALED}
        return Response(found, mimetype=MEDIA_TYPES[sort], headers=headers)
    names = {"course": course, "key": key, "version": version, "path": path}
    return render(
        "projects/preparing.html",
        **waiting_words(found, names, sort, stays=True),
        why=why,
        name=shown(path_at(path)),
        steps=steps_to(opened, path_at(path)),
    )


def waiting_words(waiting: Preparation | None, names: dict[str, Any], wanted: Wanted, *, stays: bool) -> dict[str, Any]:
    """What the waiting part of a page needs."""
    seen = f"{waiting.done}-{waiting.total}" if waiting else ""
    more: dict[str, Any] = {"stay": "1"} if stays else {}
    return {
        "waiting": waiting,
        "wanted": wanted.value,
        "poll_url": url_for("projects.show_preparing", wanted=wanted, seen=seen, **more, **names),
        "raw_url": url_for("projects.download_file", **names),
    }


def _wanted(word: str) -> Wanted:
    if word not in set(Wanted):
        raise NotFound(NO_FILE)
    return Wanted(word)


def _source(opened: OpenVersion, path: str) -> NotebookSource:
    source = notebook_source(opened, find_entry(opened, path_at(path)))
    if source is None:
        raise NotFound(NO_FILE)
    return source
