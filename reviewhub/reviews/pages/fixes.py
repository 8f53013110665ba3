"""The reviewer's look at version 2: each finding then and now, the developers' answer, the verdict."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.errors import NotFound
from reviewhub.reviews.checking import check_fix
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.following import follow_edition
from reviewhub.reviews.lookup import current_snapshot, find_review
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.findings import place_url, words
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.submitting import last_edition
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/reviews/<review_id>/fixes")
@needs(Action.READ_REVIEW, review_facts)
def show_fixes(course: str, review_id: str) -> ResponseReturnValue:
    """Every finding handed in, with its place in both versions."""
    with reading() as session:
        rows = find_review(session, course, review_id)
        edition = last_edition(session, review_id)
        if edition is None:
            raise NotFound("Nothing was handed in, so there is nothing to check.")
        version_2 = current_snapshot(rows.snapshots, rows.project.id, 2)
        objects = objects_in(rows.course, rows.snapshots)
        found = follow_edition(session, edition, rows.snapshots, version_2, objects=objects)
    standing = [one for one in found if not one.answered.finding.withdrawn]
    return render(
        "reviews/fixes.html",
        rows=rows,
        followed=standing,
        version_2=version_2,
        unchecked=sum(one.answered.check is None for one in standing),
        can_check=allows(Action.CHECK_FIX, current_facts()),
        place_url=lambda place, version: place_url(course, rows.project.key, place, version),
        **words(),
        category={criterion.key: criterion.title for criterion in rows.course.policy.rubric},
    )


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/check")
@needs(Action.CHECK_FIX, review_facts)
def check(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Record the verdict on a fix."""
    with writing() as session:
        check_fix(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
            verdict=request.form.get("verdict", ""), text=request.form.get("text", ""),
        )  # fmt: skip
    return back_to(
        "reviews.show_fixes", course=course, review_id=review_id, done="Verdict saved.", anchor=f"finding-{finding_id}"
    )
