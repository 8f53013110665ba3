"""Sending what lies in the outbox: to the console, or by SMTP."""

import smtplib
import ssl
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from reviewhub.config import Settings
from reviewhub.errors import OutsideFailed
from reviewhub.mail.tables import Mail
from reviewhub.storage import Database

CLAIM_LASTS = timedelta(minutes=5)
MOST_ATTEMPTS = 8
Carry = Callable[[Mail], None]


def carrier(settings: Settings) -> Carry:
    """The way mail leaves this installation."""
    if settings.mail.transport == "console":
        return _print_mail
    return lambda mail: _send_by_smtp(mail, settings)


def deliver_mails(database: Database, *, carry: Carry, now: datetime) -> int:
    """Send every waiting mail once and return how many left.

    A mail is claimed by a conditional update before it is sent, so that two workers never send it twice; a claim of
    a worker that died lasts five minutes. A failed one is tried again at the next sweep, eight times at most.
    """
    sent = 0
    for mail_id in _waiting(database, now):
        mail = _claim(database, mail_id, now)
        if mail is None:
            continue
        try:
            carry(mail)
        except OutsideFailed as fault:
            _settle(database, mail_id, failure=fault.message)
        else:
            _settle(database, mail_id, sent_at=now)
            sent += 1
    return sent


def mails_wait(database: Database, *, now: datetime) -> bool:
    """Whether any mail could leave now."""
    with database.reading() as session:
        return session.scalar(select(Mail.id).where(*_is_free(now)).limit(1)) is not None


def count_unsent(session: Session) -> tuple[int, int]:
    """How many mails wait, and how many were tried too often and are given up."""
    given_up = Mail.attempts >= MOST_ATTEMPTS
    unsent = session.execute(select(given_up, func.count()).where(Mail.sent_at.is_(None)).group_by(given_up))
    counts = {bool(is_given_up): count for is_given_up, count in unsent}
    return counts.get(False, 0), counts.get(True, 0)


def _waiting(database: Database, now: datetime) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Mail.id).where(*_is_free(now)).order_by(Mail.posted_at, Mail.id)))


def _is_free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    stale = or_(Mail.claimed_at.is_(None), Mail.claimed_at < now - CLAIM_LASTS)
    is_time = or_(Mail.not_before.is_(None), Mail.not_before <= now)
    return Mail.sent_at.is_(None), Mail.attempts < MOST_ATTEMPTS, stale, is_time


def _claim(database: Database, mail_id: str, now: datetime) -> Mail | None:
    with database.writing() as session:
        return session.scalars(
            update(Mail)
            .where(Mail.id == mail_id, *_is_free(now))
            .values(claimed_at=now, attempts=Mail.attempts + 1)
            .returning(Mail)
        ).one_or_none()


def _settle(database: Database, mail_id: str, *, sent_at: datetime | None = None, failure: str = "") -> None:
    with database.writing() as session:
        session.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.sent_at.is_(None))
            .values(sent_at=sent_at, failure=failure, claimed_at=None)
        )


def _print_mail(mail: Mail) -> None:
    sys.stdout.write(f"--- mail to {mail.to}: {mail.subject}\n{mail.text}---\n")
    sys.stdout.flush()


def _send_by_smtp(mail: Mail, settings: Settings) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail.sender, mail.to, mail.subject
    message["Message-ID"] = make_msgid(idstring=mail.id, domain="reviewhub")
    message.set_content(mail.text)
    try:
        with _connect(settings) as server:
            if settings.mail.user:
                server.login(settings.mail.user, settings.secret(settings.mail.password_env))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        msg = f"The mail server {settings.mail.host} did not take the mail: {fault}."
        raise OutsideFailed(msg) from fault


def _connect(settings: Settings) -> smtplib.SMTP:
    mail = settings.mail
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=30, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=30)
    if mail.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
