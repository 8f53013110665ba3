"""A project of notebooks as courses hold them, with one of 60 MB and one above 64 MB, in a bare repository."""

import os
import random
import subprocess
from pathlib import Path

from bench.notebook_corpus import make_corpus
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png

KEY = "Notebooks"
LARGE = "large.ipynb"
TOO_LARGE = "too-large.ipynb"
LARGE_BYTES = 60 << 20
TOO_LARGE_BYTES = 65 << 20
CODE_FILES = 12
_PICTURES = 40
_START = 1_760_000_000


def make_notebook_repository(folder: Path, notebooks: int) -> Path:
    """Make the repository: so many generated notebooks, the two large ones, and some code beside them."""
    files = dict(make_corpus(notebooks))
    files[LARGE] = large_notebook(LARGE_BYTES)
    files[TOO_LARGE] = large_notebook(TOO_LARGE_BYTES)
    files |= {f"src/module_{number:02}.py": b"x = 1\n" * (number + 1) for number in range(CODE_FILES)}
    repository = folder / "notebooks.git"
    _git("init", "-q", "--bare", "-b", "main", str(repository))
    _git(f"--git-dir={repository}", "-c", "core.compression=1", "fast-import", "--quiet", send=_commit(files))
    return repository


def large_notebook(size: int) -> bytes:
    """A notebook of about `size` bytes: pictures, as nearly all bytes of real ones are, and text and code between."""
    chance = random.Random(size)
    each = int(size * 0.75 / _PICTURES)
    cells = []
    for number in range(_PICTURES):
        picture = png(1600, 1200, seed=chance.randrange(1 << 30), noise=each)
        cells.append(markdown(f"## {number}. Samples\n\nAfter *{number}* epochs.", cell_id=None))
        shown = display({"image/png": as_base64(picture), "text/plain": "<Figure size 1600x1200 with 1 Axes>"})
        cells.append(code([f"show(samples[{number}])\n"] * 20, shown, count=number, cell_id=None))
    return notebook(cells, minor=0)


def _commit(files: dict[str, bytes]) -> bytes:
    who = f"Person <p@example.org> {_START} +0300"
    parts = [f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata 4\nwork".encode()]
    for path, content in files.items():
        parts.append(f"\nM 100644 inline {KEY}/{path}\ndata {len(content)}\n".encode() + content)
    return b"".join([*parts, b"\n\n"])


def _git(*arguments: str, send: bytes = b"") -> None:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], check=True, input=send, env=environment, stdout=subprocess.DEVNULL)
