"""What the grading pages of a whole course read: the queue of projects, the gradebook, who is who."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.evidence import VERSION_1, VERSION_2, AssignmentFact, GradingFacts, ProjectFact
from reviewhub.grades.facts import grades_are_released, latest_release
from reviewhub.grades.gathering import facts_of, gather, reviewers_in
from reviewhub.grades.ledger import GradeSheet, ledger_of, sheets_of
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.readiness import Blocker, blockers, project_blockers, undecided_findings

__all__ = [
    "Gradebook",
    "QueueRow",
    "StudentRow",
    "grades_are_released",
    "latest_release",
    "names_of",
    "read_gradebook",
    "read_queue",
]

Sheets = Mapping[tuple[Subject, Component], GradeSheet]


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One project in the grader's queue: how far it is, and what still waits."""

    key: str
    title: str
    members: tuple[str, ...]
    frozen: tuple[int, ...]
    reviews: tuple[int, int]
    """Submitted, expected."""
    findings: int
    undecided: int
    mistakes: int
    version_1: Decimal | None
    version_2: Decimal | None
    waiting: tuple[Blocker, ...]

    @property
    def decided(self) -> int:
        """The findings somebody decided on (remarks ask for no decision)."""
        return self.findings - self.undecided

    @property
    def is_gradable(self) -> bool:
        """Whether there is a version to grade."""
        return bool(self.frozen)


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


@dataclass(frozen=True, kw_only=True)
class Gradebook:
    """Everybody's grades as they stand now, and what keeps them from being released."""

    students: tuple[StudentRow, ...]
    blockers: tuple[Blocker, ...]
    undecided: int
    """Findings nobody decided on; they block nothing, and note nothing."""


def read_queue(session: Session, course: Course, now: datetime) -> tuple[QueueRow, ...]:
    """The projects of the course with their progress, those with most to decide first."""
    gathered = gather(session, course)
    facts = facts_of(gathered, now)
    names = names_of(session, course, (one for project in facts.projects for one in project.developers))
    reviewers = reviewers_in(session, gathered)
    titles = {project.id: project.title for project in gathered.projects}
    sheets = sheets_of(ledger_of(facts, course.policy))
    rows = [
        _queue_row(project, titles[project.project_id], names, reviewers, sheets, course.policy)
        for project in facts.projects
    ]
    return tuple(sorted(rows, key=lambda row: (-row.undecided, -len(row.waiting), row.key.casefold())))


def read_gradebook(session: Session, course: Course, now: datetime) -> Gradebook:
    """Every student's grades, computed from the facts as they stand now."""
    gathered = gather(session, course)
    facts = facts_of(gathered, now)
    sheets = sheets_of(ledger_of(facts, course.policy))
    parts = _parts(facts)
    students = session.execute(
        select(Enrollment, User)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None))
        .order_by(User.name, Enrollment.student_number)
    )
    return Gradebook(
        students=tuple(_student(enrollment, user.name, parts[enrollment.id], sheets) for enrollment, user in students),
        blockers=blockers(facts, course.policy, reviewers_in(session, gathered)),
        undecided=sum(len(undecided_findings(project)) for project in facts.projects),
    )


def names_of(session: Session, course: Course, ids: Iterable[str]) -> dict[str, str]:
    """Names by enrolment id and by user id, for those asked for."""
    wanted = sorted(set(ids))
    rows = session.execute(
        select(Enrollment.id, User.id, User.name)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, or_(Enrollment.id.in_(wanted), User.id.in_(wanted)))
    )
    return {key: name for enrollment_id, user_id, name in rows for key in (enrollment_id, user_id)}


def _queue_row(
    project: ProjectFact,
    title: str,
    names: Mapping[str, str],
    reviewers: Mapping[str, str],
    sheets: Sheets,
    policy: Policy,
) -> QueueRow:
    held = [one for one in project.assignments if one.held_to_account]
    asked = [
        finding
        for one in project.assignments
        if one.review
        for finding in one.review.findings
        if finding.kind != "remark"
    ]
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)

    def grade(component: Component, version: int) -> Decimal | None:
        sheet = sheets.get((subject, component))
        return sheet.total if sheet and project.snapshot(version) else None

    return QueueRow(
        key=project.key,
        title=title,
        members=tuple(sorted(names.get(one, "—") for one in project.developers)),
        frozen=tuple(sorted(one.version for one in project.snapshots)),
        reviews=(sum(1 for one in held if one.review), len(held)),
        findings=len(asked),
        undecided=len(undecided_findings(project)),
        mistakes=len(project.mistakes),
        version_1=grade(Component.VERSION_1, VERSION_1),
        version_2=grade(Component.VERSION_2, VERSION_2),
        waiting=project_blockers(project, policy, reviewers),
    )


@dataclass(kw_only=True)
class _Part:
    """What one person does in the course's projects."""

    develops: list[ProjectFact] = field(default_factory=list)
    reviews: list[tuple[ProjectFact, AssignmentFact]] = field(default_factory=list)


def _parts(facts: GradingFacts) -> dict[str, _Part]:
    parts: dict[str, _Part] = defaultdict(_Part)
    for project in facts.projects:
        for enrollment_id in project.developers:
            parts[enrollment_id].develops.append(project)
        for assignment in project.assignments:
            for enrollment_id in assignment.members:
                parts[enrollment_id].reviews.append((project, assignment))
    return parts


def _student(enrollment: Enrollment, name: str, part: _Part, sheets: Sheets) -> StudentRow:
    projects, reviews = [], []
    for project in part.develops:
        subject = Subject(kind=SubjectKind.MEMBER, subject_id=enrollment.id, project_id=project.project_id)
        sheet = sheets.get((subject, Component.DEVELOPER))
        projects.append((project.key, sheet.total if sheet else None))
    for project, one in part.reviews:
        subject = Subject(kind=SubjectKind.ASSIGNMENT, subject_id=one.assignment_id, project_id=project.project_id)
        sheet = sheets.get((subject, Component.REVIEW))
        if sheet:
            reviews.append((project.key, sheet.total, one.review is not None))
    mean = sheets.get((Subject(kind=SubjectKind.PERSON, subject_id=enrollment.id), Component.REVIEWER))
    return StudentRow(
        enrollment_id=enrollment.id,
        name=name,
        student_number=enrollment.student_number or "",
        projects=tuple(projects),
        reviews=tuple(reviews),
        reviewer=mean.total if mean else None,
    )
