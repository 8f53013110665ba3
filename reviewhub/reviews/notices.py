"""Notices: who has not read which message, and the mails that tell of them, one for each person in an hour at most."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import course_facts, find_course, find_enrollment
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.mail import post_mail
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project
from reviewhub.reviews.message_tables import Message, Notice
from reviewhub.reviews.tables import Assignment, Finding
from reviewhub.reviews.threads import Side
from reviewhub.wake import wake

JOB = "tell_of_messages"
BETWEEN_MAILS = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """New messages for one person on one project: under a review's findings, or (`review_id` "") under questions."""

    key: str
    review_id: str
    count: int


def notify_other_side(
    session: Session, message: Message, project: Project, assignment: Assignment | None, now: datetime
) -> None:
    """Note who has a new message: the other side of a finding's thread, of a question the developers and reviewers.

    `assignment` is the review a finding is of; None under a question, which all reviewers of the project read.
    """
    wanted: set[str] = set()
    if message.side != Side.DEVELOPERS:
        wanted |= set(_members(session, [project.group_id] if project.group_id else []))
    if message.side != Side.REVIEWER:
        wanted |= set(_reviewers(session, project, assignment))
    wanted.discard(message.author_id)
    session.add_all(
        Notice(message_id=message.id, enrollment_id=one, project_id=project.id, made_at=now) for one in sorted(wanted)
    )
    course = session.get_one(Course, project.course_id)
    wake(session, JOB, course.slug)


def mark_thread_read(session: Session, reader: Enrollment, message: Message, now: datetime) -> None:
    """Whoever writes into a thread has read it."""
    in_thread = (
        Message.finding_id == message.finding_id
        if message.finding_id
        else Message.clarification_id == message.clarification_id
    )
    _mark(session, reader, select(Message.id).where(in_thread), now)


def mark_read(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, in_findings: bool, until: datetime
) -> None:
    """The reader has seen what was there at `until`: under the findings of a project, or under its questions."""
    require(Action.MARK_READ, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    reader = find_enrollment(session, found, actor)
    if reader is None:
        return
    project = find_project(session, found, key)
    kind = Message.finding_id.is_not(None) if in_findings else Message.clarification_id.is_not(None)
    seen = (
        select(Message.id)
        .join(Notice, Notice.message_id == Message.id)
        .where(kind, Notice.project_id == project.id, Notice.enrollment_id == reader.id, Notice.made_at <= until)
    )
    _mark(session, reader, seen, now)


def unread_of(session: Session, course: Course, enrollment: Enrollment) -> list[Unread]:
    """What is new for one person in a course, by project, in one query."""
    rows = session.execute(
        select(Project.key, Finding.review_id, func.count())
        .select_from(Notice)
        .join(Message, Message.id == Notice.message_id)
        .join(Project, Project.id == Notice.project_id)
        .outerjoin(Finding, Finding.id == Message.finding_id)
        .where(
            Notice.enrollment_id == enrollment.id,
            Notice.read_at.is_(None),
            Project.course_id == course.id,
            Project.removed_at.is_(None),
        )
        .group_by(Project.key, Finding.review_id)
    )
    return sorted(
        (Unread(key=key, review_id=review_id or "", count=count) for key, review_id, count in rows),
        key=lambda one: (one.key, one.review_id),
    )


def courses_with_news(session: Session, now: datetime) -> list[str]:
    """The slugs of courses in which somebody is to be mailed now."""
    return sorted({course.slug for _, course, _ in _to_tell(session, now)})


def tell_of_messages(session: Session, *, now: datetime, course: str) -> int:
    """Mail everybody of the course who has new messages and had no such mail within the hour. Returns how many."""
    found = find_course(session, course)
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update())
    by_person: dict[str, list[tuple[Notice, str]]] = {}
    for notice, in_course, key in _to_tell(session, now):
        if in_course.id == found.id:
            by_person.setdefault(notice.enrollment_id, []).append((notice, key))
    addresses = _addresses(session, by_person)
    for enrollment_id, news in sorted(by_person.items()):
        for notice, _ in news:
            notice.told_at = now
        if enrollment_id in addresses:
            _post(session, found, addresses[enrollment_id], news, now)
    return len(by_person)


def _post(session: Session, course: Course, address: str, news: list[tuple[Notice, str]], now: datetime) -> None:
    counted = Counter(key for _, key in news)
    lines = [f"  {key}: {count} new message{'' if count == 1 else 's'}" for key, count in sorted(counted.items())]
    post_mail(
        session,
        to=address,
        subject=f"{course.title}: new messages on {', '.join(sorted(counted))}",
        text=f"{course.title}, {course.term}\n\n" + "\n".join(lines) + _TOLD,
        key=f"messages-{min(notice.id for notice, _ in news)}",
        now=now,
    )


_TOLD = (
    "\n\nSign in to read and answer them: they stand under the findings and questions they are about.\n"
    "You get one such mail in an hour at most, and none about what you have read.\n"
)


def _to_tell(session: Session, now: datetime) -> list[tuple[Notice, Course, str]]:
    """Every notice no mail told of yet, of people who had none within the hour, with its course and project key."""
    lately = select(Notice.enrollment_id).where(Notice.told_at > now - BETWEEN_MAILS)
    rows = session.execute(
        select(Notice, Course, Project.key)
        .join(Project, Project.id == Notice.project_id)
        .join(Course, Course.id == Project.course_id)
        .where(Notice.told_at.is_(None), Notice.read_at.is_(None), Notice.enrollment_id.not_in(lately))
        .order_by(Notice.made_at, Notice.id)
    )
    return [(notice, course, key) for notice, course, key in rows]


def _addresses(session: Session, enrollment_ids: Iterable[str]) -> dict[str, str]:
    rows = session.execute(
        select(Enrollment.id, User.email)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.id.in_(list(enrollment_ids)), Enrollment.left_at.is_(None))
    )
    return dict(rows.all())


def _mark(session: Session, reader: Enrollment, messages: object, now: datetime) -> None:
    session.execute(
        update(Notice)
        .where(Notice.enrollment_id == reader.id, Notice.read_at.is_(None), Notice.message_id.in_(messages))  # type: ignore[arg-type]  # a subquery
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def _members(session: Session, group_ids: Iterable[str]) -> list[str]:
    return list(
        session.scalars(
            select(Membership.enrollment_id).where(
                Membership.group_id.in_(list(group_ids)), Membership.left_at.is_(None)
            )
        )
    )


def _reviewers(session: Session, project: Project, assignment: Assignment | None) -> list[str]:
    """The people who write this review, or every review of the project that is in force."""
    wanted = Assignment.id == assignment.id if assignment else Assignment.project_id == project.id
    rows = session.scalars(select(Assignment).where(wanted, Assignment.released_at.is_(None))).all()
    groups = [one.reviewer_group_id for one in rows if one.reviewer_group_id]
    return [one.reviewer_id for one in rows if one.reviewer_id] + (_members(session, groups) if groups else [])
