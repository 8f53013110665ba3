"""Every decision made on the grading desk: one verb each, then what changed to htmx, the desk again to plain forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import make_response, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.courses.policy import Policy
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades import grading, marking, rearranging, splitting
from reviewhub.grades.cards import OWN
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Strength, Verdict
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.desk import desk_context, draft_in
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.undoing import undo_way
from reviewhub.grades.placing import place_in_version
from reviewhub.grades.splitting import MOST_PARTS
from reviewhub.reviews.places import Place
from reviewhub.web import back_to, current_actor, is_partial, needs, now, reading, render, settings, writing

LATE = "late"
"""What the form of one's own mistake calls one of version 1 that was noticed only in version 2."""
MADE = "made"
"""To go on with the mistake that was made, instead of staying with what is in hand."""
TOKEN_LENGTH = 20


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a decision is answered: what is said, what it is about, the form it came from, what is in hand next."""

    done: str
    item: str
    panel: str = ""
    goes_to: str = ""


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/accept")
@needs(Action.GRADE, grading_facts)
def accept_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Make a finding a mistake, or say that it is one of those already there."""
    chosen = request.form.get("mistake", "")
    strength = _strength(request.form.get("strength", "full"))
    if chosen:
        mistake_id, _, given = chosen.partition(":")
        way = Way(done="Matched.", item=finding_id, panel="merge")
        asked = {"finding_id": finding_id, "mistake_id": mistake_id, "strength": _strength(given or strength)}
        return decide(course, key, grading.match_finding, way, **asked)
    done = "Accepted." if strength is Strength.FULL else "Accepted in part."
    return decide(
        course,
        key,
        grading.accept_finding,
        Way(done=done, item=finding_id, panel="accept"),
        finding_id=finding_id,
        strength=strength,
        draft=lambda: _draft(course),
        token=_token(),
    )


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/reject")
@needs(Action.GRADE, grading_facts)
def reject_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Say that a finding is not right, with a reason."""
    way = Way(done="Rejected.", item=finding_id, panel="reject")
    reason = request.form.get("reason", "")
    return decide(course, key, grading.reject_finding, way, finding_id=finding_id, reason=reason)


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/split")
@needs(Action.GRADE, grading_facts)
def split_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Make a mistake of each thing a finding says."""
    return decide(
        course,
        key,
        splitting.split_finding,
        Way(done="Split.", item=finding_id, panel="split"),
        finding_id=finding_id,
        drafts=lambda: _drafts(course),
        seen=_number("seen"),
        token=_token(),
    )


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/separate")
@needs(Action.GRADE, grading_facts)
def separate_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Take a finding off a mistake into a mistake of its own."""
    mistake_id = request.form.get("mistake", "")[:40]
    return decide(
        course,
        key,
        rearranging.separate_finding,
        Way(done="Now a mistake of its own.", item=mistake_id, panel="separate", goes_to=MADE),
        finding_id=finding_id,
        mistake_id=mistake_id,
        draft=lambda: _draft(course),
        token=_token(),
    )


@blueprint.post("/c/<course>/grading/<key>/mistakes")
@needs(Action.GRADE, grading_facts)
def record_mistake(course: str, key: str) -> ResponseReturnValue:
    """Record a mistake the instructor found."""
    given = request.form.get("version_in", "")
    noticed_in = VERSION_2 if given in {"2", LATE} else VERSION_1
    return decide(
        course,
        key,
        grading.record_mistake,
        Way(done="Mistake recorded.", item=OWN, panel=OWN, goes_to=MADE),
        version_in=VERSION_2 if given == "2" else VERSION_1,
        noticed_in=noticed_in,
        draft=lambda: _draft(course),
        place=lambda: _place(course, key, noticed_in),
        token=_token(),
    )


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>")
@needs(Action.GRADE, grading_facts)
def change_mistake(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Change a mistake's words and weight."""
    way = Way(done="Mistake changed.", item=mistake_id, panel="edit")
    asked = {"mistake_id": mistake_id, "seen": _number("seen"), "draft": lambda: _draft(course)}
    return decide(course, key, grading.change_mistake, way, **asked)


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>/detectable")
@needs(Action.GRADE, grading_facts)
def switch_detectable(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Say whether a mistake can be detected from the submission."""
    on = request.form.get("detectable") == "yes"
    done = "Detectable: reviewers answer for it." if on else "Not detectable: no reviewer pays for it."
    way = Way(done=done, item=mistake_id)
    seen = _number("seen")
    return decide(course, key, grading.set_detectable, way, mistake_id=mistake_id, detectable=on, seen=seen)


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>/merge")
@needs(Action.GRADE, grading_facts)
def merge_mistake(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Put a mistake together with another one."""
    into_id = request.form.get("mistake", "").partition(":")[0][:40]
    way = Way(done="Merged.", item=mistake_id, panel="merge", goes_to=into_id)
    return decide(course, key, rearranging.merge_mistakes, way, mistake_id=mistake_id, into_id=into_id)


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>/verdict")
@needs(Action.GRADE, grading_facts)
def set_verdict(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Say what became of a mistake in version 2."""
    asked = {"verdict": _verdict(request.form.get("verdict")), "seen": _verdict(request.form.get("seen"))}
    way = Way(done="Verdict saved.", item=mistake_id)
    return decide(course, key, marking.set_verdict, way, mistake_id=mistake_id, **asked)


@blueprint.post("/c/<course>/grading/<key>/reviews/<review_id>/marks")
@needs(Action.GRADE, grading_facts)
def mark_quality(course: str, key: str, review_id: str) -> ResponseReturnValue:
    """Mark the quality of one review."""
    marks = {name[5:]: value for name, value in request.form.items() if name.startswith("mark-")}
    seen = {name[5:]: value for name, value in request.form.items() if name.startswith("seen-")}
    way = Way(done="Marks saved.", item=review_id, panel="marks")
    return decide(course, key, marking.mark_quality, way, review_id=review_id, marks=marks, seen=seen)


@blueprint.post("/c/<course>/grading/<key>/members/<enrollment_id>/adjust")
@needs(Action.GRADE, grading_facts)
def adjust_member(course: str, key: str, enrollment_id: str) -> ResponseReturnValue:
    """Give one developer signed points of their own."""
    asked = {"points": request.form.get("points", ""), "reason": request.form.get("reason", "")}
    way = Way(done="Adjusted.", item=enrollment_id, panel="adjust")
    return decide(course, key, marking.adjust_member, way, enrollment_id=enrollment_id, **asked)


@blueprint.post("/c/<course>/grading/<key>/undo")
@needs(Action.GRADE, grading_facts)
def undo(course: str, key: str) -> ResponseReturnValue:
    """Take one decision back."""
    verb, asked = undo_way(request.form)
    return decide(course, key, verb, Way(done="Undone.", item=request.form.get("item", "")[:40]), **asked)


def decide(course: str, key: str, verb: Callable[..., Any], way: Way, **asked: Any) -> ResponseReturnValue:
    """Run one verb; a refusal comes back with what was typed, in the form it was typed in."""
    # A finding's own mistakes are decided with the finding in hand: it stays there.
    held = request.form.get("hand", "")[:40] or way.item
    try:
        given = {name: value() if callable(value) else value for name, value in asked.items()}
        with writing() as session:
            made = verb(session, actor=current_actor(), now=now(), course=course, key=key, **given)
            shown = made.id if way.goes_to == MADE else way.goes_to or held
    except (BadInput, Conflict, NotFound) as fault:
        return _refuse(course, key, held, way.panel, fault)
    if not is_partial():
        return back_to("grades.show_desk", course=course, key=key, item=shown, done=way.done, anchor="hand")
    return render("grades/_desk_answer.html", done=way.done, **desk_context(course, key, shown, tells_gone=False))


def _refuse(course: str, key: str, item: str, panel: str, fault: BadInput | Conflict | NotFound) -> ResponseReturnValue:
    context = desk_context(
        course, key, item, opened=panel, typed=request.form.to_dict(),
        problems=fault.problems if isinstance(fault, BadInput) else (), refused=fault.message,
    )  # fmt: skip
    if is_partial():
        return render("grades/_desk_answer.html", is_stale=isinstance(fault, Conflict), **context)
    status = 409 if isinstance(fault, Conflict) else 422
    return make_response(render("grades/desk.html", is_stale=status == 409, **context), status)  # noqa: PLR2004 - HTTP's number


def _policy(course: str) -> Policy:
    with reading() as session:
        return find_course(session, course).policy


def _draft(course: str) -> MistakeDraft:
    return draft_in(request.form, _policy(course))


def _drafts(course: str) -> list[MistakeDraft]:
    """The parts of a split: those whose title or text is filled in, every fault of all of them at once."""
    policy = _policy(course)
    drafts: list[MistakeDraft] = []
    problems: list[Problem] = []
    for number in range(1, MOST_PARTS + 1):
        prefix = f"part-{number}-"
        if any(request.form.get(prefix + name, "").strip() for name in ("title", "text")):
            try:
                drafts.append(draft_in(request.form, policy, prefix))
            except BadInput as fault:
                problems += fault.problems
    if problems:
        msg = "The finding was not split."
        raise BadInput(msg, tuple(problems))
    return drafts


def _place(course: str, key: str, version: int) -> Place:
    typed = {"where": request.form.get("where", ""), "path": request.form.get("path", "")}
    with reading() as session:
        return place_in_version(session, course=course, key=key, version=version, settings=settings(), **typed)


def _token() -> str:
    return request.form.get("token", "")[:TOKEN_LENGTH]


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - no more digits


def _strength(given: str) -> Strength:
    return Strength.PARTIAL if given == Strength.PARTIAL else Strength.FULL


def _verdict(given: str | None) -> Verdict | None:
    return Verdict(given) if given in set(Verdict) else None
