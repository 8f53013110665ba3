"""What the grading pages of a whole course read: the queue of projects, who is who."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.evidence import VERSION_1, VERSION_2, ProjectFact
from reviewhub.grades.facts import grades_are_released, latest_release
from reviewhub.grades.gathering import facts_of, gather, reviewers_in
from reviewhub.grades.ledger import GradeSheet, ledger_of, sheets_of
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.readiness import Blocker, project_blockers, undecided_findings

__all__ = [
    "QueueRow",
    "grades_are_released",
    "latest_release",
    "names_of",
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
