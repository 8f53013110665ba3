"""Posting: put a mail into the outbox in the transaction of the verb that means it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reviewhub.mail.tables import Mail
from reviewhub.wake import wake


def post_mail(
    session: Session, *, to: str, subject: str, text: str, key: str, now: datetime, not_before: datetime | None = None
) -> None:
    """Put one mail into the outbox; the same `key` again is the same mail and is not posted twice.

    With `not_before` it waits until then, and `take_back_mails` can still have it.
    """
    if session.scalar(select(Mail.id).where(Mail.key == key)) is not None:
        return
    one_line = " ".join(subject.split())[:200]
    session.add(Mail(key=key, to=to, subject=one_line, text=text, posted_at=now, not_before=not_before))
    if not_before is None:  # what waits leaves with a later sweep
        wake(session, "deliver_mail", "all")


def count_left(session: Session, keys: Collection[str]) -> int:
    """How many of these mails have left, are leaving, or were tried: they cannot be taken back."""
    is_here = Mail.sent_at.is_(None) & Mail.claimed_at.is_(None) & (Mail.attempts == 0)
    return len(keys) - (session.scalar(select(func.count(Mail.id)).where(Mail.key.in_(keys), is_here)) or 0)


def take_back_mails(session: Session, keys: Collection[str]) -> None:
    """Take mails out of the outbox that still wait there; `count_left` says whether all of them do."""
    session.execute(delete(Mail).where(Mail.key.in_(keys), Mail.sent_at.is_(None), Mail.claimed_at.is_(None)))
