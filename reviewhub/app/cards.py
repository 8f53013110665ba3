"""The projects on a course's home page: one's own, and for the staff all of them with how far they are."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.tables import Course
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.lookup import (
    current_snapshot,
    living_projects,
    members_by_group,
    snapshots_by_project,
)
from reviewhub.projects.lookup import own_project as find_own_project
from reviewhub.projects.standing import standings_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.web import settings


def own_project(session: Session, *, course: Course, actor: Actor, now: datetime) -> dict[str, Any] | None:
    """The actor's own project with the line that says which commit would be the version now, and why not the latest."""
    project = find_own_project(session, course, actor)
    if project is None:
        return None
    standing = standings_of(session, course, [project], now=now, mirrors=settings().mirrors)[0]
    current = next((one for one in standing.versions if one.snapshot is None), None) or (
        standing.versions[-1] if standing.versions else None
    )
    members = members_by_group(session, course).get(project.group_id or "", [])
    state, tone = _state(list(snapshots_by_project(session, [project.id]).get(project.id, [])))
    return {
        "key": project.key,
        "title": project.title,
        "url": url_for("projects.show_project", course=course.slug, key=project.key),
        "members": [member.user.name for member in members],
        "version_line": current.sentence if current else "",
        "commit": None,
        "state": state,
        "tone": tone,
    }


def project_rows(session: Session, *, course: Course, facts: Facts) -> list[dict[str, Any]] | None:
    """For the staff: every project with its state, reviews handed in and findings; None for everybody else."""
    if not facts.is_staff:
        return None
    projects = living_projects(session, course)
    snapshots = snapshots_by_project(session, [project.id for project in projects])
    members = {} if names_are_hidden(course, facts) else members_by_group(session, course)
    reviews = _reviews(session, projects)
    return [
        {
            "key": project.key,
            "title": project.title,
            "url": url_for("projects.show_project", course=course.slug, key=project.key),
            "members": [member.user.name for member in members.get(project.group_id or "", [])],
            "state": _state(snapshots.get(project.id, []))[0],
            "tone": _state(snapshots.get(project.id, []))[1],
            "reviews": reviews.get(project.id),
            "findings": None,
        }
        for project in projects
    ]


def _state(snapshots: list[Snapshot]) -> tuple[str, str]:
    if current_snapshot(snapshots, 2):
        return "version 2 frozen", "good"
    if current_snapshot(snapshots, 1):
        return "version 1 frozen", "info"
    return "in development", "plain"


def _reviews(session: Session, projects: list[Project]) -> dict[str, tuple[int, int]]:
    """Project id → reviews handed in, and expected."""
    counted: dict[str, tuple[int, int]] = {}
    wanted = select(Assignment.project_id, Review.edition).join(Review, Review.assignment_id == Assignment.id)
    ids = [project.id for project in projects]
    for project_id, edition in session.execute(
        wanted.where(Assignment.project_id.in_(ids), Assignment.released_at.is_(None))
    ):
        done, expected = counted.get(project_id, (0, 0))
        counted[project_id] = (done + (edition > 0), expected + 1)
    return counted
