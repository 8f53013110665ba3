"""The worker beside the pages: a child process, begun again whenever it ends by itself.

A process of its own, because rendering and git would take the pages' time, and a fault in a library written in C then
ends only it.
"""

import subprocess
import sys
import threading
from typing import Self

import structlog

from reviewhub.config import Settings

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
PATIENCE_SECONDS = 10.0

log = structlog.get_logger()


class Child:
    """Keeps one worker alive from `with` to its end."""

    def __init__(self, settings: Settings) -> None:
        """Remember the settings that the child is given on its standard input."""
        self._settings = settings.model_dump_json() + "\n"
        self._ended = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._keeper = threading.Thread(target=self._keep, name="keeper of the worker", daemon=True)

    def __enter__(self) -> Self:
        """Start the child and watch over it."""
        self._process = self._start()
        self._keeper.start()
        return self

    def __exit__(self, *fault: object) -> None:
        """Tell the child to end; after ten seconds, end it by force."""
        self._ended.set()
        process = self._process
        if process is not None:
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
            process.terminate()  # ends at once a child that is still starting
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._keeper.join()

    def _start(self) -> subprocess.Popen[str]:
        # A session of its own: Ctrl-C on the terminal must not end a git in mid-fetch.
        process = subprocess.Popen(
            [sys.executable, "-m", "reviewhub.jobs.child"],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(self._settings)
        process.stdin.flush()
        return process

    def _keep(self) -> None:
        wait = FIRST_WAIT
        while self._process is not None:
            code = self._process.wait()
            if self._ended.wait(wait):
                return
            log.error("the worker has ended and is begun again", code=code)
            self._process = self._start()
            wait = min(wait * 2, LONGEST_WAIT)
