"""Reading a version while grading it: the tree, one open file with everything found in it, a box where one points."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, NotFound
from reviewhub.grades.cards import OWN
from reviewhub.grades.drafting import SEVERITIES
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.hand import own_moves
from reviewhub.grades.marked import MarkedVersion
from reviewhub.grades.pages.desk import draft_in
from reviewhub.grades.pages.reading_form import MistakeForm, asked_for
from reviewhub.grades.pages.reading_marks import ReadingMarks, joined
from reviewhub.grades.pages.reading_project import CHANGES, OpenProject, addresses, open_project
from reviewhub.grades.pages.room import blueprint
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.showing import ShownFile, read_shown_file, workshop_of
from reviewhub.reviews.desk_links import DeskLinks
from reviewhub.reviews.place_marks import place_links
from reviewhub.reviews.places import PlaceKind
from reviewhub.reviews.suggested import first_words
from reviewhub.reviews.trees import TreeFile, first_path, tree_of
from reviewhub.web import ground, is_partial, link_ground, needs, render, settings

VIEWED_AS_SOURCE = "source"
COUNTED = ("finding or mistake", "findings and mistakes")
BOX = "#finding-form"


@blueprint.get("/c/<course>/grading/<key>/read/<int:version>/", defaults={"path": ""})
@blueprint.get("/c/<course>/grading/<key>/read/<int:version>/<path:path>")
@needs(Action.GRADE, grading_facts)
def show_reading(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """A version with a file open. `at` is the place to look at, `place` (or `where`, as typed) where the box stands."""
    project = open_project(course, key)
    if is_partial() and request.args.get("place"):
        return form_only(project, version, path)
    return reading_page(project, version, path)


def reading_page(project: OpenProject, version: int, path: str, form: MistakeForm | None = None) -> str:
    """The whole page; `form` is the box with what was typed."""
    opened, marked = project.version(version), project.marked(version)
    tree = tree_of(opened.listing().entries, marks=marked.in_files())
    files = list(tree.all_files())
    missing = path if path and path not in {file.path for file in files} else ""
    path = first_path([file.path for file in files]) if missing or not path else path
    page = frame(project, version, path, marked, files) | {"tree": tree, "missing": missing}
    page |= asked_form(project, version, path, form)
    if path:
        page["file"] = file = _open_file(opened, marked, path, page)
        names: dict[str, Any] = {"course": page["slug"], "key": page["key"], "version": version}
        page["raw_url"] = url_for("projects.download_file", path=path, **names) if file.can_download else ""
        page["marks"] = _marks(page, file)
    return render("grades/reading.html", **page)


def form_only(project: OpenProject, version: int, path: str) -> str:
    """The box alone, for the place that was pointed at."""
    pointed = asked_for(project, version, path)
    if pointed is None or not project.state.rows.is_open:
        raise NotFound("There is no such place in this file.")
    return render("grades/_reading_form.html", **form_frame(project, MistakeForm(pointed=pointed), version, path))


def asked_form(project: OpenProject, version: int, path: str, form: MistakeForm | None) -> dict[str, Any]:
    """The box that is asked for with what it would move, and why there is none where the place does not exist."""
    outside = ""
    if form is None and project.state.rows.is_open:
        try:
            pointed = asked_for(project, version, path)
            form = MistakeForm(pointed=pointed) if pointed else None
        except BadInput as fault:
            outside = fault.message
    return {"form": form, "no_place": outside, "moves": form_moves(project, form) if form else ""}


def frame(
    project: OpenProject, version: int | str, path: str, marked: MarkedVersion, files: list[TreeFile]
) -> dict[str, Any]:
    """What every page of reading has, whichever versions are open in it."""
    state = project.state
    names: dict[str, Any] = {"course": state.rows.course.slug, "key": state.project.key}
    at_file = addresses(**names, version=version)
    return {
        "slug": names["course"],
        "key": names["key"],
        "title": state.project.title,
        "version": version,
        "path": path,
        "at_file": at_file,
        "mark": ReadingMarks(**names, at_file=at_file),
        "marked": marked,
        "listed": marked.in_order({file.path: number for number, file in enumerate(files)}),
        "files": files,
        "counted": COUNTED,
        "is_open": state.rows.is_open,
        "versions": _versions(project, version, path),
        "shown_path": lambda address: shown(path_at(address)),
        "first_words": first_words,
        "marks": {},
        "file": None,
        "raw_url": "",
        **form_choices(project),
    }


def form_frame(project: OpenProject, form: MistakeForm, version: int | str, path: str) -> dict[str, Any]:
    """What the box alone is told."""
    names: dict[str, Any] = {"slug": project.state.rows.course.slug, "key": project.state.project.key}
    at_file = addresses(names["slug"], names["key"], version)
    paths = {"shown_path": lambda address: shown(path_at(address))}
    given = {"form": form, "version": version, "path": path, "at_file": at_file, "moves": form_moves(project, form)}
    return names | given | paths | form_choices(project)


def form_moves(project: OpenProject, form: MistakeForm) -> str:
    """What recording it would move, as the form stands."""
    state = project.state
    given = {"severity": "major", "criterion": state.policy.rubric[0].key if state.policy.rubric else ""}
    try:
        draft = draft_in(given | dict(form.typed) | {"title": "—"}, state.policy)
    except BadInput:
        return ""
    return own_moves(state, draft, form.version_in)


def form_choices(project: OpenProject) -> dict[str, Any]:
    """The choices of the box, and what it is called, so that sent twice it is one."""
    return {
        "severities": SEVERITIES,
        "criteria": [(row.key, row.title) for row in project.state.policy.rubric],
        "has_version_2": 2 in project.versions,  # noqa: PLR2004 - the version's number
        "token": project.state.token,
        "own": OWN,
    }


def _versions(project: OpenProject, version: int | str, path: str) -> list[tuple[str, str, bool, str]]:
    """The same file in version 1, in version 2, and in both: label, address, whether it is this page, its key."""
    names: dict[str, Any] = {"course": project.state.rows.course.slug, "key": project.state.project.key}
    found = []
    for number in sorted(project.versions):
        there = path if number == version else project.path_in(number, path)
        found.append((f"Version {number}", addresses(**names, version=number)(there), number == version, str(number)))
    if len(found) > 1:
        both = path if version != 1 else project.path_in(2, path) or path
        found.append(("What changed", addresses(**names, version=CHANGES)(both), version == CHANGES, "3"))
    return found


def _open_file(opened: OpenVersion, marked: MarkedVersion, path: str, page: dict[str, Any]) -> ShownFile:
    return read_shown_file(
        opened,
        path_at(path),
        workshop=workshop_of(settings(), ground().database),
        link=file_links(opened, path_at(path), page["at_file"]),
        as_source=_as_source(marked, path, page["form"]) or request.args.get("view") == VIEWED_AS_SOURCE,
    )


def file_links(opened: OpenVersion, path: str, at_file: Callable[[str], str]) -> DeskLinks:
    """The links inside the file at a path: to other files as they are read here."""
    return DeskLinks(opened, path, at_file=at_file, **link_ground())


def _as_source(marked: MarkedVersion, path: str, form: MistakeForm | None) -> bool:
    """Whether lines are pointed at that only the file's text has: a table or a rendered README has none."""
    at = request.args.get("at", "")
    if (form and form.pointed.place.kind is PlaceKind.LINES) or at.startswith("L"):
        return True
    is_chosen = "view" in request.args or path.endswith(".ipynb")
    return not is_chosen and any(
        one.places[position].place.kind is PlaceKind.LINES for one, position in marked.on_path(path)
    )


def _marks(page: dict[str, Any], file: ShownFile) -> dict[str, Markup]:
    """What stands after each place: findings and mistakes, the box, and the link that opens it there."""
    mark: ReadingMarks = page["mark"]
    path, at_file = page["path"], page["at_file"]
    box = []
    if page["form"] is not None:
        place = page["form"].pointed.place
        here = Markup(render("grades/_reading_form.html", **page))  # noqa: S704 - a template of ours
        box = [(mark.after(place) if place.path == path else "", here)]
    links = place_links(file, lambda place: at_file(path, place=place) + BOX, "Mistake") if page["is_open"] else {}
    return joined(mark.on_file(page["marked"], path), box, links.items())
