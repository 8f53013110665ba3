"""A second grader's page of a project: how it was graded, in short, and what the second reader says of it."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades import second_reading
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.room import blueprint, markdown
from reviewhub.grades.second_reading import Opinion
from reviewhub.grades.second_reading_views import read_reading_page
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing


@blueprint.get("/c/<course>/grading/<key>/second")
@needs(Action.READ_SECOND, grading_facts)
def show_second_reading(course: str, key: str) -> ResponseReturnValue:
    """What was decided in the project, its grades as they stand, and the second readings."""
    return _page(course, key)


@blueprint.post("/c/<course>/grading/<key>/second")
@needs(Action.READ_SECOND, grading_facts)
def read_second(course: str, key: str) -> ResponseReturnValue:
    """Agree with the grading, or ask for a change."""
    opinion = Opinion.AGREES if request.form.get("opinion") == Opinion.AGREES else Opinion.CHANGE
    done = "You agree with the grading." if opinion is Opinion.AGREES else "The release waits until this is answered."
    note = request.form.get("note", "")
    return _say(course, key, second_reading.read_second, done, opinion=opinion, note=note)


@blueprint.post("/c/<course>/grading/<key>/second/<reading_id>/answer")
@needs(Action.READ_SECOND, grading_facts)
def answer_second_reader(course: str, key: str, reading_id: str) -> ResponseReturnValue:
    """Answer a second reader who asked for a change."""
    answer = request.form.get("answer", "")
    return _say(course, key, second_reading.answer_reading, "Answered.", reading_id=reading_id, answer=answer)


@blueprint.post("/c/<course>/grading/<key>/second/<reading_id>/withdraw")
@needs(Action.READ_SECOND, grading_facts)
def withdraw_second_reading(course: str, key: str, reading_id: str) -> ResponseReturnValue:
    """Take one's own reading back."""
    return _say(course, key, second_reading.withdraw_reading, "Your reading is withdrawn.", reading_id=reading_id)


def _say(course: str, key: str, verb: Callable[..., Any], done: str, **said: Any) -> ResponseReturnValue:
    """Run one verb; what was typed stays on the page where it is refused."""
    try:
        with writing() as session:
            verb(session, actor=current_actor(), now=now(), course=course, key=key, **said)
    except (BadInput, Conflict) as fault:
        return _page(course, key, refused=fault.message), 409 if isinstance(fault, Conflict) else 422
    except NotFound as fault:
        return _page(course, key, refused=fault.message), 404
    return back_to("grades.show_second_reading", course=course, key=key, done=done)


def _page(course: str, key: str, *, refused: str = "") -> str:
    with reading() as session:
        page = read_reading_page(session, course=course, key=key, now=now(), reader_id=current_actor().user_id or "")
    return render(
        "grades/second_reading.html",
        slug=course,
        key=key,
        page=page,
        reader_id=current_actor().user_id,
        typed=request.form if refused else {},
        refused=refused,
        markdown=markdown,
    )
