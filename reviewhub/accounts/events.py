"""Recording what happened: every verb leaves one event in its own transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import Event
from reviewhub.storage import Row


def record_event(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    subject: Row,
    course_id: str | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    on_behalf_of_id: str | None = None,
) -> None:
    """Add the audit row: `action` in the past tense ("filed finding"), `before` and `after` as JSON values."""
    if subject.id is None:
        session.flush()
    session.add(
        Event(
            course_id=course_id,
            actor_id=actor.looking_for_id or actor.user_id,
            on_behalf_of_id=on_behalf_of_id,
            action=action,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            before=before,
            after=after,
            reason=reason,
            at=now,
        )
    )
