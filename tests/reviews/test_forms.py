"""The form keeps what was answered, and says what is missing."""

import pytest

from reviewhub.courses.policy import FormItem
from reviewhub.errors import BadInput
from reviewhub.reviews.forms import answer_words, check_text, missing_items, read_answers, shown_rows

ITEMS = (
    FormItem(key="method", title="The method is as in the paper"),
    FormItem(key="results", title="Results", kind="table", columns=("What", "Paper", "We")),
    FormItem(key="overall", title="Overall", kind="scale", steps=5, required=False),
    FormItem(key="more", title="Anything else", kind="text", required=False, comment=False),
)


def test_answers_of_every_kind_are_read() -> None:
    answers = read_answers(
        ITEMS,
        {
            "form-method": "partly",
            "form-method-comment": " No bias. \r\n",
            "form-results-0-0": "FID",
            "form-results-0-1": "3.2",
            "form-results-2-0": "IS",
            "form-overall": "4",
            "form-unknown": "x",
        },
    )
    assert answers == {
        "method": {"answer": "partly", "comment": "No bias."},
        "results": {"answer": [["FID", "3.2", ""], ["IS", "", ""]], "comment": ""},
        "overall": {"answer": "4", "comment": ""},
    }
    assert [answer_words(answers, item) for item in ITEMS] == ["Partly", "", "4 of 5", ""]
    assert shown_rows(answers, ITEMS[1]) == [["FID", "3.2", ""], ["IS", "", ""], ["", "", ""]]


def test_required_items_without_an_answer_are_missing() -> None:
    assert [item.key for item in missing_items(ITEMS, {"results": {"answer": [["a"]]}})] == ["method"]


def test_answer_that_is_no_choice_is_refused() -> None:
    with pytest.raises(BadInput, match="“maybe” is not an answer to “The method is as in the paper”"):
        read_answers(ITEMS, {"form-method": "maybe"})


def test_text_above_64_kilobytes_is_refused() -> None:
    with pytest.raises(BadInput, match="The text is 65 KB long; 64 KB is the most"):
        check_text("ç" * 33_500, "The text")


def test_control_characters_are_taken_out_of_a_text() -> None:
    assert check_text("a\x00b\x1b[31m\tc\n", "The text") == "ab[31m\tc"
