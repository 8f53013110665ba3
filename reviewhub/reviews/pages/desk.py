"""The review desk: the tree, one open file with the findings in place, and everything to write beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, NotFound
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.showing import ShownFile, read_shown_file, workshop_of
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.desk import Desk, DeskFinding, load_desk
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.fidelity import goals_in, judge_row
from reviewhub.reviews.forms import answer_of, answer_words, choices_of, shown_rows
from reviewhub.reviews.kinds import KIND_WORDS, SEVERITY_HINTS
from reviewhub.reviews.narrowing import Narrowing, is_wanted, order_of
from reviewhub.reviews.pages.files import desk_links, objects_in, raw_url, version_of, ways_to_run
from reviewhub.reviews.pages.finding_form import LONGEST_LIST, SUGGEST, FindingForm, Typed, form_of
from reviewhub.reviews.pages.hidden_names import without_names
from reviewhub.reviews.pages.keeping import Keeping, with_kept_places, words_of_place
from reviewhub.reviews.pages.marks import FindingMarks
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.place_marks import mark_place, place_links
from reviewhub.reviews.places import PlaceKind, Text
from reviewhub.reviews.replaced_version import in_current_version
from reviewhub.reviews.suggested import first_words, written
from reviewhub.reviews.trees import TreeFile, TreeFolder, first_path, goals_path, read_tree
from reviewhub.reviews.unfiled import own_unfiled
from reviewhub.web import current_actor, current_facts, ground, is_partial, needs, now, reading, render, settings

VIEWED_AS_SOURCE = "source"
LONGEST_GOALS = 64 * 1024


@blueprint.get("/c/<course>/reviews/<review_id>")
@needs(Action.READ_REVIEW, review_facts)
def show_review(course: str, review_id: str) -> ResponseReturnValue:
    """The desk. `path` is the open file, `place` where the finding form stands, `edit` the finding being edited."""
    if is_partial() and "rows" in request.args:
        return _rows_only(course, review_id)
    if is_partial() and (request.args.get("place") or request.args.get("edit")):
        return _form_only(course, review_id)
    return desk_page(course, review_id)


def desk_page(course: str, review_id: str, typed: Typed | None = None) -> ResponseReturnValue:
    """The whole page; `typed` puts back what could not be saved."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
        keeping = _keeping(session, desk)
    version = version_of(desk.rows, current_facts())
    desk = without_names(_in_current_version(desk), version)
    page = _frame(desk, typed, keeping)
    if version is not None:
        page |= _open(desk, version, typed, page)
    return render("reviews/desk.html", **page), (typed.status if typed else 200)


def _keeping(session: Session, desk: Desk) -> Keeping:
    actor = current_actor()
    begun = own_unfiled(session, actor, desk.rows.review.id) if desk.is_own else []
    return Keeping(writer=actor.user_id or "", begun=begun)


def _in_current_version(desk: Desk) -> Desk:
    return in_current_version(desk, lambda: objects_in(desk.rows.course, desk.rows.snapshots))


def _addresses(desk: Desk) -> Callable[..., str]:
    """Makes addresses of this desk with a file open; the slow part is done once."""
    base = url_for("reviews.show_review", course=desk.rows.course.slug, review_id=desk.rows.review.id)

    def at_file(path: str, **more: str) -> str:
        return f"{base}?{urlencode({'path': path} | more)}"

    return at_file


def _frame(desk: Desk, typed: Typed | None, keeping: Keeping) -> dict[str, Any]:
    """What the page has whatever is open, even before version 1 is frozen."""
    words = vocabulary(desk)
    at_file = _addresses(desk)
    return {
        "desk": desk,
        "typed": typed,
        "keeping": keeping,
        "words": words,
        "at_file": at_file,
        "mark": FindingMarks(desk, words=words, url=at_file),
        "listed": _listed(desk, {}),
        "narrowing": narrowing_asked(),
        "asked": request.values.get("finding", ""),
        "hides_developers": names_are_hidden(desk.rows.course, current_facts()),
        "words_of_place": words_of_place,
        "written": written,
        "first_words": first_words,
        "shown_path": lambda path: shown(path_at(path)),
        "answer_of": answer_of,
        "answer_words": answer_words,
        "choices_of": choices_of,
        "shown_rows": shown_rows,
        "judge_row": judge_row,
        "tree": None,
        "marks": {},
        "goal_rows": [],
        "files": [],
        **dict.fromkeys(("path", "no_place", "goals"), ""),
        **dict.fromkeys(("file", "form", "runs", "preview"), None),
    }


def _open(desk: Desk, version: OpenVersion, typed: Typed | None, page: dict[str, Any]) -> dict[str, Any]:
    """What the page has of version 1: the tree, the open file, the marks in it."""
    tree = read_tree(version, marks=desk.in_files(), viewed=desk.viewed)
    files = list(tree.all_files())
    paths = [file.path for file in files]
    path = _wanted_path(desk)
    if not path or (typed is not None and path not in paths):  # what was typed is shown whatever file it named
        path = first_path(paths)
    page |= {"path": path, "tree": tree, "files": files, "runs": ways_to_run(version, paths)}
    page["open_file"] = next((file for file in files if file.path == path), None)
    page["listed"] = _listed(desk, {name: number for number, name in enumerate(paths)})
    page["goals"], page["goal_rows"] = _goals(version, goals_path(paths))
    page["choosable"] = _choosable(files)
    try:
        form = form_of(desk, version, path, typed)
        page["form"] = form = with_kept_places(form, page["keeping"], version) if form and not typed else form
    except BadInput as outside:
        form, page["no_place"] = None, outside.message
    if typed is not None and typed.then and form is not None:
        page |= _look(typed, form)
    if path:
        page["file"] = file = _open_file(version, desk, path, form)
        page["raw_url"] = raw_url(version, file)
        page["marks"] = _marks(page, file)
    return page


def _choosable(files: list[TreeFile]) -> list[TreeFile]:
    """The files that a further place can be in, where a list of them is short enough to choose from."""
    return files if len(files) <= LONGEST_LIST else []


def _look(typed: Typed, form: FindingForm) -> dict[str, Any]:
    """How the typed text looks, or the text with a suggestion to edit."""
    text = typed.words.get("text", "")
    if typed.then == SUGGEST:
        text = f"{text.rstrip()}\n\n{form.suggestion}".lstrip()
        return {"typed": replace(typed, words=typed.words | {"text": text})}
    return {"preview": written(text.replace("\r\n", "\n"), form.quoted)}


def _open_file(version: OpenVersion, desk: Desk, path: str, form: FindingForm | None) -> ShownFile:
    """The open file in the form its kind asks for."""
    return read_shown_file(
        version,
        path_at(path),
        workshop=workshop_of(settings(), ground().database),
        link=desk_links(version, path, _addresses(desk)),
        as_source=_as_source(desk, path, form) or request.args.get("view") == VIEWED_AS_SOURCE,
    )


def _goals(version: OpenVersion, path: str) -> tuple[str, list[list[str]]]:
    """The project's goals as safe HTML or text, and the rows that the paper-fidelity table begins with."""
    content = content_at(version.objects, version.snapshot.tree, path) if path else None
    if not isinstance(content, Text):
        return "", []
    text = "\n".join(content.lines)[:LONGEST_GOALS]
    return text, goals_in(text)


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


def narrowing_asked() -> Narrowing:
    """Which findings the list is asked for."""
    given = request.args
    return Narrowing(
        kind=given.get("kind", ""),
        severity=given.get("severity", ""),
        path=given.get("in", ""),
        words=given.get("words", "")[:200],
        order=given.get("order", "") or "number",
    )


def _listed(desk: Desk, files: dict[str, int]) -> list[DeskFinding]:
    """The findings asked for, in the order asked for."""
    narrowing = narrowing_asked()
    wanted = [one for one in desk.findings if is_wanted(one.finding, narrowing)]
    return sorted(wanted, key=lambda one: order_of(one.finding, narrowing.order, files))


def _rows_only(course: str, review_id: str) -> ResponseReturnValue:
    """The list of findings alone, when its filter changes."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
    version = version_of(desk.rows, current_facts())
    desk = without_names(_in_current_version(desk), version)
    tree = read_tree(version, marks={}, viewed=desk.viewed) if version else TreeFolder()
    files = {file.path: number for number, file in enumerate(tree.all_files())}
    return render(
        "reviews/_finding_rows.html", desk=desk, listed=_listed(desk, files), at_file=_addresses(desk),
        first_words=first_words, path=request.args.get("path", ""), shown_path=lambda path: shown(path_at(path)),
    )  # fmt: skip


def _wanted_path(desk: Desk) -> str:
    """The file to open: the one asked for, else the one of the finding asked for."""
    wanted = request.values.get("finding") or request.values.get("edit")
    one = next((one for one in desk.findings if one.finding.finding_id == wanted), None)
    return request.values.get("path", "") or (one.place.path if one else "")


def _as_source(desk: Desk, path: str, form: FindingForm | None) -> bool:
    """Whether lines are pointed at that only the file's text has: a table or a rendered README has none."""
    if form is not None and any(one.place.kind is PlaceKind.LINES for one in form.anchors):
        return True
    is_chosen = "view" in request.args or path.endswith(".ipynb")
    return not is_chosen and any(one.place_at(position).kind is PlaceKind.LINES for one, position in desk.on_path(path))


def _marks(page: dict[str, Any], file: ShownFile) -> dict[str, Markup]:
    """What stands after each place: its findings, the finding form, and the link to write one there."""
    desk: Desk = page["desk"]
    form: FindingForm | None = page["form"]
    at_file, mark, path = page["at_file"], page["mark"], page["path"]
    shown_here: dict[str, list[Markup]] = {}
    for one, position in desk.on_path(path):
        if form is None or form.editing is None or form.editing.finding.finding_id != one.finding.finding_id:
            shown_here.setdefault(mark_place(one.place_at(position)), []).append(mark.at(one, position, path))
    if form is not None:
        place = form.anchors[0].place if form.anchors else None
        here_at = mark_place(place) if place and place.path == path else ""
        shown_here.setdefault(here_at, []).append(Markup(render("reviews/_finding_form.html", **page)))  # noqa: S704 - ours
    links = place_links(file, lambda place: at_file(path, place=place) + "#finding-form") if desk.is_writable else {}
    for name, link in links.items():
        shown_here.setdefault(name, []).append(link)
    return {name: Markup().join(parts) for name, parts in shown_here.items()}


def _form_only(course: str, review_id: str) -> ResponseReturnValue:
    """The finding form alone, for the place that was clicked or the finding that is changed."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
        keeping = _keeping(session, desk)
    version = version_of(desk.rows, current_facts())
    desk = without_names(_in_current_version(desk), version)
    path = request.args.get("path", "")
    form = form_of(desk, version, path, None) if version and desk.is_writable else None
    if form is None or version is None:
        raise NotFound("There is no such place in this file.")
    form = with_kept_places(form, keeping, version)
    files = list(read_tree(version, marks={}, viewed=desk.viewed).all_files())
    page = _frame(desk, None, keeping) | {"form": form, "path": path, "choosable": _choosable(files)}
    return render("reviews/_finding_form.html", **page)
