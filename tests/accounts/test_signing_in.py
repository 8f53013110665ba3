"""Signing in: a link works once and in time, a session rotates, idles out and ends everywhere."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts import signing_in
from reviewhub.accounts.tables import SignInLink, User
from reviewhub.config import SignInSettings
from reviewhub.errors import Conflict
from reviewhub.mail.tables import Mail
from reviewhub.storage import Database

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SETTINGS = SignInSettings()
ADDRESS = "http://127.0.0.1:8000/sign-in/{secret}"


@pytest.fixture
def ada(database: Database) -> str:
    with database.writing() as session:
        user = User(email="ada@example.org", name="Ada Örnek", created_at=NOW)
        session.add(user)
    return user.id


def _link(database: Database, ada: str) -> str:
    with database.writing() as session:
        return signing_in.make_link(session, user=session.get_one(User, ada), now=NOW, settings=SETTINGS)


def _use(database: Database, secret: str, *, now: datetime = NOW, old_secret: str | None = None) -> str:
    with database.writing() as session:
        return signing_in.use_link(
            session, secret=secret, browser="Test", old_secret=old_secret, now=now, settings=SETTINGS
        )


def _is_signed_in(database: Database, secret: str, now: datetime = NOW) -> bool:
    with database.reading() as session:
        return signing_in.find_session(session, secret=secret, now=now, settings=SETTINGS) is not None


def test_link_mailed_to_a_known_address_signs_in(database: Database, ada: str) -> None:
    with database.writing() as session:
        signing_in.ask_for_link(session, email=" ADA@Example.org ", address=ADDRESS, now=NOW, settings=SETTINGS)
    with database.reading() as session:
        mail = session.scalars(select(Mail)).one()
    found = re.search(r"/sign-in/(\S+)", mail.text)
    assert found is not None
    assert mail.to == "ada@example.org"
    assert _is_signed_in(database, _use(database, found[1]))


def test_unknown_address_gets_no_mail_and_no_error(database: Database, ada: str) -> None:
    with database.writing() as session:
        signing_in.ask_for_link(session, email="eve@example.org", address=ADDRESS, now=NOW, settings=SETTINGS)
    with database.reading() as session:
        assert session.scalars(select(Mail)).all() == []


def test_seventh_link_within_an_hour_is_not_sent(database: Database, ada: str) -> None:
    for minute in range(7):
        with database.writing() as session:
            signing_in.ask_for_link(
                session,
                email="ada@example.org",
                address=ADDRESS,
                now=NOW + timedelta(minutes=minute),
                settings=SETTINGS,
            )
    with database.reading() as session:
        assert len(session.scalars(select(SignInLink)).all()) == 6


def test_link_works_once(database: Database, ada: str) -> None:
    secret = _link(database, ada)
    _use(database, secret)
    with pytest.raises(Conflict, match="used already"):
        _use(database, secret)


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False), (1, False)])
def test_link_at_the_end_of_its_time(database: Database, ada: str, *, seconds: int, works: bool) -> None:
    secret = _link(database, ada)
    moment = NOW + timedelta(minutes=SETTINGS.link_minutes, seconds=seconds)
    if works:
        assert _use(database, secret, now=moment)
    else:
        with pytest.raises(Conflict):
            _use(database, secret, now=moment)


def test_secrets_are_kept_as_hashes_only(database: Database, ada: str) -> None:
    secret = _link(database, ada)
    with database.reading() as session:
        kept = session.scalars(select(SignInLink)).one().secret_hash
    assert secret not in kept
    assert len(kept) == 64


def test_signing_in_again_ends_the_session_the_browser_had(database: Database, ada: str) -> None:
    first = _use(database, _link(database, ada))
    second = _use(database, _link(database, ada), old_secret=first)
    assert not _is_signed_in(database, first)
    assert _is_signed_in(database, second)


def test_session_idles_out(database: Database, ada: str) -> None:
    secret = _use(database, _link(database, ada))
    assert _is_signed_in(database, secret, NOW + timedelta(days=SETTINGS.idle_days, seconds=-1))
    assert not _is_signed_in(database, secret, NOW + timedelta(days=SETTINGS.idle_days))


def test_signing_out_everywhere_ends_every_session(database: Database, ada: str) -> None:
    secrets = [_use(database, _link(database, ada)) for _ in range(3)]
    with database.writing() as session:
        signing_in.sign_out_everywhere(session, user_id=ada, now=NOW)
    assert [_is_signed_in(database, secret) for secret in secrets] == [False, False, False]
