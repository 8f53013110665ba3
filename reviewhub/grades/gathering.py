"""Loading the facts that grades are computed from: always the same number of queries, however much was found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from reviewhub.courses.deadlines import Due, Grant, due_for
from reviewhub.courses.granted import grants_of_groups, grants_of_persons
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.evidence import (
    VERSION_1,
    VERSION_2,
    AdjustmentFact,
    Arrival,
    AssignmentFact,
    Decision,
    FindingFact,
    GradingFacts,
    MatchFact,
    MistakeFact,
    ProjectFact,
    ReviewFact,
    SnapshotFact,
    Strength,
    StudentFact,
    Verdict,
)
from reviewhub.grades.student_facts import student_facts
from reviewhub.grades.tables import Adjustment, FindingDecision, FixVerdict, Match, Mistake, QualityMark
from reviewhub.projects.due import choice_end, due_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.lookup import opening_of
from reviewhub.reviews.submitted import standing_findings_in
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition
from reviewhub.reviews.windows import ReviewWindow, why_closed, window_of


@dataclass(kw_only=True)
class Gathered:
    """The rows of some projects of one course, each kind read with one query."""

    course: Course
    projects: Sequence[Project]
    members: dict[str, list[str]] = field(default_factory=dict)
    """group_id → enrolments now in it."""
    snapshots: dict[str, list[Snapshot]] = field(default_factory=dict)
    """project_id → every snapshot, replaced ones too."""
    assignments: dict[str, list[Assignment]] = field(default_factory=dict)
    editions: dict[str, ReviewEdition] = field(default_factory=dict)
    """assignment_id → the last edition handed in."""
    mistakes: dict[str, list[Mistake]] = field(default_factory=dict)
    matches: dict[str, list[Match]] = field(default_factory=dict)
    """project_id → the matches of its mistakes."""
    decisions: dict[str, FindingDecision] = field(default_factory=dict)
    verdicts: dict[str, FixVerdict] = field(default_factory=dict)
    marks: dict[str, list[QualityMark]] = field(default_factory=dict)
    adjustments: dict[str, list[Adjustment]] = field(default_factory=dict)
    grants: dict[str, list[Grant]] = field(default_factory=dict)
    """enrollment_id or group_id → the living extensions that hold for it."""
    other_policy: Policy | None = None

    @property
    def policy(self) -> Policy:
        """The rules that say what was due: the course's, or those that somebody tries out."""
        return self.other_policy or self.course.policy


def gather_facts(
    session: Session, course: Course, now: datetime, *, project_ids: Iterable[str] | None = None
) -> GradingFacts:
    """The facts of the course's projects and students; of the projects alone, where some are named."""
    students = student_facts(session, course, now) if project_ids is None else ()
    return facts_of(gather(session, course, project_ids=project_ids), now, students)


@without_collecting
def gather(
    session: Session, course: Course, *, project_ids: Iterable[str] | None = None, practice: bool = False
) -> Gathered:
    """Read every row that a grade of these projects rests on, with one query per table.

    With `practice` the practice reviews instead of those that count. Projects to practise on are read only by name.
    """
    chosen = select(Project).where(Project.course_id == course.id, Project.removed_at.is_(None))
    if project_ids is not None:
        chosen = chosen.where(Project.id.in_(list(project_ids)))
    else:
        chosen = chosen.where(Project.practice_until.is_(None))
    of_these = chosen.with_only_columns(Project.id)
    assigned = select(Assignment.id).where(Assignment.project_id.in_(of_these), Assignment.practice.is_(practice))
    reviews = select(Review.id).where(Review.assignment_id.in_(assigned))
    findings = select(Finding.id).where(Finding.review_id.in_(reviews))
    recorded = Mistake.project_id.in_(of_these), Mistake.undone_at.is_(None)
    members = _members(session, course)
    verdicts = _standing(session, FixVerdict, FixVerdict.mistake_id.in_(select(Mistake.id).where(*recorded)))
    decisions = _standing(session, FindingDecision, FindingDecision.finding_id.in_(findings))
    editions: Iterable[Any] = session.execute(
        select(Review.assignment_id, *_columns(ReviewEdition))
        .join(ReviewEdition, (ReviewEdition.review_id == Review.id) & (ReviewEdition.edition == Review.edition))
        .where(Review.assignment_id.in_(assigned))
    )
    matches = session.execute(
        select(Mistake.project_id, *_columns(Match))
        .join(Match, Match.mistake_id == Mistake.id)
        .where(*recorded, Match.undone_at.is_(None))
        .order_by(Match.id)
    )
    return Gathered(
        course=course,
        projects=session.scalars(chosen.order_by(Project.key)).all(),
        members=members,
        snapshots=_by("project_id", _rows(session, Snapshot, Snapshot.project_id.in_(of_these))),
        assignments=_by("project_id", _rows(session, Assignment, Assignment.id.in_(assigned))),
        editions={one.assignment_id: one for one in editions},
        mistakes=_by("project_id", _rows(session, Mistake, *recorded)),
        matches=_by("project_id", matches),
        decisions={one.finding_id: one for one in decisions},
        verdicts={one.mistake_id: one for one in verdicts},
        marks=_by("review_id", _standing(session, QualityMark, QualityMark.review_id.in_(reviews))),
        adjustments=_by("project_id", _standing(session, Adjustment, Adjustment.project_id.in_(of_these))),
        grants=grants_that_hold(session, course, members),
    )


@without_collecting
def facts_of(
    gathered: Gathered, now: datetime, students: tuple[StudentFact, ...] = (), *, policy: Policy | None = None
) -> GradingFacts:
    """The rows as frozen values, with the students' facts (`student_facts`) where a course grade is asked for.

    With `policy` by other rules than the course's: they say when work was due.
    """
    asked = replace(gathered, other_policy=policy) if policy else gathered
    projects = tuple(_project(project, asked, now) for project in asked.projects)
    return GradingFacts(projects=projects, students=students)


def _project(project: Project, gathered: Gathered, now: datetime) -> ProjectFact:
    rows = gathered.snapshots.get(project.id, [])
    opened_at = opening_of(rows, project.id)
    snapshots = tuple(_snapshot(row, project, gathered, opened_at) for row in rows if row.replaced_at is None)
    settled = _settled(project, snapshots, gathered, opened_at, now)
    return ProjectFact(
        project_id=project.id,
        key=project.key,
        developers=tuple(sorted(gathered.members.get(project.group_id or "", ()))),
        snapshots=snapshots,
        settled=settled,
        mistakes=tuple(_mistake(row, gathered) for row in gathered.mistakes.get(project.id, ())),
        matches=tuple(
            MatchFact(finding_id=row.finding_id, mistake_id=row.mistake_id, strength=Strength(row.strength))
            for row in gathered.matches.get(project.id, ())
        ),
        assignments=_assignments(project, settled, gathered, opened_at, now),
        adjustments=tuple(
            AdjustmentFact(adjustment_id=row.id, enrollment_id=row.enrollment_id, points=row.points, reason=row.reason)
            for row in gathered.adjustments.get(project.id, ())
        ),
    )


def _snapshot(row: Snapshot, project: Project, gathered: Gathered, opened_at: datetime | None) -> SnapshotFact:
    received = row.due_at + timedelta(seconds=row.lateness_seconds)
    due = _due(project, row.version, gathered, opened_at)
    arrival = Arrival(due_at=row.due_at, received_at=received, waived=_is_waived(due, received))
    return SnapshotFact(snapshot_id=row.id, version=row.version, commit=row.commit, arrival=arrival)


def _due(project: Project, version: int, gathered: Gathered, opened_at: datetime | None) -> Due | None:
    grants = gathered.grants.get(project.group_id or "", [])
    return due_of(gathered.policy, version, grants, opened_at=opened_at)


def _is_waived(due: Due | None, received: datetime) -> bool:
    return due is not None and due.waived_until is not None and received <= due.waived_until


def _settled(
    project: Project,
    snapshots: tuple[SnapshotFact, ...],
    gathered: Gathered,
    opened_at: datetime | None,
    now: datetime,
) -> frozenset[int]:
    """The versions that are frozen, and those that can no longer come: even the time for late work has passed."""
    settled = {snapshot.version for snapshot in snapshots}
    for version in (VERSION_1, VERSION_2):
        due = _due(project, version, gathered, opened_at)
        if due is None or now >= choice_end(gathered.policy, version, due):
            settled.add(version)
    return frozenset(settled)


def _mistake(row: Mistake, gathered: Gathered) -> MistakeFact:
    verdict = gathered.verdicts.get(row.id)
    return MistakeFact(
        mistake_id=row.id,
        number=row.number,
        title=row.title,
        version_in=row.version_in,
        severity=row.severity,
        criterion=row.criterion,
        points=row.points,
        detectable=row.detectable,
        verdict=Verdict(verdict.verdict) if verdict else None,
        text=row.text,
        place=row.place,
    )


def _assignments(
    project: Project, settled: frozenset[int], gathered: Gathered, opened_at: datetime | None, now: datetime
) -> tuple[AssignmentFact, ...]:
    """Who reviews the project. Nobody answers for one whose version 1 never came: there was nothing to review."""
    common = _window(gathered, opened_at, [])
    found = [_assignment(row, gathered, opened_at, common, now) for row in gathered.assignments.get(project.id, ())]
    if opened_at is None and VERSION_1 in settled:
        found = [replace(one, held_to_account=False, awaited=False) for one in found]
    return tuple(found)


def _window(gathered: Gathered, opened_at: datetime | None, grants: list[Grant]) -> tuple[ReviewWindow, Due | None]:
    """When the project is reviewed by somebody with these extensions; most have none."""
    window = window_of(gathered.policy, opened_at=opened_at, grants=grants)
    return window, due_for(gathered.policy, "reviews", grants)


def _assignment(
    row: Assignment,
    gathered: Gathered,
    opened_at: datetime | None,
    common: tuple[ReviewWindow, Due | None],
    now: datetime,
) -> AssignmentFact:
    members = [row.reviewer_id] if row.reviewer_id else gathered.members.get(row.reviewer_group_id or "", [])
    grants = gathered.grants.get(row.reviewer_id or row.reviewer_group_id or "", [])
    window, due = _window(gathered, opened_at, grants) if grants else common
    edition = gathered.editions.get(row.id)
    return AssignmentFact(
        assignment_id=row.id,
        members=tuple(sorted(members)),
        held_to_account=_is_held(row, window, now),
        review=_review(edition, gathered, window, due) if edition else None,
        awaited=edition is None and _can_still_come(window, gathered.policy, now),
    )


def _can_still_come(window: ReviewWindow, policy: Policy, now: datetime) -> bool:
    """Whether a review that was not handed in yet is still waited for, also where reviewing has not begun."""
    has_begun = window.opened_at is not None and window.opened_at <= now
    return not has_begun or not why_closed(policy, window, edition=0, now=now)


def _is_held(row: Assignment, window: ReviewWindow, now: datetime) -> bool:
    """Active at the project's review deadline; before it, active now."""
    moment = min(window.project_due_at, now) if window.project_due_at else now
    return row.assigned_at <= moment and (row.released_at is None or row.released_at > moment)


def _review(edition: ReviewEdition, gathered: Gathered, window: ReviewWindow, due: Due | None) -> ReviewFact:
    return ReviewFact(
        review_id=edition.review_id,
        edition=edition.edition,
        arrival=Arrival(
            due_at=window.late_from or edition.submitted_at,
            received_at=edition.submitted_at,
            waived=_is_waived(due, edition.submitted_at),
        ),
        findings=tuple(
            FindingFact(
                finding_id=finding_id,
                number=number,
                kind=kind,
                decision=_decision(decided := gathered.decisions.get(finding_id)),
                reason=decided.reason if decided else "",
            )
            for finding_id, number, kind in standing_findings_in(edition.content)
        ),
        quality=tuple(sorted((mark.row, mark.value) for mark in gathered.marks.get(edition.review_id, ()))),
    )


def _decision(row: FindingDecision | None) -> Decision | None:
    return _DECISIONS[row.decision] if row else None


_DECISIONS: Mapping[str, Decision] = {one.value: one for one in Decision}
"""The same as asking the class, of tens of thousands in a quarter of the time."""


def _members(session: Session, course: Course) -> dict[str, list[str]]:
    rows = session.execute(
        select(Membership.group_id, Membership.enrollment_id)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .where(Enrollment.course_id == course.id, Membership.left_at.is_(None), Enrollment.left_at.is_(None))
    )
    return _gathered((row.group_id, row.enrollment_id) for row in rows)


def grants_that_hold(session: Session, course: Course, members: Mapping[str, Iterable[str]]) -> dict[str, list[Grant]]:
    """What holds for each group, and for each person: their own extensions and their group's."""
    groups = grants_of_groups(session, course=course)
    grants = {receiver: list(held) for receiver, held in groups.items()}
    for enrollment_id, held in grants_of_persons(session, course=course).items():
        grants[enrollment_id] = list(held)
    for group_id, enrollment_ids in members.items():
        for enrollment_id in enrollment_ids:
            grants.setdefault(enrollment_id, []).extend(groups.get(group_id, ()))
    return grants


def _standing(session: Session, table: Any, where: ColumnElement[bool]) -> Sequence[Any]:
    return _rows(session, table, where, table.undone_at.is_(None))


def _rows(session: Session, table: Any, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Whole rows as plain tuples with names: of a large course the objects of the ORM took four times as long."""
    rows: Sequence[Any] = session.execute(select(*_columns(table)).where(*where).order_by(table.id)).all()
    return rows


def _columns(table: Any) -> Iterable[Any]:
    columns: Iterable[Any] = table.__table__.columns
    return columns


def _by(name: str, rows: Iterable[Any]) -> dict[str, list[Any]]:
    return _gathered((getattr(row, name), row) for row in rows)


def _gathered(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    gathered: dict[str, list[Any]] = defaultdict(list)
    for key, value in pairs:
        gathered[key].append(value)
    return dict(gathered)
