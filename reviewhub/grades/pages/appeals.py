"""Appeals: the staff's queue, a student's own ones, the form, and what is decided."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotFound, ReviewHubError
from reviewhub.grades import appealing
from reviewhub.grades.appeal_facts import (
    appeal_facts,
    appealing_of,
    filing_facts,
    ground_named,
    why_appeals_are_closed,
)
from reviewhub.grades.appeal_reading import read_all_appeals, read_own_appeals
from reviewhub.grades.appeal_values import AppealView
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.pages.room import blueprint, markdown, spot_url
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing

FILED = "Your appeal is filed. The staff decide it, and you are told."


@blueprint.get("/c/<course>/appeals")
@needs(Action.SEE_APPEALS, grading_facts)
def show_appeals(course: str) -> ResponseReturnValue:
    """All appeals for the staff, the oldest open one first; for a student those that are theirs to know of."""
    return render("grades/appeals.html", **_shown(course))


@blueprint.get("/c/<course>/appeals/new")
@needs(Action.SEE_OWN_GRADES, grading_facts)
def ask_appeal(course: str) -> ResponseReturnValue:
    """The form of an appeal about one thing of the released grades: `about` is its kind and target."""
    return _form(course, request.args.get("about", ""))


@blueprint.post("/c/<course>/appeals")
@needs(Action.FILE_APPEAL, filing_facts)
def file_appeal(course: str) -> ResponseReturnValue:
    """File an appeal."""
    about, text = request.form.get("about", ""), request.form.get("text", "")
    kind, _, target = about.partition(":")
    try:
        with writing() as session:
            appeal_id = appealing.file_appeal(
                session, actor=current_actor(), now=now(), course=course, kind=kind, target=target, text=text
            ).id
    except (BadInput, Conflict) as fault:
        return _form(course, about, text=text, refused=fault), 409 if isinstance(fault, Conflict) else 422
    return back_to("grades.show_appeal", course=course, appeal_id=appeal_id, done=FILED)


@blueprint.get("/c/<course>/appeals/<appeal_id>")
@needs(Action.READ_APPEAL, appeal_facts)
def show_appeal(course: str, appeal_id: str) -> ResponseReturnValue:
    """One appeal: what it is about, what was decided, and why."""
    return render("grades/appeal.html", **_shown(course, appeal_id))


@blueprint.post("/c/<course>/appeals/<appeal_id>/withdraw")
@needs(Action.WITHDRAW_APPEAL, appeal_facts)
def withdraw_appeal(course: str, appeal_id: str) -> ResponseReturnValue:
    """Take an appeal back."""
    with writing() as session:
        appealing.withdraw_appeal(session, actor=current_actor(), now=now(), course=course, appeal_id=appeal_id)
    return back_to("grades.show_appeals", course=course, done="The appeal is withdrawn.")


@blueprint.post("/c/<course>/appeals/<appeal_id>/decide")
@needs(Action.DECIDE_APPEAL, appeal_facts)
def decide_appeal(course: str, appeal_id: str) -> ResponseReturnValue:
    """Decide an appeal, with a reason."""
    typed = {name: request.form.get(name, "") for name in ("outcome", "reason")}
    try:
        with writing() as session:
            is_open = appealing.decide_appeal(
                session, actor=current_actor(), now=now(), course=course, appeal_id=appeal_id, **typed
            )
    except (BadInput, Conflict) as fault:
        return _refused(course, appeal_id, fault, typed)
    done = "Decided; everybody concerned is told."
    if typed["outcome"] != appealing.Outcome.DENIED:
        done += " Now change the decision at the desk, and release anew." if is_open else _WAITS
    return back_to("grades.show_appeal", course=course, appeal_id=appeal_id, done=done)


@blueprint.post("/c/<course>/appeals/<appeal_id>/take-back")
@needs(Action.DECIDE_APPEAL, appeal_facts)
def take_back_decision(course: str, appeal_id: str) -> ResponseReturnValue:
    """Open a decided appeal again."""
    typed = {"reason": request.form.get("reason", "")}
    try:
        with writing() as session:
            appealing.take_back_decision(
                session, actor=current_actor(), now=now(), course=course, appeal_id=appeal_id, **typed
            )
    except (BadInput, Conflict) as fault:
        return _refused(course, appeal_id, fault, {"again": typed["reason"]})
    return back_to("grades.show_appeal", course=course, appeal_id=appeal_id, done="The appeal is open again.")


_WAITS = " The instructor reopens grading for the change."


def _shown(course: str, appeal_id: str | None = None) -> dict[str, Any]:
    is_staff = allows(Action.DECIDE_APPEAL, current_facts())
    with reading() as session:
        row = find_course(session, course)
        mine = find_enrollment(session, row, current_actor())
        found: tuple[AppealView, ...] = ()
        if is_staff or current_facts().is_staff:
            found = read_all_appeals(session, row, appeal_id=appeal_id)
        elif mine is not None:
            found = read_own_appeals(session, row, mine, appeal_id=appeal_id)
        release = latest_release(session, row)
        closed = "" if current_facts().is_staff else why_appeals_are_closed(session, row, current_actor(), now())
    if appeal_id is not None and not found:
        msg = "There is no such appeal, or it is not yours to read."
        raise NotFound(msg)
    return {
        "slug": course,
        "appeals": found,
        "appeal": found[0] if found else None,
        "is_staff": current_facts().is_staff,
        "may_decide": is_staff,
        "is_peer_reviewed": row.policy.is_peer_reviewed,
        "until": row.policy.deadlines.appeals,
        "closed": closed,
        "release": release,
        "last_release_at": release.at if release else None,
        "spot_url": spot_url,
        "markdown": markdown,
        "refused": None,
        "typed": {},
    }


def _refused(course: str, appeal_id: str, fault: ReviewHubError, typed: dict[str, str]) -> ResponseReturnValue:
    page = _shown(course, appeal_id) | {"refused": fault, "typed": typed}
    return render("grades/appeal.html", **page), 409 if isinstance(fault, Conflict) else 422


def _form(course: str, about: str, *, text: str = "", refused: ReviewHubError | None = None) -> str:
    kind, _, target = about.partition(":")
    with reading() as session:
        row = find_course(session, course)
        ground = ground_named(appealing_of(session, row, current_actor()), kind, target)
        closed = why_appeals_are_closed(session, row, current_actor(), now())
    return render(
        "grades/new_appeal.html",
        slug=course,
        about=about,
        ground=ground,
        others=len(ground.own) - 1,
        closed=closed,
        until=row.policy.deadlines.appeals,
        text=text,
        refused=refused,
    )
