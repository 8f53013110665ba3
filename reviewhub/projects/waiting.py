"""What waits for people at the projects: a repository that is away, a version that is due."""

from datetime import datetime
from pathlib import Path

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.tables import Course
from reviewhub.projects.due import VERSIONS, due_of
from reviewhub.projects.flagging import flagged_pushes
from reviewhub.projects.lookup import current_snapshot, find_mirror, own_project, snapshots_by_project
from reviewhub.projects.standing import opened
from reviewhub.projects.tables import Project
from reviewhub.web import settings
from reviewhub.web.waiting import Waiting


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """The open ends of the repository for the staff, and of their project for its developers."""
    if facts.is_staff:
        return _for_staff(session, course, settings().mirrors)
    project = own_project(session, course, actor)
    return _for_developers(session, course, project, now) if project is not None else []


def _for_staff(session: Session, course: Course, mirrors: Path) -> list[Waiting]:
    mirror = find_mirror(session, course)
    url = url_for("projects.show_repository", course=course.slug)
    things = []
    if mirror is not None and mirror.failed_at is not None:
        things.append(Waiting(text="The shared repository cannot be read.", url=url, tone="bad"))
    new = sum(one.is_new for one in flagged_pushes(session, course, mirrors=mirrors)) if mirror is not None else 0
    if new:
        text = f"Look at {new} flagged push{'es' if new > 1 else ''} in the repository."
        things.append(Waiting(text=text, url=f"{url}#flags", tone="warn"))
    wanted = select(func.count(Project.id)).where(Project.course_id == course.id, Project.removed_at.is_(None))
    if mirror is not None and mirror.fetched_at is not None and not session.scalar(wanted):
        things.append(Waiting(text="Confirm which folders of the repository are projects.", url=url, tone="accent"))
    return things


def _for_developers(session: Session, course: Course, project: Project, now: datetime) -> list[Waiting]:
    url = url_for("projects.show_project", course=course.slug, key=project.key)
    snapshots = snapshots_by_project(session, [project.id]).get(project.id, [])
    grants = grants_of_groups(session, course=course).get(project.group_id or "", ())
    things = []
    for version in VERSIONS:
        due = due_of(course.policy, version, grants, opened_at=opened(snapshots))
        if due is not None and now <= due.due_at and current_snapshot(snapshots, version) is None:
            text = f"Push version {version} of {project.key}."
            things.append(Waiting(text=text, url=url, due_at=due.due_at))
            break
    return things
