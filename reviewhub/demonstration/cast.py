"""What every act of the story stands on: the course, the people as those who act, and chance that repeats itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.demonstration.people import STAFF, Person
from reviewhub.demonstration.repository import Repository
from reviewhub.demonstration.semester import Calendar
from reviewhub.projects.tables import Project
from reviewhub.storage import Database

SLUG = "ceng796"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that happens: when, what is told of it, and the doing, which is given the moment."""

    moment: datetime
    title: str
    play: Callable[[datetime], None]


Chapter = Callable[[], Iterable[Act]]


@dataclass(frozen=True, kw_only=True)
class Cast:
    """What every act stands on. `repository` is None where the projects are those of an existing repository."""

    settings: Settings
    database: Database
    calendar: Calendar
    course_text: str
    repository: Repository | None
    remote: str

    def actor(self, session: Session, person: Person) -> Actor:
        """The person as one who acts."""
        user = session.scalars(select(User).where(User.email == person.email)).one()
        return Actor(user_id=user.id, name=user.name)

    def instructor(self, session: Session) -> Actor:
        """The instructor as one who acts."""
        return self.actor(session, STAFF[0])

    def course(self, session: Session) -> Course:
        """The demonstration's course."""
        return find_course(session, SLUG)


def draw(*seed: str) -> Random:
    """Chance that falls the same way for the same words, on every machine."""
    return Random(" ".join(seed))


def developer_of(session: Session, project: Project) -> Actor | None:
    """One of the project's developers as the one who acts for all; None where nobody is left."""
    user = session.scalars(
        select(User)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Membership, Membership.enrollment_id == Enrollment.id)
        .where(Membership.group_id == project.group_id, Membership.left_at.is_(None))
        .order_by(User.email)
    ).first()
    return None if user is None else Actor(user_id=user.id, name=user.name)
