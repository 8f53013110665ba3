"""Filling the worksheet that a teacher got from Moodle: sent, looked at, downloaded. Nothing of it is kept here."""

import zlib
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput
from reviewhub.grades.exports.columns import Columns, Kind, Said, find_columns, number_in
from reviewhub.grades.exports.csv_files import DECIMALS
from reviewhub.grades.exports.filling import Filled, fill
from reviewhub.grades.exports.gradebook import Choice, choices_of
from reviewhub.grades.exports.loading import record_without_grades
from reviewhub.grades.exports.record import CourseRecord
from reviewhub.grades.exports.worksheets import LARGEST_WORKSHEET, Worksheet, read_worksheet
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.exports import RELEASED, attached, wanted_grades, wanted_totals
from reviewhub.grades.pages.room import blueprint
from reviewhub.web import needs, now, reading, render

_KINDS: tuple[Kind, ...] = ("email", "number", "name")
_NO_FILE = "Choose the worksheet you downloaded from Moodle."
_NO_NUMBER = "This course has no grade that could be filled in."


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """A worksheet, what was chosen for it, and the filled one where nothing is left to ask."""

    content: bytes
    name: str
    sheet: Worksheet
    record: CourseRecord
    choice: Choice
    columns: Columns
    filled: Filled | None

    @property
    def digest(self) -> str:
        """Of the filled file, to see whether it is still the one that was looked at."""
        return sha256(self.filled.content).hexdigest() if self.filled else ""


@blueprint.get("/c/<course>/grades/export/worksheet")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_worksheet_form(course: str) -> ResponseReturnValue:
    """Ask for the worksheet, and for the grade it is to be filled with."""
    return _form(course)


@blueprint.post("/c/<course>/grades/export/worksheet")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def preview_worksheet(course: str) -> ResponseReturnValue:
    """Show what would stand in the worksheet, whom it cannot find, and what only the teacher can say."""
    try:
        tried = _try(course)
    except BadInput as fault:
        return _form(course, refused=fault.message), 422
    return _preview(course, tried)


@blueprint.post("/c/<course>/grades/export/worksheet/filled")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def download_worksheet(course: str) -> ResponseReturnValue:
    """The filled worksheet, if it is still the one that was looked at."""
    try:
        tried = _try(course)
    except BadInput as fault:
        return _form(course, refused=fault.message), 422
    if tried.filled is None or tried.digest != request.form.get("seen_digest", ""):
        return _preview(course, tried, has_moved=tried.filled is not None), 409
    return attached([tried.filled.content], _plain(tried.name), "text/csv")


def _form(course: str, refused: str = "") -> str:
    with reading() as session:
        row = find_course(session, course)
        which = wanted_grades(session, row)
        record = record_without_grades(session, row, now(), released=which == RELEASED)
    return render(
        "grades/worksheet.html",
        slug=course,
        which=which,
        choices=choices_of(record),
        chosen=request.form.get("choice", ""),
        is_peer_reviewed=record.policy.is_peer_reviewed,
        refused=refused,
    )


def _preview(course: str, tried: _Tried, *, has_moved: bool = False) -> str:
    return render(
        "grades/worksheet_preview.html",
        slug=course,
        tried=tried,
        columns=tried.columns,
        filled=tried.filled,
        which=request.form.get("as", ""),
        choices=choices_of(tried.record),
        heads=list(enumerate(tried.sheet.head)),
        kept=b64encode(zlib.compress(tried.content)).decode(),
        said={name: request.form.get(name, "") for name in ("people", "column", "maximum", "decimal")},
        is_peer_reviewed=tried.record.policy.is_peer_reviewed,
        has_moved=has_moved,
    )


def _try(course: str) -> _Tried:
    content, name = _sent()
    sheet = read_worksheet(content)
    with reading() as session:
        record = wanted_totals(session, find_course(session, course))
    choices = {one.key: one for one in choices_of(record)}
    if not choices:
        raise BadInput(_NO_NUMBER)
    choice = choices.get(request.form.get("choice", ""), next(reversed(choices.values())))
    columns = find_columns(sheet, record, _said(len(sheet.head)))
    filled = None if columns.questions else fill(sheet, record, choice, columns)
    return _Tried(content=content, name=name, sheet=sheet, record=record, choice=choice, columns=columns, filled=filled)


def _sent() -> tuple[bytes, str]:
    """The worksheet as it came: a file, or what the page kept of it."""
    file = request.files.get("worksheet")
    if file is not None and file.filename:
        return file.read(LARGEST_WORKSHEET + 1), file.filename
    kept = request.form.get("kept", "")
    if not kept:
        raise BadInput(_NO_FILE)
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(b64decode(kept, validate=True), LARGEST_WORKSHEET + 1)
    except (Error, ValueError, zlib.error) as fault:
        raise BadInput(_NO_FILE) from fault
    return content, request.form.get("name", "")


def _said(width: int) -> Said:
    """What the teacher chose; a place that the worksheet does not have is no choice."""
    form = request.form
    kind, _, place = form.get("people", "").partition(":")
    people = next(
        ((one, number) for one in _KINDS if one == kind and (number := _place(place, width)) is not None), None
    )
    maximum = number_in(form.get("maximum", "").strip())
    if maximum is not None and not Decimal(0) < maximum <= Decimal(1_000_000):
        raise BadInput("Full marks are a number above 0.")
    return Said(
        people=people,
        grade=_place(form.get("column", ""), width),
        maximum=maximum,
        decimal=DECIMALS.get(form.get("decimal", ""), ""),
    )


def _place(text: str, width: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < width else None  # noqa: PLR2004


def _plain(name: str) -> str:
    """The name of the teacher's file, in signs that every header carries."""
    stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".csv")
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_ ") else "-" for sign in stem)
    return f"{plain.strip()[:80] or 'worksheet'}-filled.csv"
