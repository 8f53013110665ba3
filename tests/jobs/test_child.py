"""The worker beside the pages lives exactly as long as they do, and comes back when it dies alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewhub.jobs.places import is_held
from reviewhub.storage import Database

PARENT = Path(__file__).with_name("parent.py")


@pytest.fixture
def parent(settings, sqlite_database: Database):
    """A program that keeps a worker, with the worker at work."""
    process = subprocess.Popen(
        [sys.executable, str(PARENT), settings.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    number = settings.files.data / "executor-1"
    wait_for(lambda: number.exists() and is_held(number))
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def wait_for(is_so, seconds: float = 60) -> None:
    """Wait until it is so; the test fails where it never is."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def lives(pid: int) -> bool:
    """Whether such a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1]


def test_the_worker_ends_when_its_parent_is_killed(parent, settings) -> None:
    pid = int(parent.stdout.readline())

    parent.kill()

    wait_for(lambda: not lives(pid))
    assert not is_held(settings.files.data / "executor-1")


def test_the_worker_ends_quietly_with_its_parent(parent) -> None:
    pid = int(parent.stdout.readline())

    parent.stdin.write("\n")
    parent.stdin.flush()

    assert parent.wait(60) == 0
    assert not lives(pid)


def test_a_worker_that_dies_alone_is_begun_again(parent, settings) -> None:
    pid = int(parent.stdout.readline())

    os.kill(pid, signal.SIGKILL)

    number = settings.files.data / "executor-1"
    wait_for(lambda: not is_held(number))
    wait_for(lambda: is_held(number))
