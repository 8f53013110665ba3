"""What one release changed, for the staff."""

from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.releases_compared import compare_releases
from reviewhub.web import needs, reading, render


@blueprint.get("/c/<course>/grades/releases/<int:sequence>")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_differences(course: str, sequence: int) -> ResponseReturnValue:
    """One release beside the one before it: what was decided anew, and whose grades moved."""
    with reading() as session:
        row = find_course(session, course)
        compared = compare_releases(session, row, sequence)
    return render(
        "grades/differences.html", slug=course, compared=compared, is_peer_reviewed=row.policy.is_peer_reviewed
    )
