"""Receipts: two looks make an interval, the repository's own log narrows it, and neither believes a commit's date."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reviewhub.projects.receipts import Receipt, ReceivedMove, Source, receive_moves

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
A, B, C, D = "a" * 40, "b" * 40, "c" * 40, "d" * 40


@dataclass(frozen=True)
class Line:
    old: str | None
    new: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    ref: str
    old: str | None
    new: str | None
    forced: bool = False


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def received(move: Difference, log: list[Line], *, before: datetime | None, now: datetime) -> list[tuple]:
    moves = receive_moves(move, log, looked_before=before, looked_at=now, is_forced=lambda old, new: new < old)
    return [(m.old, m.new, m.forced, m.receipt.received_from, m.receipt.received_by, m.source) for m in moves]


def test_without_a_log_the_two_looks_are_the_interval() -> None:
    assert receive_moves(
        Difference("refs/heads/main", A, B), [], looked_before=at(0), looked_at=at(5), is_forced=lambda *_: False
    ) == (
        ReceivedMove(
            ref="refs/heads/main",
            old=A,
            new=B,
            forced=False,
            receipt=Receipt(received_from=at(0), received_by=at(5)),
            source=Source.POLL,
        ),
    )


def test_log_tells_the_single_pushes_to_the_second() -> None:
    log = [Line(None, A, at(-9)), Line(A, B, at(1)), Line(B, C, at(2))]
    assert received(Difference("r", A, C), log, before=at(0), now=at(5)) == [
        (A, B, False, at(1), at(1), Source.REFLOG),
        (B, C, False, at(2), at(2), Source.REFLOG),
    ]


def test_first_look_takes_the_whole_log() -> None:
    log = [Line(None, A, at(-9)), Line(A, B, at(1))]
    assert received(Difference("r", None, B), log, before=None, now=at(5)) == [
        (None, A, False, at(-9), at(-9), Source.REFLOG),
        (A, B, False, at(1), at(1), Source.REFLOG),
    ]


def test_what_was_there_before_the_log_began_came_before_its_first_line() -> None:
    assert received(Difference("r", None, B), [Line(A, B, at(1))], before=None, now=at(5)) == [
        (None, A, False, None, at(1), Source.POLL),
        (A, B, False, at(1), at(1), Source.REFLOG),
    ]


def test_moment_outside_the_two_looks_is_not_believed() -> None:
    early, late = [Line(A, B, at(-60))], [Line(A, B, at(60))]
    coarse = [(A, B, False, at(0), at(5), Source.POLL)]
    assert received(Difference("r", A, B), early, before=at(0), now=at(5)) == coarse
    assert received(Difference("r", A, B), late, before=at(0), now=at(5)) == coarse


def test_log_that_does_not_lead_to_what_is_there_is_not_believed() -> None:
    assert received(Difference("r", A, B), [Line(A, C, at(1))], before=at(0), now=at(5)) == [
        (A, B, False, at(0), at(5), Source.POLL)
    ]


def test_push_that_was_forced_away_between_two_looks_is_told() -> None:
    log = [Line(None, B, at(-9)), Line(B, D, at(1)), Line(D, C, at(2))]
    assert received(Difference("r", B, C), log, before=at(0), now=at(5)) == [
        (B, D, False, at(1), at(1), Source.REFLOG),
        (D, C, True, at(2), at(2), Source.REFLOG),
    ]


def test_ref_that_went_away_and_came_back_between_two_looks_is_told_whole() -> None:
    log = [Line(None, A, at(-9)), Line(A, B, at(1)), Line(B, A, at(2)), Line(A, B, at(3))]
    assert [row[:2] for row in received(Difference("r", A, B), log, before=at(0), now=at(5))] == [
        (A, B),
        (B, A),
        (A, B),
    ]


def test_deletion_is_an_interval() -> None:
    assert received(Difference("r", A, None), [Line(None, A, at(1))], before=at(0), now=at(5)) == [
        (A, None, False, at(0), at(5), Source.POLL)
    ]
