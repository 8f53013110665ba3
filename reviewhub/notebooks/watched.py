"""Cells rendered in a process of their own, watched from outside: one that takes too long or too much is plain text.

The notebook is read once, by the watching process; each renderer is forked from it and sends its cells back. When one
is ended at a cell, the next goes on after that cell, at the cost of a fork. So neither time nor memory nor a fault in a
library written in C stops a page.
"""

import os
import select
import signal
import struct
import time
from collections.abc import Callable, Iterator
from enum import Enum

import orjson

from reviewhub.notebooks.caching import RenderCache
from reviewhub.notebooks.cells import Notebook
from reviewhub.notebooks.drafts import CellDraft, PlacedDraft
from reviewhub.notebooks.rendering import draft_cells, plain_cell

_LENGTH = struct.Struct("!Q")
_PIECE = 1 << 20


class _Fault(Enum):
    """Why a renderer came no further."""

    TIME = "time"
    KILLED = "killed"
    BROKEN = "broken"


def watched_cells(
    notebook: Notebook,
    open_cache: Callable[[], RenderCache],
    *,
    cell_seconds: float,
    tell: Callable[[int], None],
) -> Iterator[PlacedDraft]:
    """Every cell of the notebook, rendered or plain; `tell` hears how many are done.

    `open_cache` is called in each renderer: what a store keeps running must not be forked.
    """
    notes = {
        _Fault.TIME: f"This cell took longer than {cell_seconds:g} seconds to render; this is its text.",
        _Fault.KILLED: "Rendering this cell was ended twice; this is its text.",
        _Fault.BROKEN: "This cell needs more than it may have to be rendered; this is its text.",
    }
    done, killed_at = 0, -1
    while done < len(notebook.cells):
        renderer = _Renderer(notebook, open_cache, first=done, cell_seconds=cell_seconds)
        try:
            for placed in renderer.cells():
                done += 1
                yield placed
                tell(done)
        finally:
            fault = renderer.end()
        if done == len(notebook.cells):
            return
        if fault is _Fault.KILLED and killed_at != done:
            killed_at = done  # perhaps somebody's doing and not the cell's
            continue
        yield plain_cell(notebook.cells[done], notebook.language, notes[fault])
        done += 1
        tell(done)


class _Renderer:
    """A forked process that renders the cells from `first` on."""

    def __init__(
        self, notebook: Notebook, open_cache: Callable[[], RenderCache], *, first: int, cell_seconds: float
    ) -> None:
        self._seconds = cell_seconds
        self._is_late = self._has_ended = False
        self._from, to = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._from)
            _render_into(to, notebook, open_cache, first)
        os.close(to)

    def cells(self) -> Iterator[PlacedDraft]:
        """The cells as they come; ends where no more come, or none within the time of one."""
        while (head := self._read(_LENGTH.size)) is not None:
            body = self._read(_LENGTH.unpack(head)[0])
            if body is None:
                return
            key, cell_id, count, draft = orjson.loads(body)
            yield PlacedDraft(key=key, cell_id=cell_id, execution_count=count, draft=CellDraft.from_json(draft))

    def end(self) -> _Fault:
        """Leave nothing running, and say why it came no further."""
        os.close(self._from)
        if not self._has_ended:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        if self._is_late:
            return _Fault.TIME
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return _Fault.KILLED if is_killed else _Fault.BROKEN

    def _read(self, count: int) -> bytes | None:
        """So many bytes; None at the end, or when the cell is late."""
        pieces = []
        ends_at = time.monotonic() + self._seconds
        while count:
            if not select.select([self._from], [], [], max(0.0, ends_at - time.monotonic()))[0]:
                self._is_late = True
                return None
            piece = os.read(self._from, min(count, _PIECE))
            if not piece:
                self._has_ended = True
                return None
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


def _render_into(to: int, notebook: Notebook, open_cache: Callable[[], RenderCache], first: int) -> None:
    """Render, send and end: this is the forked process, which never returns."""
    code = 1
    try:
        with os.fdopen(to, "wb") as out:
            for placed in draft_cells(notebook, open_cache(), first=first):
                body = orjson.dumps([placed.key, placed.cell_id, placed.execution_count, placed.draft.as_json()])
                out.write(_LENGTH.pack(len(body)) + body)
                out.flush()
        code = 0
    finally:
        os._exit(code)
