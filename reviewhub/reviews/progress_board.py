"""Reading the progress board: every review in force with its state, in a number of queries that rows do not change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.deadlines import Grant
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Group
from reviewhub.projects.due import due_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.bulk_tables import Reminder, StaffLook
from reviewhub.reviews.lookup import current_snapshot, grants_for, opening_of, snapshots_of
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.progress import ReviewProgress, few_findings, risks_of, state_of
from reviewhub.reviews.tables import Assignment, Finding, FixCheck, Response, Review, ReviewEdition
from reviewhub.reviews.windows import ReviewWindow, answers_are_open, is_shown_to_developers, why_closed, window_of
from reviewhub.storage import UtcMoment

DAYS_SHOWN = 14


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """What is the same for all reviews of one project."""

    opened_at: datetime | None
    answers_due_at: datetime | None
    is_checkable: bool


@dataclass(frozen=True, kw_only=True)
class _Counted:
    findings: int = 0
    handed_in: int = 0
    answered: int = 0
    checked: int = 0
    last: datetime | None = None


_NONE = _Counted()


def load_progress(session: Session, course: Course, now: datetime) -> list[ReviewProgress]:
    """Every review in force of a project in force, and every one handed in, by reviewer and project."""
    if course.policy.review is None:
        return []
    found = session.execute(_in_force(course)).all()
    assignments = [assignment for assignment, *_ in found]
    projects = {project.id: project for _, _, project, _ in found}
    moments = _moments_of(session, course, projects)
    grants = grants_for(session, course.id, assignments)
    counted = _count_findings(session, course)
    unread, reminded = _count_unread(session, course), _last_reminders(session, course)
    window = _windows(course.policy)
    rows = []
    for assignment, review, project, reviewer in found:
        own = window(moments[project.id].opened_at, tuple(grants.get(assignment.id, ())))
        row = _row(course.policy, assignment, review, moments[project.id], own, counted.get(review.id, _NONE), now)
        rows.append(
            replace(
                row,
                project=project.key,
                reviewer=reviewer,
                unread=unread.get(assignment.id, 0),
                reminded_at=reminded.get(assignment.id),
            )
        )
    few = few_findings(rows)
    return [replace(row, state=state_of(row, now), risks=risks_of(row, few=few, now=now)) for row in rows]


def activity_per_day(session: Session, course: Course, now: datetime) -> list[tuple[date, int]]:
    """What reviewers and developers did on each of the last two weeks' days in the course's zone: one query.

    Findings filed, reviews handed in, answers, fixes checked. Hours are counted, so that days are the course's own.
    """
    zone = course.policy.tzinfo
    first = now.astimezone(zone).date() - timedelta(days=DAYS_SHOWN - 1)
    since = now - timedelta(days=DAYS_SHOWN + 1)
    acts = union_all(
        *(
            _hours(course, moment, *joins).where(moment >= since, moment <= now)
            for moment, joins in (
                (Finding.filed_at, (Review.id == Finding.review_id,)),
                (ReviewEdition.submitted_at, (Review.id == ReviewEdition.review_id,)),
                (Response.at, (Finding.id == Response.finding_id, Review.id == Finding.review_id)),
                (FixCheck.at, (Finding.id == FixCheck.finding_id, Review.id == Finding.review_id)),
            )
        )
    ).subquery()
    counts = Counter[date]()
    for hour, number in session.execute(select(acts.c.hour, func.sum(acts.c.number)).group_by(acts.c.hour)):
        counts[_local_day(hour, zone)] += int(number)
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    return [(day, counts[day]) for day in days]


def _local_day(hour: str, zone: tzinfo) -> date:
    return datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(zone).date()


def _hours(course: Course, moment: Any, *joins: ColumnElement[bool]) -> Select[Any]:
    hour = func.substr(type_coerce(moment, String), 1, len("2026-12-04T20")).label("hour")
    wanted = (
        select(hour, func.count().label("number"))
        .where(*joins, Assignment.id == Review.assignment_id, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id)
    )
    return wanted.group_by(hour)


def _in_force(course: Course) -> Select[Assignment, Review, Project, str]:
    return (
        select(Assignment, Review, Project, func.coalesce(User.name, Group.name, "—"))
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(Enrollment, Enrollment.id == Assignment.reviewer_id)
        .outerjoin(User, User.id == Enrollment.user_id)
        .outerjoin(Group, Group.id == Assignment.reviewer_group_id)
        .where(
            Project.course_id == course.id,
            Project.practice_until.is_(None),
            Assignment.released_at.is_(None),
            or_(Project.removed_at.is_(None), Review.edition > 0),
        )
        .order_by(Assignment.id)
    )


def _moments_of(session: Session, course: Course, projects: dict[str, Project]) -> dict[str, _Moments]:
    snapshots: dict[str, list[Snapshot]] = {}
    for snapshot in snapshots_of(session, projects):
        snapshots.setdefault(snapshot.project_id, []).append(snapshot)
    grants = grants_of_groups(session, course=course)
    found = {}
    for project in projects.values():
        own = snapshots.get(project.id, [])
        opened_at = opening_of(own, project.id)
        due = due_of(course.policy, 2, grants.get(project.group_id or "", ()), opened_at=opened_at)
        found[project.id] = _Moments(
            opened_at=opened_at,
            answers_due_at=due.due_at if due else None,
            is_checkable=current_snapshot(own, project.id, 2) is not None,
        )
    return found


def _windows(policy: Policy) -> Callable[[datetime | None, tuple[Grant, ...]], ReviewWindow]:
    """Windows of time, each made once: most reviews of a course share a few."""
    return cache(lambda opened_at, grants: window_of(policy, opened_at=opened_at, grants=grants))


def _row(
    policy: Policy, assignment: Assignment, review: Review, moments: _Moments, window: ReviewWindow, count: _Counted,
    now: datetime,
) -> ReviewProgress:  # fmt: skip
    edition, until = review.edition, policy.deadlines.grading
    told = [one for one in (review.started_at, review.saved_at, review.submitted_at, count.last) if one is not None]
    return ReviewProgress(
        assignment_id=assignment.id,
        review_id=review.id,
        project_id=assignment.project_id,
        project="",
        reviewer_id=assignment.reviewer_id or assignment.reviewer_group_id or "",
        reviewer="",
        practice=assignment.practice,
        edition=edition,
        is_begun=review.started_at is not None,
        has_form=bool(review.form),
        is_shown=not assignment.practice
        and is_shown_to_developers(policy, window, edition=edition, released_at=review.released_at, now=now),
        is_writable=not why_closed(policy, window, edition=edition, now=now),
        answers_open=answers_are_open(moments.answers_due_at, now),
        checks_open=moments.is_checkable and (until is None or now <= until),
        opened_at=moments.opened_at,
        due_at=window.due_at,
        answers_due_at=_answers_wanted(policy.deadlines.responses, moments.answers_due_at, now),
        checks_due_at=until,
        submitted_at=review.submitted_at,
        findings=count.findings,
        handed_in=count.handed_in,
        answered=count.answered,
        checked=count.checked,
        last_activity=max(told, default=None),
    )


def _answers_wanted(wanted: datetime | None, due_at: datetime | None, now: datetime) -> datetime | None:
    return wanted if wanted is not None and now <= wanted else due_at


def _count_findings(session: Session, course: Course) -> dict[str, _Counted]:
    """Review id → its findings: those of the draft, and of those handed in how many are answered and checked.

    What was filed by the last hand-in and is not withdrawn since before it, is what the last edition says.
    """
    stands = or_(Finding.withdrawn_at.is_(None), Finding.withdrawn_at > Review.submitted_at)
    is_handed_in = and_(Finding.filed_at <= Review.submitted_at, stands)
    latest = [
        func.max(one, type_=UtcMoment()) for one in (Finding.filed_at, Finding.edited_at, Response.at, FixCheck.at)
    ]
    rows = session.execute(
        select(
            Finding.review_id,
            func.count(func.distinct(Finding.id)).filter(Finding.withdrawn_at.is_(None)),
            func.count(func.distinct(Finding.id)).filter(is_handed_in),
            func.count(func.distinct(Response.finding_id)).filter(is_handed_in),
            func.count(func.distinct(FixCheck.finding_id)).filter(is_handed_in),
            *latest,
        )
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(Response, Response.finding_id == Finding.id)
        .outerjoin(FixCheck, and_(FixCheck.finding_id == Finding.id, FixCheck.undone_at.is_(None)))
        .where(Project.course_id == course.id)
        .group_by(Finding.review_id)
    )
    return {
        review_id: _Counted(
            findings=findings,
            handed_in=handed_in,
            answered=answered,
            checked=checked,
            last=max((one for one in told if one is not None), default=None),
        )
        for review_id, findings, handed_in, answered, checked, *told in rows
    }


def _count_unread(session: Session, course: Course) -> dict[str, int]:
    """Assignment id → messages of reviewer and developers that nobody of the staff has read; two threads, one query."""
    counts = Counter[str]()
    under_findings = (
        select(Review.assignment_id, Message.written_at)
        .join(Finding, Finding.id == Message.finding_id)
        .join(Review, Review.id == Finding.review_id)
    )
    under_questions = select(Clarification.assignment_id, Message.written_at).join(
        Clarification, Clarification.id == Message.clarification_id
    )
    said = union_all(
        *(one.where(Message.side != "staff", Message.struck_at.is_(None)) for one in (under_findings, under_questions))
    ).subquery()
    rows = session.execute(
        select(said.c.assignment_id, func.count())
        .join(Assignment, Assignment.id == said.c.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(StaffLook, StaffLook.assignment_id == said.c.assignment_id)
        .where(
            Project.course_id == course.id,
            or_(StaffLook.id.is_(None), said.c.written_at > StaffLook.read_until),
        )
        .group_by(said.c.assignment_id)
    )
    counts.update(dict(rows.all()))
    return counts


def _last_reminders(session: Session, course: Course) -> dict[str, datetime]:
    rows = session.execute(
        select(Reminder.assignment_id, func.max(Reminder.reminded_at, type_=UtcMoment()))
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Reminder.taken_back_at.is_(None))
        .group_by(Reminder.assignment_id)
    )
    return dict(rows.all())
