"""What waits for people about the repository and the projects: a version to push, projects to confirm, a stale mirror."""

from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.tables import Course
from reviewhub.projects.due import choice_end, due_of
from reviewhub.projects.lookup import current_snapshot, find_mirror, own_project, snapshots_by_project
from reviewhub.projects.standing import opened
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.web.waiting import Waiting


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """The next version for developers; for the staff what the repository needs."""
    if facts.is_staff:
        return _for_staff(session, course)
    project = own_project(session, course, actor)
    return [] if project is None else _for_developer(session, course, project, now)


def _for_developer(session: Session, course: Course, project: Project, now: datetime) -> list[Waiting]:
    snapshots = snapshots_by_project(session, [project.id]).get(project.id, [])
    grants = grants_of_groups(session, course=course).get(project.group_id or "", ())
    url = url_for("projects.show_project", course=course.slug, key=project.key)
    for version in (1, 2):
        due = due_of(course.policy, version, grants, opened_at=opened(snapshots))
        if due is None:
            continue
        frozen = current_snapshot(snapshots, version)
        if now <= due.due_at:
            return [Waiting(text=f"Version {version} of {project.key} is due.", url=url, due_at=due.due_at, tone="accent")]
        if (frozen is None or frozen.kind == "default") and now <= choice_end(course.policy, version, due) != due.due_at:
            text = f"A late commit can still be taken as version {version} of {project.key}, at its cost."
            if frozen is None:
                text = f"Version {version} of {project.key} is late: what you push now still earns points."
            return [Waiting(text=text, url=url, due_at=choice_end(course.policy, version, due), tone="plain" if frozen else "bad")]
    return []


def _for_staff(session: Session, course: Course) -> list[Waiting]:
    things = []
    mirror = find_mirror(session, course)
    repository = url_for("projects.show_repository", course=course.slug)
    if mirror is not None and mirror.failed_at is not None:
        things.append(Waiting(text=f"The shared repository cannot be read: {mirror.failure}", url=repository, tone="bad"))
    living = (Project.course_id == course.id, Project.removed_at.is_(None))
    if mirror is not None and mirror.fetched_at and not session.scalar(select(func.count(Project.id)).where(*living)):
        things.append(Waiting(text="Confirm the projects found in the repository.", url=repository, tone="accent"))
    unproved = session.execute(
        select(Project.key, Snapshot.version)
        .join(Snapshot, Snapshot.project_id == Project.id)
        .where(*living, Snapshot.proved.is_(False), Snapshot.replaced_at.is_(None))
        .order_by(Project.key, Snapshot.version)
    ).all()
    for key, version in unproved[:5]:
        url = url_for("projects.show_project", course=course.slug, key=key)
        text = f"Whether version {version} of {key} came in time is not proved; it counts as on time unless you decide otherwise."
        things.append(Waiting(text=text, url=url))
    return things
