"""Loading what is established about students beside their projects and reviews: marks, statuses, decisions on fails.

Always the same number of queries, for one student and for a whole course.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.courses.deadlines import Grant, due_for
from reviewhub.courses.granted import grants_of_groups, grants_of_persons
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.grades.evidence import Arrival, FailFact, MarkFact, StatusFact, StudentFact
from reviewhub.grades.mark_tables import FailDecision, Mark, StatusRow
from reviewhub.grades.penalties import reckoning
from reviewhub.projects.due import VERSIONS, choice_end
from reviewhub.projects.tables import Project

PROPOSALS = "proposals"
_HUNDRED = Decimal(100)
_UNREAD = frozenset({"list_id", "undone_at", "undone_by_list_id", "undone_by_id", "by_id", "decided_by_id", "at"})


@dataclass(frozen=True, kw_only=True)
class _Work:
    """How a student works: the group they are in now, its size, whether it has a project."""

    group_id: str
    members: int
    has_project: bool


def student_facts(
    session: Session,
    course: Course,
    now: datetime,
    *,
    enrollment_ids: Collection[str] | None = None,
    policy: Policy | None = None,
) -> tuple[StudentFact, ...]:
    """The facts of the course's students, or of those named (who may have left). Eight queries.

    With `policy` by other rules than the course's: they say when work was due.
    """
    policy = policy or course.policy
    is_due = project_is_due(policy, now)
    wanted = _students(course, enrollment_ids)
    marks = _gathered(_standing(session, Mark, wanted))
    statuses = _gathered(_standing(session, StatusRow, wanted))
    fails = _gathered(_standing(session, FailDecision, wanted))
    works = _works(session, course)
    persons, groups = grants_of_persons(session, course=course), grants_of_groups(session, course=course)
    facts = []
    bonuses = {bonus.key for bonus in policy.bonus}
    for enrollment_id in session.scalars(wanted.order_by(Enrollment.id)):
        work = works.get(enrollment_id)
        grants = (*persons.get(enrollment_id, ()), *(groups.get(work.group_id, ()) if work else ()))
        facts.append(
            StudentFact(
                enrollment_id=enrollment_id,
                works_alone=work.members == 1 if work and work.has_project else None,
                has_project=bool(work and work.has_project),
                project_is_due=is_due,
                marks=tuple(_mark(row, policy, bonuses, grants) for row in marks.get(enrollment_id, ())),
                statuses=tuple(_status(row, policy, grants) for row in statuses.get(enrollment_id, ())),
                fails=tuple(
                    FailFact(rule=row.rule, confirmed=row.confirmed, letter=row.letter, reason=row.reason)
                    for row in fails.get(enrollment_id, ())
                ),
            )
        )
    return tuple(facts)


def project_is_due(policy: Policy, now: datetime) -> bool:
    """Whether the time for handing in a project is over for everybody: late work of the last version counted in."""
    if milestones := policy.deadlines.milestones:
        return now > max(milestones.values())
    dues = [(version, due_for(policy, f"version_{version}")) for version in VERSIONS]
    ends = [choice_end(policy, version, due) for version, due in dues if due is not None]
    return bool(ends) and now >= max(ends)


def per_cent(points: Decimal, out_of: Decimal) -> Decimal:
    """A mark as per cent of what it is out of, in the context that points are computed in."""
    if out_of == _HUNDRED:
        return points
    with reckoning():
        return points * _HUNDRED / out_of


def arrival_of(
    policy: Policy,
    deadline: str,
    grants: Iterable[Grant],
    received_at: datetime | None,
    due_at: datetime | None = None,
) -> Arrival | None:
    """When work was due (the list's own moment, else the course file's with extensions) and came; None: not known."""
    if received_at is None:
        return None
    if due_at is not None:
        return Arrival(due_at=due_at, received_at=received_at)
    due = due_for(policy, deadline, grants)
    if due is None:
        return None
    waived = due.waived_until is not None and received_at <= due.waived_until
    return Arrival(due_at=due.late_from, received_at=received_at, waived=waived)


def _students(course: Course, enrollment_ids: Collection[str] | None) -> Select[str]:
    chosen = select(Enrollment.id).where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT)
    if enrollment_ids is None:
        return chosen.where(Enrollment.left_at.is_(None))
    return chosen.where(Enrollment.id.in_(list(enrollment_ids)))


def _standing(session: Session, table: Any, wanted: Select[str]) -> Iterable[Any]:
    """The rows that stand, as plain values: a course of a thousand has tens of thousands of them."""
    columns = [column for column in table.__table__.columns if column.name not in _UNREAD]
    rows: Iterable[Any] = session.execute(
        select(*columns).where(table.enrollment_id.in_(wanted), table.undone_at.is_(None)).order_by(table.id)
    )
    return rows


def _gathered(rows: Iterable[Any]) -> Mapping[str, list[Any]]:
    gathered: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        gathered[row.enrollment_id].append(row)
    return gathered


def _works(session: Session, course: Course) -> dict[str, _Work]:
    groups: dict[str, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Membership.group_id, Membership.enrollment_id)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .where(Enrollment.course_id == course.id, Membership.left_at.is_(None), Enrollment.left_at.is_(None))
    )
    for group_id, enrollment_id in rows:
        groups[group_id].append(enrollment_id)
    with_project = set(
        session.scalars(select(Project.group_id).where(Project.course_id == course.id, Project.removed_at.is_(None)))
    )
    return {
        enrollment_id: _Work(group_id=group_id, members=len(members), has_project=group_id in with_project)
        for group_id, members in groups.items()
        for enrollment_id in members
    }


def _mark(row: Any, policy: Policy, bonuses: Collection[str], grants: Iterable[Grant]) -> MarkFact:
    return MarkFact(
        mark_id=row.id,
        component=row.component,
        item=row.item,
        value=row.points if row.component in bonuses else per_cent(row.points, row.out_of),
        arrival=arrival_of(policy, row.component, grants, row.received_at, row.due_at),
    )


def _status(row: Any, policy: Policy, grants: Iterable[Grant]) -> StatusFact:
    return StatusFact(
        status_id=row.id,
        kind=row.kind,
        value=row.value,
        evidence=row.evidence,
        arrival=arrival_of(policy, PROPOSALS, grants, row.received_at),
    )
