"""Which column of a worksheet is which: found by what stands in it, because its titles may be in any language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.exports.worksheets import Worksheet

Kind = Literal["email", "number", "name"]
_NUMBER = re.compile(r"-?\d{1,9}(?:[.,]\d{1,6})?")
_NO_GRADE = {"", "-", "–"}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns are used. `maximum` is what full marks are; `decimal` the sign the file writes numbers with."""

    email: int | None = None
    number: int | None = None
    name: int | None = None
    """Used only where the teacher says so: two people can have one name."""
    grade: int | None = None
    maximum: Decimal | None = None
    decimal: str = "."
    questions: tuple[str, ...] = ()
    """What only the teacher can answer, each in a sentence; nothing is filled while there is one."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the teacher said of the columns; None leaves it to what stands in them."""

    people: tuple[Kind, int] | None = None
    grade: int | None = None
    maximum: Decimal | None = None
    decimal: str = ""


def number_in(text: str) -> Decimal | None:
    """A cell's number, with a point or a comma; None for anything else."""
    if _NUMBER.fullmatch(text) is None:
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        return None


def people_by(record: CourseRecord, kind: Kind) -> Mapping[str, Student]:
    """The students by what a column may call them, folded; what two of them share names nobody."""
    found: dict[str, list[Student]] = {}
    for one in record.students:
        if key := fold({"email": one.email, "number": one.number, "name": one.name}[kind]):
            found.setdefault(key, []).append(one)
    return {key: students[0] for key, students in found.items() if len(students) == 1}


def fold(text: str) -> str:
    """A name or an address to compare by: case and spaces do not count."""
    return " ".join(text.casefold().split())


def find_columns(sheet: Worksheet, record: CourseRecord, said: Said | None = None) -> Columns:
    """Find the columns by their content, unless the teacher said which; what stays open becomes a question."""
    said = said or Said()
    places: dict[Kind, int | None] = {"email": None, "number": None, "name": None}
    questions: list[str] = []
    if said.people:
        places[said.people[0]] = said.people[1]
    else:
        places, asked = _people_columns(sheet, record)
        questions += asked
    taken = {place for place in places.values() if place is not None}
    grade, maximum = said.grade, said.maximum
    pairs = _grade_columns(sheet, taken)
    if grade is None and len(pairs) == 1:
        grade = next(iter(pairs))
    if grade is None:
        questions.append("Which column takes the grade? Its content alone does not tell.")
    if maximum is None and grade is not None:
        maximum = pairs.get(grade)
    if grade is not None and maximum is None:
        questions.append("How many points are full marks? The worksheet does not say.")
    return Columns(
        **places,
        grade=grade,
        maximum=maximum,
        decimal=said.decimal or _decimal_sign(sheet, grade),
        questions=tuple(questions),
    )


def _people_columns(sheet: Worksheet, record: CourseRecord) -> tuple[dict[Kind, int | None], list[str]]:
    """The columns of addresses and numbers: those that name most of the students; a tie is asked for."""
    places: dict[Kind, int | None] = {"email": None, "number": None, "name": None}
    questions = []
    for kind in ("email", "number"):
        hits = _hits(sheet, people_by(record, kind))
        best = [place for place, count in hits.items() if count == max(hits.values())]
        if len(best) == 1:
            places[kind] = best[0]
        elif best:
            what = "e-mail addresses" if kind == "email" else "student numbers"
            questions.append(f"Which column holds the {what}? {len(best)} of them do.")
    if not any(place is not None for place in places.values()) and not questions:
        questions.append(
            "By which column are the students found? None holds addresses or student numbers of this course."
        )
    return places, questions


def _hits(sheet: Worksheet, people: Mapping[str, Student]) -> dict[int, int]:
    """Column → how many different students it names; a column that names one of them twice names nobody."""
    hits = {}
    for place in range(len(sheet.head)):
        found = [cell for _, row in sheet.rows if (cell := fold(sheet.cell(row, place))) in people]
        if found and len(found) == len(set(found)):
            hits[place] = len(found)
    return hits


def _grade_columns(sheet: Worksheet, taken: set[int]) -> dict[int, Decimal | None]:
    """Column that can take the grade → full marks, where the column to its right says them on every line.

    Where any column is followed by its full marks, as in Moodle's worksheets, only such columns are given.
    """
    constants = {place: full for place in range(len(sheet.head)) if (full := _full_marks(sheet, place)) is not None}
    able = [place for place in range(len(sheet.head)) if place not in taken and _takes_grades(sheet, place)]
    pairs: dict[int, Decimal | None] = {
        place: constants[place + 1]
        for place in able
        if place + 1 in constants and all(_fits(sheet, row, place, constants[place + 1]) for _, row in sheet.rows)
    }
    if len(pairs) > 1:
        # Everybody has the same grade, so that the grades look like full marks too: the last of the row are those.
        pairs = {place: full for place, full in pairs.items() if place + 1 not in pairs}
    return pairs or {place: None for place in able if place not in constants}


def _full_marks(sheet: Worksheet, place: int) -> Decimal | None:
    cells = {sheet.cell(row, place) for _, row in sheet.rows}
    number = number_in(cells.pop()) if len(cells) == 1 else None
    return number if number is not None and number > 0 else None


def _takes_grades(sheet: Worksheet, place: int) -> bool:
    return all(
        cell in _NO_GRADE or number_in(cell) is not None for _, row in sheet.rows for cell in [sheet.cell(row, place)]
    )


def _fits(sheet: Worksheet, row: tuple[object, ...], place: int, full: Decimal) -> bool:
    number = number_in(sheet.cell(row, place))  # type: ignore[arg-type]
    return number is None or 0 <= number <= full


def _decimal_sign(sheet: Worksheet, grade: int | None) -> str:
    """The sign that the grades or the full marks beside them are written with; a point where none has places."""
    for place in (grade, None if grade is None else grade + 1):
        for _, row in sheet.rows:
            cell = sheet.cell(row, place)
            if number_in(cell) is not None and ("," in cell or "." in cell):
                return "," if "," in cell else "."
    return "."
