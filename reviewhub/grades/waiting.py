"""What waits for people about grades: findings to decide on, grades to release and to read, appeals."""

from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts, Role
from reviewhub.courses.phases import Phase, phase_of
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appeal_values import OUTCOME_WORDS
from reviewhub.grades.facts import latest_release
from reviewhub.grades.queue_rows import read_queue
from reviewhub.grades.tables import Release
from reviewhub.web.waiting import Waiting

FRESH = timedelta(days=21)


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """For the staff what keeps the grades from being released; for students that they are there."""
    release = latest_release(session, course)
    if facts.role is Role.STUDENT:
        if release is None or now > release.at + FRESH:
            return []
        url = url_for("grades.show_grades", course=course.slug)
        told = Waiting(text="Your grades are released: see what they are made of.", url=url, tone="good")
        return [*_decided(session, course, actor, now), told]
    if not facts.is_staff:
        return []
    appeals = _appeals(session, course, release, facts, now) if release else []
    return [*appeals, *_grading(session, course, release, now)]


def _appeals(session: Session, course: Course, release: Release, facts: Facts, now: datetime) -> list[Waiting]:
    """The appeals that wait for a decision, and what was granted while grading is closed."""
    rows = session.execute(
        select(Appeal.filed_at, Appeal.decided_at).where(
            Appeal.course_id == course.id,
            Appeal.withdrawn_at.is_(None),
            Appeal.decided_at.is_(None)
            | (Appeal.outcome.in_(["granted", "partly"]) & (Appeal.decided_at >= release.at)),
        )
    ).all()
    waiting = [one.filed_at for one in rows if one.decided_at is None]
    granted = len(rows) - len(waiting)
    url = url_for("grades.show_appeals", course=course.slug)
    told = []
    if waiting:
        days = (now - min(waiting)).days
        oldest = "" if days < 1 else f", the oldest for {'1 day' if days == 1 else f'{days} days'}"
        many = "1 appeal waits" if len(waiting) == 1 else f"{len(waiting)} appeals wait"
        told.append(Waiting(text=f"{many} for a decision{oldest}.", url=url, tone="accent"))
    if granted and release.reopened_at is None and facts.is_instructor:
        many = "1 granted appeal waits" if granted == 1 else f"{granted} granted appeals wait"
        grades = url_for("grades.show_grades", course=course.slug)
        told.append(Waiting(text=f"{many} for you to reopen grading.", url=grades, tone="warn"))
    return told


def _decided(session: Session, course: Course, actor: Actor, now: datetime) -> list[Waiting]:
    """The appeals of a student, and those that concern them, that were decided of late."""
    rows = session.execute(
        select(Appeal.id, Appeal.title, Appeal.outcome, AppealShare.own)
        .join(AppealShare, AppealShare.appeal_id == Appeal.id)
        .join(Enrollment, Enrollment.id == AppealShare.enrollment_id)
        .where(Appeal.course_id == course.id, Enrollment.user_id == actor.user_id, Appeal.decided_at > now - FRESH)
        .order_by(Appeal.decided_at.desc(), Appeal.id)
    )
    return [
        Waiting(
            text=f"{'Your appeal' if own else 'An appeal that concerns you'} was {OUTCOME_WORDS[outcome]}: {title}.",
            url=url_for("grades.show_appeal", course=course.slug, appeal_id=appeal_id),
            tone="info",
        )
        for appeal_id, title, outcome, own in rows
    ]


def _grading(session: Session, course: Course, release: Release | None, now: datetime) -> list[Waiting]:
    if phase_of(course.policy, now) is not Phase.GRADING:
        return []
    if release is not None and release.reopened_at is None:
        return []
    return _for_staff(session, course, now)


def _for_staff(session: Session, course: Course, now: datetime) -> list[Waiting]:
    rows = [row for row in read_queue(session, course, now).rows if row.is_gradable]
    undecided = sum(row.undecided for row in rows)
    open_projects = sum(1 for row in rows if row.undecided or row.waiting)
    due_at = course.policy.deadlines.grading
    if not open_projects:
        url = url_for("grades.show_grades", course=course.slug)
        return [
            Waiting(
                text="Everything is decided: the grades can be released.",
                url=url,
                due_at=due_at,
                tone="accent",
            )
        ]
    projects = "1 project waits" if open_projects == 1 else f"{open_projects} projects wait"
    findings = f", {undecided} findings to decide on" if undecided else ""
    url = url_for("grades.show_grading", course=course.slug)
    return [Waiting(text=f"{projects} for your grading{findings}.", url=url, due_at=due_at, tone="accent")]
