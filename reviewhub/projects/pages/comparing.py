"""Version 1 beside version 2: the files that differ, and one of them by lines, cells or pictures."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.errors import NotFound
from reviewhub.github.comparing import Difference
from reviewhub.github.objects import Entry
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.comparing import Comparison, compare_versions, list_files
from reviewhub.projects.difference_reading import Asked, DifferenceReader
from reviewhub.projects.facts import project_facts
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.files import links_from, workshop
from reviewhub.projects.reading import LATEST, READS, OpenVersion
from reviewhub.web import current_actor, current_facts, needs, now, reading, render, settings

MOST_IN_TREE = 400
PAIRS = {("1", "2"): (1, 2), ("1", "latest"): (1, LATEST), ("2", "latest"): (2, LATEST)}
KEPT = ("view", "whitespace", "as")
"""What of an address goes on to the next file, beside the versions."""


@blueprint.get("/c/<course>/projects/<key>/compare/")
@needs(Action.SEE_PROJECT, project_facts)
def show_comparison(course: str, key: str) -> ResponseReturnValue:
    """The files that differ between two versions."""
    comparison = _compare(course, key)
    wanted = request.args.get("name", "").strip()[:200]
    files = list_files(comparison)
    found = [one for one in files if wanted.casefold() in shown(one.difference.path).casefold()]
    return render(
        "projects/compare.html",
        slug=course,
        comparison=comparison,
        files=files,
        found=found,
        wanted=wanted,
        file_url=lambda one: _file_url(comparison, one),
        pair=_pair_of(comparison),
        others=_others(comparison),
        shown=shown,
    )


@blueprint.get("/c/<course>/projects/<key>/compare/<path:path>")
@needs(Action.SEE_PROJECT, project_facts)
def show_difference(course: str, key: str, path: str) -> ResponseReturnValue:
    """One file of two versions, by lines, cells or pictures; with `part`, what one fold of the page hides."""
    comparison = _compare(course, key)
    asked = Asked(
        address=url_for("projects.show_difference", course=course, key=key, path=path),
        pairs=tuple(request.args.items(multi=True)),
    )
    read = DifferenceReader(comparison, asked, workshop=workshop(), links=links_from)
    if part := request.args.get("part", ""):
        return render("notebooks/_compared_part.html", **read.part(path_at(path), part[:80]))
    found = read.whole(path_at(path))
    difference = found["file"].difference
    return render(
        "projects/difference.html",
        slug=course,
        comparison=comparison,
        pair=_pair_of(comparison),
        tree=_tree(comparison, difference),
        side_url=_side_url,
        shown=shown,
        **_neighbours(comparison, difference),
        **found,
    )


def _side_url(version: OpenVersion, entry: Entry, endpoint: str = "projects.show_file") -> str:
    """The page of a file in one of the versions, or its picture."""
    names: dict[str, Any] = {"course": version.course.slug, "key": version.project.key}
    return url_for(endpoint, version=version.snapshot.version, path=address_of(entry.path), **names)


def _compare(course: str, key: str) -> Comparison:
    chosen = request.args.get("from", "1"), request.args.get("to", "2")
    if chosen not in PAIRS:
        raise NotFound("These are no two versions of a project that can be compared.")
    old, new = PAIRS[chosen]
    with reading() as session:
        return compare_versions(
            session, actor=current_actor(), now=now(), course=course, key=key, settings=settings(), old=old, new=new
        )


def _others(comparison: Comparison) -> list[tuple[str, str, bool]]:
    """Which versions can be compared by this reader: label, address, and whether it is this page."""
    facts = current_facts()
    are_there = {1: facts.version_1_frozen, 2: facts.version_2_frozen, LATEST: True}
    here = comparison.old.snapshot.version, comparison.new.snapshot.version
    found = []
    for (old, new), versions in PAIRS.items():
        if all(are_there[one] and allows(READS[one], facts) for one in versions):
            label = " → ".join("Latest push" if one == LATEST else f"Version {one}" for one in versions)
            chosen: dict[str, Any] = {} if versions == (1, 2) else {"from": old, "to": new}
            chosen |= {"course": comparison.new.course.slug, "key": comparison.new.project.key}
            found.append((label, url_for("projects.show_comparison", **chosen), versions == here))
    return found


def _pair_of(comparison: Comparison) -> dict[str, str]:
    """What the address says of the versions; nothing for version 1 and version 2."""
    versions = comparison.old.snapshot.version, comparison.new.snapshot.version
    return next(({"from": old, "to": new} for (old, new), pair in PAIRS.items() if pair == versions != (1, 2)), {})


def _file_url(comparison: Comparison, difference: Difference) -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in KEPT if name in request.args}
    return url_for(
        "projects.show_difference",
        course=comparison.new.course.slug,
        key=comparison.new.project.key,
        path=address_of(difference.path),
        **(kept | _pair_of(comparison)),
    )


def _neighbours(comparison: Comparison, current: Difference) -> dict[str, Any]:
    """The files before and after this one, and its number (from 1; 0 where it does not differ)."""
    all_of_them = comparison.differences
    place = next((number for number, one in enumerate(all_of_them) if one.path == current.path), None)
    if place is None:
        return {"number": 0, "previous": "", "next": ""}
    return {
        "number": place + 1,
        "previous": _file_url(comparison, all_of_them[place - 1]) if place else "",
        "next": _file_url(comparison, all_of_them[place + 1]) if place + 1 < len(all_of_them) else "",
    }


def _tree(comparison: Comparison, current: Difference) -> list[dict[str, Any]]:
    """The files that differ, by folder; of very many only those of the folder this one is in."""
    found = comparison.differences
    if len(found) > MOST_IN_TREE:
        folder = current.path.rpartition("/")[0]
        found = tuple(one for one in found if one.path.rpartition("/")[0] == folder)[:MOST_IN_TREE]
    items: list[dict[str, Any]] = []
    open_folder = ""
    for one in found:
        folder, _, name = one.path.rpartition("/")
        if folder and folder != open_folder:
            items.append({"label": shown(folder), "depth": 0, "kind": "folder"})
        open_folder = folder
        items.append(
            {
                "label": shown(name),
                "url": _file_url(comparison, one),
                "depth": 1 if folder else 0,
                "kind": "notebook" if name.lower().endswith(".ipynb") else "file",
                "current": one.path == current.path,
                "note": {"new": "new", "removed": "removed", "renamed": "renamed"}.get(one.what, ""),
            }
        )
    return items
