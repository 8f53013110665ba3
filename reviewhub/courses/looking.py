"""Viewing the course as one of its students: what they see, and nothing can be changed meanwhile."""

from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.accounts.signing_in import look_as
from reviewhub.courses.enrolling import find_person
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Enrollment
from reviewhub.errors import NotAllowed


def look_as_student(
    session: Session, *, actor: Actor, now: datetime, course: str, enrollment_id: str, session_id: str
) -> Enrollment:
    """Let the browser of this session see the course as a student does; nobody can be seen who may do more.

    What is seen is bounded by the courses in which the looker is staff (`courses.facts.role_in`).
    """
    require(Action.LOOK_AS_STUDENT, course_facts(session, actor, now, course=course))
    person = find_person(session, find_course(session, course), enrollment_id)
    if person.role != Role.STUDENT or actor.looking_for_id is not None:
        raise NotAllowed("The course can be viewed as a student only.")
    look_as(session, session_id=session_id, user_id=person.user_id, actor=actor, now=now)
    return person
