"""The grading desk of one project, and every decision made on it."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades import grading, marking
from reviewhub.grades.desk import read_desk
from reviewhub.grades.drafting import SEVERITIES, MistakeDraft, read_mistake
from reviewhub.grades.evidence import Strength, Verdict
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.room import blueprint, markdown, spot_url
from reviewhub.grades.placing import place_in_version
from reviewhub.reviews.kinds import KIND_WORDS, RESPONSE_TONES, RESPONSE_WORDS, VERDICT_TONES, VERDICT_WORDS
from reviewhub.reviews.places import Place
from reviewhub.web import back_to, current_actor, is_partial, needs, now, reading, render, settings, writing


@blueprint.get("/c/<course>/grading/<key>")
@needs(Action.GRADE, grading_facts)
def show_desk(course: str, key: str) -> ResponseReturnValue:
    """The grading desk of one project."""
    return render("grades/desk.html", **_desk(course, key))


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/accept")
@needs(Action.GRADE, grading_facts)
def accept_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Make a finding a mistake, or say that it is one of those already there."""
    chosen = request.form.get("mistake", "")
    strength = _strength(request.form.get("strength", "full"))
    if chosen:
        mistake_id, _, given = chosen.partition(":")
        asked = {"mistake_id": mistake_id, "strength": _strength(given or strength)}
        return _decide(course, key, "Matched.", grading.match_finding, finding_id, finding_id=finding_id, **asked)
    return _decide(
        course,
        key,
        "Accepted.",
        grading.accept_finding,
        finding_id,
        finding_id=finding_id,
        strength=strength,
        draft=lambda: _draft(course),
    )


@blueprint.post("/c/<course>/grading/<key>/findings/<finding_id>/reject")
@needs(Action.GRADE, grading_facts)
def reject_finding(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Say that a finding is not right, with a reason."""
    reason = request.form.get("reason", "")
    return _decide(course, key, "Rejected.", grading.reject_finding, finding_id, finding_id=finding_id, reason=reason)


@blueprint.post("/c/<course>/grading/<key>/mistakes")
@needs(Action.GRADE, grading_facts)
def record_mistake(course: str, key: str) -> ResponseReturnValue:
    """Record a mistake the instructor found."""
    version = 2 if request.form.get("version_in") == "2" else 1
    return _decide(
        course,
        key,
        "Mistake recorded.",
        grading.record_mistake,
        "own-mistake",
        version_in=version,
        draft=lambda: _draft(course),
        place=lambda: _place(course, key, version),
    )


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>")
@needs(Action.GRADE, grading_facts)
def change_mistake(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Change a mistake's words and weight."""
    typed = request.form.get("seen", "")
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - no more digits
    return _decide(
        course,
        key,
        "Mistake changed.",
        grading.change_mistake,
        mistake_id,
        mistake_id=mistake_id,
        seen=seen,
        draft=lambda: _draft(course),
    )


@blueprint.post("/c/<course>/grading/<key>/mistakes/<mistake_id>/verdict")
@needs(Action.GRADE, grading_facts)
def set_verdict(course: str, key: str, mistake_id: str) -> ResponseReturnValue:
    """Say what became of a mistake in version 2."""
    asked = {"verdict": _verdict(request.form.get("verdict")), "seen": _verdict(request.form.get("seen"))}
    return _decide(course, key, "Verdict saved.", marking.set_verdict, mistake_id, mistake_id=mistake_id, **asked)


@blueprint.post("/c/<course>/grading/<key>/reviews/<review_id>/marks")
@needs(Action.GRADE, grading_facts)
def mark_quality(course: str, key: str, review_id: str) -> ResponseReturnValue:
    """Mark the quality of one review."""
    marks = {name[5:]: value for name, value in request.form.items() if name.startswith("mark-")}
    seen = {name[5:]: value for name, value in request.form.items() if name.startswith("seen-")}
    return _decide(
        course,
        key,
        "Marks saved.",
        marking.mark_quality,
        review_id,
        review_id=review_id,
        marks=marks,
        seen=seen,
    )


@blueprint.post("/c/<course>/grading/<key>/members/<enrollment_id>/adjust")
@needs(Action.GRADE, grading_facts)
def adjust_member(course: str, key: str, enrollment_id: str) -> ResponseReturnValue:
    """Give one developer signed points of their own."""
    asked = {"points": request.form.get("points", ""), "reason": request.form.get("reason", "")}
    return _decide(course, key, "Adjusted.", marking.adjust_member, enrollment_id, enrollment_id=enrollment_id, **asked)


@blueprint.post("/c/<course>/grading/<key>/undo")
@needs(Action.GRADE, grading_facts)
def undo(course: str, key: str) -> ResponseReturnValue:
    """Take one decision back."""
    target = request.form.get("target", "")
    ways: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "finding": (grading.undo_finding, {"finding_id": target}),
        "mistake": (grading.undo_mistake, {"mistake_id": target}),
        "change": (grading.undo_change, {"mistake_id": target}),
        "verdict": (
            marking.set_verdict,
            {"mistake_id": target, "verdict": None, "seen": _verdict(request.form.get("seen"))},
        ),
        "adjustment": (marking.undo_adjustment, {"adjustment_id": target}),
    }
    way = ways.get(request.form.get("kind", ""))
    if way is None:
        msg = "There is nothing of this kind to undo."
        raise NotFound(msg)
    return _decide(course, key, "Undone.", way[0], "undo", **way[1])


def _decide(
    course: str, key: str, done: str, verb: Callable[..., Any], anchor: str, **asked: Any
) -> ResponseReturnValue:
    """Run one verb; the page's partial comes back to htmx, a redirect to plain forms."""
    try:
        given = {name: value() if callable(value) else value for name, value in asked.items()}
        with writing() as session:
            verb(session, actor=current_actor(), now=now(), course=course, key=key, **given)
    except (BadInput, Conflict, NotFound) as fault:
        problems = fault.problems if isinstance(fault, BadInput) else ()
        desk = _desk(course, key) | {"refused": fault.message, "problems": problems}
        if is_partial():
            return render("grades/_desk.html", **desk)
        return render("grades/desk.html", **desk), 409 if isinstance(fault, Conflict) else 422
    if is_partial():
        return render("grades/_desk.html", **_desk(course, key), done=done)
    return back_to("grades.show_desk", course=course, key=key, done=done, anchor=anchor)


def _desk(course: str, key: str) -> dict[str, Any]:
    with reading() as session:
        desk = read_desk(session, course=course, key=key, now=now())
    return {
        "slug": course,
        "desk": desk,
        "severities": SEVERITIES,
        "criteria": [(row.key, row.title) for row in desk.policy.rubric],
        "kind_words": KIND_WORDS,
        "answer_words": RESPONSE_WORDS,
        "answer_tones": RESPONSE_TONES,
        "verdict_words": VERDICT_WORDS,
        "verdict_tones": VERDICT_TONES,
        "spot_url": spot_url,
        "markdown": markdown,
        "problems": (),
    }


def _draft(course: str) -> MistakeDraft:
    form = request.form
    with reading() as session:
        policy = find_course(session, course).policy
    return read_mistake(
        policy,
        title=form.get("title", ""),
        severity=form.get("severity", ""),
        criterion=form.get("criterion", ""),
        text=form.get("text", ""),
        points=form.get("points", ""),
        detectable=form.get("hidden") != "yes",
    )


def _place(course: str, key: str, version: int) -> Place:
    typed = {"where": request.form.get("where", ""), "path": request.form.get("path", "")}
    with reading() as session:
        return place_in_version(session, course=course, key=key, version=version, settings=settings(), **typed)


def _strength(given: str) -> Strength:
    return Strength.PARTIAL if given == Strength.PARTIAL else Strength.FULL


def _verdict(given: str | None) -> Verdict | None:
    return Verdict(given) if given in set(Verdict) else None
