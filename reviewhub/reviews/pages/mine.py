"""My reviews: what I review, how far I am, until when."""

from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.mine import load_mine
from reviewhub.reviews.pages.room import blueprint
from reviewhub.web import current_actor, needs, now, reading, render


@blueprint.get("/c/<course>/reviews")
@needs(Action.SEE_OWN_REVIEWS, assignments_facts)
def show_reviews(course: str) -> ResponseReturnValue:
    """The reviews the reader writes, with state and deadline."""
    with reading() as session:
        row = find_course(session, course)
        enrollment = find_enrollment(session, row, current_actor())
        mine = load_mine(session, row, enrollment, now()) if enrollment else []
    return render("reviews/mine.html", mine=mine, policy=row.policy)
