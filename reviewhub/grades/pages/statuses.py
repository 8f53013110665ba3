"""The status list: what happened and no page collects, entered by one form or by a list, with evidence and history."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course
from reviewhub.courses.members import name_order
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.grades.facts import grading_facts, lists_are_closed
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_reading import Roll
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.uploads import SentList, faults_of, sent_list
from reviewhub.grades.recording import preview_statuses, record_status, save_statuses
from reviewhub.grades.recording import take_status_back as undo_status
from reviewhub.grades.status_book import status_lines
from reviewhub.grades.status_kinds import kinds_of
from reviewhub.grades.status_reading import FIELDS, GivenStatus, StatusDiff, read_statuses
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.formatting import plural

MOST_FAULTS = 100


@blueprint.get("/c/<course>/statuses")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_statuses(course: str) -> ResponseReturnValue:
    """The status list with the form to add to it, and what was taken back."""
    return _page(course)


@blueprint.post("/c/<course>/statuses")
@needs(Action.RECORD_STATUS, grading_facts)
def add_status(course: str) -> ResponseReturnValue:
    """Put one status on the list."""
    form = request.form
    kind, _, value = form.get("what", "").partition(":")
    try:
        with writing() as session:
            is_new = record_status(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                enrollment_id=form.get("student", ""),
                kind=kind,
                value=value,
                evidence=form.get("evidence", ""),
                received=form.get("received", ""),
                whole_group=form.get("whole_group") == "yes",
            )
    except (BadInput, Conflict) as fault:
        problems = faults_of(fault) if isinstance(fault, BadInput) else ()
        page = _page(course, problems=problems, refused="" if problems else fault.message)
        return page, 409 if isinstance(fault, Conflict) else 422
    done = "It is on the list." if is_new else "It stood on the list already, word for word."
    return back_to("grades.show_statuses", course=course, done=done)


@blueprint.post("/c/<course>/statuses/<status_id>/undo")
@needs(Action.RECORD_STATUS, grading_facts)
def take_status_back(course: str, status_id: str) -> ResponseReturnValue:
    """Take one row back; it stays in the history."""
    with writing() as session:
        undo_status(session, actor=current_actor(), now=now(), course=course, status_id=status_id)
    return back_to("grades.show_statuses", course=course, done="Taken back. It stays in the history below.")


@blueprint.get("/c/<course>/statuses/import")
@needs(Action.RECORD_STATUS, grading_facts)
def show_status_import(course: str) -> ResponseReturnValue:
    """Ask for the list."""
    return _ask(course)


@blueprint.post("/c/<course>/statuses/import")
@needs(Action.RECORD_STATUS, grading_facts)
def preview_status_import(course: str) -> ResponseReturnValue:
    """Show what the list would change. Nothing is written."""
    try:
        sent = sent_list()
    except BadInput as fault:
        return _ask(course, problems=faults_of(fault)), 422
    return _preview(course, sent)


@blueprint.post("/c/<course>/statuses/import/confirm")
@needs(Action.RECORD_STATUS, grading_facts)
def confirm_status_import(course: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    try:
        sent = sent_list()
    except BadInput as fault:
        return _ask(course, problems=faults_of(fault)), 422
    with reading() as session:
        given, problems = _understand(session, find_course(session, course), sent)
    if problems:
        return _preview(course, sent)
    try:
        with writing() as session:
            saved = save_statuses(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                given=given,
                source=sent.source,
                seen_digest=request.form.get("seen_digest", ""),
            )
    except Conflict as fault:
        return _preview(course, sent, refused=fault.message)
    done = f"Saved: {plural(saved.new, 'row')} new, {saved.changed} changed." if saved else "The list changed nothing."
    return back_to("grades.show_statuses", course=course, done=done)


def _page(course: str, *, problems: tuple[Problem, ...] = (), refused: str = "") -> str:
    with reading() as session:
        row = find_course(session, course)
        students = students_of(session, row)
        lines = status_lines(session, row)
        is_closed = lists_are_closed(session, row)
    wanted, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    standing = [one for one in lines if one.undone_at is None]
    shown = [
        one
        for one in standing
        if (not kind or one.kind.key == kind)
        and (not wanted or name_order(wanted) in name_order(one.name) or wanted in one.student_number)
    ]
    return render(
        "grades/statuses.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        kinds=kinds_of(row.policy),
        students=students,
        lines=shown,
        standing=len(standing),
        past=[one for one in lines if one.undone_at is not None],
        wanted=wanted,
        kind=kind,
        typed=request.form,
        problems=problems,
        refused=refused,
        is_closed=is_closed,
        may_record=(bool(request.form) or not is_closed) and allows(Action.RECORD_STATUS, current_facts()),
    )


def _understand(session: Any, course: Course, sent: SentList) -> tuple[tuple[GivenStatus, ...], tuple[Problem, ...]]:
    policy = course.policy
    return read_statuses(sent.table, Roll(students_of(session, course)), kinds_of(policy), policy.tzinfo)


def _ask(course: str, *, problems: tuple[Problem, ...] = ()) -> str:
    with reading() as session:
        row = find_course(session, course)
    return render(
        "grades/status_import.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        kinds=kinds_of(row.policy),
        fields=FIELDS,
        problems=problems,
        text=request.form.get("text", ""),
    )


def _preview(course: str, sent: SentList, *, refused: str = "") -> tuple[str, int]:
    with reading() as session:
        row = find_course(session, course)
        given, problems = _understand(session, row, sent)
        diff = preview_statuses(session, row, given) if not problems else StatusDiff()
    page = render(
        "grades/status_preview.html",
        slug=course,
        sent=sent,
        diff=diff,
        problems=problems[:MOST_FAULTS],
        more_problems=max(0, len(problems) - MOST_FAULTS),
        refused=refused,
    )
    return page, 422 if problems else 409 if refused else 200
