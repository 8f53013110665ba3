"""Reminding exactly the people of the reviews shown: one mail each, through the outbox, held back for a short while."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.mail import count_left, post_mail, take_back_mails
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import groups_review
from reviewhub.reviews.bulk_plans import BulkWish, PlannedLine, PlannedMail
from reviewhub.reviews.bulk_tables import BulkChange, Reminder
from reviewhub.reviews.progress import Errand, ReviewProgress
from reviewhub.reviews.reminder_mails import ErrandTold, reminder_subject, reminder_text
from reviewhub.storage import UtcMoment
from reviewhub.web.formatting import format_moment, plural

AGAIN_AFTER = timedelta(hours=20)
HELD_BACK = timedelta(minutes=5)
"""So long a reminder can be taken back."""
STAFF = "The staff of the course"


@dataclass(frozen=True, kw_only=True)
class _Person:
    enrollment_id: str
    name: str
    email: str
    has_left: bool
    reminded_at: datetime | None = None


def plan(
    session: Session, course: Course, rows: Sequence[ReviewProgress], _every: Sequence[ReviewProgress],
    wish: BulkWish, now: datetime,
) -> list[PlannedLine]:  # fmt: skip
    """One line and one mail for each person a review waits for; a board narrowed to one errand reminds of that one."""
    waiting = [(row, errand) for row in rows for errand in _errands(row, wish)]
    people = _people_of(session, course, waiting)
    things: dict[str, list[tuple[ReviewProgress, Errand]]] = {}
    for row, errand in waiting:
        for who in people.receivers(row, errand):
            things.setdefault(who, []).append((row, errand))
    return [_line(course, people.persons[who], own, wish, now) for who, own in things.items()]


def do(
    session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish, reason: str,
    change: BulkChange,
) -> dict[str, Any]:  # fmt: skip
    """Put one mail into the outbox and keep what it reminds of."""
    del actor, course, wish, reason
    mail = line.mail
    if mail is None:
        return {}
    key = f"reminder-{change.id}-{mail.enrollment_id}"
    post_mail(
        session, to=mail.to, subject=mail.subject, text=mail.text, key=key, now=now, not_before=now + HELD_BACK
    )  # fmt: skip
    session.add_all(
        Reminder(
            change_id=change.id, enrollment_id=mail.enrollment_id, assignment_id=assignment_id, errand=errand,
            reminded_at=now,
        )
        for assignment_id, errand in mail.errands
    )  # fmt: skip
    return {"mail_key": key}


def hindrance(session: Session, change: BulkChange, _course: Course) -> str:
    """Why it cannot be undone, "" where it can: mails have left."""
    left = count_left(session, [item["mail_key"] for item in change.items])
    return f"{plural(left, 'mail has', 'mails have')} left already." if left else ""


def undo(session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
    """Take the mails out of the outbox; nobody counts as reminded."""
    del actor, course
    take_back_mails(session, [item["mail_key"] for item in change.items])
    session.execute(
        update(Reminder)
        .where(Reminder.change_id == change.id)
        .values(taken_back_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, kw_only=True)
class _People:
    """Who may be reminded: persons by enrolment, the members of groups, the groups of projects."""

    persons: dict[str, _Person]
    members: dict[str, list[str]]
    groups: dict[str, str | None]
    by_groups: bool

    def receivers(self, row: ReviewProgress, errand: Errand) -> Iterable[str]:
        """The developers of the project, or whoever writes the review."""
        if errand is Errand.ANSWER:
            return self.members.get(self.groups.get(row.project_id) or "", ())
        return self.members.get(row.reviewer_id, ()) if self.by_groups else (row.reviewer_id,)


def _people_of(session: Session, course: Course, waiting: Sequence[tuple[ReviewProgress, Errand]]) -> _People:
    reviewers = {row.reviewer_id for row, errand in waiting if errand is not Errand.ANSWER}
    by_groups = groups_review(course)
    projects = select(Project.id, Project.group_id).where(Project.course_id == course.id)
    groups = dict(session.execute(projects).all())
    rows = session.execute(
        select(Membership.group_id, Membership.enrollment_id)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .where(Enrollment.course_id == course.id, Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    )
    members: dict[str, list[str]] = {}
    for member_of, enrollment_id in rows:
        members.setdefault(member_of, []).append(enrollment_id)
    developed = {groups.get(row.project_id) or "" for row, errand in waiting if errand is Errand.ANSWER}
    wanted = set() if by_groups else set(reviewers)
    for group_id in developed | (reviewers if by_groups else set()):
        wanted.update(members.get(group_id, ()))
    return _People(persons=_persons(session, wanted), members=members, groups=groups, by_groups=by_groups)


def _persons(session: Session, enrollment_ids: set[str]) -> dict[str, _Person]:
    last = (
        select(Reminder.enrollment_id, func.max(Reminder.reminded_at, type_=UtcMoment()).label("at"))
        .where(Reminder.taken_back_at.is_(None), Reminder.enrollment_id.in_(enrollment_ids))
        .group_by(Reminder.enrollment_id)
        .subquery()
    )
    rows = session.execute(
        select(Enrollment.id, User.name, User.email, Enrollment.left_at, last.c.at)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(last, last.c.enrollment_id == Enrollment.id)
        .where(Enrollment.id.in_(enrollment_ids))
    )
    return {
        who: _Person(enrollment_id=who, name=name, email=email, has_left=left_at is not None, reminded_at=reminded_at)
        for who, name, email, left_at, reminded_at in rows
    }


def _errands(row: ReviewProgress, wish: BulkWish) -> tuple[Errand, ...]:
    return tuple(one for one in row.errands if wish.choice.waits in ("", one)) if not row.practice else ()


def _line(
    course: Course, person: _Person, own: Sequence[tuple[ReviewProgress, Errand]], wish: BulkWish, now: datetime
) -> PlannedLine:
    told = _told(own)
    zone = course.policy.tzinfo
    refusal = ""
    if person.has_left:
        refusal = "They have left the course."
    elif person.reminded_at is not None and now - person.reminded_at < AGAIN_AFTER and not wish.force:
        refusal = "They were reminded less than 20 hours ago."
    mail = PlannedMail(
        enrollment_id=person.enrollment_id,
        to=person.email,
        subject=reminder_subject(course.title, told),
        text=reminder_text(person.name, told, staff=STAFF, note=wish.note, zone=zone),
        errands=tuple((row.assignment_id, errand) for row, errand in own),
    )
    return PlannedLine(
        who=person.name,
        project=", ".join(dict.fromkeys(row.project for row, _ in own)),
        before=f"last reminded {format_moment(person.reminded_at, zone)}" if person.reminded_at else "not reminded yet",
        after=mail.subject,
        refusal=refusal,
        assignment_ids=tuple(dict.fromkeys(row.assignment_id for row, _ in own)),
        receiver_id=person.enrollment_id,
        mail=mail,
    )


def _told(own: Sequence[tuple[ReviewProgress, Errand]]) -> list[ErrandTold]:
    """The things of one person; all findings on one project are one thing, whoever wrote them."""
    told: dict[tuple[Errand, str], ErrandTold] = {}
    for row, errand in own:
        due_at, count = {
            Errand.WRITE: (row.due_at, 0),
            Errand.ANSWER: (row.answers_due_at, row.handed_in - row.answered),
            Errand.CHECK: (row.checks_due_at, row.handed_in - row.checked),
        }[errand]
        one = told.get((errand, row.project_id))
        if one is not None:
            told[errand, row.project_id] = replace(one, count=one.count + count)
            continue
        told[errand, row.project_id] = ErrandTold(
            errand=errand, project=row.project, due_at=due_at, is_begun=row.is_begun, count=count
        )  # fmt: skip
    return sorted(told.values(), key=lambda one: (list(Errand).index(one.errand), one.project))
