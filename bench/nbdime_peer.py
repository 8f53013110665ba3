"""nbdime in a child process with a time limit per pair of notebooks."""

import json
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

LONGEST_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class PeerAnswer:
    """What nbdime found: new cell by old cell, and for cells it changed new line by old line (from 0)."""

    seconds: float
    cells: dict[int, int]
    lines: dict[int, dict[int, int]]


class Nbdime:
    """One warm nbdime; a pair that takes longer than the limit costs it its life, and the next pair gets another."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._folder = tempfile.TemporaryDirectory()
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the child."""
        self._stop()
        self._folder.cleanup()

    def compare(self, old: bytes, new: bytes) -> PeerAnswer | None:
        """Compare two notebooks; None where it failed or ran out of time."""
        paths = [Path(self._folder.name) / name for name in ("old.ipynb", "new.ipynb")]
        for path, raw in zip(paths, (old, new), strict=True):
            path.write_bytes(raw)
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps([str(path) for path in paths]) + "\n")
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], LONGEST_SECONDS)
        line = child.stdout.readline() if ready else ""
        if not line:
            self._stop()
            return None
        answer = json.loads(line)
        return PeerAnswer(
            seconds=answer["seconds"],
            cells={int(row): column for row, column in answer["cells"].items()},
            lines={int(cell): {int(row): to for row, to in found.items()} for cell, found in answer["lines"].items()},
        )

    def _start(self) -> subprocess.Popen[str]:
        self._child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.nbdime_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self._child

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
