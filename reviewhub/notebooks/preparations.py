"""What is known of a notebook the worker prepares: small files below `data/preparing`, read by every poll.

They are no truth: each can be deleted at any time, and then whoever waits asks again.
"""

import fcntl
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO

from reviewhub.notebooks.caching import renderer_version
from reviewhub.notebooks.orders import Wanted

ASK_AGAIN_SECONDS = 5.0
LATE_SECONDS = 10.0
REFUSED_SECONDS = 3600.0
FORGOTTEN_SECONDS = 2 * 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparation:
    """One notebook on its way: asked for, begun (`done` of `total` cells), or refused (`why`).

    Moments are seconds since 1970 of this machine's own clock: how long somebody waits is no matter of the course's.
    """

    asked_at: float
    said_at: float
    has_begun: bool = False
    done: int = 0
    total: int = 0
    why: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it was tried and cannot be; after an hour it is tried again."""
        return bool(self.why) and time.time() - self.said_at < REFUSED_SECONDS

    @property
    def is_late(self) -> bool:
        """Whether nobody has begun for so long that the reader should know."""
        return not self.has_begun and time.time() - self.asked_at > LATE_SECONDS


class Preparations:
    """The preparations of an installation, below its data folder."""

    def __init__(self, data: Path) -> None:
        """Keep them below `data`; the folder is made with the first of them."""
        self._folder = data / "preparing"

    def find(self, blob_id: str, wanted: Wanted) -> Preparation | None:
        """What is known of it; None where nobody has asked, or it is done."""
        try:
            return Preparation(**json.loads(self._file(blob_id, wanted).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def is_under_way(self, blob_id: str, wanted: Wanted) -> bool:
        """Whether the last hint is young, or a worker is at it; a killed one is not."""
        known = self.find(blob_id, wanted)
        if known is None:
            return False
        if known.has_begun:
            return self._is_held(blob_id, wanted)
        return time.time() - known.said_at <= ASK_AGAIN_SECONDS

    def ask(self, blob_id: str, wanted: Wanted) -> Preparation:
        """Note that somebody asks now; how long they have waited already is kept."""
        known = self.find(blob_id, wanted)
        now = time.time()
        asked_at = now if known is None or known.why else known.asked_at
        asked = Preparation(asked_at=asked_at, said_at=now)
        self._put(blob_id, wanted, asked)
        return asked

    def begin(self, blob_id: str, wanted: Wanted) -> Preparation:
        """Note that a worker begins."""
        known = self.find(blob_id, wanted) or self.ask(blob_id, wanted)
        begun = Preparation(asked_at=known.asked_at, said_at=time.time(), has_begun=True)
        self._put(blob_id, wanted, begun)
        return begun

    def tell(self, blob_id: str, wanted: Wanted, told: Preparation) -> None:
        """Note how far it is, or why it cannot be."""
        self._put(blob_id, wanted, replace(told, said_at=time.time()))

    def forget(self, blob_id: str, wanted: Wanted) -> None:
        """It is done: nothing needs to be known any more."""
        with suppress(FileNotFoundError):
            self._file(blob_id, wanted).unlink()

    def forget_old(self) -> None:
        """Delete what nobody has asked for in two days."""
        for file in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                if time.time() - file.stat().st_mtime > FORGOTTEN_SECONDS:
                    file.unlink()

    @contextmanager
    def alone(self, blob_id: str, wanted: Wanted) -> Iterator[None]:
        """Wait until nobody else on this machine prepares it, then hold it; a killed program lets go at once."""
        with self._lock(blob_id, wanted) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _is_held(self, blob_id: str, wanted: Wanted) -> bool:
        with self._lock(blob_id, wanted) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _lock(self, blob_id: str, wanted: Wanted) -> IO[str]:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._file(blob_id, wanted).with_suffix(".lock").open("a", encoding="utf-8")

    def _put(self, blob_id: str, wanted: Wanted, preparation: Preparation) -> None:
        file = self._file(blob_id, wanted)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_text(json.dumps(asdict(preparation)), encoding="utf-8")
        fresh.replace(file)

    def _file(self, blob_id: str, wanted: Wanted) -> Path:
        name = sha256(f"{renderer_version()} {blob_id}".encode()).hexdigest()[:40]
        return self._folder / f"{name}-{wanted}.json"
