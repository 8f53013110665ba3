"""A place is one word, and reading the word gives the place back."""

import pytest

from reviewhub.errors import BadInput
from reviewhub.reviews.places import Place, PlaceKind, read_place


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("L5", "line 5"),
        ("L5-L9", "lines 5–9"),
        ("cell-3", "cell 4"),
        ("cell-3-L5", "cell 4, line 5"),
        ("cell-3-L5-L9", "cell 4, lines 5–9"),
        ("cell-3-output-1", "cell 4, output 2"),
        ("file", "whole file"),
        ("project", "whole project"),
    ],
)
def test_place_read_from_its_word_writes_the_same_word(token: str, words: str) -> None:
    place = read_place(token, "main.ipynb")
    assert (place.token, place.words) == (token, words)


def test_range_given_backwards_is_turned_round() -> None:
    assert read_place("L9-L5", "a.py") == Place(kind=PlaceKind.LINES, path="a.py", first_line=5, last_line=9)


@pytest.mark.parametrize(
    "token", ["", "L", "cell", "L5-", "cell-3-L5-output-1", "L99999999", "cell-3-output-", "<script>"]
)
def test_place_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(BadInput, match="is not a place in a file"):
        read_place(token, "a.py")


def test_place_without_a_file_is_refused() -> None:
    with pytest.raises(BadInput, match="Choose a file first"):
        read_place("L5", "")
