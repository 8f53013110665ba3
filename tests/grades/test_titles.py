"""The title that is offered for a mistake made of a finding."""

import pytest

from reviewhub.grades.desk import first_line


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**The loss is averaged.** `reduction='mean'` divides it.", "The loss is averaged"),
        ("\n\n# Heading\nMore", "Heading"),
        ("- `penalty` is **not** squared, see Eq. 3", "penalty is not squared, see Eq. 3"),
        ("", ""),
    ],
)
def test_title_is_the_findings_beginning_without_markdown(text: str, title: str) -> None:
    assert first_line(text) == title
