"""Groups of the course: who is with whom, since when, and who has withdrawn."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Role, allows
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.grouping import create_group, join_group, leave_group, rename_group
from reviewhub.courses.members import group_names, list_enrollments, list_groups
from reviewhub.courses.pages import blueprint
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/groups")
@needs(Action.SEE_PEOPLE, course_facts)
def show_groups(course: str) -> ResponseReturnValue:
    """Every group with its members, and who has none."""
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        groups = list_groups(session, row)
        placed = group_names(session, row)
        students = list_enrollments(session, row, role=Role.STUDENT)
    return render(
        "courses/groups.html",
        slug=course,
        groups=groups,
        without=[person for person in students if person.id not in placed],
        bounds=row.policy.groups,
        may_manage=allows(Action.MANAGE_PEOPLE, facts),
        may_see_reasons=allows(Action.SEE_STAFF_REASON, facts),
    )


@blueprint.post("/c/<course>/groups")
@needs(Action.MANAGE_PEOPLE, course_facts)
def add_group(course: str) -> ResponseReturnValue:
    """Make a group, with its first members where they are ticked."""
    with writing() as session:
        group = create_group(
            session, actor=current_actor(), now=now(), course=course, name=request.form.get("name", "")
        )
        session.flush()
        _join(course, group.id, session)
    return back_to("courses.show_groups", course=course, done=f"{group.name} is there.", anchor=f"group-{group.id}")


@blueprint.post("/c/<course>/groups/<group_id>/name")
@needs(Action.MANAGE_PEOPLE, course_facts)
def name_group(course: str, group_id: str) -> ResponseReturnValue:
    """Give a group another name."""
    name = request.form.get("name", "")
    with writing() as session:
        rename_group(session, actor=current_actor(), now=now(), course=course, group_id=group_id, name=name)
    return back_to("courses.show_groups", course=course, done="Name saved.", anchor=f"group-{group_id}")


@blueprint.post("/c/<course>/groups/<group_id>/members")
@needs(Action.MANAGE_PEOPLE, course_facts)
def add_members(course: str, group_id: str) -> ResponseReturnValue:
    """Put students into a group."""
    with writing() as session:
        _join(course, group_id, session)
    return back_to("courses.show_groups", course=course, done="Members saved.", anchor=f"group-{group_id}")


@blueprint.post("/c/<course>/memberships/<membership_id>/leave")
@needs(Action.MANAGE_PEOPLE, course_facts)
def withdraw_member(course: str, membership_id: str) -> ResponseReturnValue:
    """End a membership; its dates stay."""
    reason = request.form.get("reason", "")
    with writing() as session:
        leave_group(
            session, actor=current_actor(), now=now(), course=course, membership_id=membership_id, reason=reason
        )
    return back_to(
        "courses.show_groups", course=course, done="They have left the group. Their time in it stays on record."
    )


def _join(course: str, group_id: str, session: Session) -> None:
    for enrollment_id in filter(None, request.form.getlist("member")):
        join_group(
            session, actor=current_actor(), now=now(), course=course, group_id=group_id, enrollment_id=enrollment_id
        )
        session.flush()
