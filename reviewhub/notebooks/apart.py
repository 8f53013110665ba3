"""Starting a child (see `child`) for one notebook and watching over it: whatever happens to it, this returns."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from reviewhub.notebooks.orders import Ending, Order, Report, Wanted

Progress = Callable[[int, int], None]


def prepare_apart(order: Order, raw: Iterable[bytes], *, on_progress: Progress) -> Report:
    """Let a child carry out the order on the bytes of `raw`; its last report, with a sentence where nothing was kept.

    `on_progress` hears how many cells of how many are done.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "reviewhub.notebooks.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
    )
    is_late = threading.Event()

    def end_late() -> None:
        is_late.set()
        _end_group(child.pid)

    timer = threading.Timer(order.wall_seconds, end_late)
    timer.start()
    try:
        last = _converse(child, order, raw, on_progress)
    finally:
        timer.cancel()
        _end_group(child.pid)
        child.wait()
    if last.ending is None:
        last = Report(done=last.done, total=last.total, ending=_ending(child.returncode, is_late=is_late.is_set()))
    return last if last.why else Report(done=last.done, total=last.total, ending=last.ending, why=_why(last, order))


def _converse(child: "subprocess.Popen[bytes]", order: Order, raw: Iterable[bytes], on_progress: Progress) -> Report:
    assert child.stdin is not None
    assert child.stdout is not None
    last = Report()
    # A child that has ended early closes its end: what is then still in our buffer reaches nobody.
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(order.as_line())
        for piece in raw:
            child.stdin.write(piece)
    with child.stdout:
        for line in child.stdout:
            if not line.endswith(b"\n"):
                break
            last = Report.from_line(line)
            on_progress(last.done, last.total)
    return last


def _ending(code: int, *, is_late: bool) -> Ending:
    if is_late or code == -signal.SIGXCPU:
        return Ending.TIME
    if code == -signal.SIGKILL:
        return Ending.KILLED
    # Libraries written in C and Rust end the program where memory is refused to them.
    return Ending.MEMORY if code < 0 else Ending.FAILED


def _why(report: Report, order: Order) -> str:
    size = f"{order.size / (1 << 20):,.1f} MB"
    done = "shown" if order.wanted is Wanted.PAGE else "converted"
    match report.ending:
        case Ending.MEMORY:
            need = f"it needs more than the {order.memory_megabytes:,} MB of memory it may have"
        case Ending.TIME:
            need = f"it takes longer than the {order.wall_seconds:g} seconds it may have"
        case Ending.KEPT | Ending.KILLED:
            return ""
        case _:
            need = "the program that prepares it stumbled over it"
    return f"This notebook ({size}) is not {done}: {need}."


def _end_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """What the child needs of our environment: none of the installation's secrets, and no idle address space."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWHUB_")}
    return kept | {"MALLOC_ARENA_MAX": "2", "TOKIO_WORKER_THREADS": "2"}
