"""Threads: whose word a message is, what its readers learn of its author, and how long it may be changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EDIT_FOR = timedelta(minutes=10)
"""How long an author may change a message; it may be struck as long as the thread is open, and is never deleted."""


class Side(StrEnum):
    """For whom a message speaks."""

    REVIEWER = "reviewer"
    DEVELOPERS = "developers"
    STAFF = "staff"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads a thread. `side` is None for one who has no part in it; `names_shown` where the course is open."""

    side: Side | None
    enrollment_id: str = ""
    assignment_id: str = ""
    """The review they write, where they are a reviewer."""
    names_shown: bool = False


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote a message. `called` is what strangers call a reviewer: "Reviewer 2" where reviews have numbers."""

    side: Side
    enrollment_id: str
    name: str
    assignment_id: str = ""
    called: str = "A reviewer"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """An author as one reader sees them: a name, and what stands beside it."""

    name: str
    note: str = ""


def speaker_for(reader: Reader, author: Author) -> Speaker:
    """What the reader learns of the author: the staff's names always, their own side's, all where names are shown."""
    if author.enrollment_id == reader.enrollment_id:
        return Speaker(name="You", note="staff" if author.side is Side.STAFF else "")
    if author.side is Side.STAFF:
        return Speaker(name=author.name, note="staff")
    if reader.side is Side.STAFF or reader.names_shown:
        return Speaker(name=author.name, note="developer" if author.side is Side.DEVELOPERS else author.called.lower())
    if author.side is Side.DEVELOPERS:
        return Speaker(name=author.name if reader.side is Side.DEVELOPERS else "The developers")
    is_own_review = author.assignment_id == reader.assignment_id and reader.side is Side.REVIEWER
    return Speaker(name=author.name if is_own_review else author.called)


def edit_ends_at(written_at: datetime) -> datetime:
    """Until when the words of a message may be changed."""
    return written_at + EDIT_FOR


def may_edit(*, is_author: bool, written_at: datetime, is_struck: bool, now: datetime) -> bool:
    """Whether the words may be changed now, in a thread that is open."""
    return is_author and not is_struck and now <= edit_ends_at(written_at)


def why_thread_closed(*, is_shown: bool, is_released: bool, is_withdrawn: bool, is_over: bool) -> str:
    """Why nothing can be written under a finding, in a sentence; "" when it can.

    `is_shown`: the developers see the review; `is_released`: the reader is a reviewer who was released from it;
    `is_over`: version 2 was due.
    """
    if not is_shown:
        return "This thread opens when the developers see the review."
    if is_released:
        return "You were released from this review: the thread stays here to read, but you cannot write in it any more."
    if is_withdrawn:
        return "The finding is withdrawn, so its thread is closed."
    if is_over:
        return "Version 2 was due, so this thread is closed; it stays here to read."
    return ""
