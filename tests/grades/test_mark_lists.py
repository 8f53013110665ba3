"""Lists of marks as files: every usual form is read, every fault is told by row and column, nothing is guessed."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.errors import BadInput
from reviewhub.grades.mark_columns import Meaning, read_columns
from reviewhub.grades.mark_reading import Roll, Student, read_marks
from reviewhub.grades.mark_targets import guess_place, targets_of
from reviewhub.grades.mark_text import ListTable, column_name, read_table, table_from_text

METU = load_policy(shipped_text("ceng796"))
ADA = load_policy(shipped_text("csci4701"))
ZAGREB = load_policy(shipped_text("dl1"))
ROLL = Roll(
    (
        Student(enrollment_id="e1", name="Ayşe Örnek", email="ayse@example.org", student_number="0012345"),
        Student(enrollment_id="e2", name="Baran Hayali", email="baran@example.org", student_number="2345678"),
        Student(enrollment_id="e3", name="Cem Uydurma", email="cem@example.org", student_number="1234500"),
    )
)


def read(content, policy=METU, *, chosen=None, outs=None):
    """Marks as (student, component, item, points, out of), and the faults in one line each."""
    table = (
        content
        if isinstance(content, ListTable)
        else read_table(content.encode() if isinstance(content, str) else content)
    )
    columns, of_columns = read_columns(table.head, targets_of(policy), chosen=chosen, outs=outs)
    marks, of_rows = read_marks(table, columns, ROLL, policy.tzinfo)
    told = [(one.enrollment_id, one.component, one.item, one.points, one.out_of) for one in marks]
    return told, [str(fault) for fault in (*of_columns, *of_rows)]


def workbook(*rows, **formats):
    """An XLSX file with one sheet; formats: cell → number format."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


LIST = "Student number{s}Name{s}Midterm{s}Homework\n0012345{s}Ayşe Örnek{s}85{s}70.5\n2345678{s}Baran{s}{s}0\n"
WANTED = [
    ("e1", "midterm", 1, Decimal(85), Decimal(100)),
    ("e1", "homework", 1, Decimal("70.5"), Decimal(100)),
    ("e2", "midterm", 1, None, Decimal(100)),
    ("e2", "homework", 1, Decimal(0), Decimal(100)),
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1254"])
def test_csv_of_every_usual_kind_is_read(separator, encoding):
    assert read(LIST.replace("{s}", separator).encode(encoding)) == (WANTED, [])


def test_workbook_gives_the_same_marks_and_keeps_leading_zeros():
    content = workbook(
        ["Student number", "Name", "Midterm", "Homework"],
        [12345, "Ayşe Örnek", 0.85, 70.5],
        ["2345678", "Baran", None, 0],
        A2="0000000",
        C2="0%",
    )
    assert read(content) == (WANTED, [])


def test_numbers_spoilt_by_spreadsheets_find_their_student_where_only_one_is_meant():
    marks, faults = read("Number,Midterm\n12345,1\n2345678.0,2\n1.2345E+6,3\n")
    assert ([mark[0] for mark in marks], faults) == (["e1", "e2", "e3"], [])


def test_shortened_number_that_could_be_two_students_is_a_fault():
    twins = Roll(tuple(Student(enrollment_id=n, name=n, email="", student_number=n) for n in ("1234501", "1234502")))
    with pytest.raises(BadInput, match="could be 2 students'"):
        twins.find("1.2345E+6", "")


@pytest.mark.parametrize(
    ("cell", "points", "out_of"),
    [
        ("1,5", "1.5", 40),
        ("1.5", "1.5", 40),
        ("40", "40", 40),
        ("85%", "85", 100),
        ("85,5 %", "85.5", 100),
        ("17/20", "17", 20),
        ("0", "0", 40),
        ("", None, 40),
        ("—", None, 40),
    ],
)
def test_mark_is_read_as_people_write_it(cell, points, out_of):
    marks, faults = read(f'number;Midterm (out of 40)\n2345678;"{cell}"\n')
    wanted = None if points is None else Decimal(points)
    assert (marks, faults) == ([("e2", "midterm", 1, wanted, Decimal(out_of))], [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2345678;105", "row 2, column B (“Midterm”): “105” is not a number from 0 to 100."),
        ("2345678;-1", "row 2, column B (“Midterm”): “-1” is not a number from 0 to 100."),
        ("2345678;1.000,5", "row 2, column B (“Midterm”): “1.000,5” is not a number from 0 to 100."),
        ("2345678;101%", "row 2, column B (“Midterm”): “101” is not a number from 0 to 100."),
        ("2345678;=1+2", "row 2, column B (“Midterm”): “=1+2” is a formula; give the number it comes to."),
        ("2345678;@SUM(A1)", "row 2, column B (“Midterm”): “@SUM(A1)” is a formula; give the number it comes to."),
        (
            "2345678;absent",
            "row 2, column B (“Midterm”): “absent” is not a number from 0 to 100. (Where there is no mark, leave the cell empty; what happened belongs on the status list.)",
        ),
        ("9999999;50", "row 2: Nobody in the course has the student number 9999999."),
        (";50", "row 2: The row says neither a student number nor an e-mail address."),
    ],
)
def test_fault_is_one_sentence_with_row_and_column(row, fault):
    assert read(f"number;Midterm\n{row}\n") == ([], [fault])


def test_all_faults_are_told_at_once():
    _, faults = read("number;Midterm;Homework\n2345678;abc;101\n2345678;1;1\n7;5;5\n")
    assert [fault.partition(":")[0] for fault in faults] == [
        "row 2, column B (“Midterm”)",
        "row 2, column C (“Homework”)",
        "row 3",
        "row 4",
    ]
    assert "Baran Hayali stands in row 2 already" in faults[2]


def test_decimal_comma_that_tears_a_row_apart_is_told():
    with pytest.raises(BadInput) as fault:
        read("number,Midterm\n2345678,85,5\n")
    assert [str(one) for one in fault.value.problems] == [
        "row 2: The row has 3 cells, the head only 2. (A decimal comma needs quotation marks where commas separate the cells.)"
    ]


def test_columns_that_say_the_same_twice_are_a_fault():
    _, faults = read("number;Midterm;midterm\n2345678;1;2\n")
    assert faults == [
        "head: column B (“Midterm”) and column C (“midterm”) are both read as Midterm. (Leave one of them out below.)"
    ]


def test_number_and_address_of_two_people_are_a_fault():
    _, faults = read("number;email;Midterm\n2345678;cem@example.org;2\n")
    assert faults == ["row 2: The student number is Baran Hayali's, the address Cem Uydurma's."]


def test_list_without_people_or_marks_says_what_is_missing():
    _, faults = read("name;something\nBaran;2\n")
    assert faults[0] == (
        "head: No column says whose the marks are. (Call one Student number or Email, or choose it below.)"
    )
    assert faults[1].startswith(
        "head: No column is known to hold marks. (The course has: Midterm, Paper presentation, Homework."
    )


@pytest.mark.parametrize(
    ("policy", "header", "wanted"),
    [
        (ADA, "Quiz 3", "quizzes:3"),
        (ADA, "quizzes 9", "quizzes:9"),
        (ADA, "Quiz: Quiz 7 (Real)", "quizzes:7"),
        (ADA, "Quiz 10", None),
        (ADA, "Quizzes", None),
        (ADA, "Milestone one", "milestone_1:1"),
        (ADA, "milestone_2", "milestone_2:1"),
        (ADA, "Mid", "midterm:1"),
        (ADA, "Midterm exam", "midterm:1"),
        (ADA, "Final", "final:1"),
        (ADA, "Proposal", "proposal:1"),
        (ADA, "Course total (Real)", None),
        (METU, "Presentation 2", "presentation:2"),
        (METU, "Paper presentation 2", "presentation:2"),
        (METU, "HOMEWORK 12", "homework:12"),
        (METU, "Developer", None),
        (ZAGREB, "Lab 3", "laboratory:3"),
        (ZAGREB, "Laboratory 5", None),
        (ZAGREB, "Written", "written:1"),
        (ZAGREB, "Seminar", "seminar:1"),
        (ZAGREB, "Technical seminar", "seminar:1"),
    ],
)
def test_header_names_its_component(policy, header, wanted):
    place = guess_place(header, targets_of(policy))
    assert (place.token if place else None) == wanted


@pytest.mark.parametrize(
    "header", ["Midterm (out of 40)", "Midterm /40", "Midterm [40]", "Midterm (max. 40)", "Midterm (40 points)"]
)
def test_header_says_what_a_mark_is_out_of(header):
    columns, faults = read_columns(["number", header], targets_of(METU))
    assert (columns[1].token, columns[1].out_of, faults) == ("midterm:1", Decimal(40), ())


def test_column_is_read_as_a_person_chose():
    marks, faults = read("id;Sınav;Grade\n2345678;12;x\n", chosen={1: "midterm:1", 2: ""}, outs={1: "20"})
    assert (marks, faults) == ([("e2", "midterm", 1, Decimal(12), Decimal(20))], [])
    _, faults = read("id;Sınav\n2345678;12\n", chosen={1: "midterm:1"}, outs={1: "0"})
    assert faults == [
        "column B (“Sınav”): “0” is not a number from 0.01 to 10000. (It says what the marks are out of.)"
    ]


@pytest.mark.parametrize("above", ["Deep Learning\n", "Deep Learning;;;\n\n;;Fall 2026;\n"])
def test_titles_above_the_head_are_passed_over(above):
    table = read_table((above + LIST.replace("{s}", ";")).encode())

    assert read(table) == (WANTED, [])
    assert "above the head" in table.notes[-1]
    assert read(workbook(["CENG 796"], [], ["Student number", "Midterm"], ["0012345", 85])) == (WANTED[:1], [])


def test_number_of_nobody_beside_an_address_says_whose_that_is():
    _, faults = read("ID number;Email address;Midterm\n77;cem@example.org;1\n;cem@example.org;1\n")
    assert faults == ["row 2: Nobody in the course has the student number 77; the address is Cem Uydurma's."]


def test_bonus_counts_in_points():
    marks, faults = read("number;Seminar\n2345678;3,5\n", ZAGREB)
    assert (marks, faults) == ([("e2", "seminar", 1, Decimal("3.5"), Decimal(100))], [])
    _, faults = read("number;Seminar\n2345678;3 %\n", ZAGREB)
    assert faults == ["row 2, column B (“Seminar”): “3 %” is per cent, but Technical seminar counts in points."]


def test_when_work_came_is_read_in_the_zone_of_the_course():
    table = read_table(b"number;Milestone one;Milestone one received\n2345678;80;2026-11-20 23:05\n")
    columns, faults = read_columns(table.head, targets_of(ADA))
    marks, of_rows = read_marks(table, columns, ROLL, ADA.tzinfo)
    assert ([one.means for one in columns], faults, of_rows) == (
        [Meaning.NUMBER, Meaning.MARK, Meaning.RECEIVED],
        (),
        (),
    )
    assert marks[0].received_at == datetime(2026, 11, 20, 19, 5, tzinfo=UTC)


def test_time_without_a_deadline_is_a_fault_unless_the_list_says_when_it_was_due():
    _, faults = read("number;Homework;received at\n2345678;80;2026-11-20 23:05\n")
    assert faults == [
        "column C (“received at”): The course file has no deadline for Homework, so when it came says nothing. (Add a column that says when it was due, or leave this one out below.)"
    ]
    _, faults = read("number;Homework;received at;due at\n2345678;80;2026-11-20 23:05;20.11.2026 23:00\n")
    assert faults == []
    _, faults = read("number;Homework;received at;due at\n2345678;80;yesterday;20.11.2026 23:00\n")
    assert faults == [
        "row 2, column C (“received at”): “yesterday” is no date with a time. Write it like 2026-11-20 23:05."
    ]


def test_formula_in_a_workbook_gives_its_last_value_and_says_so():
    content = workbook(["number", "Midterm"], ["2345678", "=40+2"])
    # A program that computes writes the value beside the formula; openpyxl does not compute.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<v></v>" in sheet or b"<v/>" in sheet or b"<v />" in sheet
    computed = sheet.replace(b"<v></v>", b"<v>42</v>").replace(b"<v/>", b"<v>42</v>").replace(b"<v />", b"<v>42</v>")
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | {"xl/worksheets/sheet1.xml": computed}).items():
            archive.writestr(name, part)

    table = read_table(kept.getvalue())

    assert read(table) == ([("e2", "midterm", 1, Decimal(42), Decimal(100))], [])
    assert "1 cell is a formula: its last computed value was read." in table.notes
    assert read(content)[1] == ["row 2, column B (“Midterm”): “=40+2” is a formula; give the number it comes to."]


def test_table_survives_the_way_through_a_form():
    table = read_table(b'number;Midterm;Note\n\n0012345;85;"a ""quoted""\ttext"\n')
    again = table_from_text(table.as_text().replace("\n", "\r\n"))
    assert (again.head, again.rows) == (table.head, table.rows)
    assert table.rows[0][0] == 3


@pytest.mark.parametrize("text", ["", "row\thead\nx\ty\n", "row\ta\tb\n1\tc\n", '"'])
def test_table_that_was_spoilt_on_the_way_is_refused(text):
    with pytest.raises(BadInput, match="lost on the way"):
        table_from_text(text)


def test_columns_are_called_as_spreadsheets_call_them():
    assert [column_name(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
