"""Places on this machine that only one may hold at a time: a worker's number, a job's key.

Both are locks of the operating system on small files in the data folder: a killed program loses them at once, so there
is nothing to clean up after it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from reviewhub.errors import Misconfigured

MOST_WORKERS = 64


@contextmanager
def executor_number(folder: Path) -> Iterator[int]:
    """Hold the lowest free worker number.

    A worker that is started again takes its old number and with it what it left undone.
    """
    for number in range(1, MOST_WORKERS + 1):
        file = _open(folder / f"executor-{number}")
        if _locks(file):
            with file:
                yield number
            return
        file.close()
    msg = f"{MOST_WORKERS} workers run on {folder} already."
    raise Misconfigured(msg)


def abandoned_numbers(folder: Path) -> list[int]:
    """The numbers that a worker once held and nobody holds now: what they left undone is for somebody else."""
    return [number for number in _numbers(folder) if not is_held(folder / f"executor-{number}")]


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock on this file."""
    with _open(path) as file:
        return not _locks(file)


@contextmanager
def one_at_a_time(folder: Path, job: str, key: str) -> Iterator[None]:
    """Wait until nobody else on this machine does this job for this key, then hold it."""
    name = sha256(f"{job} {key}".encode()).hexdigest()[:16]
    with _open(folder / "locks" / f"{job}-{name}") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _numbers(folder: Path) -> list[int]:
    return sorted(int(file.name.removeprefix("executor-")) for file in folder.glob("executor-*"))


def _open(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a", encoding="utf-8")
    except OSError as fault:
        msg = f"The data folder {path.parent} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault


def _locks(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
