"""When a repository on this disk received its pushes: the reflog it keeps where `core.logAllRefUpdates` is on.

The times are written by the receiving side. They are still checked against our own looks before they count
(`projects/receipts.py`), because a file on a disk is only a witness.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LIMIT_BYTES = 16 << 20
_LINE = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\n]*?> (\d{1,12}) [+-]\d{4}(?:\t|$)")


@dataclass(frozen=True, kw_only=True)
class LoggedMove:
    """One line of a reflog: the ref went from `old` (None: it was made) to `new` at this second."""

    old: str | None
    new: str
    at: datetime


def read_reflog(repository: Path, ref: str) -> tuple[LoggedMove, ...]:
    """The moves of one ref, oldest first; empty where no reflog is kept or it cannot be read."""
    parts = ref.encode("utf-8", "surrogateescape").split(b"/")
    if not ref.startswith("refs/heads/") or any(part in {b"", b".", b".."} for part in parts):
        return ()
    file = Path(repository) / "logs" / ref
    try:
        if file.stat().st_size > LIMIT_BYTES:
            return ()
        lines = file.read_bytes().split(b"\n")
    except (OSError, ValueError):
        return ()
    return tuple(move for line in lines if (move := _move(line)) is not None)


def _move(line: bytes) -> LoggedMove | None:
    found = _LINE.match(line)
    if found is None:
        return None
    old, new, seconds = found.groups()
    if not new.strip(b"0"):
        return None
    return LoggedMove(
        old=old.decode("ascii") if old.strip(b"0") else None,
        new=new.decode("ascii"),
        at=datetime.fromtimestamp(int(seconds), UTC),
    )
