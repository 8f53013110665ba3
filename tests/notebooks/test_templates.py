"""The macros that put a rendered notebook or file on a page."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reviewhub.notebooks import LinkMaker, RenderCache, render_code, render_notebook
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png, stream
from tests.notebooks.safety import faults_in

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture
def pages() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def test_notebook_page_gives_every_place_one_id(pages: Environment, cache: RenderCache, links: LinkMaker) -> None:
    raw = notebook(
        [
            markdown("# <i id='cell-1'>A</i>", cell_id='"><script>'),
            code("a\nb", stream("x"), display({"image/png": as_base64(png())}), count=5),
            code("c", count=2),
        ]
    )
    book = render_notebook(raw, cache=cache, blob_id="a1", link=links)
    marks = {"cell-1-L2": Markup("<b>on a line</b>"), "cell-1-output-1": "<on an output>", "cell-2": "on a cell"}

    html = pages.from_string('{% from "notebooks/_notebook.html" import notebook %}{{ notebook(book, marks) }}').render(
        book=book, marks=marks
    )

    ids = re.findall(r' id="([^"]*)"', html)
    assert len(set(ids)) == len(ids)
    assert [place for place in ids if not place.startswith("cell-id-")] == [
        "cell-0",
        "cell-1",
        "cell-1-L1",
        "cell-1-L2",
        "cell-1-output-0",
        "cell-1-output-1",
        "cell-2",
        "cell-2-L1",
    ]
    assert [html.count(f'data-marks="{place}"') for place in marks] == [1, 1, 1]
    assert "<b>on a line</b>" in html
    assert "&lt;on an output&gt;" in html
    assert "<script>" not in html
    assert "Cells were not run from top to bottom" in html
    assert 'aria-label="Code cell 2, run as number 5">2<span>[5]</span></a>' in html
    assert re.search(r'id="cell-2">.*<p class="run-mark">Run before a cell above it</p>', html, re.DOTALL)


def test_code_page_marks_its_lines(pages: Environment) -> None:
    html = pages.from_string('{% from "notebooks/_code.html" import code %}{{ code(file, marks) }}').render(
        file=render_code("a\nb\n", name="a.py"), marks={"L2": "<on line two>"}
    )

    assert re.findall(r' id="([^"]*)"', html) == ["L1", "L2"]
    assert html.index("&lt;on line two&gt;") > html.index('id="L2"')


def test_safety_reader_finds_what_it_should() -> None:
    assert faults_in("<script>1</script>") == ["<script>"]
    assert faults_in("<p onclick=x style=y id=z>") == ["<p onclick>", "<p style>", "<p id=z>"]
    assert faults_in("<a href='javascript:x'>") == ["<a href=javascript:x>"]
    assert faults_in("<img src='//evil.example/x'>") == ["<img src=//evil.example/x>"]
    assert faults_in("<p title='x'>ok</p>") == []
