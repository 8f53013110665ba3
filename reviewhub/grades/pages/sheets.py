"""Sheets to print, or to save as PDF by the browser: a student's, a project's, all of them for the staff."""

from collections.abc import Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import NotFound
from reviewhub.grades.evidence import GradingFacts, ProjectFact
from reviewhub.grades.exports.citing import Seen
from reviewhub.grades.exports.loading import own_record, written_findings
from reviewhub.grades.exports.printed import Sheet
from reviewhub.grades.exports.printing import Printer
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.exports import wanted_grades, wanted_record
from reviewhub.grades.pages.room import blueprint, markdown
from reviewhub.web import current_actor, needs, reading, render
from reviewhub.web.formatting import format_moment

AT_ONCE = 50
"""Sheets in one document; a browser lays out no thousand of them."""
_NOT_RELEASED = "Grades are not released yet."


@blueprint.get("/c/<course>/grades/sheet")
@needs(Action.SEE_OWN_GRADES, grading_facts)
def show_own_sheet(course: str) -> ResponseReturnValue:
    """A student's own sheet, as released."""
    with reading() as session:
        row = find_course(session, course)
        mine = find_enrollment(session, row, current_actor())
        if mine is None:
            raise NotFound(_NOT_RELEASED)
        record, seen = own_record(session, row, mine)
        back = url_for("grades.show_grades", course=course)
        return _page(record, [Printer(record, seen).student(record.student_of[mine.id])], back)


@blueprint.get("/c/<course>/grades/<enrollment_id>/sheet")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_student_sheet(course: str, enrollment_id: str) -> ResponseReturnValue:
    """One student's sheet, with the reviewers' names: for the staff."""
    with reading() as session:
        record = wanted_record(session, find_course(session, course))
        student = record.student_of.get(enrollment_id)
        if student is None:
            raise NotFound("There is no such student in this course.")
        sheets = _students(session, record, [student])
    return _page(record, sheets, url_for("grades.show_student_grades", course=course, enrollment_id=enrollment_id))


@blueprint.get("/c/<course>/grading/<key>/sheet")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_project_sheet(course: str, key: str) -> ResponseReturnValue:
    """One project's sheet: for the staff."""
    with reading() as session:
        record = wanted_record(session, find_course(session, course))
        found = [one for one in record.facts.projects if one.key == key]
        if not found:
            raise NotFound("There is no such project in these grades.")
        sheets = _projects(session, record, found)
    return _page(record, sheets, url_for("grades.show_desk", course=course, key=key))


@blueprint.get("/c/<course>/grades/sheets")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_all_sheets(course: str) -> ResponseReturnValue:
    """The sheets of all students, some at a time, each on a page of its own."""
    with reading() as session:
        row = find_course(session, course)
        record, which = wanted_record(session, row), wanted_grades(session, row)
        part, parts = _part(len(record.students))
        sheets = _students(session, record, record.students[(part - 1) * AT_ONCE : part * AT_ONCE])
    return _page(record, sheets, url_for("grades.show_exports", course=course), which, part, parts)


@blueprint.get("/c/<course>/grades/project-sheets")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_all_project_sheets(course: str) -> ResponseReturnValue:
    """The sheets of all projects, some at a time, each on a page of its own."""
    with reading() as session:
        row = find_course(session, course)
        record, which = wanted_record(session, row), wanted_grades(session, row)
        projects = sorted(record.facts.projects, key=lambda one: one.key)
        part, parts = _part(len(projects))
        sheets = _projects(session, record, projects[(part - 1) * AT_ONCE : part * AT_ONCE])
    return _page(record, sheets, url_for("grades.show_exports", course=course), which, part, parts)


def _students(session: Session, record: CourseRecord, students: Sequence[Student]) -> list[Sheet]:
    wanted = {one.enrollment_id for one in students}
    concerned = [
        project
        for project in record.facts.projects
        if wanted & {*project.developers, *(one for row in project.assignments for one in row.members)}
    ]
    printer = _printer(session, record, concerned)
    return [printer.student(one) for one in students]


def _projects(session: Session, record: CourseRecord, projects: Sequence[ProjectFact]) -> list[Sheet]:
    printer = _printer(session, record, projects)
    return [printer.project(one) for one in projects]


def _printer(session: Session, record: CourseRecord, concerned: Sequence[ProjectFact]) -> Printer:
    """A printer for the staff; only what was written on the projects concerned is read."""
    found = written_findings(session, GradingFacts(projects=tuple(concerned)))
    return Printer(record, Seen(reviewers=record.reviewer_names, findings=found))


def _part(count: int) -> tuple[int, int]:
    """Which part the address asks for, and how many there are."""
    parts = max(1, -(-count // AT_ONCE))
    said = request.args.get("part", "1")
    part = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 1  # noqa: PLR2004 - no such part
    return min(max(part, 1), parts), parts


def _page(record: CourseRecord, sheets: list[Sheet], back: str, which: str = "", part: int = 1, parts: int = 1) -> str:
    return render(
        "grades/sheets.html",
        record=record,
        sheets=sheets,
        back=back,
        which=which,
        part=part,
        parts=parts,
        endpoint=request.endpoint,
        is_own=request.endpoint == "grades.show_own_sheet",
        moment=format_moment(record.as_of, record.policy.tzinfo),
        markdown=markdown,
    )
