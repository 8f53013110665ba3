"""The grades of a course as they stand: computed from the rows, and not again for what has not changed since.

What was computed is kept in memory beside the stamp of the rows it was computed from, never without one: a stamp that
does not fit means computing anew. Dropping all of it, at any moment, costs time and nothing else.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.course_values import ComponentGrade, CourseGrade
from reviewhub.grades.evidence import VERSION_1, VERSION_2, GradingFacts, ProjectFact, StudentFact
from reviewhub.grades.gathering import facts_of, gather
from reviewhub.grades.lines import LedgerEntry
from reviewhub.grades.penalties import reckoning
from reviewhub.grades.review_lines import reviewer_lines
from reviewhub.grades.stamps import project_stamps
from reviewhub.grades.student_facts import student_facts
from reviewhub.grades.what_if import summed

MOST_PROJECTS, MOST_STUDENTS, MOST_COURSES = 5_000, 12_000, 20
"""What is kept at most, of all courses together: about 60 kB a project, 3 kB a student."""

Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """A bounded memory of what was computed from what; the longest unused goes first."""

    def __init__(self, most: int) -> None:
        """Keep this many at most."""
        self._most, self._kept, self._lock = most, OrderedDict[object, Kept](), Lock()

    def find(self, key: object) -> Kept | None:
        """What was computed from exactly this, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: object, value: Kept) -> None:
        """Remember it."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def drop(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


@dataclass(frozen=True, kw_only=True)
class ProjectStanding:
    """One project's facts, and the sum of each grade it decides as one line."""

    stamp: str
    fact: ProjectFact
    sums: tuple[LedgerEntry, ...]
    computed_at: datetime


@dataclass(frozen=True, kw_only=True)
class CourseStanding:
    """Everybody's grades now. `sums` are few lines whose sums are the grades: enough for totals, never for a story."""

    facts: GradingFacts
    sums: tuple[LedgerEntry, ...]
    by_project: Mapping[str, tuple[LedgerEntry, ...]]
    """Project id → its part of them."""
    grades: Mapping[str, CourseGrade]
    """By enrolment id, without their lines."""


_projects: Shelf[ProjectStanding] = Shelf(MOST_PROJECTS)
_students: Shelf[CourseGrade] = Shelf(MOST_STUDENTS)
_reviewers: Shelf[list[LedgerEntry]] = Shelf(MOST_COURSES)


def drop_standings() -> None:
    """Forget what was computed."""
    _projects.drop()
    _students.drop()
    _reviewers.drop()


@without_collecting
def read_standing(session: Session, course: Course, now: datetime) -> CourseStanding:
    """Everybody's grades as they stand; always the same number of queries, two dozen."""
    projects = _read_projects(session, course, now)
    students = student_facts(session, course, now)
    sums = [line for one in projects for line in one.sums]
    sums += _reviewers_of(projects, sums)
    facts = GradingFacts(projects=tuple(one.fact for one in projects), students=students)
    return CourseStanding(
        facts=facts,
        sums=tuple(sums),
        by_project={one.fact.project_id: one.sums for one in projects},
        grades=_grades(projects, students, sums, course),
    )


def kept_is_true(session: Session) -> list[str]:
    """What is kept of the projects as they are now equals what their rows give; for `reviewhub check` and the tests."""
    broken = []
    for course in session.scalars(select(Course)):
        for project_id, stamp in project_stamps(session, course).items():
            kept = _projects.find((project_id, stamp))
            if kept is None:
                continue
            (fact,) = facts_of(gather(session, course, project_ids=[project_id]), kept.computed_at).projects
            if kept != _compute(fact, stamp, course.policy, kept.computed_at):
                broken.append(f"the grades kept of project {fact.key} are not those its rows give")
    return broken


def _read_projects(session: Session, course: Course, now: datetime) -> list[ProjectStanding]:
    stamps = project_stamps(session, course)
    found: dict[str, ProjectStanding] = {}
    for project_id, stamp in stamps.items():
        kept = _projects.find((project_id, stamp))
        if kept is not None and kept.computed_at <= now:
            found[project_id] = kept
    lacking = [one for one in stamps if one not in found]
    for fact in _facts_of(session, course, lacking, now, every=not found):
        made = _compute(fact, stamps[fact.project_id], course.policy, now)
        found[fact.project_id] = made
        if is_final(fact):
            _projects.keep((fact.project_id, made.stamp), made)
    return sorted(found.values(), key=lambda one: (one.fact.key, one.fact.project_id))


def _facts_of(
    session: Session, course: Course, project_ids: list[str], now: datetime, *, every: bool
) -> tuple[ProjectFact, ...]:
    if not project_ids:
        return ()
    return facts_of(gather(session, course, project_ids=None if every else project_ids), now).projects


def _compute(fact: ProjectFact, stamp: str, policy: Policy, now: datetime) -> ProjectStanding:
    return ProjectStanding(stamp=stamp, fact=fact, sums=summed(fact, policy), computed_at=now)


def is_final(fact: ProjectFact) -> bool:
    """Whether time alone changes nothing about the project any more: both versions settled, no review still to come."""
    return fact.settled >= {VERSION_1, VERSION_2} and not any(one.awaited for one in fact.assignments)


def _reviewers_of(projects: list[ProjectStanding], sums: list[LedgerEntry]) -> list[LedgerEntry]:
    """The lines of the reviewers' grades; what time alone can change is kept for its own moment only."""
    key = tuple((one.stamp, None if is_final(one.fact) else one.computed_at) for one in projects)
    found = _reviewers.find(key)
    if found is None:
        with reckoning():
            found = reviewer_lines([one.fact for one in projects], sums)
        _reviewers.keep(key, found)
    return found


def _grades(
    projects: list[ProjectStanding], students: tuple[StudentFact, ...], sums: list[LedgerEntry], course: Course
) -> dict[str, CourseGrade]:
    """The course grades: computed only for those of whom something changed."""
    marks: dict[str, list[str]] = {}
    for one in projects:
        mark = one.stamp if is_final(one.fact) else f"{one.stamp} {one.computed_at}"
        for enrollment_id in concerned_by(one.fact):
            marks.setdefault(enrollment_id, []).append(mark)
    keys = {one.enrollment_id: (course.policy_digest, one, *marks.get(one.enrollment_id, ())) for one in students}
    found = {enrollment_id: kept for enrollment_id, key in keys.items() if (kept := _students.find(key)) is not None}
    lacking = tuple(one for one in students if one.enrollment_id not in found)
    if lacking:
        whom = {one.enrollment_id for one in lacking}
        theirs = tuple(one.fact for one in projects if not whom.isdisjoint(concerned_by(one.fact)))
        facts = GradingFacts(projects=theirs, students=lacking)
        for enrollment_id, grade in course_grades(facts, course.policy, sums).items():
            found[enrollment_id] = _without_lines(grade)
            _students.keep(keys[enrollment_id], found[enrollment_id])
    return {one.enrollment_id: found[one.enrollment_id] for one in students}


def concerned_by(fact: ProjectFact) -> set[str]:
    """The enrolments of those who develop or review a project."""
    return {one for assignment in fact.assignments for one in assignment.members}.union(fact.developers)


def _without_lines(grade: CourseGrade) -> CourseGrade:
    return replace(grade, entries=(), components=tuple(_bare(one) for one in grade.components))


def _bare(component: ComponentGrade) -> ComponentGrade:
    return replace(component, entries=(), parts=tuple(_bare(one) for one in component.parts))
