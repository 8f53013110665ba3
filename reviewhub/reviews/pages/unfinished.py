"""What is typed and not filed, kept while it is typed; and everything one wrote as a file, whenever one wants it."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.reviews.desk import load_desk
from reviewhub.reviews.draft_parts import read_was
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.pages.drafts import REFUSALS, require_same_writer, status_of
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.transcript import Piece, transcript
from reviewhub.reviews.unfiled import forget_unfiled, keep_unfiled, own_unfiled, slot_of
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, writing


@blueprint.post("/c/<course>/reviews/<review_id>/unfiled")
@needs(Action.READ_REVIEW, review_facts)
def keep_words(course: str, review_id: str) -> ResponseReturnValue:
    """Keep the words of a finding form that is open; answers with the text that is kept."""
    form = request.form
    path, place, finding_id = (form.get(name, "") for name in ("path", "place", "finding_id"))
    try:
        require_same_writer()
        with writing() as session:
            text = keep_unfiled(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, path=path,
                place=place, finding_id=finding_id, places=form.getlist("at"), words=form,
                was=read_was(form.get("was", "")),
                kept=form.get("kept", ""),
            )  # fmt: skip
    except REFUSALS as refused:
        return jsonify(refused=refused.message), status_of(refused)
    return jsonify(text=text)


@blueprint.post("/c/<course>/reviews/<review_id>/unfiled/discard")
@needs(Action.READ_REVIEW, review_facts)
def discard(course: str, review_id: str) -> ResponseReturnValue:
    """Forget a finding that was begun."""
    path, place, finding_id = (request.form.get(name, "") for name in ("path", "place", "finding_id"))
    with writing() as session:
        forget_unfiled(session, actor=current_actor(), review_id=review_id, slot=slot_of(path, place, finding_id))
    return back_to("reviews.show_review", course=course, review_id=review_id, path=path, done="Thrown away.")


@blueprint.get("/c/<course>/reviews/<review_id>/written.md")
@needs(Action.READ_REVIEW, review_facts)
def download_written(course: str, review_id: str) -> ResponseReturnValue:
    """Everything written in the review as one Markdown file: the draft to its writer, else what was handed in."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
        begun = own_unfiled(session, current_actor(), review_id) if desk.is_own else []
    text = transcript(
        title=f"Review of {desk.rows.project.key}",
        items=desk.items,
        answers=desk.form,
        summary=desk.summary,
        findings=[one.finding for one in desk.findings],
        begun=[Piece(path=one.path, place=one.place, text=one.text) for one in begun],
    )
    answer = Response(text, mimetype="text/markdown")
    answer.headers.set("Content-Disposition", "attachment", filename=f"review-{desk.rows.project.key}.md")
    return answer
