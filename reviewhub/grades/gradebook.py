"""The gradebook of the staff as values: everybody's grades as they stand, what holds up a release, the releases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import Event, User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.blocking import read_blockers
from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.evidence import AssignmentFact, ProjectFact
from reviewhub.grades.lines import Component
from reviewhub.grades.penalties import ZERO, reckoning
from reviewhub.grades.readiness import Blocker, undecided_findings
from reviewhub.grades.standings import CourseStanding, read_standing
from reviewhub.grades.tables import Release

ROWS_OF_A_PAGE = 100
SHOWN: Mapping[str, str] = {
    "": "Everybody",
    "missing": "Something missing",
    "fails": "A rule may fail them",
    "below": "Fail as it stands",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the staff want to see the gradebook: whom, in which order, which page."""

    words: str = ""
    """Part of a name or a student number."""
    show: str = ""
    """A key of `SHOWN`."""
    sort: str = "name"
    """`name`, `number`, `developer`, `reviewer`, `total`, `letter`, or the key of a component after `component-`."""
    is_down: bool = False
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class StudentRow:
    """One student in the gradebook."""

    enrollment_id: str
    name: str
    student_number: str
    projects: tuple[tuple[str, Decimal | None], ...]
    """Key and developer grade of each project they develop."""
    reviews: tuple[tuple[str, Decimal, bool], ...]
    """Key, grade, and whether it was submitted, of each review they are held to account for."""
    reviewer: Decimal | None
    undecided: int
    """Findings of the projects they develop or review that nobody decided on: until then their grades may move."""
    grade: CourseGrade

    def component(self, key: str) -> Decimal | None:
        """The value of one component, None while it has none."""
        return next((one.value for one in self.grade.components if one.key == key), None)

    @property
    def developer(self) -> Decimal | None:
        """The mean over their projects, None without any."""
        grades = [grade for _, grade in self.projects if grade is not None]
        with reckoning():
            return sum(grades, ZERO) / len(grades) if grades else None


@dataclass(frozen=True, kw_only=True)
class PastRelease:
    """One release of the course: who, when, why, and when grading was opened again."""

    release: Release
    by: str
    reopened_by: str
    reopened_why: str


@dataclass(frozen=True, kw_only=True)
class Gradebook:
    """Everybody's grades as they stand now, and what keeps them from being released."""

    rows: tuple[StudentRow, ...]
    """Those of the page that was asked for."""
    asked: Asked
    found: int
    """How many students the words and the choice leave."""
    students: int
    totals: tuple[Decimal, ...]
    """Every total there is, of the whole course."""
    developers: tuple[Decimal, ...]
    reviewers: tuple[Decimal, ...]
    letters: Mapping[str, int]
    incomplete: int
    """Students without a course grade, because something is missing."""
    blockers: tuple[Blocker, ...]
    undecided: int
    """Findings nobody decided on; they block nothing, and note nothing."""
    releases: tuple[PastRelease, ...]
    """The newest first."""

    @property
    def release(self) -> Release | None:
        """The release that students see."""
        return self.releases[0].release if self.releases else None

    @property
    def first(self) -> int:
        """The place of the page's first row, from 1."""
        return (self.asked.page - 1) * ROWS_OF_A_PAGE + 1


def read_gradebook(session: Session, course: Course, now: datetime, asked: Asked) -> Gradebook:
    """Every student's grades, computed from the facts as they stand now."""
    standing = read_standing(session, course, now)
    people = session.execute(
        select(Enrollment.id, User.name, Enrollment.student_number)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None))
    )
    undecided = {project.project_id: len(undecided_findings(project)) for project in standing.facts.projects}
    rows = _rows([(row.id, row.name, row.student_number or "") for row in people], standing, undecided)
    chosen = sorted(_chosen(rows, asked), key=_order_of(asked.sort), reverse=asked.is_down)
    last = max(1, -(-len(chosen) // ROWS_OF_A_PAGE))
    page = min(asked.page, last)
    grades = [row.grade for row in rows]
    return Gradebook(
        rows=tuple(chosen[(page - 1) * ROWS_OF_A_PAGE : page * ROWS_OF_A_PAGE]),
        asked=Asked(words=asked.words, show=asked.show, sort=asked.sort, is_down=asked.is_down, page=page),
        found=len(chosen),
        students=len(rows),
        totals=tuple(one.total for one in grades if one.total is not None),
        developers=tuple(grade for row in rows for _, grade in row.projects if grade is not None),
        reviewers=tuple(row.reviewer for row in rows if row.reviewer is not None),
        letters=_letters(course, grades),
        incomplete=sum(1 for one in grades if one.missing and not one.letter),
        blockers=read_blockers(session, course, standing.facts, standing.grades),
        undecided=sum(undecided.values()),
        releases=read_releases(session, course),
    )


def read_releases(session: Session, course: Course) -> tuple[PastRelease, ...]:
    """Every release of the course, the newest first, with who and why. Three queries."""
    releases = session.scalars(
        select(Release).where(Release.course_id == course.id).order_by(Release.sequence.desc())
    ).all()
    whom = {one.by_id for one in releases} | {one.reopened_by_id for one in releases if one.reopened_by_id}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(whom))).all())
    reasons = dict(
        session.execute(
            select(Event.subject_id, Event.reason)
            .where(Event.course_id == course.id, Event.action == "reopened grading")
            .order_by(Event.at)
        ).all()
    )
    return tuple(
        PastRelease(
            release=one,
            by=names.get(one.by_id, "—"),
            reopened_by=names.get(one.reopened_by_id or "", "—"),
            reopened_why=reasons.get(one.id, ""),
        )
        for one in releases
    )


@dataclass(kw_only=True)
class _Part:
    """What one person does in the course's projects."""

    develops: list[ProjectFact] = field(default_factory=list)
    reviews: list[tuple[ProjectFact, AssignmentFact]] = field(default_factory=list)


def _rows(
    people: Iterable[tuple[str, str, str]], standing: CourseStanding, undecided: Mapping[str, int]
) -> list[StudentRow]:
    parts: dict[str, _Part] = {}
    for project in standing.facts.projects:
        for enrollment_id in project.developers:
            parts.setdefault(enrollment_id, _Part()).develops.append(project)
        for assignment in project.assignments:
            for enrollment_id in assignment.members:
                parts.setdefault(enrollment_id, _Part()).reviews.append((project, assignment))
    sums: dict[tuple[Component, str, str], Decimal] = {}
    with reckoning():
        for one in standing.sums:
            key = one.component, one.subject.subject_id, one.subject.project_id
            sums[key] = sums.get(key, ZERO) + one.amount
    return [
        _row(person, parts.get(person[0], _Part()), sums, undecided, standing.grades[person[0]])
        for person in people
        if person[0] in standing.grades
    ]


def _row(
    person: tuple[str, str, str],
    part: _Part,
    sums: Mapping[tuple[Component, str, str], Decimal],
    undecided: Mapping[str, int],
    grade: CourseGrade,
) -> StudentRow:
    enrollment_id, name, student_number = person
    return StudentRow(
        enrollment_id=enrollment_id,
        name=name,
        student_number=student_number,
        projects=tuple(
            (one.key, sums.get((Component.DEVELOPER, enrollment_id, one.project_id))) for one in part.develops
        ),
        reviews=tuple(
            (project.key, total, one.review is not None)
            for project, one in part.reviews
            if (total := sums.get((Component.REVIEW, one.assignment_id, project.project_id))) is not None
        ),
        reviewer=sums.get((Component.REVIEWER, enrollment_id, "")),
        undecided=sum(
            undecided[project_id]
            for project_id in {one.project_id for one in (*part.develops, *(project for project, _ in part.reviews))}
        ),
        grade=grade,
    )


def _chosen(rows: Iterable[StudentRow], asked: Asked) -> list[StudentRow]:
    words = asked.words.casefold().split()
    wanted: Mapping[str, Callable[[CourseGrade], bool]] = {
        "missing": lambda grade: bool(grade.missing),
        "fails": lambda grade: bool(grade.fails),
        "below": lambda grade: grade.is_failed,
    }
    keeps = wanted.get(asked.show, _is_anybody)
    return [
        row
        for row in rows
        if keeps(row.grade) and all(word in f"{row.name} {row.student_number}".casefold() for word in words)
    ]


def _is_anybody(_grade: CourseGrade) -> bool:
    return True


def _order_of(sort: str) -> Callable[[StudentRow], tuple[Any, ...]]:
    """What rows are sorted by; who has no number yet comes before everybody who has."""
    key = sort.removeprefix("component-")
    numbers: Mapping[str, Callable[[StudentRow], Decimal | None]] = {
        "developer": lambda row: row.developer,
        "reviewer": lambda row: row.reviewer,
        "total": lambda row: row.grade.total,
        f"component-{key}": lambda row: row.component(key),
    }
    words: Mapping[str, Callable[[StudentRow], str]] = {
        "number": lambda row: row.student_number,
        "letter": lambda row: row.grade.letter,
    }

    def place(row: StudentRow) -> tuple[Any, ...]:
        number = numbers[sort](row) if sort in numbers else None
        said = words[sort](row) if sort in words else ""
        return number is not None, number or 0, said, row.name.casefold(), row.student_number

    return place


def _letters(course: Course, grades: Iterable[CourseGrade]) -> Mapping[str, int]:
    """How many have each letter, in the order of the scale, then letters that only rules bring."""
    counted = {row.letter: 0 for row in course.policy.letters}
    for grade in grades:
        if grade.letter:
            counted[grade.letter] = counted.get(grade.letter, 0) + 1
    return counted


def tens_of(values: Iterable[Decimal]) -> list[tuple[int, int, int]]:
    """How many values lie in each ten, as (from, to, count); 100 lies in the last."""
    counted = [0] * 10
    for value in values:
        counted[min(9, int(value // 10))] += 1
    return [(10 * place, 10 * place + 10, count) for place, count in enumerate(counted)]
