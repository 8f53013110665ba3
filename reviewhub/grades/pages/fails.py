"""What may fail a student whatever the points: each case with its evidence, for the instructor to decide."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades import confirming_fails
from reviewhub.grades.confirming_fails import read_fails
from reviewhub.grades.facts import grading_facts, lists_are_closed
from reviewhub.grades.pages.room import blueprint
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/fails")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_fails(course: str) -> ResponseReturnValue:
    """Every rule that something triggered, those that wait first."""
    return _page(course)


@blueprint.post("/c/<course>/fails/<enrollment_id>/<rule>/confirm")
@needs(Action.CONFIRM_FAIL, grading_facts)
def confirm_fail(course: str, enrollment_id: str, rule: str) -> ResponseReturnValue:
    """The rule fails the student, with the chosen letter."""
    asked = {"enrollment_id": enrollment_id, "rule": rule, "letter": request.form.get("letter", ""), **_said()}
    return _decide(course, confirming_fails.confirm_fail, "Confirmed.", asked)


@blueprint.post("/c/<course>/fails/<enrollment_id>/<rule>/dismiss")
@needs(Action.CONFIRM_FAIL, grading_facts)
def dismiss_fail(course: str, enrollment_id: str, rule: str) -> ResponseReturnValue:
    """The rule does not fail the student, for a reason."""
    asked = {"enrollment_id": enrollment_id, "rule": rule, **_said()}
    return _decide(course, confirming_fails.dismiss_fail, "Dismissed.", asked)


@blueprint.post("/c/<course>/fails/decisions/<decision_id>/undo")
@needs(Action.CONFIRM_FAIL, grading_facts)
def undo_fail(course: str, decision_id: str) -> ResponseReturnValue:
    """Take a decision back."""
    return _decide(
        course, confirming_fails.undo_fail, "Taken back: the case waits again.", {"decision_id": decision_id}
    )


def _said() -> dict[str, str]:
    return {"reason": request.form.get("reason", ""), "seen": request.form.get("seen", "")}


def _decide(course: str, verb: Callable[..., None], done: str, asked: dict[str, Any]) -> ResponseReturnValue:
    try:
        with writing() as session:
            verb(session, actor=current_actor(), now=now(), course=course, **asked)
    except (BadInput, Conflict) as fault:
        page = _page(course, refused=fault.message, typed=asked)
        return page, 409 if isinstance(fault, Conflict) else 422
    return back_to("grades.show_fails", course=course, done=done)


def _page(course: str, *, refused: str = "", typed: dict[str, Any] | None = None) -> str:
    with reading() as session:
        row = find_course(session, course)
        book = read_fails(session, row, now())
        is_closed = lists_are_closed(session, row)
    return render(
        "grades/fails.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        book=book,
        titles={rule.key: rule.title for rule in row.policy.fails},
        rules=row.policy.fails,
        typed=typed or {},
        refused=refused,
        is_closed=is_closed,
        may_confirm=not is_closed and allows(Action.CONFIRM_FAIL, current_facts()),
    )
