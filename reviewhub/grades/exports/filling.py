"""Filling a teacher's worksheet: each student's grade into its one cell, and a line of account for every row."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.grades.exports.columns import Columns, Kind, fold, number_in, people_by
from reviewhub.grades.exports.gradebook import Choice
from reviewhub.grades.exports.grids import two_places
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.exports.worksheets import Span, Worksheet

HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class FilledRow:
    """One line of the worksheet: whom it names, what stood there, what stands there now; `why` where it was left."""

    line: int
    said: str
    """What the worksheet calls the student."""
    student: Student | None
    old: str
    new: str
    why: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether another grade stands there now; 85,5 and 85,50 are the same."""
        return not self.why and (number_in(self.old) is None or number_in(self.old) != number_in(self.new))


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The worksheet with the grades in it, and what became of each of its rows."""

    content: bytes
    rows: tuple[FilledRow, ...]
    absent: tuple[Student, ...]
    """Students of the course whom the worksheet does not name."""

    @property
    def left(self) -> tuple[FilledRow, ...]:
        """The rows that stay as they are, each with the reason."""
        return tuple(row for row in self.rows if row.why)


def fill(sheet: Worksheet, record: CourseRecord, choice: Choice, columns: Columns) -> Filled:
    """Write the chosen number, scaled to the worksheet's full marks, into each cell whose student is certain."""
    assert columns.grade is not None
    assert columns.maximum is not None
    people = {place: people_by(record, kind) for kind, place in _places(columns)}
    changed: dict[Span, str] = {}
    rows: list[FilledRow] = []
    named: dict[str, int] = {}
    for line, row in sheet.rows:
        student, why = _whom(sheet, row, people)
        if student and (before := named.setdefault(student.enrollment_id, line)) != line:
            student, why = None, f"The same student stands on line {before} already."
        value = choice.value(student.enrollment_id) if student else None
        if student and value is None:
            why = f"No grade yet for “{choice.title}”."
        if not why and columns.grade >= len(row):
            why = "The line is too short to have a cell for the grade."
        new = "" if why or value is None else _scaled(value, columns.maximum, columns.decimal)
        done = FilledRow(
            line=line,
            said=" · ".join(sheet.cell(row, place) for place in people),
            student=student,
            old=sheet.cell(row, columns.grade),
            new=new,
            why=why,
        )
        if done.is_changed:
            changed[row[columns.grade]] = new
        rows.append(done)
    absent = tuple(one for one in record.students if not one.has_left and one.enrollment_id not in named)
    return Filled(content=sheet.with_cells(changed), rows=tuple(rows), absent=absent)


def _places(columns: Columns) -> list[tuple[Kind, int]]:
    places: list[tuple[Kind, int | None]] = [
        ("email", columns.email),
        ("number", columns.number),
        ("name", columns.name),
    ]
    return [(kind, place) for kind, place in places if place is not None]


def _whom(
    sheet: Worksheet, row: tuple[Span, ...], people: Mapping[int, Mapping[str, Student]]
) -> tuple[Student | None, str]:
    """The student all columns agree on; else why there is none."""
    found = {
        student.enrollment_id: student
        for place, known in people.items()
        if (student := known.get(fold(sheet.cell(row, place)))) is not None
    }
    if len(found) > 1:
        return None, "The address names one student and the number another."
    if not found:
        return None, "Nobody in this course is called so."
    return next(iter(found.values())), ""


def _scaled(value: Decimal, maximum: Decimal, decimal: str) -> str:
    return str(two_places(value * maximum / HUNDRED)).replace(".", decimal)
