"""Posting: put a mail into the outbox in the transaction of the verb that means it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.mail.tables import Mail
from reviewhub.wake import wake


def post_mail(session: Session, *, to: str, subject: str, text: str, key: str, now: datetime) -> None:
    """Put one mail into the outbox; the same `key` again is the same mail and is not posted twice."""
    if session.scalar(select(Mail.id).where(Mail.key == key)) is not None:
        return
    one_line = " ".join(subject.split())[:200]
    session.add(Mail(key=key, to=to, subject=one_line, text=text, posted_at=now))
    wake(session, "deliver_mail", "all")
