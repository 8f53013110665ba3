"""A program of its own that renders, watched, a notebook whose pictures are trouble; forks are no thing for the suite.

Each picture's first pixel byte says what keeping it does: hang, end the renderer from outside (the first time or
always), break as a library in C does, take more memory than there is, or nothing.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from reviewhub.notebooks import ContentRef, ContentStore, RenderCache, read_notebook
from reviewhub.notebooks.watched import watched_cells
from tests.notebooks.builders import as_base64, code, display, notebook, png

TROUBLE = ("nothing", "hang", "end-once", "nothing", "end", "break", "memory", "nothing")


class TroubledStore(ContentStore):
    """Keeps nothing; does what the picture says."""

    def __init__(self, marks: Path) -> None:
        self._marks = marks

    def put(self, body: bytes, media_type: str) -> ContentRef:
        number = next(number for number in range(len(TROUBLE)) if body == png(seed=number))
        kind = TROUBLE[number]
        if kind == "hang":
            time.sleep(600)
        if kind == "end" or (kind == "end-once" and not (self._marks / "ended").exists()):
            (self._marks / "ended").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "break":
            os.abort()
        if kind == "memory":
            bytearray(4 << 30)
        return ContentRef(sha256="0" * 64, media_type=media_type, size=len(body), width=4, height=3)


def main(marks: Path) -> None:
    """Print how many cells were told, and each cell's note and outputs."""
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cells = [code(f"show({number})", display({"image/png": as_base64(png(seed=number))})) for number in range(8)]
    told: list[int] = []
    placed = watched_cells(
        read_notebook(notebook(cells)), lambda: RenderCache(TroubledStore(marks)), cell_seconds=5, tell=told.append
    )
    shown = [[one.draft.html, len(one.draft.outputs), "".join(one.draft.lines)] for one in placed]
    print(json.dumps({"told": told, "cells": shown}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
