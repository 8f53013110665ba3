"""What is known of the actor in a course."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from reviewhub.accounts.facts import account_facts
from reviewhub.accounts.rights import Actor, Facts, Role
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import NotFound
from reviewhub.storage import ask_once

# Asked several times for every page, so that they are put together once.
_COURSE = select(Course).where(Course.slug == bindparam("slug"))
_ENROLLMENT = select(Enrollment).where(
    Enrollment.course_id == bindparam("course_id"),
    Enrollment.user_id == bindparam("user_id"),
    Enrollment.left_at.is_(None),
)


def find_course(session: Session, slug: str) -> Course:
    """The course with this slug; NotFound in the same words that a stranger to an existing course reads."""
    course = ask_once(session, ("course", slug), lambda: session.scalar(_COURSE, {"slug": slug}))
    if course is None:
        msg = "There is no such course, or you are not enrolled in it."
        raise NotFound(msg)
    return course


def find_enrollment(session: Session, course: Course, actor: Actor) -> Enrollment | None:
    """The actor's living enrolment in the course."""
    wanted = {"course_id": course.id, "user_id": actor.user_id}
    return ask_once(session, ("enrollment", *wanted.values()), lambda: session.scalar(_ENROLLMENT, wanted))


def course_facts(session: Session, actor: Actor, now: datetime, *, course: str, **_names: str) -> Facts:
    """The actor's role in the course named by its slug, nobody's for a stranger; and whether the course is closed."""
    found = find_course(session, course)
    facts = account_facts(session, actor, now)
    return replace(facts, role=role_in(session, found, actor), course_closed=is_closed(found, now))


def is_closed(course: Course, now: datetime) -> bool:
    """Whether the course file's moment to close the course has passed: then everything is read and nothing written."""
    closes = course.policy.deadlines.closes
    return closes is not None and now > closes


def role_in(session: Session, course: Course, actor: Actor) -> Role | None:
    """The actor's role in the course; whoever looks as somebody else must be staff of this very course."""
    if actor.user_id is None:
        return None
    if actor.looking_for_id is not None:
        looker = find_enrollment(session, course, Actor(user_id=actor.looking_for_id))
        if looker is None or Role(looker.role) not in {Role.INSTRUCTOR, Role.ASSISTANT}:
            return None
    enrollment = find_enrollment(session, course, actor)
    return Role(enrollment.role) if enrollment else None
