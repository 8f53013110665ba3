"""No text of a student becomes a formula, in any program and with any separator."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.grades.exports.harmless import harmless, is_risky

STARTS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "\x00=1", "\tname"],
)
def test_a_formula_gets_an_apostrophe(text):
    assert is_risky(text)
    assert harmless(text) == f"'{text}" or harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Zeki Şahin", "0042", "a=b", "x@example.org", "−4.0", "Smith-Jones", "5 + 3"])
def test_any_other_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_a_cell_split_at_another_separator_begins_no_formula_either():
    line = io.StringIO()
    csv.writer(line).writerow([harmless("Zeki;=cmd|x"), harmless("a\n@b"), harmless("a, +b")])

    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=separator):
            assert [cell for cell in row if cell.lstrip().startswith(tuple(STARTS))] == []


@given(st.text(alphabet=f"{STARTS};,|\t\r\n ab'\"", max_size=12))
def test_no_program_finds_a_formula_at_the_start_of_any_cell(text):
    for part in (
        harmless(text)
        .replace(";", ",")
        .replace("|", ",")
        .replace("\t", ",")
        .replace("\r", ",")
        .replace("\n", ",")
        .split(",")
    ):
        assert not part.lstrip(" ").startswith(tuple(STARTS))
