"""Ticking files as viewed, and noting that one was opened."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.hidden_names import real_path
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.viewing import note_opened, tick_file
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, writing

TICKED, NOT_TICKED = "yes", "no"


@blueprint.post("/c/<course>/reviews/<review_id>/viewed")
@needs(Action.READ_REVIEW, review_facts)
def mark_viewed(course: str, review_id: str) -> ResponseReturnValue:
    """Tick the file (`viewed` is yes or no), or note that it was opened (no `viewed`); a script gets JSON back."""
    path, viewed = request.form.get("path", ""), request.form.get("viewed", "")
    with reading() as session:
        rows = find_review(session, course, review_id)
        objects = objects_in(rows.course, rows.snapshots)
        real = real_path(session, rows, current_facts(), path)
    asked = {"actor": current_actor(), "now": now(), "course": course, "review_id": review_id, "objects": objects}
    with writing() as session:
        if viewed in (TICKED, NOT_TICKED):
            tick_file(session, path=real, is_viewed=viewed == TICKED, **asked)  # type: ignore[arg-type]  # one value of each kind
        else:
            note_opened(session, path=real, **asked)  # type: ignore[arg-type]  # as above
    if request.accept_mimetypes.best == "application/json":
        return jsonify(viewed=viewed == TICKED)
    return back_to("reviews.show_review", course=course, review_id=review_id, path=path)
