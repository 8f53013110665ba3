"""Everything the graders' queue rests on, for a whole course, in six statements, however much there is."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.granted import as_grants
from reviewhub.courses.tables import Course, Enrollment, Extension, Group, Membership
from reviewhub.grades.course_steps import Step, read_steps
from reviewhub.grades.gathering import Gathered
from reviewhub.grades.grader_shares import Task
from reviewhub.grades.precision import Answered
from reviewhub.grades.tables import Adjustment, FindingDecision, FixVerdict, Match, Mistake, QualityMark
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
    rows.gathered.grants = _grants(session, course, rows.gathered.members)
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


def _grants(session: Session, course: Course, members: dict[str, list[str]]) -> dict[str, list[Any]]:
    """What holds for each group, and for each person: their own extensions and their group's."""
    found = session.scalars(
        select(Extension)
        .where(Extension.course_id == course.id, Extension.revoked_at.is_(None))
        .order_by(Extension.granted_at, Extension.id)
    )
    grants: dict[str, list[Any]] = defaultdict(list)
    for row in found:
        grants[row.enrollment_id or row.group_id or ""] += as_grants([row])
    for group_id, enrollment_ids in members.items():
        for enrollment_id in enrollment_ids:
            grants[enrollment_id] += grants.get(group_id, [])
    return dict(grants)


def _mistakes(session: Session, rows: CourseRows, of_these: Select[Any]) -> None:
    for row in session.scalars(select(Mistake).where(Mistake.project_id.in_(of_these), Mistake.undone_at.is_(None))):
        rows.gathered.mistakes.setdefault(row.project_id, []).append(row)
        rows.project_of[row.id] = row.project_id


# ---- each step where it belongs


def _put_decision(rows: CourseRows, one: Step) -> None:
    rows.gathered.decisions[one.target] = FindingDecision(
        id=one.id, finding_id=one.target, decision=one.word, reason=one.text, decided_by_id=one.by_id, at=one.at
    )


def _put_match(rows: CourseRows, one: Step) -> None:
    project_id = rows.project_of[one.other]
    match = Match(
        id=one.id, finding_id=one.target, mistake_id=one.other, strength=one.word, decided_by_id=one.by_id, at=one.at
    )
    rows.gathered.matches.setdefault(project_id, []).append(match)


def _put_verdict(rows: CourseRows, one: Step) -> None:
    rows.gathered.verdicts[one.target] = FixVerdict(
        id=one.id, mistake_id=one.target, verdict=one.word, decided_by_id=one.by_id, at=one.at
    )


def _put_mark(rows: CourseRows, one: Step) -> None:
    mark = QualityMark(
        id=one.id, review_id=one.target, row=one.other, value=Decimal(one.word), decided_by_id=one.by_id, at=one.at
    )
    rows.gathered.marks.setdefault(one.target, []).append(mark)


def _put_adjustment(rows: CourseRows, one: Step) -> None:
    adjustment = Adjustment(
        id=one.id,
        project_id=one.other,
        enrollment_id=one.target,
        points=Decimal(one.word),
        reason=one.text,
        decided_by_id=one.by_id,
        at=one.at,
    )
    rows.gathered.adjustments.setdefault(one.other, []).append(adjustment)


def _put_release(rows: CourseRows, one: Step) -> None:
    if rows.release is None or one.number > rows.release.number:
        rows.release = one


_PUT: dict[str, Callable[[CourseRows, Step], object]] = {
    "decision": _put_decision,
    "match": _put_match,
    "verdict": _put_verdict,
    "mark": _put_mark,
    "adjustment": _put_adjustment,
    "share": lambda rows, one: rows.shares.update({(one.target, Task(one.word)): one.by_id}),
    "reading": lambda rows, one: rows.readings.setdefault(one.target, []).append(one),
    "suggestion": lambda rows, one: rows.suggestions.append(one),
    "release": _put_release,
}
