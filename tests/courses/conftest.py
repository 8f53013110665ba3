"""A course with its staff and four students, for the tests of this room."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM, Actor, Role
from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.storage import Database
from tests.conftest import StandingClock

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
PEOPLE = {
    "deniz": ("Deniz Aksoy", Role.INSTRUCTOR, None),
    "ela": ("Ela Tan", Role.ASSISTANT, None),
    "oya": ("Oya Er", Role.OBSERVER, None),
    "ada": ("Ada Çelik", Role.STUDENT, "1001"),
    "bora": ("Bora Şahin", Role.STUDENT, "1002"),
    "cem": ("Cem Işık", Role.STUDENT, "1003"),
    "defne": ("Defne Öz", Role.STUDENT, "1004"),
}


@dataclass(frozen=True, kw_only=True)
class Campus:
    """A course in a database, and its people by first name."""

    database: Database
    slug: str = "ceng796"

    def actor(self, first_name: str) -> Actor:
        """Who acts."""
        with self.database.reading() as session:
            user = session.scalars(select(User).where(User.email == f"{first_name}@example.org")).one()
        return Actor(user_id=user.id, name=user.name)

    def enrollment(self, first_name: str) -> Enrollment:
        """The person's enrolment as it is now."""
        with self.database.reading() as session:
            wanted = select(Enrollment).join(User).where(User.email == f"{first_name}@example.org")
            return session.scalars(wanted).one()

    def course(self) -> Course:
        """The course as it is now."""
        with self.database.reading() as session:
            return session.scalars(select(Course).where(Course.slug == self.slug)).one()


@pytest.fixture
def found_campus() -> Callable[..., Campus]:
    """Make the course in a database of choice; `found_campus(database, file="csci4701")`."""

    def found(database: Database, file: str = "ceng796") -> Campus:
        with database.writing() as session:
            add_course(session, actor=PROGRAM, now=NOW, slug=file, text=shipped_text(file))
            for first_name, (name, role, number) in PEOPLE.items():
                enroll_person(
                    session, actor=PROGRAM, now=NOW, course=file, email=f"{first_name}@example.org", name=name, role=role,
                    student_number=number,
                )  # fmt: skip
        return Campus(database=database, slug=file)

    return found


@pytest.fixture
def campus(found_campus: Callable[..., Campus], database: Database) -> Campus:
    """The course on SQLite and on PostgreSQL."""
    return found_campus(database)


@pytest.fixture
def sqlite_campus(found_campus: Callable[..., Campus], sqlite_database: Database) -> Campus:
    """The course on SQLite only."""
    return found_campus(sqlite_database)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A person at the pages, without a browser."""

    client: "FlaskClient"

    def get(self, path: str) -> "TestResponse":
        """Open a page of the course."""
        return self.client.get(f"/c/ceng796{path}")

    def post(self, path: str, **fields: object) -> "TestResponse":
        """Send a form of the course, as its own page would."""
        return self.client.post(f"/c/ceng796{path}", data=fields, headers={"Origin": "http://localhost"})

    def text(self, path: str) -> str:
        """What a page says, without its marks and with single spaces."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer.text)


def words(page: str) -> str:
    """The words of a page's main part and its aside."""
    main = re.search(r"<main.*</main>(\s*<aside.*?</aside>)?", page, re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.group())).split())


@pytest.fixture
def visit(
    sqlite_campus: Campus, make_app: Callable[..., "Flask"], clock: StandingClock, settings: Settings
) -> Callable[[str], Visit]:
    """Open the pages as somebody: `visit("ela").get("/people")`."""
    clock.put(NOW)
    app = make_app()

    def as_person(first_name: str) -> Visit:
        client = app.test_client()
        actor = sqlite_campus.actor(first_name)
        with sqlite_campus.database.writing() as session:
            secret = open_session(
                session,
                user_id=actor.user_id or "",
                browser="test",
                old_secret=None,
                now=NOW,
                settings=settings.sign_in,
            )
        client.set_cookie("reviewhub", secret)
        return Visit(client=client)

    return as_person
