"""Taking grades out: what there is and what each file is for, and the files themselves."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import islice

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.grades.exports.csv_files import DECIMALS, SEPARATORS, CsvStyle, csv_pieces
from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.grids import Grid, written
from reviewhub.grades.exports.ledger_file import ledger_pieces, own_pieces
from reviewhub.grades.exports.line_lists import workbook_grids
from reviewhub.grades.exports.loading import own_record, record_now, record_released, totals_now
from reviewhub.grades.exports.moodle_list import moodle_list
from reviewhub.grades.exports.record import CourseRecord
from reviewhub.grades.exports.workbooks import write_workbook
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.pages.room import blueprint
from reviewhub.web import current_actor, is_partial, needs, now, reading, render

RELEASED, STANDING = "released", "now"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_ROWS = 5
_SEALED = "sandbox; default-src 'none'"
_AT_ONCE = 1 << 16


def wanted_grades(session: Session, course: Course) -> str:
    """Which grades the address asks for; what was released where it does not say and something was."""
    said = request.values.get("as", "")
    if said in {RELEASED, STANDING}:
        return said
    return RELEASED if latest_release(session, course) else STANDING


def wanted_record(session: Session, course: Course) -> CourseRecord:
    """Those grades with every line. Raises Conflict where released ones are asked for before the first release."""
    is_released = wanted_grades(session, course) == RELEASED
    return record_released(session, course) if is_released else record_now(session, course, now())


def wanted_totals(session: Session, course: Course) -> CourseRecord:
    """The same where only sums are needed: for tables."""
    is_released = wanted_grades(session, course) == RELEASED
    return record_released(session, course) if is_released else totals_now(session, course, now())


@blueprint.get("/c/<course>/grades/export")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_exports(course: str) -> ResponseReturnValue:
    """What can be taken out, and what each file is for; the first rows where they are asked for."""
    with reading() as session:
        row = find_course(session, course)
        release, policy, which = latest_release(session, row), row.policy, wanted_grades(session, row)
        is_shown = is_partial() or request.args.get("preview") == "yes"
        grid = gradebook(wanted_totals(session, row)) if is_shown else None
    return render(
        "grades/_export_preview.html" if is_partial() else "grades/export.html",
        slug=course,
        release=release,
        which=which,
        is_peer_reviewed=policy.is_peer_reviewed,
        grid=grid,
        rows=[[written(cell) for cell in row] for row in islice(grid.rows(), FIRST_ROWS)] if grid else [],
    )


@blueprint.get("/c/<course>/grades/export/gradebook.csv")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def download_gradebook(course: str) -> ResponseReturnValue:
    """The gradebook as CSV, with the separator and the decimal sign that were asked for."""
    return _csv(course, "gradebook", gradebook)


@blueprint.get("/c/<course>/grades/export/moodle.csv")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def download_moodle_list(course: str) -> ResponseReturnValue:
    """The list that Moodle's gradebook imports."""
    return _csv(course, "moodle", moodle_list)


@blueprint.get("/c/<course>/grades/export/gradebook.xlsx")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def download_workbook(course: str) -> ResponseReturnValue:
    """The gradebook, the projects and every line as a workbook."""
    record = _loaded(course)
    file = BytesIO()
    write_workbook(file, workbook_grids(record), title=f"{record.title}, {record.term}: {record.said}")
    return attached([file.getvalue()], file_name(record, "gradebook", "xlsx"), XLSX)


@blueprint.get("/c/<course>/grades/export/ledger.json")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def download_ledger(course: str) -> ResponseReturnValue:
    """Every line of every grade as JSON."""
    record = _loaded(course)
    return attached(ledger_pieces(record), file_name(record, "ledger", "json"), "application/json")


@blueprint.get("/c/<course>/grades/own-ledger.json")
@needs(Action.SEE_OWN_GRADES, grading_facts)
def download_own_ledger(course: str) -> ResponseReturnValue:
    """A student's own lines as JSON."""
    with reading() as session:
        row = find_course(session, course)
        mine = find_enrollment(session, row, current_actor())
        if mine is None:
            msg = "Grades are not released yet."
            raise NotFound(msg)
        record, seen = own_record(session, row, mine)
    return attached(own_pieces(record, seen), file_name(record, "my-grades", "json"), "application/json")


def attached(pieces: Iterable[bytes], name: str, kind: str) -> Response:
    """A download that nothing can run: always saved, never shown, under a plain name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": _SEALED}
    return Response(_together(pieces), content_type=kind, headers=headers)


def file_name(record: CourseRecord, what: str, ending: str) -> str:
    """Such as ceng796-gradebook-release-2.csv; letters, digits and hyphens only."""
    which = f"release-{record.release.sequence}" if record.release else f"not-released-{record.as_of:%Y-%m-%d}"
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in record.slug)
    return f"{plain}-{what}-{which}.{ending}"


def _csv(course: str, what: str, make: Callable[[CourseRecord], Grid]) -> Response:
    with reading() as session:
        record = wanted_totals(session, find_course(session, course))
    style = CsvStyle(
        separator=SEPARATORS.get(request.args.get("separator", ""), ","),
        decimal=DECIMALS.get(request.args.get("decimal", ""), "."),
        mark=request.args.get("mark") == "yes",
    )
    return attached(csv_pieces(make(record), style), file_name(record, what, "csv"), "text/csv; charset=utf-8")


def _loaded(course: str) -> CourseRecord:
    with reading() as session:
        return wanted_record(session, find_course(session, course))


def _together(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: a line at a time would be a packet at a time."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) >= _AT_ONCE:
            yield bytes(kept)
            kept.clear()
    if kept:
        yield bytes(kept)
