"""A bounded pool of `git cat-file --batch-command` children: one is lent to one reader at a time."""

import atexit
import os
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reviewhub.errors import OutsideFailed
from reviewhub.github.git import command, git_environment, stop

AT_ONCE = 8
IDLE = 8
REQUESTS_PER_CHILD = 20_000
PATIENCE_SECONDS = 30.0
BUFFER_BYTES = 1 << 16


_KINDS = {b"blob": "blob", b"tree": "tree", b"commit": "commit", b"tag": "tag"}


class ChildEnded(Exception):
    """The child is gone, because the object it read is damaged or because somebody ended it."""


class CatFile:
    """One child; never shared by two readers."""

    def __init__(self, repository: Path) -> None:
        """Start the child in the bare repository; ChildEnded where there is none, before any program is started."""
        if not (repository / "HEAD").is_file():
            raise ChildEnded
        self.repository = repository
        self.requests = 0
        self.child = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
            command(repository, ["cat-file", "--batch-command", "--buffer"]),
            bufsize=BUFFER_BYTES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
            start_new_session=True,
        )

    @property
    def _out(self) -> IO[bytes]:
        assert self.child.stdout is not None
        return self.child.stdout

    def ask(self, *requests: tuple[str, str]) -> None:
        """Send requests ("info" or "contents", object id); the answers are then read in the same order.

        Git takes all of them in before it answers the first, so neither side can block the other.
        """
        assert self.child.stdin is not None
        self.requests += len(requests)
        lines = "".join([*(f"{verb} {oid}\n" for verb, oid in requests), "flush\n"])
        try:
            self.child.stdin.write(lines.encode("ascii"))
            self.child.stdin.flush()
        except OSError as gone:
            raise ChildEnded from gone

    def header(self) -> tuple[str, int] | None:
        """The kind and size of the next answer, or None where the object is missing."""
        return next(self.headers(1))

    def headers(self, count: int) -> Iterator[tuple[str, int] | None]:
        """The same for so many answers in a row, where nothing but headers was asked for."""
        read = self._out.readline
        for _ in range(count):
            line = read()
            if line[-1:] != b"\n":
                raise ChildEnded
            try:
                _, kind, size = line.split()
            except ValueError:  # not id, kind and size: the object is missing
                yield None
            else:
                yield _KINDS.get(kind, "unknown"), int(size)

    def content(self, size: int) -> bytes:
        """The bytes of the answer whose header was just read."""
        content = self._out.read(size)
        if len(content) != size or self._out.read(1) != b"\n":
            raise ChildEnded
        return content

    def pieces(self, size: int, *, piece: int = 1 << 18) -> Iterator[bytes]:
        """The same bytes in pieces, for files too large to hold."""
        left = size
        while left:
            content = self._out.read(min(piece, left))
            if not content:
                raise ChildEnded
            left -= len(content)
            yield content
        if self._out.read(1) != b"\n":
            raise ChildEnded

    def end(self) -> None:
        """End the child."""
        stop(self.child)


class Pool:
    """Lends children; keeps a few idle ones, the least recently used of which go first."""

    def __init__(self) -> None:
        """Start empty, in this operating-system process."""
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._guard = threading.Lock()
        self._idle: OrderedDict[CatFile, None] = OrderedDict()

    @contextmanager
    def lend(self, repository: Path) -> Iterator[CatFile]:
        """Lend a child for one reading; it is thrown away when the reading broke off."""
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            msg = "Too many files are being read at this moment; please try again in a minute."
            raise OutsideFailed(msg)
        try:
            child = self._take(repository)
            try:
                yield child
            except BaseException:
                child.end()
                raise
            self._give_back(child)
        finally:
            self._places.release()

    def _take(self, repository: Path) -> CatFile:
        with self._guard:
            for child in reversed(self._idle):
                if child.repository == repository:
                    del self._idle[child]
                    break
            else:
                return CatFile(repository)
        if child.child.poll() is None:
            return child
        child.end()
        return CatFile(repository)

    def _give_back(self, child: CatFile) -> None:
        ended = []
        with self._guard:
            if child.requests < REQUESTS_PER_CHILD:
                self._idle[child] = None
            else:
                ended.append(child)
            while len(self._idle) > IDLE:
                ended.append(self._idle.popitem(last=False)[0])
        for old in ended:
            old.end()

    def close(self) -> None:
        """End every idle child."""
        with self._guard:
            idle, self._idle = list(self._idle), OrderedDict()
        for child in idle:
            child.end()


_pools: dict[int, Pool] = {}


def pool() -> Pool:
    """The pool of this operating-system process; a forked one never touches its parent's children."""
    return _pools.setdefault(os.getpid(), Pool())


@atexit.register
def close_pool() -> None:
    """End the idle children of this process."""
    mine = _pools.pop(os.getpid(), None)
    if mine is not None:
        mine.close()
