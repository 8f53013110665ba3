"""One student's grades, opened down to the last line."""

from decimal import Decimal
from typing import Any

from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.grades.explaining import explain_now
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.members import find_student
from reviewhub.grades.pages.room import blueprint, markdown, spot_url
from reviewhub.web import needs, now, reading, render


@blueprint.get("/c/<course>/grades/<enrollment_id>")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_student_grades(course: str, enrollment_id: str) -> ResponseReturnValue:
    """One student's grades as they stand now, opened down to the last line: for the staff."""
    with reading() as session:
        row = find_course(session, course)
        story = explain_now(session, row, find_student(session, row, enrollment_id), now())
    return story_page(course, story, row.policy.zone, is_staff=True)


def story_page(course: str, story: Any, zone: str, *, is_staff: bool) -> str:
    """The page of one person's grades."""
    return render(
        "grades/story.html",
        slug=course,
        story=story,
        zone=zone,
        is_staff=is_staff,
        spot_url=spot_url,
        markdown=markdown,
        zero=Decimal(0),
    )
