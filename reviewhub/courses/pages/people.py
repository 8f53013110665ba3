"""Who is in the course: the list, one more person, another role, leaving."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, Role, allows
from reviewhub.courses.enrolling import change_role, enroll_person, find_person, leave_course
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.members import group_names, list_enrollments
from reviewhub.courses.pages import blueprint
from reviewhub.errors import BadInput
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/people")
@needs(Action.SEE_PEOPLE, course_facts)
def show_people(course: str) -> ResponseReturnValue:
    """Everybody in the course, by role."""
    return _people_page(course)


@blueprint.post("/c/<course>/people")
@needs(Action.MANAGE_PEOPLE, course_facts)
def add_person(course: str) -> ResponseReturnValue:
    """Put one person into the course."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name", "student_number", "role")}
    try:
        with writing() as session:
            person = enroll_person(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                email=typed["email"],
                name=typed["name"],
                role=read_role(typed["role"]),
                student_number=typed["student_number"],
            )
    except BadInput as fault:
        errors = {problem.place: problem.what for problem in fault.problems}
        return _people_page(course, typed=typed, errors=errors), 422
    return back_to("courses.show_people", course=course, done=f"{person.user.name} is in the course.")


@blueprint.get("/c/<course>/people/<enrollment_id>")
@needs(Action.MANAGE_PEOPLE, course_facts)
def show_person(course: str, enrollment_id: str) -> ResponseReturnValue:
    """One person of the course: what they are, another role, leaving."""
    with reading() as session:
        row = find_course(session, course)
        person = find_person(session, row, enrollment_id)
        group = group_names(session, row).get(enrollment_id)
    is_staff = person.role in {Role.INSTRUCTOR, Role.ASSISTANT}
    return render(
        "courses/person.html",
        slug=course,
        person=person,
        group=group,
        roles=roles_to_give(),
        may_change=current_facts().is_instructor or not is_staff,
    )


@blueprint.post("/c/<course>/people/<enrollment_id>/role")
@needs(Action.MANAGE_PEOPLE, course_facts)
def change_person(course: str, enrollment_id: str) -> ResponseReturnValue:
    """Give a person another role."""
    role = read_role(request.form.get("role", ""))
    with writing() as session:
        change_role(session, actor=current_actor(), now=now(), course=course, enrollment_id=enrollment_id, role=role)
    return back_to("courses.show_people", course=course, done="Role saved.", anchor=f"person-{enrollment_id}")


@blueprint.post("/c/<course>/people/<enrollment_id>/leave")
@needs(Action.MANAGE_PEOPLE, course_facts)
def remove_person(course: str, enrollment_id: str) -> ResponseReturnValue:
    """A person leaves the course."""
    with writing() as session:
        leave_course(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            enrollment_id=enrollment_id,
            reason=request.form.get("reason", ""),
        )
    return back_to("courses.show_people", course=course, done="They have left the course. What they did stays.")


def read_role(text: str) -> Role:
    """The role a form names; BadInput for anything else."""
    try:
        return Role(text or Role.STUDENT)
    except ValueError:
        msg = f"“{text[:40]}” is no role; roles are {', '.join(Role)}."
        raise BadInput(msg) from None


def roles_to_give() -> list[str]:
    """The roles the reader may give: only an instructor makes staff."""
    return [role.value for role in Role if current_facts().is_instructor or role in {Role.STUDENT, Role.OBSERVER}]


def _people_page(course: str, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> str:
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        people = list_enrollments(session, row)
        groups = group_names(session, row)
    by_role = [(role, [person for person in people if person.role == role]) for role in Role]
    return render(
        "courses/people.html",
        slug=course,
        by_role=by_role,
        groups=groups,
        roles=roles_to_give(),
        may_manage=allows(Action.MANAGE_PEOPLE, facts),
        may_manage_staff=allows(Action.MANAGE_COURSE, facts),
        typed=typed or {},
        errors=errors or {},
    )
