"""The grading queue: the projects of a course, those with most to decide first."""

from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.reading import read_queue
from reviewhub.web import needs, now, reading, render


@blueprint.get("/c/<course>/grading")
@needs(Action.GRADE, grading_facts)
def show_grading(course: str) -> ResponseReturnValue:
    """The projects of the course, those with most to decide first."""
    with reading() as session:
        row = find_course(session, course)
        queue = read_queue(session, row, now())
        release = latest_release(session, row)
    return render(
        "grades/grading.html",
        slug=course,
        queue=queue,
        release=release,
        deadline=row.policy.deadlines.grading,
    )
