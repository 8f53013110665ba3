"""Version 1 beside version 2: the files that differ, and one of them by lines, cells or pictures."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.errors import NotFound
from reviewhub.github.comparing import Difference
from reviewhub.github.objects import Entry
from reviewhub.notebooks import RenderedNotebook
from reviewhub.notebooks.beside import Lines, difference_table, gap_rows
from reviewhub.notebooks.choice import NEW, OLD, Choice, FoldLinks
from reviewhub.notebooks.compared_cells import ComparedCells, visible_source
from reviewhub.notebooks.differences import TextDifference, diff_texts
from reviewhub.notebooks.rendering import render_code
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.compared_files import FileComparison, Form, compare_file
from reviewhub.projects.comparing import Comparison, compare_versions, list_files
from reviewhub.projects.facts import project_facts
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.files import links_from
from reviewhub.projects.preparing import NotebookSource, notebook_or_wait
from reviewhub.projects.reading import LATEST, NO_FILE, READS, OpenVersion
from reviewhub.projects.showing import workshop_of
from reviewhub.web import current_actor, current_facts, ground, needs, now, reading, render, settings

MOST_OPENED = 100
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
    found = compare_file(comparison, path_at(path), as_source=request.args.get("as") == "source")
    choice = _choice()
    if part := request.args.get("part", ""):
        return _part(comparison, found, choice, part[:80])
    content: dict[str, Any] = {}
    if found.cells is not None:
        cells, content = _cells(comparison, found, choice)
        content["items"] = cells.all()
    elif found.form is Form.LINES:
        content = _lines(found, choice)
    return render(
        "projects/difference.html",
        slug=course,
        comparison=comparison,
        file=found,
        choice=choice,
        pair=_pair_of(comparison),
        tree=_tree(comparison, found.difference),
        switch=_switch,
        shown=shown,
        address_of=address_of,
        **_neighbours(comparison, found.difference),
        **content,
    )


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


def _part(comparison: Comparison, found: FileComparison, choice: Choice, part: str) -> str:
    """What stands in the place of a fold: rows of a table, or cells and outputs."""
    if found.cells is not None:
        cells, shown_cells = _cells(comparison, found, choice)
        content = cells.part(part)
        if content is None:
            raise NotFound(NO_FILE)
        rows, items = (content, ()) if isinstance(content, str) else ("", content)
        return render("notebooks/_compared_part.html", rows=rows, items=items, choice=choice, **shown_cells)
    lines = Choice(opened=frozenset({part})).opened_lines(f"{NEW}-")
    rows = gap_rows(*_texts(found, choice), choice, first=lines[0][0], last=lines[0][1]) if lines else ""
    if found.form is not Form.LINES or not rows:
        raise NotFound(NO_FILE)
    return render("notebooks/_compared_part.html", rows=rows, items=(), choice=choice)


def _lines(found: FileComparison, choice: Choice) -> dict[str, Any]:
    """A text file as one table of lines, and how many of them changed."""
    difference, old, new = _texts(found, choice)
    return {
        "table": difference_table(difference, old, new, choice),
        "added": difference.added,
        "removed": difference.removed,
        "is_cut": difference.is_cut,
    }


def _texts(found: FileComparison, choice: Choice) -> tuple[TextDifference, Lines, Lines]:
    """A text file's difference, and the coloured lines of both sides."""
    texts = visible_source(found.old_text), visible_source(found.new_text)
    difference = diff_texts(*texts, ignore_whitespace=choice.ignores_whitespace)
    entries = found.difference.old or found.difference.new, found.difference.new or found.difference.old
    names = [entry.name if entry else "" for entry in entries]
    old, new = (
        Lines(html=render_code(text, name=name).lines if text else (), prefix=f"{side}-")
        for text, name, side in zip(texts, names, (OLD, NEW), strict=True)
    )
    return difference, old, new


def _cells(comparison: Comparison, found: FileComparison, choice: Choice) -> tuple[ComparedCells, dict[str, Any]]:
    """The cells of both notebooks, and what the page must know of how they were rendered."""
    old = _rendered(comparison.old, found.difference.old)
    new = _rendered(comparison.new, found.difference.new)
    books = [one for one in (old, new) if isinstance(one, RenderedNotebook)]
    if found.cells is None:
        raise NotFound(NO_FILE)
    cells = ComparedCells(
        comparison=found.cells,
        old=old.cells if isinstance(old, RenderedNotebook) else (),
        new=new.cells if isinstance(new, RenderedNotebook) else (),
        language=books[-1].language if books else "",
        choice=choice,
    )
    return cells, {
        "has_maths": any(book.has_maths for book in books),
        "has_runs": any(book.has_runs for book in books),
        "is_prepared": len(books) == sum(one is not None for one in (found.difference.old, found.difference.new)),
    }


def _rendered(version: OpenVersion, entry: Entry | None) -> object:
    """The rendered notebook; something else where it is not there, or where the worker is still at it."""
    if entry is None:
        return None
    workshop = workshop_of(settings(), ground().database)
    source = NotebookSource(
        project_id=version.project.id,
        blob_id=version.kept_id(entry.oid),
        size=entry.size or 0,
        read=lambda: version.objects.blob(entry.oid, limit_bytes=entry.size or 0).content or b"",
    )
    return notebook_or_wait(workshop, source, link=links_from(version, entry.path))


class _Links(FoldLinks):
    """Addresses of this page with more open, and of its parts."""

    def __init__(self, address: str, pairs: Iterable[tuple[str, str]]) -> None:
        self._address = address
        self._pairs = [one for one in pairs if one[0] != "part"]
        self._base = [one for one in self._pairs if one[0] not in {"open", "at"}]

    def page(self, token: str) -> str:
        return self._to([*self._pairs, ("open", token)])

    def part(self, fold: str, token: str = "") -> str:
        return self._to([*self._base, ("part", fold), *([("open", token)] if token else [])])

    def whole(self) -> str:
        return self._to(self._base)

    def _to(self, pairs: list[tuple[str, str]]) -> str:
        return f"{self._address}?{urlencode(pairs)}"


def _choice() -> Choice:
    """How the address of the page wants the comparison shown."""
    arguments = request.args
    return Choice(
        is_split=arguments.get("view") != "unified",
        ignores_whitespace=arguments.get("whitespace") == "off",
        opened=frozenset(arguments.getlist("open")[:MOST_OPENED]),
        places=tuple(arguments.getlist("at")[:MOST_OPENED]),
        links=_Links(url_for("projects.show_difference", **(request.view_args or {})), arguments.items(multi=True)),
    )


def _switch(**changed: str) -> str:
    """This page with other words in its address; an empty one is left out."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {*changed, "open", "part"}]
    pairs = urlencode([*kept, *((name, value) for name, value in changed.items() if value)])
    return f"{url_for('projects.show_difference', **(request.view_args or {}))}{f'?{pairs}' if pairs else ''}"


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
