"""Texts made to be slow: all of them together stay within a processor time that is ten times what they need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
TEXTS = """
from reviewhub.notebooks import ContentStore, LinkMaker, RenderCache, render_notebook
from tests.notebooks.bombs import text_bombs
from tests.notebooks.builders import notebook
from tests.notebooks.safety import faults_in_notebook

cells = text_bombs()
shown = 0
for number, cell in enumerate(cells):
    cache = RenderCache(ContentStore.at("memory://"))
    book = render_notebook(notebook([cell], minor=4), cache=cache, blob_id="a", link=LinkMaker())
    assert faults_in_notebook(book) == [], cell["source"][:20]
    shown += len(book.cells)
assert shown == len(cells)
"""
CODE = """
from reviewhub.notebooks.curly import CURLY
from reviewhub.notebooks.highlighting import _LEXERS, highlight
from tests.notebooks.bombs import CODE_PIECES, repeated

for language in sorted(CURLY | {"python"}):
    for piece in CODE_PIECES:
        assert highlight(repeated(piece), language)
for language in sorted(_LEXERS):
    for piece in CODE_PIECES:
        assert highlight(repeated(piece, 4000), language)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("script", "seconds"), [(TEXTS, 90), (CODE, 90)], ids=["texts", "code"])
def test_bombs_take_bounded_work(script: str, seconds: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED.format(seconds=seconds) + script],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr[-2000:]) == (0, "")
