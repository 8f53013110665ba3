"""What the pages of appeals read: the staff all of them with who said what, a student what is theirs to know."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.appeal_context import contexts_of
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appeal_values import AppealView, Context
from reviewhub.grades.tables import Release
from reviewhub.projects.tables import Project


def read_all_appeals(session: Session, course: Course, *, appeal_id: str | None = None) -> tuple[AppealView, ...]:
    """Every appeal of the course (or one), the open ones first and of them the oldest: for the staff."""
    rows = session.execute(_wanted(course, appeal_id)).all()
    contexts = contexts_of(session, [one.Appeal for one in rows])
    return _in_order(_view(one, is_own=True, context=contexts.get(one.Appeal.id, ()), is_staff=True) for one in rows)


def read_own_appeals(
    session: Session, course: Course, enrollment: Enrollment, *, appeal_id: str | None = None
) -> tuple[AppealView, ...]:
    """The appeals of this person's sides, and the decided ones that concern them beside; one query."""
    mine = (
        _wanted(course, appeal_id)
        .add_columns(AppealShare.own)
        .join(AppealShare, AppealShare.appeal_id == Appeal.id)
        .where(AppealShare.enrollment_id == enrollment.id)
    )
    return _in_order(
        _view(one, is_own=one.own) for one in session.execute(mine) if one.own or one.Appeal.decided_at is not None
    )


def _wanted(course: Course, appeal_id: str | None) -> Any:
    decider = aliased(User)
    wanted = (
        select(
            Appeal,
            Project.key.label("key"),
            Release.sequence.label("sequence"),
            User.name.label("filed_by"),
            decider.name.label("decided_by"),
        )
        .join(Release, Release.id == Appeal.release_id)
        .join(User, User.id == Appeal.filed_by_id)
        .outerjoin(decider, decider.id == Appeal.decided_by_id)
        .outerjoin(Project, Project.id == Appeal.project_id)
        .where(Appeal.course_id == course.id)
    )
    return wanted.where(Appeal.id == appeal_id) if appeal_id else wanted


def _view(one: Any, *, is_own: bool, context: tuple[Context, ...] = (), is_staff: bool = False) -> AppealView:
    row, key = one.Appeal, one.key or ""
    return AppealView(
        appeal_id=row.id,
        about=f"{row.kind}:{row.target}",
        title=row.title,
        key=key,
        side=_say_side(row.side, key),
        release=one.sequence,
        filed_at=row.filed_at,
        withdrawn_at=row.withdrawn_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
        reason=row.reason,
        earlier=tuple(row.earlier),
        said=tuple(row.said) if is_own else (),
        text=row.text if is_own else "",
        filed_by=one.filed_by if is_own else "",
        decided_by=one.decided_by or "" if is_staff else "",
        is_own=is_own,
        context=context,
        mistake_id=row.mistake_id,
        finding_id=row.finding_id,
    )


def _say_side(side: str, key: str) -> str:
    """Whose grade an appeal is about, without a name."""
    kind = side.partition(":")[0]
    return {"project": f"the developers of {key}", "assignment": f"a reviewer of {key}"}.get(kind, "one student")


def _in_order(views: Iterable[AppealView]) -> tuple[AppealView, ...]:
    found = list(views)
    waiting = sorted((one for one in found if one.is_open), key=lambda one: (one.filed_at, one.appeal_id))
    done = sorted((one for one in found if not one.is_open), key=_last_moment, reverse=True)
    return (*waiting, *done)


def _last_moment(one: AppealView) -> tuple[datetime, str]:
    return one.decided_at or one.withdrawn_at or one.filed_at, one.appeal_id
