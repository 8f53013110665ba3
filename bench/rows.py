"""One line of a measurement's table."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was measured, ours beside a peer's (None: no peer), in `unit`; `ratio` says how far they are apart."""

    name: str
    ours: float
    peer: float | None = None
    unit: str
    ratio: str = ""
