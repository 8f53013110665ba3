"""Telling the developers that they can read their reviews: once for each review, however the course releases it.

Level-triggered: a review that developers see and were not told of is announced at the next look, whether it came into
their sight by being handed in, by a deadline that passed, or by hand.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import PROGRAM
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.mail import post_mail
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.facts import answers_due_at, shown_reviews
from reviewhub.reviews.lookup import snapshots_of
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.reviews.windows import answers_are_open

JOB = "announce_reviews"


def courses_to_announce(session: Session, now: datetime) -> list[str]:
    """The slugs of courses in which developers see a review that nobody told them of."""
    projects = _projects(session)
    courses = {course.slug: course for _, course in projects}
    return sorted(
        slug
        for slug, course in courses.items()
        if any(_news(session, course, one, now) for one, in_course in projects if in_course.id == course.id)
    )


def announce_reviews(session: Session, *, now: datetime, course: str) -> int:
    """Mail the developers of every project whose reviews they see and were not told of. Returns how many reviews.

    Whose version 2 was due is not told any more: nothing could be answered.
    """
    found = find_course(session, course)
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update())
    told = 0
    for project, in_course in _projects(session):
        reviews = _news(session, found, project, now) if in_course.id == found.id else []
        if reviews:
            _announce(session, found, project, reviews, now)
            told += len(reviews)
    return told


def _projects(session: Session) -> list[tuple[Project, Course]]:
    """The projects with a review that was handed in and not announced."""
    waiting = (
        select(Assignment.project_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.practice.is_(False), Review.edition > 0, Review.announced_at.is_(None))
    )
    rows = session.execute(
        select(Project, Course)
        .join(Course, Course.id == Project.course_id)
        .where(Project.id.in_(waiting), Project.removed_at.is_(None))
        .order_by(Course.slug, Project.key)
    )
    return [(project, course) for project, course in rows]


def _news(session: Session, course: Course, project: Project, now: datetime) -> list[Review]:
    snapshots: list[Snapshot] = snapshots_of(session, [project.id])
    if not answers_are_open(answers_due_at(session, course, project, snapshots), now):
        return []
    shown = shown_reviews(session, course, project, snapshots, now)
    return [review for _, review in shown if review.announced_at is None]


def _announce(session: Session, course: Course, project: Project, reviews: Iterable[Review], now: datetime) -> None:
    ids = [review.id for review in reviews]
    # Not the draft's version: announcing must not refuse the save of a reviewer who writes at this moment.
    session.execute(
        update(Review).where(Review.id.in_(ids)).values(announced_at=now).execution_options(synchronize_session=False)
    )
    record_event(
        session, actor=PROGRAM, now=now, action="announced reviews", course_id=course.id, subject=project,
        after={"reviews": len(ids)},
    )  # fmt: skip
    due_at = answers_due_at(session, course, project, snapshots_of(session, [project.id]))
    for enrollment_id, address in _developers(session, project):
        post_mail(
            session,
            to=address,
            subject=f"{course.title}: what your reviewers wrote on {project.key}",
            text=_text(course, project, len(ids), due_at),
            key=f"reviews-announced-{project.id}-{enrollment_id}-{now.isoformat()}",
            now=now,
        )


def _text(course: Course, project: Project, count: int, due_at: datetime | None) -> str:
    reviews = "A review" if count == 1 else f"{count} reviews"
    until = f" until {due_at.astimezone(course.policy.tzinfo):%Y-%m-%d %H:%M}" if due_at else ""
    return (
        f"{course.title}, {course.term}\n\n{reviews} of {project.key} can be read now.\n\n"
        f"Sign in and open Findings: answer each of them{until}, by saying what you did or why not.\n"
    )


def _developers(session: Session, project: Project) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Enrollment.id, User.email)
        .join(User, User.id == Enrollment.user_id)
        .join(Membership, Membership.enrollment_id == Enrollment.id)
        .where(
            Membership.group_id == project.group_id,
            Membership.left_at.is_(None),
            Enrollment.left_at.is_(None),
        )
        .order_by(Enrollment.id)
    )
    return [(enrollment_id, address) for enrollment_id, address in rows]
