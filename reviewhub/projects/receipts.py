"""When a commit reached the shared repository: an interval, never the date that the commit itself claims.

A look at the repository gives (last look without it, first look with it]; the repository's own log narrows that to a
second, as long as it does not contradict our looks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Source(StrEnum):
    """Who says when it arrived."""

    POLL = "poll"
    REFLOG = "reflog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """When something arrived: after `received_from` (None: nobody looked before) and by `received_by`.

    Equal ends mean that second.
    """

    received_from: datetime | None
    received_by: datetime
    source: Source = field(default=Source.POLL, compare=False)
    """Who says so; two receipts of the same moments are the same, whoever says it."""

    @property
    def is_exact(self) -> bool:
        """Whether it is known to the second."""
        return self.received_from == self.received_by


@dataclass(frozen=True, kw_only=True)
class ReceivedMove:
    """One move of a ref with its receipt; `old` None: the ref is new, `new` None: it was deleted."""

    ref: str
    old: str | None
    new: str | None
    forced: bool
    receipt: Receipt
    source: Source


class Moved(Protocol):
    """A ref that differs from what was known."""

    @property
    def ref(self) -> str: ...  # noqa: D102
    @property
    def old(self) -> str | None: ...  # noqa: D102
    @property
    def new(self) -> str | None: ...  # noqa: D102
    @property
    def forced(self) -> bool: ...  # noqa: D102


class Logged(Protocol):
    """One line of the repository's own log."""

    @property
    def old(self) -> str | None: ...  # noqa: D102
    @property
    def new(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102


def receive_moves(
    move: Moved,
    log: Sequence[Logged],
    *,
    looked_before: datetime | None,
    looked_at: datetime,
    is_forced: Callable[[str, str], bool],
) -> tuple[ReceivedMove, ...]:
    """What one difference between two looks stands for: one move, or the single pushes that the log tells.

    `looked_before` is the last look that did not show it, None for the first look of all. A moment of the log that lies
    outside the two looks proves that the log or a clock is wrong: then the two looks alone count for that push.
    """
    between = Receipt(received_from=looked_before, received_by=looked_at)
    chain = _chain(move, log, looked_before)
    if not chain:
        return (_as_seen(move, between),)
    received = [_of_before(move, chain[0], between)] if move.old != chain[0].old else []
    for entry in chain:
        receipt = _narrowed(entry.at, between)
        received.append(
            ReceivedMove(
                ref=move.ref,
                old=entry.old,
                new=entry.new,
                forced=entry.old is not None and is_forced(entry.old, entry.new),
                receipt=receipt,
                source=Source.REFLOG if receipt.is_exact else Source.POLL,
            )
        )
    return tuple(received)


def arrival_order(moves: Sequence[ReceivedMove]) -> tuple[datetime, ...]:
    """Moments of the moves of one ref, by which moves of several refs can be sorted without disturbing its order."""
    moments: list[datetime] = []
    for move in reversed(moves):
        moments.append(min([move.receipt.received_by, *moments[-1:]]))
    return tuple(reversed(moments))


def _chain(move: Moved, log: Sequence[Logged], looked_before: datetime | None) -> Sequence[Logged]:
    """The unbroken run of log lines that leads from what was known to what is there now."""
    ends = [index for index, entry in enumerate(log) if entry.new == move.new]
    if not ends:
        return ()
    first = end = ends[-1]
    starts = []
    while True:
        if move.old is not None and log[first].old == move.old and _is_after(log[first].at, looked_before):
            starts.append(first)
        if first == 0 or log[first - 1].new != log[first].old:
            break
        first -= 1
    if move.old is None:
        return log[first : end + 1]
    return log[starts[-1] : end + 1] if starts else ()


def _is_after(at: datetime, looked_before: datetime | None) -> bool:
    return looked_before is None or at >= looked_before.replace(microsecond=0)


def _narrowed(at: datetime, between: Receipt) -> Receipt:
    if _is_after(at, between.received_from) and at <= between.received_by:
        return Receipt(received_from=at, received_by=at)
    return between


def _of_before(move: Moved, first: Logged, between: Receipt) -> ReceivedMove:
    """What was there when the log began: received at the latest when the log's first line was written."""
    until = _narrowed(first.at, between).received_by
    receipt = Receipt(received_from=between.received_from, received_by=until)
    return ReceivedMove(ref=move.ref, old=None, new=first.old, forced=False, receipt=receipt, source=Source.POLL)


def _as_seen(move: Moved, between: Receipt) -> ReceivedMove:
    return ReceivedMove(
        ref=move.ref, old=move.old, new=move.new, forced=move.forced, receipt=between, source=Source.POLL
    )
