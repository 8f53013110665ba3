"""What would you like to review: one page, one answer per project, until the reviewers are assigned."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.reviews.facts import assignments_facts, wish_facts
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.windows import wishes_close_at
from reviewhub.reviews.wishing import Said, load_wishes, state_wishes
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing


@blueprint.get("/c/<course>/reviews/wishes")
@needs(Action.SEE_OWN_REVIEWS, assignments_facts)
def show_wishes(course: str) -> ResponseReturnValue:
    """The projects with the reader's answers; read only once the reviewers are assigned."""
    with reading() as session:
        row = find_course(session, course)
        enrollment = find_enrollment(session, row, current_actor())
        facts = wish_facts(session, current_actor(), now(), course=course)
        rows = load_wishes(session, row, enrollment) if enrollment and facts.role == "student" else []
    return render(
        "reviews/wishes.html",
        rows=rows,
        is_open=allows(Action.STATE_WISHES, facts),
        is_asked=row.policy.assignment.topic_fit,
        closes_at=wishes_close_at(row.policy) if row.policy.assignment.wishes_until else None,
    )


@blueprint.post("/c/<course>/reviews/wishes")
@needs(Action.STATE_WISHES, wish_facts)
def save_wishes(course: str) -> ResponseReturnValue:
    """Keep the answers of the form: `wish-<project>` and, for a conflict, `reason-<project>`."""
    form = request.form
    said = {
        name.removeprefix("wish-"): Said(answer=answer, reason=form.get(f"reason-{name.removeprefix('wish-')}", ""))
        for name, answer in form.items()
        if name.startswith("wish-")
    }
    with writing() as session:
        state_wishes(session, actor=current_actor(), now=now(), course=course, said=said)
    return back_to("reviews.show_wishes", course=course, done="Your answers are saved. You can change them until then.")
