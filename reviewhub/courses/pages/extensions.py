"""Extensions: who has a later moment, until when and why; granting one, taking it back."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from reviewhub.accounts.rights import Action, Role
from reviewhub.courses.deadlines import Way
from reviewhub.courses.extending import grant_extension, read_local_moment, revoke_extension
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.members import list_enrollments, list_groups
from reviewhub.courses.pages import blueprint
from reviewhub.courses.phases import deadline_title, deadlines_of
from reviewhub.courses.tables import Extension
from reviewhub.errors import BadInput
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing

WAYS = {
    Way.MOVES: "Moves the deadline",
    Way.WAIVES: "Keeps the deadline, waives the penalty",
    Way.KEEPS: "Awaits the work, keeps the penalty",
}


@blueprint.get("/c/<course>/settings/extensions")
@needs(Action.GRANT_EXTENSION, course_facts)
def show_extensions(course: str) -> ResponseReturnValue:
    """Every extension, living and taken back, and the form for one more."""
    return _extensions_page(course)


@blueprint.post("/c/<course>/settings/extensions")
@needs(Action.GRANT_EXTENSION, course_facts)
def add_extension(course: str) -> ResponseReturnValue:
    """Grant an extension."""
    form = request.form
    kind, _, receiver_id = form.get("receiver", "").partition(":")
    try:
        with writing() as session:
            grant_extension(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                deadline=form.get("deadline", ""),
                due_at=read_local_moment(find_course(session, course).policy, form.get("due_at", "")),
                reason=form.get("reason", ""),
                way=Way(form["way"]) if form.get("way") in set(Way) else Way.MOVES,
                group_id=receiver_id if kind == "group" else None,
                enrollment_id=receiver_id if kind == "person" else None,
            )
    except BadInput as fault:
        errors = {problem.place: f"{problem.what} {problem.hint}".strip() for problem in fault.problems}
        return _extensions_page(course, errors=errors), 422
    return back_to("courses.show_extensions", course=course, done="The extension is granted.")


@blueprint.post("/c/<course>/settings/extensions/<extension_id>/revoke")
@needs(Action.GRANT_EXTENSION, course_facts)
def take_back_extension(course: str, extension_id: str) -> ResponseReturnValue:
    """Take an extension back."""
    with writing() as session:
        revoke_extension(session, actor=current_actor(), now=now(), course=course, extension_id=extension_id)
    return back_to("courses.show_extensions", course=course, done="The extension is taken back.")


def _extensions_page(course: str, *, errors: dict[str, str] | None = None) -> str:
    with reading() as session:
        row = find_course(session, course)
        policy = row.policy
        wanted = (
            select(Extension).where(Extension.course_id == row.id).order_by(Extension.granted_at.desc(), Extension.id)
        )
        extensions = session.scalars(wanted).all()
        groups = list_groups(session, row)
        people = list_enrollments(session, row, role=Role.STUDENT)
    names = {group.group_id: group.name for group in groups} | {person.id: person.user.name for person in people}
    return render(
        "courses/extensions.html",
        slug=course,
        is_allowed=policy.extensions.allowed,
        extensions=[
            {
                "id": extension.id,
                "receiver": names.get(extension.group_id or extension.enrollment_id or "", "Somebody who has left"),
                "is_group": extension.group_id is not None,
                "deadline": deadline_title(policy, extension.deadline),
                "own_due_at": deadlines_of(policy).get(extension.deadline),
                "due_at": extension.due_at,
                "way": WAYS[Way(extension.way)],
                "reason": extension.reason,
                "granted_at": extension.granted_at,
                "revoked_at": extension.revoked_at,
            }
            for extension in extensions
        ],
        deadlines=[(key, deadline_title(policy, key)) for key in deadlines_of(policy)],
        receivers=[("", "Choose")]
        + [(f"group:{group.group_id}", f"Group {group.name}") for group in groups]
        + [(f"person:{person.id}", person.user.name) for person in people],
        ways=[(way.value, words) for way, words in WAYS.items()],
        typed=request.form,
        errors=errors or {},
    )
