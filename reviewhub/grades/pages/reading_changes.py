"""Reading what changed from version 1 to version 2 while grading: side by side, with everything found in either."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.github.objects import Entry
from reviewhub.grades.evidence import VERSION_1, VERSION_2
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.marked import MarkedVersion
from reviewhub.grades.pages.reading_files import asked_form, file_links, form_only, frame
from reviewhub.grades.pages.reading_form import SIDES, MistakeForm
from reviewhub.grades.pages.reading_marks import ReadingMarks, joined
from reviewhub.grades.pages.reading_project import CHANGES, OpenProject, addresses, open_project
from reviewhub.grades.pages.room import blueprint
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.comparing import Comparison
from reviewhub.projects.difference_reading import Asked, DifferenceReader
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.showing import workshop_of
from reviewhub.reviews.desk_links import DeskLinks
from reviewhub.reviews.trees import TreeFolder, first_path, tree_of
from reviewhub.web import ground, is_partial, needs, render, settings


@blueprint.get("/c/<course>/grading/<key>/read/changes/", defaults={"path": ""})
@blueprint.get("/c/<course>/grading/<key>/read/changes/<path:path>")
@needs(Action.GRADE, grading_facts)
def show_changes(course: str, key: str, path: str) -> ResponseReturnValue:
    """Both versions side by side; `place` is where the box stands, with its side before it: new-cell-3-L5."""
    project = open_project(course, key)
    version = VERSION_2 if not path or project.path_in(VERSION_2, path) else VERSION_1
    if is_partial() and request.args.get("place"):
        return form_only(project, version, path)
    return changes_page(project, version, path)


def changes_page(project: OpenProject, version: int, path: str, form: MistakeForm | None = None) -> str:
    """The whole page, or a fold of it that is opened; `form` is the box with what was typed.

    `version` is where the box stands if its place names no side.
    """
    comparison, both = project.comparison(), _Both(project)
    tree = _tree(comparison, both)
    files = list(tree.all_files())
    path = (form and request.form.get("page", "")) or path or first_path([file.path for file in files])
    page = frame(project, CHANGES, path, both.listed, files) | {"tree": tree, "missing": "", "comparison": comparison}
    page |= asked_form(project, version, path, form)
    if not path:
        return render("grades/reading_changes.html", **page)
    paths = {VERSION_1: project.path_in(VERSION_1, path), VERSION_2: project.path_in(VERSION_2, path)}
    page["marks"] = marks = _marks(page, both, paths)
    asked = Asked(address=page["at_file"](path), pairs=tuple(request.args.items(multi=True)), marks=marks)
    read = DifferenceReader(comparison, asked, workshop=workshop_of(settings(), ground().database), links=_links)
    if part := request.args.get("part", ""):
        return render("notebooks/_compared_part.html", **read.part(path_at(path), part[:80]))
    page |= read.whole(path_at(path))
    return render("grades/reading_changes.html", side_url=_side_url, shown=shown, **page)


class _Both:
    """What stands in version 1 with its places there, and what came with version 2."""

    def __init__(self, project: OpenProject) -> None:
        old, new = project.marked(VERSION_1), project.marked(VERSION_2)
        seen = {one.row.item for one in old.items}
        self.sides = {
            VERSION_1: old,
            VERSION_2: MarkedVersion(items=tuple(one for one in new.items if one.row.item not in seen)),
        }
        self.new = new
        self.listed = MarkedVersion(items=(*old.items, *self.sides[VERSION_2].items))


def _tree(comparison: Comparison, both: _Both) -> TreeFolder:
    """The files that differ, each with how much stands in it in either version."""
    counts: dict[str, int] = {}
    entries: list[Entry] = []
    for one in comparison.differences:
        entry = one.new or one.old
        if entry is None:
            continue
        entries.append(entry)
        sides = ((one.old, both.sides[VERSION_1]), (one.new, both.sides[VERSION_2]))
        counts[address_of(entry.path)] = sum(
            marked.in_files().get(address_of(side.path), 0) for side, marked in sides if side is not None
        )
    return tree_of(entries, marks=counts)


def _marks(page: dict[str, Any], both: _Both, paths: dict[int, str]) -> dict[str, Markup]:
    mark: ReadingMarks = page["mark"]
    found: dict[str, list[Markup]] = {}
    for prefix, side in SIDES.items():
        if paths[side]:
            for name, marks in mark.on_file(both.sides[side], paths[side], prefix).items():
                found.setdefault(name, []).extend(marks)
    box = []
    if page["form"] is not None:
        pointed = page["form"].pointed
        prefix = next(prefix for prefix, side in SIDES.items() if side == pointed.version)
        is_here = pointed.place.path == paths[pointed.version]
        here = Markup(render("grades/_reading_form.html", **page))  # noqa: S704 - a template of ours
        box = [(mark.after(pointed.place, prefix) if is_here else "", here)]
    return joined(found, box)


def _side_url(version: OpenVersion, entry: Entry, endpoint: str = "") -> str:
    """The reading page of a file in one of the versions, or its picture."""
    names: dict[str, Any] = {"course": version.course.slug, "key": version.project.key}
    number, path = version.snapshot.version, address_of(entry.path)
    return (
        url_for(endpoint, version=number, path=path, **names) if endpoint else addresses(**names, version=number)(path)
    )


def _links(version: OpenVersion, path: str) -> DeskLinks:
    at_file = addresses(version.course.slug, version.project.key, version.snapshot.version)
    return file_links(version, path, at_file)
