"""A course with its staff and four students, for the tests of this room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM, Actor, Role
from reviewhub.accounts.tables import User
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.storage import Database

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
