"""Everything the graders' queue rests on, for a whole course, in six statements, however much there is."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.grades.course_steps import read_steps
from reviewhub.grades.decision_steps import PUT_DECISION, Step
from reviewhub.grades.gathering import Gathered, grants_that_hold
from reviewhub.grades.grader_shares import Task
from reviewhub.grades.precision import Answered
from reviewhub.grades.tables import Mistake
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.tables import Assignment, Review, ReviewEdition


class Reviewed(NamedTuple):
    """The last edition of a review."""

    review_id: str
    edition: int
    submitted_at: datetime
    content: dict[str, Any]


@dataclass(kw_only=True)
class CourseRows:
    """One course as its graders look at it."""

    gathered: Gathered
    names: dict[str, str] = field(default_factory=dict)
    """Names by enrolment id and by user id."""
    staff: dict[str, str] = field(default_factory=dict)
    """User id → name of the living instructors and assistants, instructors first."""
    reviewers: dict[str, str] = field(default_factory=dict)
    """Assignment id → the reviewer's name."""
    shares: dict[tuple[str, Task], str] = field(default_factory=dict)
    """Project and task → the user id of whoever is to do it."""
    readings: dict[str, list[Step]] = field(default_factory=dict)
    """Project id → its second readings that stand; `number` is 1 where they are answered."""
    project_of: dict[str, str] = field(default_factory=dict)
    """Mistake id → its project."""
    suggestions: list[Step] = field(default_factory=list)
    release: Step | None = None
    """The newest release: `number` is its sequence, `word` says "reopened" where grading was."""

    def answered(self) -> Iterable[Answered]:
        """What became of each suggested match, as it stands."""
        strengths = {
            (one.finding_id, one.mistake_id): one.strength
            for matches in self.gathered.matches.values()
            for one in matches
        }
        for one in self.suggestions:
            yield Answered(
                score=one.number / 1000,
                answer=one.word,
                strength=strengths.get((one.target, one.other), ""),
                is_decided=one.target in self.gathered.decisions,
            )


def read_course_rows(session: Session, course: Course) -> CourseRows:
    """Read the course."""
    projects, snapshots = _projects(session, course)
    rows = CourseRows(gathered=Gathered(course=course, projects=projects, snapshots=snapshots))
    of_these = select(Project.id).where(*_graded(course))
    _people(session, course, rows)
    _reviews(session, rows, of_these)
    rows.gathered.grants = grants_that_hold(session, course, rows.gathered.members)
    _mistakes(session, rows, of_these)
    for one in read_steps(session, course, of_these):
        _PUT[one.kind](rows, one)
    return rows


def _graded(course: Course) -> tuple[Any, ...]:
    return Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_(None)


def _projects(session: Session, course: Course) -> tuple[list[Project], dict[str, list[Snapshot]]]:
    found = session.execute(
        select(Project, Snapshot)
        .outerjoin(Snapshot, Snapshot.project_id == Project.id)
        .where(*_graded(course))
        .order_by(Project.key, Snapshot.version, Snapshot.sequence)
    )
    snapshots: dict[str, list[Snapshot]] = {}
    projects: dict[str, Project] = {}
    for project, snapshot in found.unique():
        projects[project.id] = project
        snapshots.setdefault(project.id, []).extend([snapshot] if snapshot else [])
    return list(projects.values()), snapshots


def _people(session: Session, course: Course, rows: CourseRows) -> None:
    """The names of everybody in the course, the staff, and the members of the groups."""
    found = session.execute(
        select(Enrollment.id, Enrollment.role, Enrollment.left_at, User.id, User.name, Membership.group_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(Membership, (Membership.enrollment_id == Enrollment.id) & Membership.left_at.is_(None))
        .where(Enrollment.course_id == course.id)
        .order_by(Enrollment.role.desc(), Enrollment.joined_at, Enrollment.id)
    )
    members = defaultdict(list)
    for enrollment_id, role, left_at, user_id, name, group_id in found:
        rows.names[enrollment_id] = rows.names[user_id] = name
        if left_at is None and role in {Role.INSTRUCTOR, Role.ASSISTANT}:
            rows.staff[user_id] = name
        if left_at is None and group_id:
            members[group_id].append(enrollment_id)
    rows.gathered.members = dict(members)


def _reviews(session: Session, rows: CourseRows, of_these: Select[Any]) -> None:
    found = session.execute(
        select(
            Assignment,
            ReviewEdition.review_id,
            ReviewEdition.edition,
            ReviewEdition.submitted_at,
            ReviewEdition.content,
            Group.name,
        )
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .outerjoin(ReviewEdition, (ReviewEdition.review_id == Review.id) & (ReviewEdition.edition == Review.edition))
        .outerjoin(Group, Group.id == Assignment.reviewer_group_id)
        .where(Assignment.project_id.in_(of_these), Assignment.practice.is_(False))
    )
    editions: dict[str, Any] = {}
    for assignment, review_id, edition, submitted_at, content, group in found:
        rows.gathered.assignments.setdefault(assignment.project_id, []).append(assignment)
        rows.reviewers[assignment.id] = group or rows.names.get(assignment.reviewer_id or "", "—")
        if review_id is not None:
            editions[assignment.id] = Reviewed(review_id, edition, submitted_at, content)
    rows.gathered.editions = editions


def _mistakes(session: Session, rows: CourseRows, of_these: Select[Any]) -> None:
    for row in session.scalars(select(Mistake).where(Mistake.project_id.in_(of_these), Mistake.undone_at.is_(None))):
        rows.gathered.mistakes.setdefault(row.project_id, []).append(row)
        rows.project_of[row.id] = row.project_id


# ---- each step where it belongs


def _put_decision(rows: CourseRows, one: Step) -> None:
    PUT_DECISION[one.kind](rows.gathered, one, rows.project_of.get(one.other, ""))


def _put_release(rows: CourseRows, one: Step) -> None:
    if rows.release is None or one.number > rows.release.number:
        rows.release = one


_PUT: dict[str, Callable[[CourseRows, Step], object]] = {
    **dict.fromkeys(PUT_DECISION, _put_decision),
    "share": lambda rows, one: rows.shares.update({(one.target, Task(one.word)): one.by_id}),
    "reading": lambda rows, one: rows.readings.setdefault(one.target, []).append(one),
    "suggestion": lambda rows, one: rows.suggestions.append(one),
    "release": _put_release,
}
