"""Two people changed one text: what does not touch is one text, what touches is both, and no line of either is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.merging import Clash, merge_texts, settle

BASE = "Architecture is right.\nThe loss is not.\nData loads."
lines = st.lists(st.sampled_from(["one", "two", "three", "four", ""]), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("mine", "theirs", "text"),
    [
        pytest.param(BASE, BASE, BASE, id="nobody changed it"),
        pytest.param("Mine.\n" + BASE, BASE, "Mine.\n" + BASE, id="only I did"),
        pytest.param(BASE, BASE + "\nTheirs.", BASE + "\nTheirs.", id="only they did"),
        pytest.param("Mine.\n" + BASE, BASE + "\nTheirs.", f"Mine.\n{BASE}\nTheirs.", id="each at another end"),
        pytest.param(BASE.replace("right", "fine"), BASE.replace("Data", "All data"),
                     "Architecture is fine.\nThe loss is not.\nAll data loads.", id="each another line"),
        pytest.param(BASE.replace("not", "wrong"), BASE.replace("not", "wrong"),
                     BASE.replace("not", "wrong"), id="both the same change"),
        pytest.param("The loss is not.\nData loads.", BASE.replace("Data", "All data"),
                     "The loss is not.\nAll data loads.", id="a line taken out"),
    ],
)  # fmt: skip
def test_changes_that_do_not_touch_become_one_text(mine: str, theirs: str, text: str) -> None:
    merged = merge_texts(BASE, mine, theirs)
    assert (merged.text, merged.is_clean) == (text, True)


def test_changes_of_the_same_line_are_both_there_theirs_first() -> None:
    merged = merge_texts(BASE, BASE.replace("not", "odd"), BASE.replace("not", "wrong"))
    assert merged.text.split("\n") == [
        "Architecture is right.",
        "The loss is wrong.",
        "The loss is odd.",
        "Data loads.",
    ]
    assert not merged.is_clean


def test_two_first_texts_of_an_empty_field_are_both_there() -> None:
    assert merge_texts("", "Mine.", "Theirs.").text == "Theirs.\nMine."


@given(base=lines, mine=lines, theirs=lines)
def test_no_line_that_somebody_added_is_ever_lost(base: str, mine: str, theirs: str) -> None:
    merged = set(merge_texts(base, mine, theirs).text.split("\n"))
    for text in (mine, theirs):
        assert set(text.split("\n")) - set(base.split("\n")) - merged <= {""}


@given(base=lines, mine=lines)
def test_text_that_only_one_changed_is_theirs_to_the_letter(base: str, mine: str) -> None:
    kept = mine.removesuffix("\n")
    assert merge_texts(base, mine, base).text.removesuffix("\n") == kept
    assert merge_texts(base, base, mine).text.removesuffix("\n") == kept


def test_settling_decides_every_part_for_itself() -> None:
    settled = settle(
        stored={"a": "theirs", "b": "old", "c": "1\n2\nthree", "d": "theirs", "e": "mine"},
        was={"a": "old", "b": "old", "c": "1\n2\n3", "d": "old", "e": "old"},
        mine={"a": "old", "b": "mine", "c": "one\n2\n3", "d": "mine", "e": "mine"},
    )
    assert settled.texts == {"a": "theirs", "b": "mine", "c": "one\n2\nthree", "e": "mine"}
    assert settled.clashes == (Clash(part="d", mine="mine", theirs="theirs", both="theirs\nmine"),)
