"""The history of a file or folder, and who wrote its lines."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.facts import project_facts
from reviewhub.projects.histories import read_blame, read_history
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.files import open_here, steps_to
from reviewhub.projects.reading import LATEST
from reviewhub.web import needs, render

COMMITS = 30
LINES = 4_000
MOST_FIRST = 1_000_000


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/history/")
@blueprint.get("/c/<course>/projects/<key>/latest/history/", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_whole_history(course: str, key: str, version: int) -> ResponseReturnValue:
    """The commits that changed the project, a page at a time."""
    return _history(course, key, version, "")


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/history/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/history/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_history(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """The commits that changed one file or folder, a page at a time."""
    return _history(course, key, version, path_at(path))


def _history(course: str, key: str, version: int, path: str) -> str:
    opened = open_here(course, key, version)
    first = min(max(0, request.args.get("from", 0, type=int)), MOST_FIRST)
    changes, has_more = read_history(opened, path, first=first, most=COMMITS)
    names = {"course": course, "key": key, "version": version}
    return render(
        "projects/history.html",
        opened=opened,
        names={**names, "path": address_of(path)} if path else names,
        endpoint="projects.show_history" if path else "projects.show_whole_history",
        steps=[*steps_to(opened, path), ("History", "")],
        name=shown(path),
        changes=changes,
        first=first,
        most=COMMITS,
        has_more=has_more,
    )


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/blame/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/blame/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_blame(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """Who wrote each line of a file, by the commits' own account."""
    opened = open_here(course, key, version)
    found = path_at(path)
    lines = read_blame(opened, found)
    steps = [*steps_to(opened, found), ("Who wrote what", "")]
    return render(
        "projects/blame.html",
        opened=opened,
        steps=steps,
        name=shown(found),
        lines=lines[:LINES] if lines is not None else None,
        is_cut=lines is not None and len(lines) > LINES,
    )
