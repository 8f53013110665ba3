"""Releasing reviews by hand, where the course says so; taken back as long as nobody answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import Conflict
from reviewhub.projects.tables import Project
from reviewhub.reviews.announcing import JOB
from reviewhub.reviews.message_tables import Message
from reviewhub.reviews.tables import Assignment, Finding, Response, Review
from reviewhub.wake import wake


def release_reviews(session: Session, *, actor: Actor, now: datetime, course: str) -> int:
    """Let the developers see every review handed in so far; for courses that release by hand. Returns how many."""
    require(Action.RELEASE_REVIEWS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    if found.policy.review is None or found.policy.review.release != "by_hand":
        raise Conflict("In this course reviews are released by the course file, not by hand.")
    reviews = _in_course(session, found, Review.released_at.is_(None))
    set_released(session, actor, now, found, reviews, released_at=now)
    return len(reviews)


def withhold_reviews(session: Session, *, actor: Actor, now: datetime, course: str) -> int:
    """Take the release back, as long as nobody answered a finding or wrote under one. Returns how many."""
    require(Action.RELEASE_REVIEWS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update())
    reviews = _in_course(session, found, Review.released_at.is_not(None))
    if are_answered(session, [review.id for review in reviews]):
        raise Conflict("Findings are answered already, so the release can no longer be taken back.")
    set_released(session, actor, now, found, reviews, released_at=None)
    return len(reviews)


def are_answered(session: Session, review_ids: Sequence[str]) -> bool:
    """Whether somebody answered a finding of these reviews, or wrote under one: from then on they stay released."""
    answered = select(Response.finding_id)
    discussed = select(Message.finding_id).where(Message.finding_id.is_not(None))
    found = session.scalar(
        select(Finding.id)
        .where(Finding.review_id.in_(review_ids), or_(Finding.id.in_(answered), Finding.id.in_(discussed)))
        .limit(1)
    )
    return found is not None


def set_released(
    session: Session, actor: Actor, now: datetime, course: Course, reviews: Sequence[Review], *,
    released_at: datetime | None,
) -> None:  # fmt: skip
    """Show these reviews to their developers from that moment on, who are told of it then; None: hide them again.

    The version of a draft stays: whoever writes on at this moment is not refused.
    """
    session.execute(
        update(Review)
        .where(Review.id.in_([review.id for review in reviews]))
        .values(released_at=released_at, announced_at=None)
        .execution_options(synchronize_session="fetch")
    )
    action = "released review" if released_at else "withheld review"
    for review in reviews:
        record_event(session, actor=actor, now=now, action=action, course_id=course.id, subject=review)
    wake(session, JOB, course.slug)


def _in_course(session: Session, course: Course, which: ColumnElement[bool]) -> Sequence[Review]:
    return session.scalars(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Review.edition > 0, which)
    ).all()
