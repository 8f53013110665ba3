"""What reviewers would like to review: asked before the assignment, counted by it, and conflicts with their reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.errors import BadInput
from reviewhub.projects.lookup import living_projects
from reviewhub.projects.tables import Project
from reviewhub.reviews.assignment import Wish
from reviewhub.reviews.facts import wish_facts
from reviewhub.reviews.tables import ReviewConflict, ReviewWish

CONFLICT = "conflict"
LONGEST_REASON = 2000
ASKED_BEFORE = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a reviewer says about one project: a wish, or "conflict" with a reason for the staff."""

    answer: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class WishRow:
    """One project with what the reviewer said about it; `answer` is "" where nothing was said."""

    project: Project
    answer: str
    reason: str


def load_wishes(session: Session, course: Course, enrollment: Enrollment) -> list[WishRow]:
    """The projects this person could review, by key, with what they said; their own are left out."""
    own = set(_own_groups(session, enrollment))
    wishes = dict(
        session.execute(
            select(ReviewWish.project_id, ReviewWish.wish).where(ReviewWish.enrollment_id == enrollment.id)
        ).all()
    )
    conflicts = {row.project_id: row.reason for row in _own_conflicts(session, enrollment) if row.revoked_at is None}
    return [
        WishRow(
            project=project,
            answer=CONFLICT if project.id in conflicts else wishes.get(project.id, ""),
            reason=conflicts.get(project.id, ""),
        )
        for project in living_projects(session, course)
        if project.group_id not in own
    ]


def state_wishes(
    session: Session, *, actor: Actor, now: datetime, course: str, said: Mapping[str, Said]
) -> list[WishRow]:
    """Keep what the reviewer says about each project (id → answer), all or nothing. BadInput names the fault."""
    require(Action.STATE_WISHES, wish_facts(session, actor, now, course=course))
    found = find_course(session, course)
    enrollment = find_enrollment(session, found, actor)
    if enrollment is None:
        raise BadInput("Only reviewers of this course say what they would like to review.")
    rows = {row.project.id: row for row in load_wishes(session, found, enrollment)}
    faults = [fault for project_id, one in said.items() if (fault := _fault_of(rows.get(project_id), one))]
    if faults:
        raise BadInput(" ".join(dict.fromkeys(faults)))
    for project_id, one in said.items():
        _keep_wish(session, enrollment, project_id, one, now)
        _keep_conflict(session, found, enrollment, project_id, one, now)
    record_event(
        session, actor=actor, now=now, action="stated wishes", course_id=found.id, subject=enrollment,
        before={rows[one].project.key: rows[one].answer for one in said if rows[one].answer},
        after={rows[one].project.key: words.answer for one, words in said.items()},
    )  # fmt: skip
    session.flush()
    return load_wishes(session, found, enrollment)


def has_wishes(session: Session, course: Course, enrollment: Enrollment) -> bool:
    """Whether the person said anything yet."""
    stated = session.scalar(
        select(func.count(ReviewWish.id))
        .join(Project, Project.id == ReviewWish.project_id)
        .where(Project.course_id == course.id, ReviewWish.enrollment_id == enrollment.id)
    )
    return bool(stated) or any(row.revoked_at is None for row in _own_conflicts(session, enrollment))


def asks_soon(policy: Policy, now: datetime) -> bool:
    """Whether the question stands among what waits: from two weeks before it closes, or before version 1 is due."""
    closes_at = policy.assignment.wishes_until or policy.deadlines.version_1
    return closes_at is None or now >= closes_at - ASKED_BEFORE


def _fault_of(row: WishRow | None, said: Said) -> str:
    if row is None:
        return "One of these projects is not yours to choose about."
    if said.answer not in {*Wish, CONFLICT}:
        return f"Choose one of the answers for {row.project.key}."
    if said.answer == CONFLICT and not said.reason.strip():
        return f"Say why you should not review {row.project.key}: only the staff read it."
    return "" if len(said.reason) <= LONGEST_REASON else f"The reason for {row.project.key} is too long."


def _keep_wish(session: Session, enrollment: Enrollment, project_id: str, said: Said, now: datetime) -> None:
    row = session.scalar(
        select(ReviewWish).where(ReviewWish.enrollment_id == enrollment.id, ReviewWish.project_id == project_id)
    )
    wish = Wish.RATHER_NOT if said.answer == CONFLICT else Wish(said.answer)
    if row is None:
        session.add(ReviewWish(enrollment_id=enrollment.id, project_id=project_id, wish=wish.value, stated_at=now))
    elif row.wish != wish.value:
        row.wish, row.stated_at = wish.value, now


def _keep_conflict(
    session: Session, course: Course, enrollment: Enrollment, project_id: str, said: Said, now: datetime
) -> None:
    row = session.scalar(
        select(ReviewConflict).where(
            ReviewConflict.enrollment_id == enrollment.id,
            ReviewConflict.project_id == project_id,
            ReviewConflict.kind == "declared",
        )
    )
    if said.answer != CONFLICT:
        if row is not None and row.by_reviewer and row.revoked_at is None:
            row.revoked_at = now
        return
    if row is None:
        row = ReviewConflict(
            course_id=course.id, enrollment_id=enrollment.id, project_id=project_id, kind="declared", stated_at=now,
            by_reviewer=True,
        )  # fmt: skip
        session.add(row)
    if row.revoked_at is not None:
        row.revoked_at, row.by_reviewer, row.stated_at = None, True, now
    if row.by_reviewer:
        row.reason = said.reason.strip()


def _own_conflicts(session: Session, enrollment: Enrollment) -> list[ReviewConflict]:
    return list(
        session.scalars(
            select(ReviewConflict).where(
                ReviewConflict.enrollment_id == enrollment.id, ReviewConflict.by_reviewer.is_(True)
            )
        )
    )


def _own_groups(session: Session, enrollment: Enrollment) -> list[str]:
    rows = session.scalars(
        select(Membership.group_id).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    )
    return list(rows)
