"""Files of version 1 on the desk: the tree, the links inside an open file, how it is run on one's own machine."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import url_for
from markupsafe import Markup

from reviewhub.accounts.rights import Facts
from reviewhub.courses.tables import Course
from reviewhub.github.objects import Kind, Objects
from reviewhub.notebooks import LinkMaker, render_markdown
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.links import VersionLinks
from reviewhub.projects.reading import OpenVersion, ShownFile
from reviewhub.projects.running import clone_command, run_command
from reviewhub.projects.tables import Snapshot
from reviewhub.projects.unpacking import objects_of_versions
from reviewhub.reviews.lookup import ReviewRows
from reviewhub.web import current_actor, ground, now, settings

FIRST_OPENED = ("main.ipynb", "demo.ipynb", "README.md", "readme.md")


class DeskLinks(VersionLinks):
    """Links inside an open file: other files open on the desk, pictures come from the project's pages."""

    def __init__(self, version: OpenVersion, review_id: str, path: str) -> None:
        """Stand in the folder of the file at `path` (an address) of this version."""
        super().__init__(
            version,
            path_at(path),
            make_url=url_for,
            viewer=current_actor().user_id or "",
            now=now(),
            content_url=settings().server.content_url,
            secret=ground().secret,
        )
        self._review_id = review_id

    def file(self, path: str) -> str | None:
        """The desk with that file open."""
        found = self._inside(path)
        if found is None:
            return None
        course = self._version.course.slug
        return url_for("reviews.show_review", course=course, review_id=self._review_id, path=address_of(found))


class NoLinks(LinkMaker):
    """For what people write: links to elsewhere stay, there are no files of ours to point at."""


@lru_cache(maxsize=1000)
def written(text: str) -> str:
    """Safe HTML of a text a person wrote."""
    return render_markdown(text, link=NoLinks())


def objects_in(course: Course, snapshots: Iterable[Snapshot]) -> Objects:
    """A reader of these versions of one project, and of the course's mirror where it is there."""
    return objects_of_versions(settings(), course, snapshots)


def version_of(rows: ReviewRows, facts: Facts) -> OpenVersion | None:
    """Version 1 of the reviewed project for this reader; None before it is frozen, and for a released reviewer."""
    if rows.snapshot is None or (rows.assignment.released_at is not None and not facts.is_staff):
        return None
    return OpenVersion(
        course=rows.course,
        project=rows.project,
        snapshot=rows.snapshot,
        objects=objects_in(rows.course, [rows.snapshot]),
        hides_names=names_are_hidden(rows.course, facts),
    )


def tree_items(
    version: OpenVersion, *, current: str, marks: Mapping[str, int], url: Callable[[str], str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of the file tree, and the addresses of all files in the same order."""
    items: list[dict[str, Any]] = []
    known: set[str] = set()
    paths = []
    for entry in sorted(version.listing().entries, key=lambda entry: _tree_order(entry.path)):
        folders = entry.path.split("/")[:-1]
        for depth in range(len(folders)):
            folder = "/".join(folders[: depth + 1])
            if folder not in known:
                known.add(folder)
                items.append({"label": shown(folders[depth]), "url": "", "depth": depth, "kind": "folder",
                              "current": False, "note": "", "mark": None})  # fmt: skip
        path = address_of(entry.path)
        paths.append(path)
        items.append({
            "label": shown(entry.name), "url": url(path), "depth": len(folders),
            "kind": "notebook" if entry.name.lower().endswith(".ipynb") else "file", "current": path == current,
            "note": "" if entry.kind is Kind.FILE else entry.kind.value, "mark": marks.get(path),
        })  # fmt: skip
    return items, paths


def first_path(paths: list[str]) -> str:
    """The file a reader wants to see first: the notebook, else the README, else the first."""
    for wanted in FIRST_OPENED:
        if wanted in paths:
            return wanted
    return next((path for path in paths if path.endswith(".ipynb")), paths[0] if paths else "")


def place_links(file: ShownFile, url: Callable[[str], str]) -> dict[str, Markup]:
    """A quiet link after each cell and output that opens the finding form there: the way that works without scripts."""
    marks: dict[str, Markup] = {}
    for cell in file.notebook.cells if file.notebook else ():
        marks[cell.place] = _link(url(cell.place), "Finding on this cell")
        for output in cell.outputs:
            marks[cell.place_of(output)] = _link(url(cell.place_of(output)), "Finding on this output")
    return marks


def ways_to_run(version: OpenVersion, paths: list[str]) -> dict[str, str]:
    """How to run version 1 on one's own machine: the archive, one command, and a clone where names may show."""
    names = {"course": version.course.slug, "key": version.project.key, "version": version.snapshot.version}
    remote = version.course.remote
    snapshot = version.snapshot
    return {
        "archive": url_for("projects.download_archive", **names),  # type: ignore[arg-type]  # Flask's names are Any
        "command": run_command(version.name, [path_at(path) for path in paths]),
        "clone": "" if version.hides_names or not remote else clone_command(remote, snapshot.commit, snapshot.folder),
    }


def file_urls(version: OpenVersion, file: ShownFile) -> dict[str, str]:
    """The addresses of an open file's picture and raw bytes."""
    names = {"course": version.course.slug, "key": version.project.key, "version": version.snapshot.version}
    picture = url_for("projects.show_kept", sha=file.picture, **names) if file.picture else ""  # type: ignore[arg-type]  # as above
    raw = url_for("projects.download_file", path=file.address, **names) if file.can_download else ""  # type: ignore[arg-type]  # as above
    return {"picture": picture, "raw": raw}


def _tree_order(path: str) -> list[tuple[int, str]]:
    """Files of a folder come before its folders, each by name: the notebook is never pushed out of sight."""
    parts = path.split("/")
    return [(1, part.casefold()) for part in parts[:-1]] + [(0, parts[-1].casefold())]


def _link(url: str, words: str) -> Markup:
    return Markup('<a class="place-link" href="{}">{}</a>').format(url, words)
