"""How much memory something takes, measured in a program that does nothing else."""

import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path


def peak_megabytes(work: Callable[[bytes], object], raw: bytes) -> float:
    """The most memory a new program held while it did `work` on `raw`, its own code included."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as program:
        return program.submit(_peak, work, raw).result()


def _peak(work: Callable[[bytes], object], raw: bytes) -> float:
    work(raw)
    # Not getrusage: its maximum is handed down from the program that started this one.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024 / 1e6
