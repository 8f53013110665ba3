"""Tables as CSV and as a workbook, read back by other programs' readers."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reviewhub.grades.exports.csv_files import CsvStyle, csv_pieces
from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.grids import Column, Grid, two_places, written
from reviewhub.grades.exports.line_lists import workbook_grids
from reviewhub.grades.exports.moodle_list import moodle_list
from reviewhub.grades.exports.record import Student
from reviewhub.grades.exports.workbooks import sheet_name, write_workbook
from tests.grades.exports.records import PEOPLE, a_graded_course, a_record

EVIL = Student(enrollment_id="e", name="=cmd|' /C calc'!A0", number="+1", email="@x")


def a_grid(*rows):
    columns = (Column(title="Name", explains=""), Column(title="Points", explains="", is_number=True))
    return Grid(name="Points", columns=columns, rows=lambda: rows)


def csv_rows(grid, **style):
    text = b"".join(csv_pieces(grid, CsvStyle(**style))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=style.get("separator", ",")))


def workbook(*grids):
    file = io.BytesIO()
    write_workbook(file, grids, title="Grades")
    return load_workbook(file)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("49.995", "50.00"), ("49.9949999", "49.99"), ("-0.004", "0.00"), ("1E+2", "100.00"), ("33.333333", "33.33")],
)
def test_a_number_is_written_at_two_places_half_up(exact, shown):
    assert str(two_places(Decimal(exact))) == shown
    assert written(Decimal(exact), ",") == shown.replace(".", ",")


def test_csv_comes_back_as_it_went_in():
    grid = a_grid(('Zeki; "Z" Şahin,\nJr', Decimal("85.5")), ("", None))

    for style in ({}, {"separator": ";", "decimal": ","}, {"separator": "\t"}):
        sign = style.get("decimal", ".")
        assert csv_rows(grid, **style) == [["Name", "Points"], ['Zeki; "Z" Şahin,\nJr', f"85{sign}50"], ["", ""]]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="=+-@＝＋－＠\0"), max_size=30))
def test_any_text_without_a_formula_survives_csv(text):
    if text[:1] not in "\t\r\n":
        assert csv_rows(a_grid((text, None)))[1][0] == text


def test_numbers_of_a_workbook_are_numbers_and_texts_are_texts():
    sheet = workbook(a_grid(("0042", Decimal("85.505")), ("=1+1", None)))["Points"]

    assert (sheet["A2"].value, sheet["A2"].data_type) == ("0042", "s")
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].number_format) == (85.51, "n", "0.00")
    assert (sheet["A3"].value, sheet["A3"].data_type, sheet["A3"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["B3"].value is None


def test_no_cell_of_any_file_is_a_formula_whatever_people_are_called():
    record = a_record(students=(*PEOPLE, EVIL))

    book = workbook(*workbook_grids(record))
    assert [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"] == []
    assert "=cmd|' /C calc'!A0" in [row[1].value for row in book["Gradebook"]]
    for grid in (gradebook(record), moodle_list(record)):
        assert [cell for row in csv_rows(grid) for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


def test_workbook_has_a_sheet_for_each_grade_whose_lines_add_up_to_it():
    record = a_record()
    book = workbook(*workbook_grids(record))

    assert book.sheetnames == [
        "Gradebook", "Projects", "Version 1 lines", "Version 2 lines", "Developer lines", "Review lines", "Reviewer lines", "About",
    ]  # fmt: skip
    points = [row[4] for row in book["Version 1 lines"].iter_rows(min_row=2, values_only=True)]
    assert sum(points) == 89  # 60 − 8, 40 − 3
    assert [cell.value for cell in book["Projects"][2]][3:] == [89, 89]
    assert [cell.value for cell in book["Gradebook"][2]] == [
        "0042",
        "Zeki Şahin",
        "zeki@example.org",
        "AWGAN",
        89,
        None,
    ]


def test_about_explains_every_column_of_every_sheet():
    record = a_record()
    *grids, told = workbook_grids(record)

    explained = {(row[0], row[1]) for row in told.rows() if row[2]}
    assert {(grid.name, column.title) for grid in grids for column in grid.columns} <= explained


def test_sheet_names_are_what_a_workbook_allows():
    taken: set[str] = set()
    for wanted in ("Lab: a/b [1]?", "L" * 40, "l" * 40, "History", "", "''"):
        name = sheet_name(wanted, taken)
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
        assert name.casefold() not in taken | {"history"}
        taken.add(name.casefold())


def test_gradebook_has_the_columns_that_the_course_file_states_and_no_others():
    titles = {
        slug: [column.title for column in gradebook(a_graded_course({}, slug=slug)).columns[3:]]
        for slug in ("csci4701", "dl1", "ceng501-kalkan", "ceng501-akbas")
    }

    assert titles["csci4701"][-2:] == ["Course grade", "Missing"]
    assert "Counted by" in titles["dl1"]
    assert "Bonus" in titles["dl1"]
    assert "Letter" in titles["dl1"]
    assert titles["ceng501-akbas"] == []


def test_moodle_gets_addresses_numbers_and_nothing_that_is_no_number():
    rows = csv_rows(moodle_list(a_graded_course({"dev": "91.005", "a": None})))

    assert rows[0][:3] == ["Email address", "ID number", "Full name"]
    assert rows[0][-1] == "Course grade"
    assert [row[-1] for row in rows[1:]] == ["91.01", "", ""]
    assert "Letter" not in rows[0]
