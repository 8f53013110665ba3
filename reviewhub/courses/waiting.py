"""What waits for people in the course itself: a list to import, a repository to name, a group to join."""

from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts, Role
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.phases import deadlines_of
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.web.waiting import Waiting


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """The course's own open ends, for its staff and for a student without a group."""
    version_1 = deadlines_of(course.policy).get("version_1")
    if version_1 is None or now > version_1:
        return []
    if facts.is_staff:
        return _for_staff(session, course)
    enrollment = find_enrollment(session, course, actor)
    if facts.role is not Role.STUDENT or enrollment is None or _is_in_group(session, enrollment):
        return []
    return [
        Waiting(
            text="You are in no group yet. Agree with others and tell the staff.",
            url=url_for("projects.show_projects", course=course.slug),
            due_at=deadlines_of(course.policy).get("groups"),
            tone="warn",
        )
    ]


def _for_staff(session: Session, course: Course) -> list[Waiting]:
    things = []
    students = _count_students(session, course)
    if not students:
        url = url_for("courses.show_import", course=course.slug)
        things.append(Waiting(text="Nobody is in the course yet: import the list of students.", url=url, tone="accent"))
    if not course.remote:
        url = url_for("courses.show_settings", course=course.slug)
        things.append(Waiting(text="Say where the shared repository is.", url=url, tone="accent"))
    alone = students - _count_grouped(session, course)
    if alone > 0:
        words = "1 student is in no group." if alone == 1 else f"{alone} students are in no group."
        things.append(Waiting(text=words, url=url_for("courses.show_groups", course=course.slug), tone="warn"))
    return things


def _students(course: Course) -> tuple[object, ...]:
    return Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None)


def _count_students(session: Session, course: Course) -> int:
    return session.scalar(select(func.count(Enrollment.id)).where(*_students(course))) or 0  # type: ignore[arg-type]  # column conditions


def _count_grouped(session: Session, course: Course) -> int:
    grouped = (
        select(func.count(func.distinct(Enrollment.id)))
        .join(Membership, Membership.enrollment_id == Enrollment.id)
        .where(*_students(course), Membership.left_at.is_(None))  # type: ignore[arg-type]  # column conditions
    )
    return session.scalar(grouped) or 0


def _is_in_group(session: Session, enrollment: Enrollment) -> bool:
    mine = select(Membership.id).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    return session.scalar(mine.limit(1)) is not None
