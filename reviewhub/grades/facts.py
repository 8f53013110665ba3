"""This room's part of the rights: the actor's role in the course, and whether its grades are released."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.grades.tables import Release
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.storage import ask_once


def grading_facts(session: Session, actor: Actor, now: datetime, *, course: str, **_names: str) -> Facts:
    """What is known of the actor in the course, with whether grades are released."""
    facts = course_facts(session, actor, now, course=course)
    return replace(facts, grades_released=grades_are_released(session, find_course(session, course)))


def practice_facts(
    session: Session, actor: Actor, now: datetime, *, course: str, review_id: str, **_names: str
) -> Facts:
    """The actor's part in a practice review, and whether practising is over; NotFound for a review that counts."""
    facts = review_facts(session, actor, now, course=course, review_id=review_id)
    until = find_review(session, course, review_id).project.practice_until
    if until is None:
        msg = "There is no such practice review."
        raise NotFound(msg)
    return replace(facts, practice_over=now > until)


def latest_release(session: Session, course: Course) -> Release | None:
    """The release that students see: the newest one, or None before the first."""
    return next(iter(latest_releases(session, course)), None)


def latest_releases(session: Session, course: Course) -> Sequence[Release]:
    """The release that students see, and the one before it: what changed is told between these two."""
    newest = select(Release).where(Release.course_id == course.id).order_by(Release.sequence.desc()).limit(2)
    return ask_once(session, ("latest releases", course.id), lambda: session.scalars(newest).all())


def lists_are_closed(session: Session, course: Course) -> bool:
    """Whether a release has closed marks, the status list and decisions on fails; reopening grading opens them."""
    release = latest_release(session, course)
    return release is not None and release.reopened_at is None


def grades_are_released(session: Session, course: Course) -> bool:
    """Whether students see grades. Every page asks: a release's facts, all of a course, are not read for it."""
    any_release = select(Release.id).where(Release.course_id == course.id).limit(1)
    return ask_once(session, ("released", course.id), lambda: session.scalar(any_release)) is not None


def find_graded_project(session: Session, course: Course, key: str) -> Project:
    """The confirmed project with this key; NotFound otherwise."""
    project = session.scalar(
        select(Project).where(Project.course_id == course.id, Project.key == key, Project.removed_at.is_(None))
    )
    if project is None:
        msg = "There is no such project in this course."
        raise NotFound(msg)
    return project
