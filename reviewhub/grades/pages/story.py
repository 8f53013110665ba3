"""One student's grades, opened down to the last line."""

from decimal import Decimal

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.grades.explaining import explain_now
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.members import find_student
from reviewhub.grades.pages.room import blueprint, markdown, spot_url
from reviewhub.grades.penalties import as_shown
from reviewhub.grades.story_values import Fall, SpreadStory, Story
from reviewhub.web import needs, now, reading, render
from reviewhub.web.charts import histogram, waterfall


@blueprint.get("/c/<course>/grades/<enrollment_id>")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_student_grades(course: str, enrollment_id: str) -> ResponseReturnValue:
    """One student's grades as they stand now, opened down to the last line: for the staff."""
    with reading() as session:
        row = find_course(session, course)
        story = explain_now(session, row, find_student(session, row, enrollment_id), now())
    return story_page(course, story, row.policy.zone, is_staff=True, enrollment_id=enrollment_id)


def story_page(course: str, story: Story, zone: str, *, is_staff: bool, enrollment_id: str = "") -> str:
    """The page of one person's grades."""
    return render(
        "grades/story.html",
        slug=course,
        story=story,
        zone=zone,
        is_staff=is_staff,
        enrollment_id=enrollment_id,
        may_appeal=not is_staff and not story.appeals_closed,
        spot_url=spot_url,
        markdown=markdown,
        draw_fall=_draw_fall,
        draw_spread=_draw_spread,
        zero=Decimal(0),
    )


def _draw_fall(fall: Fall) -> Markup:
    """From the start down to the grade, as a chart; the numbers are exact, so that it ends at the grade as shown."""
    title = f"{fall.end}: from {'the quality' if fall.start[0] == 'Quality' else 'the start'} to the grade"
    return waterfall(title, fall.start, fall.steps, fall.end)


def _draw_spread(spread: SpreadStory) -> Markup:
    """The class, with the reader's own place."""
    own = None if spread.own is None else as_shown(spread.own)
    return histogram(
        f"{spread.title}: {spread.count} students", [(one.low, one.high, one.count) for one in spread.bars], own=own
    )
