"""Words marked inside highlighted lines, cells marked inside tables."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.notebooks.highlighting import highlight
from reviewhub.notebooks.marking import mark_ranges
from reviewhub.notebooks.table_differences import mark_tables
from tests.notebooks.builders import pandas_table
from tests.notebooks.safety import faults_in


def test_range_inside_a_text_is_wrapped() -> None:
    assert mark_ranges("a = 10", [(4, 6)], "ins") == "a = <ins>10</ins>"
    assert mark_ranges("a = 10", [(0, 1), (4, 5)], "ins") == "<ins>a</ins> = <ins>1</ins>0"
    assert mark_ranges("a = 10", [], "ins") == "a = 10"


def test_range_over_elements_begins_anew_in_each() -> None:
    html = '<span class="k">def</span> <span class="nf">f</span>'
    assert mark_ranges(html, [(2, 5)], "del") == (
        '<span class="k">de<del>f</del></span><del> </del><span class="nf"><del>f</del></span>'
    )


def test_entity_is_one_character() -> None:
    assert mark_ranges("a &lt; b &amp; c", [(2, 3), (6, 7)], "ins") == "a <ins>&lt;</ins> b <ins>&amp;</ins> c"
    assert mark_ranges("&nbsp", [(0, 1)], "ins") == "<ins>&</ins>nbsp"


def test_range_beyond_the_line_is_left_out() -> None:
    assert mark_ranges("abc", [(1, 90)], "ins") == "a<ins>bc</ins>"
    assert mark_ranges("abc", [(5, 9)], "ins") == "abc"


@given(
    st.text(alphabet="ab=<>&;\"' #0\u202e", max_size=30),
    st.lists(st.integers(0, 31), max_size=6, unique=True).map(sorted),
)
def test_marked_line_reads_as_before_and_marks_just_the_ranges(source: str, ends: list[int]) -> None:
    ranges = list(zip(ends[::2], ends[1::2], strict=False))
    for html in highlight(source, "python"):
        marked = mark_ranges(html, ranges, "ins")
        assert re.sub("</?ins>", "", marked) == html
        text = unescape(re.sub("<[^>]+>", "", html))
        inside = "".join(re.findall("<ins>(.*?)</ins>", marked))
        assert unescape(inside) == "".join(text[first:last] for first, last in ranges)
        assert re.findall("<ins>[^<]*<(?!/ins>)", marked) == []


def test_cells_of_tables_that_differ_are_marked() -> None:
    old, new, count = mark_tables(pandas_table(3), pandas_table(3).replace("<td>3.0</td>", "<td>3.5</td>"))
    assert (old.count("data-differs"), new.count("data-differs"), count) == (1, 1, 1)
    assert "<td data-differs>3.0</td>" in old
    assert "<td data-differs>3.5</td>" in new


def test_row_that_only_one_table_has_is_marked_whole() -> None:
    old, new, count = mark_tables(pandas_table(3), pandas_table(4))
    assert (old.count("data-differs"), new.count("data-differs"), count) == (0, 2, 2)
    assert "<th data-differs>3</th>" in new


def test_tables_that_cannot_be_compared_come_back_as_they_were() -> None:
    nested = "<table><tr><td><table></table></td></tr></table>"
    assert mark_tables(nested, pandas_table()) == (nested, pandas_table(), -1)
    assert mark_tables("", "") == ("", "", -1)
    large = f"<table><tr><td>{'x' * 200_000}</td></tr></table>"
    assert mark_tables(large, large)[2] == -1


def test_marks_bring_nothing_unsafe_into_a_line() -> None:
    line = highlight("x = '<img src=x onerror=alert(1)>'", "python")[0]
    assert faults_in(mark_ranges(line, [(3, 30)], "ins")) == []
