"""Confirming projects: the staff say which of the found places are projects, and whose they are."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.grouping import find_group
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.projects.addresses import shown
from reviewhub.projects.discovery import make_key
from reviewhub.projects.finding import Proposal, find_projects
from reviewhub.projects.lookup import find_project, living_projects, snapshots_by_project
from reviewhub.projects.tables import TITLE_LENGTH, Project
from reviewhub.wake import wake


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What the staff decided about one found place."""

    branch: str
    folder: str
    key: str
    title: str
    group_id: str | None


def confirm_projects(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    confirmations: Iterable[Confirmation],
    mirrors: Path,
) -> list[Project]:
    """Make projects of found places; all of them, or none when one has a fault.

    Raises BadInput with every fault: a place that is not (or no longer) found, a key that is wrong or taken, a group of
    another course or one that already has a project.
    """
    require(Action.CONFIRM_PROJECT, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    wanted = list(confirmations)
    proposals = {(one.found.branch, one.found.folder): one for one in find_projects(session, row, mirrors=mirrors)}
    _refuse_faults(session, row, wanted, proposals)
    projects = [_confirm(session, row, actor, now, one, proposals[one.branch, one.folder]) for one in wanted]
    if projects:
        wake(session, "freeze_due", row.slug)
    return projects


def change_project(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, title: str, group_id: str | None
) -> Project:
    """Give a project another title or group. Raises BadInput like `confirm_projects`."""
    require(Action.CONFIRM_PROJECT, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    project = find_project(session, row, key, lock=True)
    problems = _group_faults(session, row, key, group_id, besides=project.id)
    if problems:
        raise BadInput(problems[0].what, tuple(problems))
    before = {"title": project.title, "group_id": project.group_id}
    project.title = title.strip()[:TITLE_LENGTH] or project.title
    project.group_id = group_id
    after = {"title": project.title, "group_id": project.group_id}
    record_event(
        session,
        actor=actor,
        now=now,
        action="changed project",
        course_id=row.id,
        subject=project,
        before=before,
        after=after,
    )
    return project


def remove_project(session: Session, *, actor: Actor, now: datetime, course: str, key: str) -> None:
    """Take a confirmation back; Conflict once a version is frozen, because reviews and grades stand on it."""
    require(Action.CONFIRM_PROJECT, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    project = find_project(session, row, key, lock=True)
    if snapshots_by_project(session, [project.id]):
        msg = f"{project.key} has a frozen version, so it can no longer be taken out."
        raise Conflict(msg)
    project.removed_at = now
    record_event(session, actor=actor, now=now, action="removed project", course_id=row.id, subject=project)


def _confirm(
    session: Session, course: Course, actor: Actor, now: datetime, wanted: Confirmation, proposal: Proposal
) -> Project:
    found = proposal.found
    project = session.scalar(select(Project).where(Project.course_id == course.id, Project.key == wanted.key))
    if project is None:
        project = Project(course_id=course.id, key=wanted.key)
        session.add(project)
    project.title = shown(wanted.title.strip() or found.title)[:TITLE_LENGTH]
    project.papers = [asdict(paper) for paper in found.papers]
    project.branch, project.folder = found.branch, found.folder
    project.group_id = wanted.group_id
    project.found = {
        "reasons": list(found.reasons),
        "members": [{"name": guess.person.name, "reason": guess.reason} for guess in proposal.guesses],
    }
    project.confirmed_at, project.removed_at = now, None
    after = {"key": project.key, "branch": project.branch, "folder": project.folder, "group_id": project.group_id}
    record_event(
        session, actor=actor, now=now, action="confirmed project", course_id=course.id, subject=project, after=after
    )
    return project


def _refuse_faults(
    session: Session,
    course: Course,
    wanted: list[Confirmation],
    proposals: dict[tuple[str, str], Proposal],
) -> None:
    living = {project.key.casefold() for project in living_projects(session, course, practice=True)}
    problems: list[Problem] = []
    keys: set[str] = set()
    groups: set[str] = set()
    for one in wanted:
        proposal = proposals.get((one.branch, one.folder))
        if proposal is None:
            problems.append(
                Problem(
                    place=one.key, what="This place is no longer in the repository.", hint="Look at the list again."
                )
            )
        elif proposal.confirmed_key is not None:
            problems.append(Problem(place=one.key, what=f"This place is the project {proposal.confirmed_key} already."))
        elif proposal.found.is_submodule:
            problems.append(
                Problem(
                    place=one.key,
                    what="A submodule lies in another repository and cannot be frozen.",
                    hint="Ask the group to push the files.",
                )
            )
        problems += _key_faults(one.key, living | keys)
        problems += _group_faults(session, course, one.key, one.group_id)
        if one.group_id in groups:
            problems.append(Problem(place=one.key, what="The same group is chosen for two projects."))
        keys.add(one.key.casefold())
        groups |= {one.group_id} if one.group_id else set()
    if problems:
        msg = "Nothing was confirmed."
        raise BadInput(msg, tuple(problems))


def _key_faults(key: str, taken: set[str]) -> list[Problem]:
    if not key or make_key(key) != key:
        return [
            Problem(
                place="key",
                what=f"“{key[:60]}” cannot be a project's key.",
                hint="Letters, digits, dots and hyphens, at most 40.",
            )
        ]
    if key.casefold() in taken:
        return [Problem(place=key, what="There is a project with this key already.")]
    return []


def _group_faults(
    session: Session, course: Course, key: str, group_id: str | None, *, besides: str | None = None
) -> list[Problem]:
    if group_id is None:
        return []
    group = find_group(session, course, group_id)
    other = session.scalar(
        select(Project).where(Project.group_id == group.id, Project.removed_at.is_(None), Project.id != (besides or ""))
    )
    return [Problem(place=key, what=f"{group.name} already has the project {other.key}.")] if other else []
