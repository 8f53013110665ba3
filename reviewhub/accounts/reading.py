"""Reading the audit trail for a page."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import Event, User

MOST_LETTERS = 160
# What an event may tell a reader; never the words of a review, which staff see only once it is handed in.
TOLD = frozenset({"project", "key", "email", "title", "name", "role", "cost", "edition", "deadline"})
_MACHINE_WORD = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event as a page shows it."""

    at: datetime
    text: str
    who: str
    detail: str
    tone: str = "plain"
    url: str = ""


def latest_events(session: Session, *, course_id: str, most: int) -> list[Happened]:
    """The last `most` events of a course, newest first. For staff only: the page asks the table of rights."""
    rows = session.execute(
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.course_id == course_id)
        .order_by(Event.at.desc(), Event.id)
        .limit(most)
    ).all()
    return [
        Happened(
            at=event.at,
            text=event.action,
            who=name or "ReviewHub",
            detail=_detail(event.after) or event.reason,
        )
        for event, name in rows
    ]


def _detail(after: Any) -> str:
    """What a person can make something of: short texts and numbers, no ids and no digests."""
    if not isinstance(after, dict):
        return "" if after is None else str(after)[:MOST_LETTERS]
    shown = [_shown(key, value) for key, value in after.items() if isinstance(value, str | int | float) and value != ""]
    return ", ".join(text for text in shown if text)[:MOST_LETTERS]


def _shown(key: str, value: str | float) -> str:
    if key == "commit":
        return f"commit {str(value)[:7]}"
    if key not in TOLD or _MACHINE_WORD.fullmatch(str(value)):
        return ""
    return f"edition {value}" if key == "edition" else str(value)
