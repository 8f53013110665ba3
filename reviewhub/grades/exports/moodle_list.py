"""The list that Moodle's gradebook imports (Grades, Import, CSV file): who, then one column for each number.

Moodle finds the student by e-mail address or ID number and asks which column belongs to which grade item; a column with
the grade item's own name is found by itself. It takes numbers only, so letters stay out; an empty cell changes nothing.
"""

from collections.abc import Iterator

from reviewhub.grades.exports.gradebook import choices_of
from reviewhub.grades.exports.grids import Column, Grid, Row
from reviewhub.grades.exports.record import CourseRecord


def moodle_list(record: CourseRecord) -> Grid:
    """One row for each student who has an address or a number."""
    choices = choices_of(record)
    columns = (
        Column(title="Email address", explains="Map it to “Email address”.", width=30),
        Column(title="ID number", explains="Or map this one to “ID number”."),
        Column(title="Full name", explains="For the eye; map it to “Ignore”.", width=26),
        *(Column(title=one.title, explains=one.explains, is_number=True) for one in choices),
    )

    def rows() -> Iterator[Row]:
        for student in record.students:
            if student.email or student.number:
                numbers = (one.value(student.enrollment_id) for one in choices)
                yield (student.email, student.number, student.name, *numbers)

    return Grid(name="Moodle", columns=columns, rows=rows)
