"""Writing on the desk: the draft of form and summary, findings, the preview of a text.

These routes ask for the right to read the review; the verbs ask for the right to write it, and what they refuse is
answered with the desk and everything that was typed, so that nothing typed is ever lost.
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.github.objects import Objects
from reviewhub.reviews.draft_parts import is_free_text, read_was, shown_text, title_of
from reviewhub.reviews.drafting import EditedFinding, SavedDraft, change_finding_words, save_draft
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.pages.clashes import clash_page, decided
from reviewhub.reviews.pages.desk import desk_page
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.finding_form import PREVIEW, SUGGEST, Typed, posted_places
from reviewhub.reviews.pages.hidden_names import real_path
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.places import Place
from reviewhub.reviews.pointing import point_finding
from reviewhub.reviews.reviewing import file_finding, load_for_writing, restore_finding, withdraw_finding
from reviewhub.reviews.suggested import written
from reviewhub.reviews.tables import Finding
from reviewhub.reviews.unfiled import forget_unfiled, slot_of
from reviewhub.web import back_to, current_actor, current_facts, flash_done, needs, now, reading, render, writing

REFUSALS = (BadInput, Conflict, NotAllowed)
LOOKS = (PREVIEW, SUGGEST)
PLACES = ("at", "without", "where", "where_path")
"""The fields that say where a finding stands; see `posted_places`."""
WORDS = ("kind", "severity", "category", "text")


@blueprint.post("/c/<course>/reviews/<review_id>/draft")
@needs(Action.READ_REVIEW, review_facts)
def save(course: str, review_id: str) -> ResponseReturnValue:
    """Save the parts of form and summary that were sent; a script that asks for JSON gets the texts as they are now."""
    form = request.form
    chosen, stood = decided()
    given = chosen or form.to_dict()
    try:
        require_same_writer()
        with writing() as session:
            saved = save_draft(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, given=given,
                was=read_was(form.get("was", "")) | stood,
            )  # fmt: skip
    except REFUSALS as refused:
        if _wants_json():
            return jsonify(refused=refused.message), status_of(refused)
        typed = Typed(refused=refused.message, status=status_of(refused), answers=given, summary=given.get("summary"))
        return desk_page(course, review_id, typed)
    if _wants_json():
        return jsonify(texts=saved.texts, clashes=[one.part for one in saved.clashes]), 409 if saved.clashes else 200
    if saved.clashes:
        return _both_drafts(course, review_id, saved)
    if form.get("then") == "submit":
        return back_to("reviews.show_submit", course=course, review_id=review_id)
    return back_to(
        "reviews.show_review", course=course, review_id=review_id, path=form.get("path", ""), done="Draft saved."
    )


def _both_drafts(course: str, review_id: str, saved: SavedDraft) -> ResponseReturnValue:
    with reading() as session:
        policy = find_review(session, course, review_id).course.policy.review
    items = policy.form if policy else ()
    return clash_page(
        saved.clashes,
        review_id=review_id,
        action=url_for("reviews.save", course=course, review_id=review_id),
        back=url_for("reviews.show_review", course=course, review_id=review_id, path=request.form.get("path", "")),
        title_of=lambda part: title_of(items, part),
        shown=lambda part, text: shown_text(items, part, text),
        can_join=lambda part: is_free_text(items, part),
        keep=[(name, request.form.get(name, "")) for name in ("path", "then", "writer")],
    )


@blueprint.post("/c/<course>/reviews/<review_id>/findings")
@needs(Action.READ_REVIEW, review_facts)
def add_finding(course: str, review_id: str) -> ResponseReturnValue:
    """File a finding and show it in its place; `then` shows first how it looks, or begins a suggested change."""
    form = request.form
    if form.get("then") in LOOKS:
        return _look(course, review_id)
    try:
        with writing() as session:
            load_for_writing(session, current_actor(), now(), course, review_id)  # the right before the reasons
            places, objects = _places(session, course, review_id), _objects(session, course, review_id)
            finding = file_finding(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, objects=objects,
                path=places[0].path, place=places[0].token, **_words(),
            )  # fmt: skip
            _point(session, course, review_id, finding, places)
            begun = slot_of(form.get("path", ""), form.get("place", ""))
            forget_unfiled(session, actor=current_actor(), review_id=review_id, slot=begun)
    except REFUSALS as refused:
        if _wants_json():
            return jsonify(refused=refused.message), status_of(refused)
        typed = Typed(refused=refused.message, status=status_of(refused), place=form.get("place", ""), words=_words())
        return desk_page(course, review_id, typed)
    return _back_to_finding(course, review_id, finding, f"Finding {finding.number} is in your draft.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>")
@needs(Action.READ_REVIEW, review_facts)
def change_finding(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Save the changed words and places of a finding; where two changed the same lines, both texts come back."""
    if request.form.get("then") in LOOKS:
        return _look(course, review_id, finding_id)
    chosen, stood = decided()
    words = _words() | chosen
    try:
        require_same_writer()
        with writing() as session:
            edited = change_finding_words(
                session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
                words=words, was=read_was(request.form.get("was", "")) | stood,
            )  # fmt: skip
            if not edited.clashes:
                if request.form.getlist("at"):
                    _point(session, course, review_id, edited.finding, _places(session, course, review_id))
                forget_unfiled(session, actor=current_actor(), review_id=review_id, slot=finding_id)
    except REFUSALS as refused:
        if _wants_json():
            return jsonify(refused=refused.message), status_of(refused)
        typed = Typed(refused=refused.message, status=status_of(refused), finding_id=finding_id, words=words)
        return desk_page(course, review_id, typed)
    if edited.clashes:
        if _wants_json():
            return jsonify(clashes=[one.part for one in edited.clashes]), 409
        return _both_findings(course, review_id, edited)
    return _back_to_finding(course, review_id, edited.finding, f"Finding {edited.finding.number} is saved.")


def _both_findings(course: str, review_id: str, edited: EditedFinding) -> ResponseReturnValue:
    finding, path = edited.finding, request.form.get("path", "")
    titles = {"kind": "Kind", "severity": "Severity", "category": "Part of the rubric", "text": "Text"}
    clashing = {one.part for one in edited.clashes}
    return clash_page(
        edited.clashes,
        review_id=review_id,
        action=url_for("reviews.change_finding", course=course, review_id=review_id, finding_id=finding.id),
        back=url_for("reviews.show_review", course=course, review_id=review_id, path=path, edit=finding.id),
        title_of=lambda part: f"Finding {finding.number}: {titles[part].lower()}",
        shown=lambda _part, text: text,
        can_join=lambda part: part == "text",
        keep=[
            *((name, request.form.get(name, "")) for name in ("path", "writer", "was")),
            *((name, word) for name, word in _words().items() if name not in clashing),
            *((name, word) for name in PLACES for word in request.form.getlist(name)),
        ],
    )


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
    text, quoted = (request.form.get(name, "").replace("\r\n", "\n") for name in ("text", "quoted"))
    back = url_for("reviews.show_review", course=course, review_id=review_id)
    return render("reviews/_preview.html", html=written(text, quoted), back=back)


def _look(course: str, review_id: str, finding_id: str = "") -> ResponseReturnValue:
    """The desk with the form as it was typed, and how its text looks or a suggestion to edit; nothing is saved."""
    form = request.form
    typed = Typed(
        refused="", status=200, place=form.get("place", ""), finding_id=finding_id, words=_words(), then=form["then"]
    )
    return desk_page(course, review_id, typed)


def _point(session: Session, course: str, review_id: str, finding: Finding, places: Sequence[Place]) -> None:
    point_finding(
        session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding.id,
        objects=_objects(session, course, review_id), places=places,
    )  # fmt: skip


def _places(session: Session, course: str, review_id: str) -> tuple[Place, ...]:
    """The posted places, at the addresses that version 1 really has: names may have been hidden in those shown."""
    rows, facts = find_review(session, course, review_id), current_facts()
    return tuple(replace(one, path=real_path(session, rows, facts, one.path)) for one in posted_places())


def _objects(session: Session, course: str, review_id: str) -> Objects:
    rows = find_review(session, course, review_id)
    return objects_in(rows.course, rows.snapshots)


def _back_to_finding(course: str, review_id: str, finding: Finding, done: str) -> ResponseReturnValue:
    """Go to the finding; a script is told the address, because it keeps the words until it knows that they arrived."""
    names = {"course": course, "review_id": review_id, "path": request.form.get("path", ""), "finding": finding.id}
    anchor = f"finding-{finding.number}"
    if _wants_json():
        flash_done(done)
        return jsonify(address=url_for("reviews.show_review", _anchor=anchor, **names))  # type: ignore[arg-type]  # Flask's names are Any
    return back_to("reviews.show_review", done=done, anchor=anchor, **names)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _words() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in WORDS}


def require_same_writer() -> None:
    """Refuse words that somebody else typed, who was signed in here when the page was opened; Conflict then."""
    writer = request.form.get("writer")
    if writer and writer != current_actor().user_id:
        raise Conflict("Somebody else is signed in here now. Sign in again as yourself; your words stay on this page.")


def status_of(refused: BadInput | Conflict | NotAllowed) -> int:
    """The status a refusal is answered with, on pages and to scripts alike."""
    return 422 if isinstance(refused, BadInput) else 409 if isinstance(refused, Conflict) else 403
