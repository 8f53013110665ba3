"""Viewing the course as a student: exactly their pages, nothing changes, and only in one's own course."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import Event, User
from reviewhub.config import SignInSettings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Enrollment
from reviewhub.storage import Database

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_database: Database) -> Flask:
    with sqlite_database.writing() as session:
        for slug in ("one", "other"):
            add_course(session, actor=PROGRAM, now=NOW, slug=slug, text=shipped_text("ceng796"))
            session.flush()
        for slug, email, role in (
            ("one", "ada@example.org", Role.ASSISTANT),
            ("one", "sam@example.org", Role.STUDENT),
            ("other", "sam@example.org", Role.STUDENT),
            ("one", "ina@example.org", Role.INSTRUCTOR),
        ):
            enroll_person(session, actor=PROGRAM, now=NOW, course=slug, email=email, name=email[:3].title(), role=role)
            session.flush()
    return make_app()


def _sign_in(app: Flask, database: Database, email: str) -> FlaskClient:
    client = app.test_client()
    with database.writing() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        secret = open_session(
            session, user_id=user.id, browser="", old_secret=None, now=moment, settings=SignInSettings()
        )
    client.set_cookie("reviewhub", secret)
    return client


def _enrollment(database: Database, course: str, email: str) -> str:
    from reviewhub.courses.tables import Course

    with database.reading() as session:
        return session.scalars(
            select(Enrollment.id)
            .join(User, User.id == Enrollment.user_id)
            .join(Course, Course.id == Enrollment.course_id)
            .where(Course.slug == course, User.email == email)
        ).one()


def _look(client: FlaskClient, database: Database, email: str) -> int:
    address = f"/c/one/people/{_enrollment(database, 'one', email)}/look-as"
    return client.post(address, headers={"Origin": "http://localhost"}).status_code


def test_staff_sees_the_students_pages_and_cannot_change_anything(app: Flask, sqlite_database: Database) -> None:
    client = _sign_in(app, sqlite_database, "ada@example.org")
    assert client.get("/c/one/people").status_code == 200
    assert _look(client, sqlite_database, "sam@example.org") == 303
    assert "You see what" in client.get("/c/one/").get_data(as_text=True)
    assert client.get("/c/one/people").status_code == 403
    assert client.post("/sessions/end-all", headers={"Origin": "http://localhost"}).status_code == 403
    assert client.post("/look-as/stop", headers={"Origin": "http://localhost"}).status_code == 303
    assert client.get("/c/one/people").status_code == 200


def test_students_other_courses_stay_closed_to_the_looker(app: Flask, sqlite_database: Database) -> None:
    client = _sign_in(app, sqlite_database, "ada@example.org")
    _look(client, sqlite_database, "sam@example.org")
    assert client.get("/c/other/").status_code == 404
    assert "other" not in client.get("/", follow_redirects=True).request.path


def test_nobody_can_be_seen_who_may_do_more(app: Flask, sqlite_database: Database) -> None:
    client = _sign_in(app, sqlite_database, "ada@example.org")
    assert _look(client, sqlite_database, "ina@example.org") == 403


def test_student_cannot_look_as_anybody(app: Flask, sqlite_database: Database) -> None:
    client = _sign_in(app, sqlite_database, "sam@example.org")
    assert _look(client, sqlite_database, "sam@example.org") == 403


def test_looking_is_in_the_audit_trail(app: Flask, sqlite_database: Database) -> None:
    client = _sign_in(app, sqlite_database, "ada@example.org")
    _look(client, sqlite_database, "sam@example.org")
    with sqlite_database.reading() as session:
        actions = session.scalars(select(Event.action)).all()
    assert "looked as" in actions
