"""The demonstration's story, kept at several of its stops, with a few people added who have no business there."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.signing_in import hash_secret, look_as, open_session
from reviewhub.accounts.tables import SignedInSession, User
from reviewhub.app import create_app
from reviewhub.config import DatabaseSettings, DemonstrationSettings, Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.demonstration.staging import prepare_stage, settings_of
from reviewhub.projects.tables import Project
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.submitting import last_edition
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.storage import Database
from tests.conftest import StandingClock

COURSE = "ceng796"
OTHER_COURSE = "other"
STOPS = ("developing", "reviewing", "responding", "grading", "released")
FROM_HERE = {"Origin": "http://localhost"}

# The project under attack: it has a reviewer who was released, and a member who left the group.
KEY = "ConsistencyModels"
DEVELOPER = "ipek@student.example.org"
FORMER_MEMBER = "omer@student.example.org"
BYSTANDER = "jose@student.example.org"
OTHER_DEVELOPER = "elif@student.example.org"
INSTRUCTOR = "nihal@staff.example.org"
ASSISTANT = "tolga@staff.example.org"
OBSERVER = "observer@staff.example.org"
OTHER_STUDENT = "student@other.example.org"
OTHER_INSTRUCTOR = "instructor@other.example.org"


@dataclass(frozen=True, kw_only=True)
class KeptStory:
    """Where the story lies, and its database and moment at every stop."""

    folder: Path
    stops: dict[str, tuple[Path, datetime]]


@dataclass(frozen=True, kw_only=True)
class Written:
    """One review of the story with its author's address."""

    review_id: str
    assignment_id: str
    project: str
    email: str
    edition: int
    is_released: bool


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The whole program as it stands at one stop of the story."""

    key: str
    app: Flask
    database: Database
    settings: Settings
    clock: StandingClock

    def visitor(self, email: str | None, *, as_email: str | None = None) -> FlaskClient:
        """A signed-in way to the pages; None is a stranger, `as_email` is whom a staff member views the course as."""
        client = self.app.test_client()
        if email is None:
            return client
        with self.database.writing() as session:
            user = user_of(session, email)
            secret = open_session(
                session,
                user_id=user.id,
                browser="",
                old_secret=None,
                now=self.clock(),
                settings=self.settings.sign_in,
            )
            session.flush()
            if as_email:
                row = session.scalars(
                    select(SignedInSession).where(SignedInSession.secret_hash == hash_secret(secret))
                ).one()
                seen = user_of(session, as_email)
                look_as(session, session_id=row.id, user_id=seen.id, actor=PROGRAM, now=self.clock())
        client.set_cookie("reviewhub", secret)
        return client

    @cached_property
    def reviews(self) -> list[Written]:
        """Every review of the course."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Review, Assignment, Project.key, User.email)
                .join(Assignment, Assignment.id == Review.assignment_id)
                .join(Project, Project.id == Assignment.project_id)
                .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
                .join(User, User.id == Enrollment.user_id)
                .where(Assignment.practice.is_(False))
                .order_by(User.email)
            ).all()
        return [
            Written(
                review_id=review.id,
                assignment_id=assignment.id,
                project=key,
                email=email,
                edition=review.edition,
                is_released=assignment.released_at is not None,
            )
            for review, assignment, key, email in rows
        ]

    def review_by(self, email: str, key: str = KEY) -> Written:
        """The review that this person writes of a project."""
        return next(one for one in self.reviews if (one.email, one.project) == (email, key))

    def finding_of(self, review_id: str) -> str:
        """The first finding that the review handed in; an id that nothing has where it handed in none."""
        with self.database.reading() as session:
            edition = last_edition(session, review_id)
        findings = findings_in(edition.content) if edition else ()
        return findings[0].finding_id if findings else "0123456789abcdef"

    def enrollment_id(self, email: str) -> str:
        """The enrolment of a person in the course."""
        with self.database.reading() as session:
            return session.scalars(
                select(Enrollment.id)
                .join(Course, Course.id == Enrollment.course_id)
                .join(User, User.id == Enrollment.user_id)
                .where(User.email == email, Course.slug == COURSE)
            ).one()


def user_of(session: Session, email: str) -> User:
    """The user with this address."""
    return session.scalars(select(User).where(User.email == email)).one()


def play_story(folder: Path) -> KeptStory:
    """Play the demonstration once, and keep its database at each stop."""
    kept: dict[str, tuple[Path, datetime]] = {}
    stage = prepare_stage(folder, stop=STOPS[0], remote="", fresh=False, tell=lambda _: None)
    for stop in STOPS:
        if kept:
            stage.play_to(stop, tell=lambda _: None)
        file = folder / f"{stop}.sqlite"
        with stage.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
            connection.exec_driver_sql("BEGIN")
        kept[stop] = (file, stage.clock())
    stage.database.close()
    return KeptStory(folder=folder, stops=kept)


def set_stage(story: KeptStory, stop: str, into: Path) -> Stage:
    """The program on a copy of the story at this stop, with the uninvited added."""
    file, moment = story.stops[stop]
    copy = into / f"{stop}.sqlite"
    shutil.copy(file, copy)
    settings = settings_of(story.folder).model_copy(
        update={
            "database": DatabaseSettings(url=f"sqlite:///{copy}", work_url=f"sqlite:///{into}/work.sqlite"),
            "demonstration": DemonstrationSettings(),
        }
    )
    database = Database(settings.database.url, durable=False)
    _invite(database, moment)
    clock = StandingClock(moment)
    app = create_app(settings, database=database, clock=clock)
    return Stage(key=stop, app=app, database=database, settings=settings, clock=clock)


def _invite(database: Database, now: datetime) -> None:
    with database.writing() as session:
        add_course(session, actor=PROGRAM, now=now, slug=OTHER_COURSE, text=shipped_text("ceng796"))
        session.flush()
        invited = (
            (COURSE, OBSERVER, Role.OBSERVER),
            (OTHER_COURSE, OTHER_INSTRUCTOR, Role.INSTRUCTOR),
            (OTHER_COURSE, OTHER_STUDENT, Role.STUDENT),
        )
        for course, email, role in invited:
            enroll_person(session, actor=PROGRAM, now=now, course=course, email=email, name=email, role=role)
