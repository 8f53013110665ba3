"""A page has one heading of level 1, its own; what authors write stands below it, and the outline keeps their levels."""

import re
from collections.abc import Callable

import pytest

from reviewhub.notebooks import LinkMaker, RenderedNotebook, render_markdown
from tests.notebooks.builders import code, display, markdown, notebook

Show = Callable[[bytes], RenderedNotebook]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# AWGAN", "<h2>AWGAN</h2>\n"),
        ("##### Losses", "<h6>Losses</h6>\n"),
        ("###### Notes", '<h6 aria-level="7">Notes</h6>\n'),
        ("Results\n=======", "<h2>Results</h2>\n"),
        ('<h1 title="a" aria-level="1">Raw</h1>', '<h2 title="a">Raw</h2>\n\n'),
    ],
)
def test_heading_stands_one_level_lower(links: LinkMaker, written: str, shown: str) -> None:
    assert render_markdown(written, link=links) == shown


def test_outline_keeps_the_levels_of_the_author(show: Show) -> None:
    text = "\n\n".join(f"{'#' * level} Level {level}" for level in range(1, 7))

    shown = show(notebook([markdown(text), markdown('<h1 title="x">One more</h1>')]))

    assert [(heading.level, heading.text) for heading in shown.outline] == [
        *((level, f"Level {level}") for level in range(1, 7)),
        (1, "One more"),
    ]


def test_no_output_has_a_heading_of_the_page(show: Show) -> None:
    bundles = [display({"text/html": "<H1>Loss</H1><h6>a</h6>"}), display({"text/markdown": "# Loss"})]

    html = "".join(output.html for output in show(notebook([code("x", *bundles)])).cells[0].outputs)

    assert re.findall("<h.[^>]*>", html) == ["<h2>", '<h6 aria-level="7">', "<h2>"]
