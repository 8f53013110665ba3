"""What second readers said, and who is to grade and read what: for the desk of a project, and for the release."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course
from reviewhub.grades.deciders import Deciders
from reviewhub.grades.grader_shares import Task, alone_decided
from reviewhub.grades.readiness import Blocker
from reviewhub.grades.second_reading import Opinion
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.projects.tables import Project

SHORT = 90


@dataclass(frozen=True, kw_only=True)
class ReadingCard:
    """One second reading that stands."""

    reading_id: str
    reader_id: str
    reader: str
    agrees: bool
    note: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether a change is asked for and nobody answered: the release waits for it."""
        return not self.agrees and self.answered_at is None


@dataclass(kw_only=True)
class Reading:
    """What is known of the second reading of one project."""

    shares: dict[Task, tuple[str, str]] = field(default_factory=dict)
    """Task → user id and name of whoever is to do it."""
    cards: list[ReadingCard] = field(default_factory=list)
    """The newest first."""

    def name(self, task: Task) -> str:
        """Who is to do it; "" for nobody in particular."""
        return self.shares.get(task, ("", ""))[1]

    @property
    def is_asked(self) -> bool:
        """Whether somebody asks for a change."""
        return any(one.is_open for one in self.cards)

    def why_not(self, reader_id: str, deciders: Deciders) -> str:
        """Why this person cannot read the project second now; "" where they can."""
        if not deciders:
            return "Nothing is decided here yet, so there is nothing to read."
        return (
            "You alone decided this project, so somebody else reads it." if alone_decided(reader_id, deciders) else ""
        )


def reading_of(session: Session, project_id: str) -> Reading:
    """The second reading of one project: two statements."""
    found, answerer = Reading(), aliased(User)
    shares = session.execute(
        select(GraderShare.task, User.id, User.name)
        .join(User, User.id == GraderShare.grader_id)
        .where(GraderShare.project_id == project_id, GraderShare.undone_at.is_(None))
    )
    for task, user_id, name in shares:
        found.shares[Task(task)] = (user_id, name)
    rows = session.execute(
        select(SecondReading, User.name, answerer.name)
        .join(User, User.id == SecondReading.reader_id)
        .outerjoin(answerer, answerer.id == SecondReading.answered_by_id)
        .where(SecondReading.project_id == project_id, SecondReading.withdrawn_at.is_(None))
        .order_by(SecondReading.at.desc(), SecondReading.id)
    )
    found.cards.extend(_card(row, reader, answered_by) for row, reader, answered_by in rows)
    return found


def open_changes(session: Session, course: Course) -> tuple[Blocker, ...]:
    """The changes second readers ask for that nobody answered, project by project: the release waits for them."""
    rows = session.execute(
        select(SecondReading.id, SecondReading.note, Project.id, Project.key, User.name)
        .join(Project, Project.id == SecondReading.project_id)
        .join(User, User.id == SecondReading.reader_id)
        .where(
            Project.course_id == course.id,
            Project.removed_at.is_(None),
            SecondReading.opinion == Opinion.CHANGE,
            SecondReading.answered_at.is_(None),
            SecondReading.withdrawn_at.is_(None),
        )
        .order_by(Project.key, SecondReading.at, SecondReading.id)
    )
    return tuple(
        Blocker(
            project_id=project_id,
            key=key,
            what=f"{name}, who read {key} second, asks for a change: {_short(note)}",
            cited_id=reading_id,
        )
        for reading_id, note, project_id, key, name in rows
    )


def _card(row: SecondReading, reader: str, answered_by: str | None) -> ReadingCard:
    return ReadingCard(
        reading_id=row.id,
        reader_id=row.reader_id,
        reader=reader,
        agrees=row.opinion == Opinion.AGREES,
        note=row.note,
        at=row.at,
        answer=row.answer,
        answered_by=answered_by or "",
        answered_at=row.answered_at,
    )


def _short(note: str) -> str:
    line = " ".join(note.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"
