"""The files of a frozen version: folders, one file in the form of its kind."""

from typing import Any
from urllib.parse import quote

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.github.objects import Kind
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.facts import project_facts
from reviewhub.projects.links import VersionLinks
from reviewhub.projects.pages import blueprint
from reviewhub.projects.preparing import Workshop
from reviewhub.projects.reading import (
    LATEST,
    OpenVersion,
    find_entry,
    open_version,
    read_folder,
    readme_of,
)
from reviewhub.projects.running import clone_command, run_command
from reviewhub.projects.showing import read_shown_file, workshop_of
from reviewhub.web import current_actor, current_facts, ground, link_ground, needs, now, reading, render, settings

TREE_FILES = 400


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/files/")
@blueprint.get("/c/<course>/projects/<key>/latest/files/", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_files(course: str, key: str, version: int) -> ResponseReturnValue:
    """The folder of the project as it was frozen."""
    return _folder_page(open_here(course, key, version), "")


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/files/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/files/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_file(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """One file of a frozen version, or one of its folders."""
    opened = open_here(course, key, version)
    found = path_at(path)
    if find_entry(opened, found).kind is Kind.FOLDER:
        return _folder_page(opened, found)
    as_source = request.args.get("as") == "source"
    file = read_shown_file(opened, found, workshop=workshop(), link=links_from(opened, found), as_source=as_source)
    return render(
        "projects/file.html", **_frame(opened, found), file=file, as_source=as_source, tree=_tree(opened, found)
    )


def open_here(course: str, key: str, version: int) -> OpenVersion:
    """Open the version that the address names, for whoever asks."""
    with reading() as session:
        return open_version(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            version=version,
            settings=settings(),
            facts=current_facts(),
        )


def links_from(opened: OpenVersion, path: str) -> VersionLinks:
    """The links of one file for whoever asks."""
    return VersionLinks(opened, path, **link_ground())


def workshop() -> Workshop:
    """Where these pages ask for notebooks."""
    return workshop_of(settings(), ground().database)


def _folder_page(opened: OpenVersion, folder: str) -> str:
    rows = read_folder(opened, folder)
    readme = readme_of(rows)
    shown_readme = None
    if readme is not None:
        path = path_at(readme.address)
        shown_readme = read_shown_file(opened, path, workshop=workshop(), link=links_from(opened, path))
    return render("projects/folder.html", **_frame(opened, folder), rows=rows, readme=shown_readme)


def steps_to(opened: OpenVersion, path: str) -> list[tuple[str, str]]:
    """The way from the list of projects to a path of a version, as (name, address)."""
    names: dict[str, Any] = {
        "course": opened.course.slug,
        "key": opened.project.key,
        "version": opened.snapshot.version,
    }
    parts = path.split("/") if path else []
    return [
        ("Projects", url_for("projects.show_projects", course=opened.course.slug)),
        (opened.project.key, url_for("projects.show_project", course=opened.course.slug, key=opened.project.key)),
        (opened.title, url_for("projects.show_files", **names)),
        *(
            (shown(part), url_for("projects.show_file", path=address_of("/".join(parts[: count + 1])), **names))
            for count, part in enumerate(parts)
        ),
    ]


def _frame(opened: OpenVersion, path: str) -> dict[str, Any]:
    """What every page of files shows: where it is, and how to run the version."""
    names: dict[str, Any] = {
        "course": opened.course.slug,
        "key": opened.project.key,
        "version": opened.snapshot.version,
    }
    remote = opened.course.remote
    leads_there = remote.startswith(("https://", "ssh://", "git@")) and not opened.hides_names
    return {
        "names": names,
        "opened": opened,
        "tells_authors": not opened.hides_names,
        "address": address_of(path) if path else "",
        "snapshot": opened.snapshot,
        "project": opened.project,
        "path_shown": shown(path),
        "may_read_receipt": allows(Action.READ_RECEIPT, current_facts()),
        "steps": steps_to(opened, path),
        "run_command": run_command(opened.name, (entry.path for entry in opened.listing().entries)),
        "clone_command": clone_command(remote, opened.snapshot.commit, opened.snapshot.folder) if leads_there else "",
    }


def _tree(opened: OpenVersion, current: str) -> list[dict[str, Any]]:
    """The files beside the one that is open: all of a small project, else the folder it lies in."""
    top = url_for(
        "projects.show_files", course=opened.course.slug, key=opened.project.key, version=opened.snapshot.version
    )
    entries = opened.listing().entries
    if len(entries) > TREE_FILES:
        folder = current.rpartition("/")[0]
        entries = tuple(entry for entry in entries if entry.path.rpartition("/")[0] == folder)[:TREE_FILES]
    items: list[dict[str, Any]] = []
    open_folders: list[str] = []
    for entry in entries:
        *folders, name = entry.path.split("/")
        same = next((n for n, (a, b) in enumerate(zip(open_folders, folders, strict=False)) if a != b), None)
        level = min(len(open_folders), len(folders)) if same is None else same
        for depth in range(level, len(folders)):
            url = top + _in_address("/".join(folders[: depth + 1]))
            items.append({"label": shown(folders[depth]), "url": url, "depth": depth, "kind": "folder"})
        open_folders = folders
        items.append(
            {
                "label": shown(name),
                "url": top + _in_address(entry.path),
                "depth": len(folders),
                "kind": "notebook" if name.lower().endswith(".ipynb") else "file",
                "current": entry.path == current,
            }
        )
    return items


def _in_address(path: str) -> str:
    """What stands for a path at the end of an address: what `url_for` writes, for hundreds of files at once."""
    return quote(address_of(path), safe="!$&'()*+,/:;=@")
