"""A place as a person types it: everything counts from 1."""

import pytest

from reviewhub.errors import BadInput
from reviewhub.reviews.place_words import place_from_words


@pytest.mark.parametrize(
    ("words", "token"),
    [
        ("12", "L12"),
        ("line 7", "L7"),
        ("Lines 3 - 9", "L3-L9"),
        ("9 to 3", "L3-L9"),
        ("L3–L9", "L3-L9"),
        ("cell 4", "cell-3"),
        ("cell 4, lines 2–3", "cell-3-L2-L3"),
        ("CELL 4  line 2", "cell-3-L2"),
        ("cell 4 output 1", "cell-3-output-0"),
        ("file", "file"),
        ("whole project", "project"),
    ],
)
def test_words_name_a_place(words: str, token: str) -> None:
    assert place_from_words(words, "main.ipynb").token == token


@pytest.mark.parametrize("words", ["", "cell", "cell 0", "cell 2 output 0", "somewhere", "12 apples", "-3", "１２"])
def test_what_is_no_place_is_refused_with_examples(words: str) -> None:
    with pytest.raises(BadInput, match="is not a place; write"):
        place_from_words(words, "main.ipynb")
