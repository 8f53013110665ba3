"""Viewing the course as a student."""

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import course_facts
from reviewhub.courses.looking import look_as_student
from reviewhub.courses.pages import blueprint
from reviewhub.web import current_actor, needs, now, writing


@blueprint.post("/c/<course>/people/<enrollment_id>/look-as")
@needs(Action.LOOK_AS_STUDENT, course_facts)
def look_as(course: str, enrollment_id: str) -> ResponseReturnValue:
    """See the course as this student does, until one is oneself again."""
    with writing() as session:
        look_as_student(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            enrollment_id=enrollment_id,
            session_id=g.session_row.id,
        )
    return redirect(url_for("home.course_home", course=course), 303)
