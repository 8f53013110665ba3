"""`python -m reviewhub.notebooks.child`: one notebook made ready to be shown or downloaded, within limits.

Reads an order (see `orders`) and the notebook's bytes on standard input, keeps the result in the object store, and
reports on standard output. It ends soon after whoever started it is gone: its next report reaches nobody.
"""

import gc
import os
import resource
import sys
import traceback
from collections.abc import Callable

from reviewhub.notebooks.caching import RenderCache, renderer_version
from reviewhub.notebooks.cells import NotebookRefused
from reviewhub.notebooks.content import ContentStore
from reviewhub.notebooks.exports import export_notebook
from reviewhub.notebooks.orders import Ending, Order, Report, Wanted
from reviewhub.notebooks.reading import read_notebook
from reviewhub.notebooks.rendering import draft_of
from reviewhub.notebooks.watched import watched_cells

NICE = 10
UPDATED = "ReviewHub was updated and must be started again before it can prepare this notebook."

Tell = Callable[[Report], None]


def main() -> int:
    """Do what the order says and report how it ended."""
    order = Order.from_line(sys.stdin.buffer.readline())
    _limit(order)
    # A library that prints must not disturb the reports.
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit(order)
    try:
        reports.write(_carry_out(order, lambda report: _tell(reports.fileno(), report)).as_line())
    except BrokenPipeError:  # whoever asked is gone
        return 1
    return 0


def _limit(order: Order) -> None:
    os.nice(NICE)
    memory = order.memory_megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = int(order.wall_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _carry_out(order: Order, tell: Tell) -> Report:
    if order.renderer != renderer_version():
        return Report(ending=Ending.REFUSED, why=UPDATED)
    try:
        if order.wanted is Wanted.PAGE:
            return _render(order, tell)
        export_notebook(_raw(order), order.wanted, store=ContentStore.at(order.objects), blob_id=order.blob_id)
    except NotebookRefused as refused:
        return Report(ending=Ending.REFUSED, why=refused.message)
    except MemoryError:
        return Report(ending=Ending.MEMORY)
    except BrokenPipeError:
        raise
    except Exception:  # noqa: BLE001 - nbconvert raises whatever a stranger's file makes it stumble over
        traceback.print_exc()
        return Report(ending=Ending.FAILED)
    return Report(ending=Ending.KEPT)


def _raw(order: Order) -> bytes:
    return sys.stdin.buffer.read(order.size)


def _render(order: Order, tell: Tell) -> Report:
    # Looking for cycles among millions of values takes longer than reading them, and would copy what renderers share.
    gc.disable()
    notebook = read_notebook(_raw(order))
    total = len(notebook.cells)
    tell(Report(total=total))

    def open_cache() -> RenderCache:
        return RenderCache(ContentStore.at(order.objects))

    cells = watched_cells(
        notebook,
        open_cache,
        cell_seconds=order.cell_seconds,
        tell=lambda done: tell(Report(done=done, total=total)),
    )
    draft = draft_of(notebook, cells)
    open_cache().put_notebook(order.blob_id, draft)
    return Report(done=total, total=total, ending=Ending.KEPT)


def _tell(to: int, report: Report) -> None:
    os.write(to, report.as_line())


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Threads of the object store would hold the interpreter's end.
    os._exit(code)
