"""A course with two groups, a late policy and a real shared repository, for the tests of this room."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM, Actor, Role
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.grouping import create_group, join_group
from reviewhub.courses.tables import Course, Enrollment, Group
from reviewhub.projects.confirming import Confirmation, confirm_projects
from reviewhub.projects.finding import find_projects
from reviewhub.projects.freezing import freeze_due
from reviewhub.projects.mirroring import LookOutcome, mirror_course
from reviewhub.projects.tables import Project, RefMove, Snapshot
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository

SLUG = "ceng796"
ZONE = ZoneInfo("Europe/Istanbul")
DUE_1 = datetime(2026, 12, 4, 23, 59, tzinfo=ZONE).astimezone(UTC)
DUE_2 = datetime(2027, 1, 8, 23, 59, tzinfo=ZONE).astimezone(UTC)
EARLY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATE_POLICY = """
[lateness.versions]
steps = [
    { until = "30m", off = "10%" },
    { until = "1d",  off = "25%", no_bonus = true },
    { beyond = true, zero = true },
]
"""
PEOPLE = {
    "deniz": ("Deniz Aksoy", Role.INSTRUCTOR, None),
    "oya": ("Oya Er", Role.OBSERVER, None),
    "ada": ("Ada Çelik", Role.STUDENT, "AWGAN"),
    "bora": ("Bora Şahin", Role.STUDENT, "AWGAN"),
    "cem": ("Cem Işık", Role.STUDENT, "DiffEdit"),
    "defne": ("Defne Öz", Role.STUDENT, None),
}
NOTEBOOK = (
    '{"cells": [{"cell_type": "code", "execution_count": 1, "id": "a1", "metadata": {}, "outputs": [{"name": "stdout",'
    ' "output_type": "stream", "text": ["42\\n"]}], "source": ["print(42)"]}, {"cell_type": "markdown", "id": "b2",'
    ' "metadata": {}, "source": ["# Results"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
)
FILES = {
    "AWGAN/main.ipynb": NOTEBOOK,
    "AWGAN/model.py": "x = 1\n",
    "AWGAN/README.md": "# Attention GAN\n\nWe re-implement the paper.\n",
    "AWGAN/info.yaml": "- acronym: AWGAN\n  title: Attentive GAN: a second look\n  year: 2023\n  venue: CVPR\n"
    "  paper_authors: A. Author\n  group_members: Ada Celik, Bora ŞAHİN\n",
    "DiffEdit/info.json": '{"title": "DiffEdit", "group_members": ["Cem Işık"]}',
    "DiffEdit/demo.ipynb": NOTEBOOK,
    "README.md": "# The class\n",
}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass(frozen=True, kw_only=True)
class World:
    """A course in a database, its people by first name, and its repository."""

    database: Database
    settings: Settings
    shared: SharedRepository
    late_policy: str = field(default=LATE_POLICY)
    text: str = ""
    """Another course file than the shipped one."""

    def build(self) -> "World":
        """Add the course, its people and their groups."""
        with self.database.writing() as session:
            add_course(
                session,
                actor=PROGRAM,
                now=EARLY,
                slug=SLUG,
                text=(self.text or shipped_text(SLUG)) + self.late_policy,
                remote=str(self.shared.bare),
                local_paths=True,
            )
            groups: dict[str, Group] = {}
            for first_name, (name, role, group) in PEOPLE.items():
                enroll_person(
                    session,
                    actor=PROGRAM,
                    now=EARLY,
                    course=SLUG,
                    email=f"{first_name}@example.org",
                    name=name,
                    role=role,
                )
                if group is not None and group not in groups:
                    groups[group] = create_group(session, actor=PROGRAM, now=EARLY, course=SLUG, name=f"Group {group}")
            session.flush()
            for first_name, (_, _, group) in PEOPLE.items():
                if group is not None:
                    enrollment_id = session.scalars(
                        select(Enrollment.id).join(User).where(User.email == f"{first_name}@example.org")
                    ).one()
                    join_group(
                        session,
                        actor=PROGRAM,
                        now=EARLY,
                        course=SLUG,
                        group_id=groups[group].id,
                        enrollment_id=enrollment_id,
                    )
        return self

    def actor(self, first_name: str) -> Actor:
        with self.database.reading() as session:
            user = session.scalars(select(User).where(User.email == f"{first_name}@example.org")).one()
        return Actor(user_id=user.id, name=user.name)

    def course(self) -> Course:
        with self.database.reading() as session:
            return session.scalars(select(Course)).one()

    def group(self, name: str) -> Group:
        with self.database.reading() as session:
            return session.scalars(select(Group).where(Group.name == f"Group {name}")).one()

    def look(self, now: datetime) -> LookOutcome:
        return mirror_course(self.database, self.settings, actor=PROGRAM, now=now, course=SLUG)

    def confirm(self, now: datetime = EARLY) -> list[Project]:
        """Look, and confirm everything that is found, with the guessed groups."""
        self.look(now)
        with self.database.writing() as session:
            course = session.scalars(select(Course)).one()
            found = find_projects(session, course, mirrors=self.settings.mirrors)
            chosen = [
                Confirmation(
                    branch=one.found.branch,
                    folder=one.found.folder,
                    key=one.key,
                    title=one.found.title,
                    group_id=one.group_id,
                )
                for one in found
                if one.confirmed_key is None
            ]
            return confirm_projects(
                session, actor=PROGRAM, now=now, course=SLUG, confirmations=chosen, mirrors=self.settings.mirrors
            )

    def freeze(self, now: datetime) -> list[Snapshot]:
        with self.database.writing() as session:
            return freeze_due(session, actor=PROGRAM, now=now, course=SLUG, mirrors=self.settings.mirrors)

    def look_and_freeze(self, now: datetime) -> list[Snapshot]:
        self.look(now)
        return self.freeze(now)

    def moves(self) -> list[RefMove]:
        with self.database.reading() as session:
            return list(session.scalars(select(RefMove).order_by(RefMove.number)))

    def snapshots(self, key: str = "AWGAN") -> list[Snapshot]:
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(Snapshot)
                    .join(Project)
                    .where(Project.key == key)
                    .order_by(Snapshot.version, Snapshot.sequence)
                )
            )
