"""Reading the audit trail for a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import Event, User


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
            text=event.action[:1].upper() + event.action[1:],
            who=name or "ReviewHub",
            detail=_detail(event.after) or event.reason,
        )
        for event, name in rows
    ]


def _detail(after: Any) -> str:
    if not isinstance(after, dict):
        return "" if after is None else str(after)[:200]
    shown = [f"{key} {value}" for key, value in after.items() if isinstance(value, str | int | float) and value != ""]
    return ", ".join(shown)[:200]
