"""Assignments and partners of last term as lists, and the input of a run, for the staff."""

import json
from collections.abc import Sequence

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.courses.roster_text import decode_list
from reviewhub.errors import BadInput
from reviewhub.reviews.assigning import find_run, run_record
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.listing import (
    check_list,
    check_partners,
    keep_partners,
    load_partners,
    revoke_partners,
    run_from_list,
    write_assignments,
)
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.pair_lists import LARGEST, CheckedPair
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing
from reviewhub.web.formatting import plural


@blueprint.get("/c/<course>/assignments.csv")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def download_assignments(course: str) -> ResponseReturnValue:
    """Who reviews what, as CSV."""
    with reading() as session:
        text = write_assignments(session, find_course(session, course))
    return _download(text, "text/csv; charset=utf-8", f"{course}-reviewers.csv")


@blueprint.get("/c/<course>/assignments/runs/<run_id>/input.json")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def download_input(course: str, run_id: str) -> ResponseReturnValue:
    """What a run was made from: `reviewhub assignment derive --file` reads it."""
    with reading() as session:
        record = run_record(find_run(session, find_course(session, course), run_id))
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    return _download(text, "application/json", f"{course}-run-{run_id}.json")


@blueprint.get("/c/<course>/assignments/list")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def show_list(course: str) -> ResponseReturnValue:
    """Ask for a list of assignments."""
    return _page(course)


@blueprint.post("/c/<course>/assignments/list")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def check_a_list(course: str) -> ResponseReturnValue:
    """Show the fault of every line; without faults make the dry run and show it."""
    text = _sent()
    with reading() as session:
        checked = check_list(session, find_course(session, course), text)
    if checked.faults or not checked.lines:
        return _page(course, lines=checked.lines, faults=checked.faults, text=text), 422
    with writing() as session:
        run = run_from_list(session, actor=current_actor(), now=now(), course=course, text=text)
    return redirect(url_for("reviews.show_assignments", course=course, run=run.id), 303)


@blueprint.get("/c/<course>/conflicts/partners")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def show_partners(course: str) -> ResponseReturnValue:
    """Who worked together last term, and the way to say it with a list."""
    return _partners(course)


@blueprint.post("/c/<course>/conflicts/partners")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def check_a_list_of_partners(course: str) -> ResponseReturnValue:
    """Show the fault of every line; with `confirm` and without faults keep the pairs."""
    text = _sent()
    with reading() as session:
        lines = check_partners(session, find_course(session, course), text)
    faults = sum(bool(line.fault) for line in lines)
    if faults or not lines or not request.form.get("confirm"):
        return _partners(course, lines=lines, faults=faults, text=text), 422 if faults or not lines else 200
    with writing() as session:
        added = keep_partners(session, actor=current_actor(), now=now(), course=course, text=text)
    return back_to("reviews.show_partners", course=course, done=f"{plural(added, 'new pair')} of partners kept.")


@blueprint.post("/c/<course>/conflicts/partners/revoke")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def remove_partners(course: str) -> ResponseReturnValue:
    """Take all pairs of partners back."""
    with writing() as session:
        count = revoke_partners(session, actor=current_actor(), now=now(), course=course)
    return back_to("reviews.show_partners", course=course, done=f"{plural(count, 'pair')} of partners taken back.")


def _page(course: str, *, lines: Sequence[CheckedPair] = (), faults: int = 0, text: str = "") -> str:
    return render("reviews/assignment_list.html", slug=course, lines=lines, faults=faults, text=text)


def _partners(course: str, *, lines: Sequence[CheckedPair] = (), faults: int = 0, text: str = "") -> str:
    with reading() as session:
        partners = load_partners(session, find_course(session, course))
    return render("reviews/partners.html", slug=course, lines=lines, faults=faults, text=text, partners=partners)


def _sent() -> str:
    """The list of the form: a file, or text that was pasted."""
    file = request.files.get("list")
    if file is None or not file.filename:
        return request.form.get("text", "")
    content = file.read(4 * LARGEST + 1)
    if len(content) > 4 * LARGEST:
        raise BadInput("The list is too long.")
    return decode_list(content, place="the file")[0]


def _download(text: str, kind: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(text, content_type=kind, headers=headers)
