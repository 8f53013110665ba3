"""The shared repository: its state, what it received, and which of its folders are projects."""

from collections.abc import Iterable

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Group
from reviewhub.errors import BadInput
from reviewhub.projects.board import push_rows
from reviewhub.projects.confirming import Confirmation, change_project, confirm_projects, remove_project
from reviewhub.projects.facts import project_facts
from reviewhub.projects.finding import find_projects, groups_of
from reviewhub.projects.flagging import flagged_pushes, see_flags
from reviewhub.projects.lookup import find_mirror, living_projects
from reviewhub.projects.mirroring import ask_for_look
from reviewhub.projects.pages import blueprint
from reviewhub.projects.tables import Mirror, Project
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, settings, writing

PUSHES = 30
FLAGS = 20


@blueprint.get("/c/<course>/repository")
@needs(Action.SEE_REPOSITORY, course_facts)
def show_repository(course: str) -> ResponseReturnValue:
    """The mirror, the received pushes, the found projects."""
    return _page(course)


def _page(course: str, problems: BadInput | None = None) -> str:
    facts = current_facts()
    first = max(0, request.args.get("from", 0, type=int))
    with reading() as session:
        row = find_course(session, course)
        mirror = find_mirror(session, row)
        is_there = mirror is not None and mirror.fetched_at is not None
        proposals = find_projects(session, row, mirrors=settings().mirrors) if is_there else []
        pushes, total = push_rows(session, row, mirrors=settings().mirrors, first=first, most=PUSHES)
        groups = groups_of(session, row)
        projects = living_projects(session, row, practice=True)
        flagged = flagged_pushes(session, row, mirrors=settings().mirrors, projects=projects)
    taken = {project.group_id for project in projects}
    free = [group for group in groups if group.id not in taken]
    return render(
        "projects/repository.html",
        slug=course,
        remote=row.remote,
        mirror=mirror,
        is_looking=_is_looking(mirror),
        open_proposals=[one for one in proposals if one.confirmed_key is None],
        projects=projects,
        places={(one.found.branch, one.found.folder) for one in proposals},
        free_groups=free,
        project_groups={project.id: _choices(project, free) for project in projects},
        pushes=pushes,
        total=total,
        first=first,
        most=PUSHES,
        flagged=flagged[:FLAGS],
        flagged_count=len(flagged),
        new_flags=sum(one.is_new for one in flagged),
        problems=problems.problems if problems else (),
        typed=request.form,
        may_look=allows(Action.MIRROR_REPOSITORY, facts),
        may_confirm=allows(Action.CONFIRM_PROJECT, facts),
    )


def _choices(project: Project, free: Iterable[Group]) -> list[tuple[str, str]]:
    """The groups a project can be given: its own, and those without a project."""
    own = [project.group] if project.group is not None else []
    return [("", "no group yet"), *((group.id, group.name) for group in [*own, *free])]


@blueprint.get("/c/<course>/repository/state")
@needs(Action.SEE_REPOSITORY, course_facts)
def show_state(course: str) -> ResponseReturnValue:
    """The state of the mirror alone, asked again while a look is under way."""
    with reading() as session:
        row = find_course(session, course)
        mirror = find_mirror(session, row)
    return render("projects/_state.html", slug=course, remote=row.remote, mirror=mirror, is_looking=_is_looking(mirror))


def _is_looking(mirror: Mirror | None) -> bool:
    """Whether somebody asked for a look that has not begun yet."""
    if mirror is None or mirror.asked_at is None:
        return False
    return mirror.tried_at is None or mirror.tried_at < mirror.asked_at


@blueprint.post("/c/<course>/repository/look")
@needs(Action.MIRROR_REPOSITORY, course_facts)
def look(course: str) -> ResponseReturnValue:
    """Ask the worker to look at once."""
    with writing() as session:
        ask_for_look(session, actor=current_actor(), now=now(), course=course)
    return back_to("projects.show_repository", course=course)


@blueprint.post("/c/<course>/repository/flags")
@needs(Action.MIRROR_REPOSITORY, course_facts)
def see(course: str) -> ResponseReturnValue:
    """The staff have seen the flagged pushes up to the one at the top of their list."""
    with writing() as session:
        number = request.form.get("number", 0, type=int)
        see_flags(session, actor=current_actor(), now=now(), course=course, number=number)
    return back_to("projects.show_repository", course=course, done="Marked as seen.", anchor="flags")


@blueprint.post("/c/<course>/repository/projects")
@needs(Action.CONFIRM_PROJECT, course_facts)
def confirm(course: str) -> ResponseReturnValue:
    """Make projects of the ticked places."""
    try:
        with writing() as session:
            projects = confirm_projects(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                confirmations=_ticked(request.form.getlist("take")),
                mirrors=settings().mirrors,
            )
    except BadInput as fault:
        return _page(course, fault), 422
    count = len(projects)
    done = (
        f"{count} project{'' if count == 1 else 's'} confirmed."
        if count
        else "No place was ticked, so nothing changed."
    )
    return back_to("projects.show_repository", course=course, done=done, anchor="projects")


def _ticked(numbers: Iterable[str]) -> list[Confirmation]:
    form = request.form
    return [
        Confirmation(
            branch=form.get(f"branch-{number}", ""),
            folder=form.get(f"folder-{number}", ""),
            key=form.get(f"key-{number}", "").strip(),
            title=form.get(f"title-{number}", ""),
            group_id=form.get(f"group-{number}") or None,
        )
        for number in numbers
    ]


@blueprint.post("/c/<course>/projects/<key>/change")
@needs(Action.CONFIRM_PROJECT, project_facts)
def change(course: str, key: str) -> ResponseReturnValue:
    """Another title or group for a project."""
    with writing() as session:
        change_project(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            title=request.form.get("title", ""),
            group_id=request.form.get("group") or None,
        )
    return back_to("projects.show_repository", course=course, done=f"{key} saved.", anchor="projects")


@blueprint.post("/c/<course>/projects/<key>/remove")
@needs(Action.CONFIRM_PROJECT, project_facts)
def remove(course: str, key: str) -> ResponseReturnValue:
    """Take a confirmation back."""
    with writing() as session:
        remove_project(session, actor=current_actor(), now=now(), course=course, key=key)
    done = f"{key} is no project any more. Its folder stays in the list of found places."
    return back_to("projects.show_repository", course=course, done=done)
