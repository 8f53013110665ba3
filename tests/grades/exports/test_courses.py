"""Whole courses taken out: what was worked out by hand stands in every file, and the files prove themselves."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.grades.course_grade import course_grades, course_lines
from reviewhub.grades.evidence import GradingFacts, MarkFact, StudentFact
from reviewhub.grades.exports.citing import Seen
from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.grids import written
from reviewhub.grades.exports.ledger_file import ledger_pieces
from reviewhub.grades.exports.line_lists import workbook_grids
from reviewhub.grades.exports.printing import Printer
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.exports.verifying import verify
from reviewhub.grades.exports.workbooks import write_workbook

ANA = Student(enrollment_id="ana", name="Ana Kovač", number="0036", email="ana@example.org")
LUKA = Student(enrollment_id="luka", name="Luka Babić", number="0037", email="luka@example.org")
NIKO = Student(enrollment_id="niko", name="Niko Jurić", number="0038", email="niko@example.org")


def marks(**given):
    return tuple(
        MarkFact(mark_id=f"{key}-{item}", component=key, item=item, value=Decimal(value))
        for key, values in given.items()
        for item, value in enumerate(values, start=1)
    )


@pytest.fixture(scope="module")
def zagreb() -> CourseRecord:
    """Ana by continuous assessment, Luka by the exam, Niko with nothing but half of the laboratory."""
    text = shipped_text("dl1")
    policy = load_policy(text)
    facts = GradingFacts(
        students=(
            StudentFact(
                enrollment_id="ana",
                marks=marks(laboratory=[80, 80, 80, 80], midterm=[70], final=[90], seminar=[2]),
            ),
            StudentFact(
                enrollment_id="luka",
                marks=marks(laboratory=[50, 50, 50, 50], midterm=[20], final=["10"], written=["55.5"], oral=[100]),
            ),
            StudentFact(enrollment_id="niko", marks=marks(laboratory=[60, 60])),
        )
    )
    grades = course_grades(facts, policy, ())
    return CourseRecord(
        slug="dl1",
        title=policy.title,
        term=policy.term,
        policy=policy,
        policy_text=text,
        as_of=datetime(2027, 1, 31, tzinfo=UTC),
        students=(ANA, LUKA, NIKO),
        facts=facts,
        entries=tuple(course_lines(grades)),
        grades=grades,
    )


def test_gradebook_says_what_was_worked_out_by_hand(zagreb):
    grid = gradebook(zagreb)
    rows = [dict(zip((column.title for column in grid.columns), map(written, row), strict=True)) for row in grid.rows()]

    told = [
        (row["Name"], row["Laboratory"], row["Counted by"], row["Bonus"], row["Course grade"], row["Letter"])
        for row in rows
    ]
    assert told == [
        # 0.2 · 80 + 0.4 · 70 + 0.4 · 90 = 80, and 2 of the seminar
        ("Ana Kovač", "80.00", "Continuous assessment", "2.00", "82.00", "4"),
        # 0.8 · 55.5 + 0.2 · 100 = 64.4
        ("Luka Babić", "50.00", "Exam route", "0.00", "64.40", "3"),
        ("Niko Jurić", "", "Continuous assessment", "0.00", "", ""),
    ]
    assert "midterm" in rows[2]["Missing"].lower()


def test_lines_of_the_workbook_add_up_to_the_grades(zagreb):
    file = io.BytesIO()
    write_workbook(file, workbook_grids(zagreb), title="Grades")
    book = load_workbook(file)

    def total(sheet, name):
        rows = book[sheet].iter_rows(min_row=2, values_only=True)
        return round(sum(row[4] for row in rows if row[1] == name), 2)

    assert total("Course grade lines", "Ana Kovač") == 82
    assert total("Course grade lines", "Luka Babić") == 64.4
    assert total("Laboratory lines", "Ana Kovač") == 80
    assert "Projects" not in book.sheetnames


def test_ledger_of_a_course_without_projects_proves_itself_too(zagreb):
    told = verify(b"".join(ledger_pieces(zagreb)))

    assert told.faults == ()
    assert told.release is None
    assert told.lines == len(zagreb.entries)


def test_sheet_of_a_student_opens_with_the_numbers(zagreb):
    sheet = Printer(zagreb, Seen()).student(ANA)

    rows = {row.title: row.value for row in sheet.summary}
    assert rows == {
        "Laboratory": "80.00", "Midterm exam": "70.00", "Final exam": "90.00", "Written exam": "—", "Oral exam": "—",
        "Bonus": "2.00", "Course grade": "82.00", "Letter": "4",
    }  # fmt: skip
    assert sheet.grades[0].title == "Course grade"
    assert sheet.grades[0].total == 82
