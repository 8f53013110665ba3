"""What if: other numbers, another course file, one decision made differently; what it would do to everybody."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.course_file import LARGEST_FILE
from reviewhub.courses.facts import find_course
from reviewhub.courses.policy_numbers import edited_file, number_groups
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.changing_rules import change_rules
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.what_if_decisions import Asked
from reviewhub.grades.what_if_reading import WhatIf, read_choices, try_decision, try_rules
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.charts import slope_chart

SET = "set-"
MOST_ROWS, MOST_LINES = 200, 60
WAYS = ("numbers", "file", "decision")


@blueprint.get("/c/<course>/grades/what-if")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_what_if(course: str) -> ResponseReturnValue:
    """The numbers to try out; or what one decision, named by the address, would do made differently."""
    args = request.args
    asked = Asked(project_key=args.get("project", ""), what=args.get("what", ""), target=args.get("target", ""),
                  value=args.get("value", ""))  # fmt: skip
    way = "decision" if asked.project_key or args.get("way") == "decision" else args.get("way", "numbers")
    if not asked.what:
        return _page(course, way=way, key=asked.project_key)
    try:
        with reading() as session:
            told = try_decision(session, find_course(session, course), asked, now())
    except BadInput as fault:
        return _page(course, way=way, key=asked.project_key, fault=fault), 422
    return _page(course, way=way, key=asked.project_key, told=told)


@blueprint.post("/c/<course>/grades/what-if")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def try_what_if(course: str) -> ResponseReturnValue:
    """What the numbers or the file that were sent would do. Nothing is written."""
    is_file = "text" in request.form
    typed = _typed()
    text = request.form.get("text", "").replace("\r\n", "\n")[:LARGEST_FILE]
    more: dict[str, Any] = {"way": "file" if is_file else "numbers", "typed": typed, "text": text if is_file else None}
    try:
        with reading() as session:
            row = find_course(session, course)
            changed = text if is_file else edited_file(row.policy_text, typed)
            told = try_rules(session, row, changed, now())
    except BadInput as fault:
        return _page(course, **more, fault=fault), 422
    return _page(course, **more, told=told, changed=changed)


@blueprint.post("/c/<course>/grades/what-if/save")
@needs(Action.MANAGE_COURSE, grading_facts)
def save_what_if(course: str) -> ResponseReturnValue:
    """Save the rules that were tried out; released grades are released anew by them, with the reason."""
    text, reason = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("reason", "")
    try:
        with writing() as session:
            release = change_rules(
                session, actor=current_actor(), now=now(), course=course, text=text,
                seen_digest=request.form.get("seen_digest", ""), reason=reason,
            )  # fmt: skip
    except (BadInput, Conflict) as fault:
        with reading() as session:
            told = _tried(session, course, text)
        status = 409 if isinstance(fault, Conflict) else 422
        return _page(course, way="file", text=text, told=told, changed=text, fault=fault, reason=reason), status
    done = (
        f"The rules are changed, and release {release.sequence} follows them." if release else "The rules are changed."
    )
    return back_to("grades.show_grades", course=course, done=done)


def _typed() -> dict[str, str]:
    return {name.removeprefix(SET): value for name, value in request.form.items() if name.startswith(SET)}


def _tried(session: Any, course: str, text: str) -> WhatIf | None:
    try:
        return try_rules(session, find_course(session, course), text, now())
    except BadInput:
        return None


def _page(
    course: str,
    *,
    way: str,
    key: str = "",
    typed: dict[str, str] | None = None,
    text: str | None = None,
    told: WhatIf | None = None,
    changed: str = "",
    fault: BadInput | Conflict | None = None,
    reason: str = "",
) -> str:
    with reading() as session:
        row = find_course(session, course)
        release = latest_release(session, row)
        keys, choices = read_choices(session, row, key, now()) if way == "decision" else ((), None)
    return render(
        "grades/what_if.html",
        slug=course,
        way=way if way in WAYS else "numbers",
        groups=number_groups(row.policy),
        set=SET,
        typed=typed or {},
        text=row.policy_text if text is None else text,
        keys=keys,
        choices=choices,
        told=told,
        chart=_chart(told),
        most_rows=MOST_ROWS,
        changed=changed,
        seen_digest=row.policy_digest,
        is_released=release is not None and release.reopened_at is None,
        may_save=allows(Action.MANAGE_COURSE, current_facts()),
        fault=fault,
        problems=fault.problems if isinstance(fault, BadInput) else (),
        reason=reason,
        is_peer_reviewed=row.policy.is_peer_reviewed,
    )


def _chart(told: WhatIf | None) -> Any:
    """Who moves from where to where, where there is a course grade; of many those who move most."""
    pairs = [
        (one.name, one.move.total.before, one.move.total.after)
        for one in (told.moved if told else ())
        if one.move.total.before is not None and one.move.total.after is not None
    ]
    return slope_chart("Course grades, now and then", pairs[:MOST_LINES], sides=("now", "then")) if pairs else None
