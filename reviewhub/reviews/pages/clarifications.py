"""Clarifying questions of a project: asked by its reviewers, answered by its developers, read by both without names."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.projects.known_names import masked_for
from reviewhub.projects.lookup import find_project
from reviewhub.projects.masked_objects import mask_behind
from reviewhub.reviews.lookup import snapshots_of
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.suggested import written_without
from reviewhub.reviews.talking import ask_clarification, write_under_clarification
from reviewhub.reviews.thread_rows import clarification_facts, own_assignment, reader_of
from reviewhub.reviews.thread_views import load_questions
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/projects/<key>/questions")
@needs(Action.SEE_CLARIFICATIONS, clarification_facts)
def show_clarifications(course: str, key: str) -> ResponseReturnValue:
    """Every question on the project with its answers."""
    return _page(course, key)


@blueprint.post("/c/<course>/projects/<key>/questions")
@needs(Action.SEE_CLARIFICATIONS, clarification_facts)
def ask(course: str, key: str) -> ResponseReturnValue:
    """Ask the developers."""
    text = request.form.get("text", "")
    try:
        with writing() as session:
            asked = ask_clarification(session, actor=current_actor(), now=now(), course=course, key=key, text=text)
    except (BadInput, Conflict, NotAllowed) as refused:
        return _page(course, key, typed={"": text}, refused=refused.message), 422
    return back_to(
        "reviews.show_clarifications", course=course, key=key, done="Your question is asked.",
        anchor=f"question-{asked.number}",
    )  # fmt: skip


@blueprint.post("/c/<course>/projects/<key>/questions/<clarification_id>/messages")
@needs(Action.SEE_CLARIFICATIONS, clarification_facts)
def write_answer(course: str, key: str, clarification_id: str) -> ResponseReturnValue:
    """Answer a question, or ask further."""
    text = request.form.get("text", "")
    try:
        with writing() as session:
            message = write_under_clarification(
                session, actor=current_actor(), now=now(), course=course, key=key, clarification_id=clarification_id,
                text=text,
            )  # fmt: skip
    except (BadInput, Conflict, NotAllowed) as refused:
        return _page(course, key, typed={clarification_id: text}, refused=refused.message), 422
    return back_to("reviews.show_clarifications", course=course, key=key, done="Saved.", anchor=f"message-{message.id}")


def _page(course: str, key: str, *, typed: dict[str, str] | None = None, refused: str = "") -> str:
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        project = find_project(session, row, key)
        enrollment = find_enrollment(session, row, current_actor())
        assignment = own_assignment(session, project, enrollment) if facts.is_reviewer else None
        reader = reader_of(row, facts, enrollment, assignment.id if assignment else "")
        closed = "" if facts.thread_open else "The questions are closed; they stay here to read."
        objects = objects_in(row, snapshots_of(session, [project.id]))
        mask = mask_behind(masked_for(session, row, project, objects, facts))
        questions = load_questions(session, project, reader, closed=closed, now=now())
    return render(
        "reviews/clarifications.html",
        project=project,
        questions=questions,
        can_ask=allows(Action.ASK_CLARIFICATION, facts),
        is_reviewer=facts.is_reviewer,
        is_developer=facts.is_developer,
        unread=sum(one.thread.unread for one in questions),
        until=now().isoformat(),
        writer=current_actor().user_id or "",
        typed=typed or {},
        refused_here=refused,
        written=written_without(mask),
    )
