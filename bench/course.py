"""A course in mid-semester on a made repository, and somebody signed in to its pages in this process."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, ServerSettings, Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.github.mirror import look_at, mirrored_refs
from reviewhub.github.remotes import Remote
from reviewhub.projects.lookup import mirror_path
from reviewhub.projects.tables import Mirror, Project, RefMove
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables

SLUG = "ceng796"
DUE = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
NOW = DUE + timedelta(hours=1)


def settings_in(folder: Path, server: ServerSettings | None = None) -> Settings:
    """Settings of an installation inside `folder`."""
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/reviewhub.sqlite", work_url=f"sqlite:///{folder}/w.sqlite"),
        files=FilesSettings(data=folder, objects=str(folder / "objects")),
        git=GitSettings(local_paths=True),
        server=server or ServerSettings(),
    )


def open_course(settings: Settings, shared: Path, keys: Sequence[str]) -> Database:
    """A course whose shared repository is `shared`, each commit received as a push of its own, with these projects."""
    load_tables()
    database = Database(settings.database.url)
    create_tables(database)
    start = DUE - timedelta(days=30)
    with database.writing() as session:
        text = shipped_text(SLUG)
        course = add_course(
            session, actor=PROGRAM, now=start, slug=SLUG, text=text, remote=str(shared), local_paths=True
        )
        enroll_person(
            session, actor=PROGRAM, now=start, course=SLUG, email="i@example.org", name="I", role=Role.INSTRUCTOR
        )
        mirror = mirror_path(settings.mirrors, course)
        look_at(mirror, Remote(address=str(shared), folder=shared), {})
        session.add(Mirror(course_id=course.id, remote=str(shared), fetched_at=NOW, tried_at=NOW, failure=""))
        _receive(session, course, shared, start)
        session.add_all(_project(course, key, start) for key in keys)
        assert mirrored_refs(mirror)
    return database


def app_of(settings: Settings, database: Database) -> Flask:
    """The whole program, an hour after the deadline."""
    return create_app(settings, database=database, clock=lambda: NOW)


def sign_in(settings: Settings, database: Database) -> str:
    """The session cookie of the instructor."""
    with database.writing() as session:
        user_id = session.scalars(select(Enrollment.user_id)).one()
        return open_session(
            session, user_id=user_id, browser="bench", old_secret=None, now=NOW, settings=settings.sign_in
        )


def client_of(settings: Settings, database: Database) -> FlaskClient:
    """The instructor at the pages, in this process."""
    client = app_of(settings, database).test_client()
    client.set_cookie("reviewhub", sign_in(settings, database))
    return client


def _project(course: Course, key: str, at: datetime) -> Project:
    return Project(
        course_id=course.id,
        key=key,
        title=key,
        papers=[],
        branch="refs/heads/main",
        folder=key,
        found={},
        confirmed_at=at,
    )


def _receive(session: Session, course: Course, shared: Path, start: datetime) -> None:
    out = subprocess.run(
        ["git", f"--git-dir={shared}", "rev-list", "--reverse", "main"], check=True, stdout=subprocess.PIPE
    ).stdout
    old = None
    for number, commit in enumerate(out.decode().split(), start=1):
        at = start + timedelta(minutes=30 * number)
        session.add(
            RefMove(
                course_id=course.id,
                number=number,
                ref="refs/heads/main",
                old=old,
                new=commit,
                forced=False,
                received_from=at,
                received_by=at,
                source="reflog",
                seen_at=at,
            )
        )
        old = commit
