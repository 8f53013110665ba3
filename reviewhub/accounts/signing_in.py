"""Signing in and out: one-time links, sessions that rotate, idle out and end everywhere."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import SignedInSession, SignInLink, User
from reviewhub.config import SignInSettings
from reviewhub.errors import Conflict
from reviewhub.mail import post_mail
from reviewhub.wake import wake

TOUCH_EVERY = timedelta(minutes=5)
LINKS_PER_HOUR = 6


def hash_secret(secret: str) -> str:
    """SHA-256 of a random 256-bit secret: enough, because there is nothing to guess from."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_user(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def ask_for_link(session: Session, *, email: str, address: str, now: datetime, settings: SignInSettings) -> None:
    """Mail a sign-in link to `email` if somebody has that address; says nothing either way.

    `address` is the page's address with `{secret}` where the secret goes. More than six links an hour are not sent.
    """
    user = find_user(session, email)
    if user is None or _recent_links(session, user, now) >= LINKS_PER_HOUR:
        return
    secret = make_link(session, user=user, now=now, settings=settings)
    post_mail(
        session,
        to=user.email,
        subject="Your sign-in link for ReviewHub",
        text=(
            f"Hello {user.name},\n\nopen this link to sign in to ReviewHub:\n\n  {address.format(secret=secret)}\n\n"
            f"It works once, for {settings.link_minutes} minutes. If you did not ask for it, ignore this mail.\n"
        ),
        key=f"sign-in {hash_secret(secret)}",
        now=now,
    )
    wake(session, "deliver_mail", "all")


def _recent_links(session: Session, user: User, now: datetime) -> int:
    recent = select(SignInLink.id).where(
        SignInLink.user_id == user.id, SignInLink.created_at > now - timedelta(hours=1)
    )
    return len(session.scalars(recent).all())


def make_link(session: Session, *, user: User, now: datetime, settings: SignInSettings) -> str:
    """Keep a new one-time link for `user` and return its secret; only its hash is stored."""
    secret = secrets.token_urlsafe(32)
    link = SignInLink(
        user_id=user.id,
        secret_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + timedelta(minutes=settings.link_minutes),
    )
    session.add(link)
    return secret


def use_link(
    session: Session, *, secret: str, browser: str, old_secret: str | None, now: datetime, settings: SignInSettings
) -> str:
    """Turn a link into a session and return the session's secret; Conflict where the link is used up or too old."""
    used = session.execute(
        update(SignInLink)
        .where(
            SignInLink.secret_hash == hash_secret(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.user_id)
    ).scalar_one_or_none()
    if used is None:
        msg = "This sign-in link has been used already or is too old; please ask for a new one."
        raise Conflict(msg)
    return open_session(session, user_id=used, browser=browser, old_secret=old_secret, now=now, settings=settings)


def open_session(
    session: Session, *, user_id: str, browser: str, old_secret: str | None, now: datetime, settings: SignInSettings
) -> str:
    """Begin a session under a fresh secret; the session the browser had before ends."""
    if old_secret is not None:
        sign_out(session, secret=old_secret, now=now)
    secret = secrets.token_urlsafe(32)
    row = SignedInSession(
        user_id=user_id,
        secret_hash=hash_secret(secret),
        browser=browser[:200],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=settings.absolute_days),
    )
    session.add(row)
    record_event(session, actor=Actor(user_id=user_id), now=now, action="signed in", subject=row)
    return secret


# Asked for every page, so that it is put together once.
_LIVING = (
    select(SignedInSession, User)
    .join(User, User.id == SignedInSession.user_id)
    .where(
        SignedInSession.secret_hash == bindparam("secret_hash"),
        SignedInSession.ended_at.is_(None),
        SignedInSession.expires_at > bindparam("now"),
        SignedInSession.seen_at > bindparam("seen_after"),
    )
)


def find_session(
    session: Session, *, secret: str, now: datetime, settings: SignInSettings
) -> tuple[SignedInSession, User] | None:
    """The living session of this secret and its user; None when it ended, idled out or is too old."""
    row = session.execute(
        _LIVING,
        {"secret_hash": hash_secret(secret), "now": now, "seen_after": now - timedelta(days=settings.idle_days)},
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def touch_session(session: Session, *, session_id: str, now: datetime) -> None:
    """Remember that the session is in use, at most every five minutes."""
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.id == session_id, SignedInSession.seen_at < now - TOUCH_EVERY)
        .values(seen_at=now)
    )


def sign_out(session: Session, *, secret: str, now: datetime) -> None:
    """End the session of this secret; ending it twice is ending it once."""
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.secret_hash == hash_secret(secret), SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def sign_out_everywhere(session: Session, *, user_id: str, now: datetime) -> None:
    """End every session of the user."""
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.user_id == user_id, SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def look_as(session: Session, *, session_id: str, user_id: str | None, actor: Actor, now: datetime) -> None:
    """Let the staff member of this session see pages as `user_id` does (None: as themselves again)."""
    row = session.get_one(SignedInSession, session_id)
    before, row.looks_as_id = row.looks_as_id, user_id
    record_event(session, actor=actor, now=now, action="looked as", subject=row, before=before, after=user_id)
