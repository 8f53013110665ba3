"""Importing a list of marks: choose it, look at what it would change and how it was read, then say yes."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.courses.lateness import plain_number
from reviewhub.courses.policy import Policy
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.grades.entering import preview_marks, save_marks
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_columns import Column, Meaning, choices_of, read_columns
from reviewhub.grades.mark_differences import MarkChange, MarkDiff, say_mark
from reviewhub.grades.mark_reading import GivenMark, Roll, Student, read_marks
from reviewhub.grades.mark_targets import target_named, targets_of
from reviewhub.grades.mark_text import column_name
from reviewhub.grades.pages.marks import say_saved
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.uploads import SentList, faults_of, sent_list
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing

MOST_SHOWN = 300
MOST_FAULTS = 100
MORE_ITEMS = 12


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """One line of the preview."""

    name: str
    student_number: str
    what: str
    before: str
    after: str
    received_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Read:
    """The list as it was understood."""

    columns: tuple[Column, ...]
    given: tuple[GivenMark, ...]
    problems: tuple[Problem, ...]


@blueprint.get("/c/<course>/marks/import")
@needs(Action.ENTER_MARKS, grading_facts)
def show_mark_import(course: str) -> ResponseReturnValue:
    """Ask for the list."""
    return _ask(course)


@blueprint.post("/c/<course>/marks/import")
@needs(Action.ENTER_MARKS, grading_facts)
def preview_mark_import(course: str) -> ResponseReturnValue:
    """Show how the list is read and what it would change. Nothing is written."""
    try:
        sent = sent_list()
    except BadInput as fault:
        return _ask(course, problems=faults_of(fault)), 422
    return _preview(course, sent)


@blueprint.post("/c/<course>/marks/import/confirm")
@needs(Action.ENTER_MARKS, grading_facts)
def confirm_mark_import(course: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    try:
        sent = sent_list()
    except BadInput as fault:
        return _ask(course, problems=faults_of(fault)), 422
    with reading() as session:
        row = find_course(session, course)
        read = _understand(row.policy, sent, students_of(session, row))
    if read.problems:
        return _preview(course, sent)
    try:
        with writing() as session:
            saved = save_marks(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                given=read.given,
                source=sent.source,
                seen_digest=request.form.get("seen_digest", ""),
                take_emptied=request.form.get("take_emptied") == "yes",
            )
    except Conflict as fault:
        return _preview(course, sent, refused=fault.message)
    done = say_saved(saved.new, saved.changed, saved.taken) if saved else "The list changed nothing."
    return back_to("grades.show_marks", course=course, done=done)


def _understand(policy: Policy, sent: SentList, students: tuple[Student, ...]) -> _Read:
    columns, of_columns = read_columns(
        sent.table.head,
        targets_of(policy),
        chosen=_numbered("column-"),
        outs=_numbered("out-"),
    )
    given, of_rows = read_marks(sent.table, columns, Roll(students), policy.tzinfo) if not of_columns else ((), ())
    return _Read(columns=columns, given=given, problems=(*of_columns, *of_rows))


def _numbered(start: str) -> dict[int, str]:
    """The fields `column-0`, `column-1`, … by their numbers."""
    ends = {name.removeprefix(start): value for name, value in request.form.items() if name.startswith(start)}
    return {int(end): value for end, value in ends.items() if end.isascii() and end.isdigit() and len(end) < 4}  # noqa: PLR2004 - no list has so many columns


def _ask(course: str, *, problems: tuple[Problem, ...] = ()) -> str:
    with reading() as session:
        row = find_course(session, course)
    return render(
        "grades/mark_import.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        targets=targets_of(row.policy),
        problems=problems,
        text=request.form.get("text", ""),
    )


def _preview(course: str, sent: SentList, *, refused: str = "") -> tuple[str, int]:
    with reading() as session:
        row = find_course(session, course)
        students = students_of(session, row)
        read = _understand(row.policy, sent, students)
        diff = preview_marks(session, row, read.given) if not read.problems else MarkDiff()
    known = {one.enrollment_id: one for one in students}
    page = render(
        "grades/mark_preview.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        sent=sent,
        columns=read.columns,
        choices=choices_of(targets_of(row.policy), read.columns, MORE_ITEMS),
        examples=[_examples(sent, index) for index in range(len(sent.table.head))],
        marks=Meaning.MARK,
        column_name=column_name,
        plain=plain_number,
        problems=read.problems[:MOST_FAULTS],
        more_problems=max(0, len(read.problems) - MOST_FAULTS),
        diff=diff,
        new=[_shown(one, row.policy, known) for one in diff.new[:MOST_SHOWN]],
        changed=[_shown(one, row.policy, known) for one in diff.changed[:MOST_SHOWN]],
        emptied=[_shown(one, row.policy, known) for one in diff.emptied[:MOST_SHOWN]],
        without=_without(diff, row.policy, known),
        most_shown=MOST_SHOWN,
        refused=refused,
    )
    return page, 422 if read.problems else 409 if refused else 200


def _shown(change: MarkChange, policy: Policy, students: dict[str, Student]) -> ShownChange:
    student = students[change.after.enrollment_id]
    return ShownChange(
        name=student.name,
        student_number=student.student_number,
        what=_what(change.after, policy),
        before=say_mark(change.before),
        after=say_mark(change.after),
        received_at=change.after.received_at,
    )


def _what(mark: GivenMark, policy: Policy) -> str:
    target = target_named(policy, mark.component)
    return target.named(mark.item) if target else mark.component


def _without(diff: MarkDiff, policy: Policy, students: dict[str, Student]) -> list[tuple[str, list[str]]]:
    """What is marked → the students of the list without that mark."""
    found: dict[str, list[str]] = {}
    for mark in diff.without:
        found.setdefault(_what(mark, policy), []).append(students[mark.enrollment_id].name)
    return list(found.items())


def _examples(sent: SentList, index: int) -> str:
    """The first cells of a column that hold anything."""
    cells = [cells[index] for _, cells in sent.table.rows if cells[index]]
    return " · ".join(cell[:24] for cell in cells[:3])
