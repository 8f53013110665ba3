"""Compares pairs of notebook files with nbdime, one line of JSON in and one out: run by `nbdime_peer` as a child.

In a child because a pair may take nbdime minutes, and only a process can be stopped.
"""

import json
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbdime.diffing.notebooks import diff_notebooks


def main() -> None:
    """Answer every pair of paths with the seconds it took and what became of every cell and line."""
    warnings.simplefilter("ignore")
    for request in sys.stdin:
        old, new = (_read(Path(path)) for path in json.loads(request))
        started = time.perf_counter()
        found = diff_notebooks(old, new)
        seconds = time.perf_counter() - started
        cells: list[Any] = next((entry.diff for entry in found if entry.key == "cells"), [])
        lines = {entry.key: _lines(old.cells[entry.key].source, entry.diff) for entry in cells if entry.op == "patch"}
        answer = {"seconds": seconds, "cells": _kept(cells, len(old.cells)), "lines": lines}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _read(path: Path) -> Any:
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]


def _lines(source: str, difference: Sequence[Any]) -> dict[int, int]:
    changed: list[Any] = next((entry.diff for entry in difference if entry.key == "source"), [])
    return _kept(changed, len(source.split("\n")))


def _kept(difference: Sequence[Any], length: int) -> dict[int, int]:
    """New place by old place, from a difference of two lists."""
    places: dict[int, int] = {}
    row = column = 0
    for entry in difference:
        while row < entry.key:
            places[row] = column
            row, column = row + 1, column + 1
        if entry.op == "addrange":
            column += len(entry.valuelist)
        elif entry.op == "removerange":
            row += entry.length
        else:
            places[row] = column
            row, column = row + 1, column + 1
    return places | {row + step: column + step for step in range(length - row)}


if __name__ == "__main__":
    main()
