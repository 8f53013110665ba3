"""The thread under a finding on a page of its own, its messages, and what was read of them."""

from datetime import UTC, datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_enrollment
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.projects.known_names import masked_for
from reviewhub.projects.masked_objects import mask_behind
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.finding_words import words_of_findings
from reviewhub.reviews.hidden_places import hide_in_finding
from reviewhub.reviews.notices import mark_read
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.place_addresses import PlaceAddresses
from reviewhub.reviews.reading import answers_to, reviewer_numbers
from reviewhub.reviews.review_threads import threads_of_review
from reviewhub.reviews.talking import change_message, strike_message, write_under_finding
from reviewhub.reviews.thread_rows import find_handed_in, message_facts, thread_facts
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, safe_next, writing
from reviewhub.web.rendering import flash_done


@blueprint.get("/c/<course>/findings/<finding_id>")
@needs(Action.READ_THREAD, thread_facts)
def show_thread(course: str, finding_id: str) -> ResponseReturnValue:
    """One finding with its answer and everything that was written under it."""
    return _page(course, finding_id)


@blueprint.post("/c/<course>/findings/<finding_id>/messages")
@needs(Action.READ_THREAD, thread_facts)
def write_message(course: str, finding_id: str) -> ResponseReturnValue:
    """Write under a finding; what is refused comes back with what was typed."""
    text = request.form.get("text", "")
    try:
        with writing() as session:
            message = write_under_finding(
                session, actor=current_actor(), now=now(), course=course, finding_id=finding_id, text=text
            )
    except (BadInput, Conflict, NotAllowed) as refused:
        return _page(course, finding_id, typed=text, refused=refused.message), 422
    return _back(f"message-{message.id}", url_for("reviews.show_thread", course=course, finding_id=finding_id))


@blueprint.post("/c/<course>/messages/<message_id>")
@needs(Action.CHANGE_MESSAGE, message_facts)
def change(course: str, message_id: str) -> ResponseReturnValue:
    """Change one's own message, strike it, or let it stand again."""
    asked = {"actor": current_actor(), "now": now(), "course": course, "message_id": message_id}
    act = request.form.get("act", "")
    with writing() as session:
        if act == "change":
            change_message(session, text=request.form.get("text", ""), **asked)  # type: ignore[arg-type]  # one dict for both
        elif act in {"strike", "restore"}:
            strike_message(session, struck=act == "strike", **asked)  # type: ignore[arg-type]  # one dict for both
        else:
            raise BadInput("Choose what becomes of the message.")
    return _back(f"message-{message_id}", url_for("reviews.show_reviews", course=course))


@blueprint.post("/c/<course>/projects/<key>/read")
@needs(Action.MARK_READ, assignments_facts)
def read(course: str, key: str) -> ResponseReturnValue:
    """The reader has seen the messages of a project that were there when the page was made."""
    in_findings = request.form.get("what") == "findings"
    with writing() as session:
        mark_read(
            session, actor=current_actor(), now=now(), course=course, key=key, in_findings=in_findings,
            until=_moment(request.form.get("until", "")),
        )  # fmt: skip
    endpoint = "reviews.show_findings" if in_findings else "reviews.show_clarifications"
    if request.form.get("next"):
        return _back("", "")
    return back_to(endpoint, course=course, key=key)


def _back(anchor: str, otherwise: str) -> ResponseReturnValue:
    """To the page the form stood on, with the message in sight."""
    target = safe_next(request.form.get("next")).partition("#")[0] if request.form.get("next") else otherwise
    flash_done("Saved." if anchor else "Marked as read.")
    return redirect(f"{target}#{anchor}" if anchor else target, 303)


def _moment(text: str) -> datetime:
    """The moment a page was made, as it wrote it; now where it wrote none, and never later than now."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return now()
    return min(moment, now())


def _page(course: str, finding_id: str, *, typed: str = "", refused: str = "") -> str:
    facts = current_facts()
    with reading() as session:
        rows = find_handed_in(session, course, finding_id)
        enrollment = find_enrollment(session, rows.course, current_actor())
        threads = threads_of_review(
            session, rows.course, rows.project, rows.assignment, rows.review, rows.snapshots, [rows.finding],
            facts=facts, enrollment=enrollment, now=now(),
        )  # fmt: skip
        standing = answers_to(session, [finding_id])[0].get(finding_id, [])
        objects = objects_in(rows.course, rows.snapshots)
        mask = mask_behind(masked_for(session, rows.course, rows.project, objects, facts))
        number = 0 if facts.is_own_review else reviewer_numbers(session, rows.project).get(rows.review.id, 0)
    key = rows.project.key
    on = (
        url_for("reviews.show_fixes", course=course, review_id=rows.review.id)
        if facts.is_own_review
        else url_for("reviews.show_findings", course=course, key=key)
    )
    return render(
        "reviews/thread.html",
        project=rows.project,
        finding=hide_in_finding(rows.finding, mask) if mask else rows.finding,
        label=str(rows.finding.number) if facts.is_own_review else f"{number}.{rows.finding.number}",
        response=standing[-1] if standing else None,
        thread=threads[finding_id],
        whole_page=f"{on}#finding-{finding_id}",
        place_url=lambda place: PlaceAddresses(url_for, course, key).place(place, 1),
        may_see_place=facts.is_staff or facts.is_developer or facts.is_reviewer,
        typed=typed,
        refused_here=refused,
        **words_of_findings(current_actor().user_id, mask),
    )
