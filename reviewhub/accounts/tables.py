"""Rows of people and what they did: users, sign-in links, sessions, events."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reviewhub.storage import JsonValue, Row, UtcMoment

NAME_LENGTH = 200
EMAIL_LENGTH = 254


class User(Row):
    """A person; the e-mail address, in lower case, is who they are."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcMoment)


class SignInLink(Row):
    """A link sent by mail: used once, within its time. Only a hash of its secret is kept."""

    __tablename__ = "sign_in_links"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class SignedInSession(Row):
    """One browser that is signed in. Only a hash of its secret is kept."""

    __tablename__ = "sessions"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    looks_as_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class Event(Row):
    """Who did what to which thing, when, and on whose behalf; never changed, never deleted."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_course_id_at", "course_id", "at"),)

    course_id: Mapped[str | None] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    on_behalf_of_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(16), index=True)
    before: Mapped[Any | None] = mapped_column(JsonValue)
    after: Mapped[Any | None] = mapped_column(JsonValue)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
