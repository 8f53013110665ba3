"""What needs a person now: one line with the place where it is done. Rooms tell theirs in `waiting.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["plain", "good", "warn", "bad", "info", "accent"]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits for the reader: its words, its page, by when, how urgent."""

    text: str
    url: str
    due_at: datetime | None = None
    tone: Tone = "plain"


def most_urgent_first(things: list[Waiting]) -> list[Waiting]:
    """By the moment they are due; what has no moment comes last, in the order given."""
    dated = sorted((thing for thing in things if thing.due_at), key=lambda thing: (thing.due_at, thing.text))
    return [*dated, *(thing for thing in things if thing.due_at is None)]
