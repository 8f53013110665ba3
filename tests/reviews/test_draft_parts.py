"""A draft is parts of text: written from the answers, sent field by field, and read back the same."""

import pytest

from reviewhub.courses.policy import FormItem
from reviewhub.errors import BadInput
from reviewhub.reviews.draft_parts import answers_of, read_was, sent_texts, shown_text, texts_of, title_of

ITEMS = (
    FormItem(key="method", title="Method", kind="yes_partly_no"),
    FormItem(key="results", title="Results", kind="table", columns=("Number", "Paper", "Ours"), comment=False),
    FormItem(key="notes", title="Notes", kind="text", comment=False),
)
ANSWERS = {
    "method": {"answer": "partly", "comment": "No weight decay."},
    "results": {"answer": [["FID", "30", "35"], ["IS", "", "8"]]},
    "notes": {"answer": "First.\n\nSecond."},
}


def test_answers_come_back_from_their_parts() -> None:
    assert answers_of(ITEMS, texts_of(ITEMS, ANSWERS, "")) == ANSWERS


def test_table_is_one_part_with_a_line_for_each_row() -> None:
    assert texts_of(ITEMS, ANSWERS, "")["form-results"] == "FID\t30\t35\nIS\t\t8"


def test_only_the_parts_that_were_sent_are_read() -> None:
    given = {"form-method": "no", "form-results-0-0": "FID", "form-results-0-2": " 35 ", "path": "main.ipynb"}
    assert sent_texts(ITEMS, given) == {"form-method": "no", "form-results": "FID\t\t35"}


def test_table_may_be_sent_as_the_text_it_is() -> None:
    assert sent_texts(ITEMS, {"form-results": "FID\t30\t35"}) == {"form-results": "FID\t30\t35"}


def test_emptied_table_is_sent_as_empty() -> None:
    assert sent_texts(ITEMS, {"form-results": ""}) == {"form-results": ""}
    assert sent_texts(ITEMS, {"form-results-0-0": "", "form-results-0-1": ""}) == {"form-results": ""}


def test_answer_that_is_no_choice_is_refused() -> None:
    with pytest.raises(BadInput, match="is not an answer to “Method”"):
        sent_texts(ITEMS, {"form-method": "maybe"})


def test_parts_are_called_as_on_the_page() -> None:
    titles = [title_of(ITEMS, part) for part in ("summary", "form-method", "form-method-comment")]
    assert titles == ["Summary", "Method", "Method: your comment"]
    assert shown_text(ITEMS, "form-method", "partly") == "Partly"
    assert shown_text(ITEMS, "form-results", "FID\t30\t35") == "FID | 30 | 35"


@pytest.mark.parametrize("text", ["no json", "[1]", "3"])
def test_what_the_page_stood_on_must_be_texts_by_part(text: str) -> None:
    with pytest.raises(BadInput, match="open it again"):
        read_was(text)
    assert read_was('{"summary": "Old.", "form-x": 3}') == {"summary": "Old."}
