"""The outbox: a mail is a row first, and leaves later."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import Row, UtcMoment


class Mail(Row):
    """One mail to one address. Its key says what it is about, so that it is posted once."""

    __tablename__ = "mails"

    key: Mapped[str] = mapped_column(String(200), unique=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    not_before: Mapped[datetime | None] = mapped_column(UtcMoment)
    """Until then it waits, so that it can be taken back."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcMoment, index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(Text, default="")
