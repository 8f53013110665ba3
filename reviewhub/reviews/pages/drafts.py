"""Writing on the desk: the draft of form and summary, findings, the preview of a text.

These routes ask for the right to read the review; the verbs ask for the right to write it, and what they refuse is
answered with the desk and everything that was typed, so that nothing typed is ever lost.
"""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.pages.desk import Typed, desk_page
from reviewhub.reviews.pages.files import objects_in, written
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.reviewing import edit_finding, file_finding, restore_finding, save_draft, withdraw_finding
from reviewhub.reviews.tables import Finding
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing

REFUSALS = (BadInput, Conflict, NotAllowed)
WORDS = ("kind", "severity", "category", "text")


@blueprint.post("/c/<course>/reviews/<review_id>/draft")
@needs(Action.READ_REVIEW, review_facts)
def save(course: str, review_id: str) -> ResponseReturnValue:
    """Save form and summary; a script that asks for JSON gets the new version, or why not."""
    form = request.form
    wants_json = request.accept_mimetypes.best == "application/json"
    try:
        with writing() as session:
            review = save_draft(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, answers=form,
                summary=form.get("summary", ""), version=_version(),
            )  # fmt: skip
    except REFUSALS as refused:
        if wants_json:
            return jsonify(refused=refused.message), _status(refused)
        answers, summary = form.to_dict(), form.get("summary", "")
        typed = Typed(refused=refused.message, status=_status(refused), answers=answers, summary=summary)
        return desk_page(course, review_id, typed)
    if wants_json:
        return jsonify(version=review.version)
    if form.get("then") == "submit":
        return back_to("reviews.show_submit", course=course, review_id=review_id)
    return back_to(
        "reviews.show_review", course=course, review_id=review_id, path=form.get("path", ""), done="Draft saved."
    )


@blueprint.post("/c/<course>/reviews/<review_id>/findings")
@needs(Action.READ_REVIEW, review_facts)
def add_finding(course: str, review_id: str) -> ResponseReturnValue:
    """File a finding and show it in its place."""
    form = request.form
    with reading() as session:
        rows = find_review(session, course, review_id)
        objects = objects_in(rows.course, rows.snapshots)
    try:
        with writing() as session:
            finding = file_finding(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, objects=objects,
                path=form.get("path", ""), place=_place(), **_words(),
            )  # fmt: skip
    except REFUSALS as refused:
        typed = Typed(refused=refused.message, status=_status(refused), place=form.get("place", ""), words=_words())
        return desk_page(course, review_id, typed)
    return _back_to_finding(course, review_id, finding, f"Finding {finding.number} is in your draft.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>")
@needs(Action.READ_REVIEW, review_facts)
def change_finding(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Save the changed words of a finding."""
    try:
        with writing() as session:
            finding = edit_finding(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
                version=_version(), **_words(),
            )  # fmt: skip
    except REFUSALS as refused:
        typed = Typed(refused=refused.message, status=_status(refused), finding_id=finding_id, words=_words())
        return desk_page(course, review_id, typed)
    return _back_to_finding(course, review_id, finding, f"Finding {finding.number} is saved.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/withdraw")
@needs(Action.READ_REVIEW, review_facts)
def withdraw(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Withdraw a finding."""
    with writing() as session:
        finding = withdraw_finding(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id
        )
    return _back_to_finding(course, review_id, finding, f"Finding {finding.number} is withdrawn.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/restore")
@needs(Action.READ_REVIEW, review_facts)
def restore(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Take the withdrawal of a finding back."""
    with writing() as session:
        finding = restore_finding(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id
        )
    return _back_to_finding(course, review_id, finding, f"Finding {finding.number} stands again.")


@blueprint.post("/c/<course>/reviews/<review_id>/preview")
@needs(Action.READ_REVIEW, review_facts)
def preview(course: str, review_id: str) -> ResponseReturnValue:
    """How a text will look; nothing is saved."""
    back = url_for("reviews.show_review", course=course, review_id=review_id)
    return render("reviews/_preview.html", html=written(request.form.get("text", "")), back=back)


def _back_to_finding(course: str, review_id: str, finding: Finding, done: str) -> ResponseReturnValue:
    return back_to(
        "reviews.show_review", course=course, review_id=review_id, path=request.form.get("path", ""),
        finding=finding.id, done=done, anchor=f"finding-{finding.number}",
    )  # fmt: skip


def _words() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in WORDS}


def _place() -> str:
    """The place of the form; line fields filled in make it a range of lines there."""
    place, first, last = (request.form.get(name, "").strip() for name in ("place", "first_line", "last_line"))
    if not first or place == "project":
        return place
    lines = f"L{first}-L{last or first}"
    base = place.split("-L")[0].split("-output-")[0]
    return f"{base}-{lines}" if base.startswith("cell-") else lines


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - no more digits


def _status(refused: BadInput | Conflict | NotAllowed) -> int:
    return 422 if isinstance(refused, BadInput) else 409 if isinstance(refused, Conflict) else 403
