"""Finding the rows of this room: projects, their snapshots, the mirror, the recorded moves."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import NotFound
from reviewhub.github.objects import Objects
from reviewhub.projects.tables import Mirror, Project, RefMove, Snapshot
from reviewhub.storage import ask_once

NO_PROJECT = "There is no such project in this course, or it is not yours to read."


# Asked for every page of a project, so that they are put together once.
_PROJECT = select(Project).where(
    Project.course_id == bindparam("course_id"), Project.key == bindparam("key"), Project.removed_at.is_(None)
)
_SNAPSHOTS = (
    select(Snapshot)
    .where(Snapshot.project_id.in_(bindparam("project_ids", expanding=True)))
    .order_by(Snapshot.version, Snapshot.sequence)
)


def find_project(session: Session, course: Course, key: str, *, lock: bool = False) -> Project:
    """The living project with this key; NotFound otherwise. `lock` keeps others from freezing it meanwhile."""
    names = {"course_id": course.id, "key": key}
    project = (
        session.scalar(_PROJECT.with_for_update(of=Project), names)
        if lock
        else ask_once(session, ("project", course.id, key), lambda: session.scalar(_PROJECT, names))
    )
    if project is None:
        raise NotFound(NO_PROJECT)
    return project


def living_projects(session: Session, course: Course, *, practice: bool = False) -> list[Project]:
    """The confirmed projects of a course, by key; with `practice` also those that only serve to practise on."""
    rows = session.scalars(select(Project).where(Project.course_id == course.id, Project.removed_at.is_(None)))
    wanted = (project for project in rows if practice or project.practice_until is None)
    return sorted(wanted, key=lambda project: project.key.casefold())


def snapshots_by_project(session: Session, project_ids: Iterable[str]) -> dict[str, list[Snapshot]]:
    """Project id → all its snapshots, by version and sequence; one query."""
    wanted = tuple(project_ids)
    return ask_once(session, ("snapshots", *wanted), lambda: _snapshots(session, wanted))


def _snapshots(session: Session, project_ids: Sequence[str]) -> dict[str, list[Snapshot]]:
    found: dict[str, list[Snapshot]] = {}
    for snapshot in session.scalars(_SNAPSHOTS, {"project_ids": project_ids}):
        found.setdefault(snapshot.project_id, []).append(snapshot)
    return found


def current_snapshot(snapshots: Iterable[Snapshot], version: int) -> Snapshot | None:
    """The snapshot that counts for a version."""
    return next((one for one in snapshots if one.version == version and one.replaced_at is None), None)


def find_snapshot(session: Session, project: Project, version: int) -> Snapshot | None:
    """The snapshot that counts for a version of the project."""
    return session.scalar(
        select(Snapshot).where(
            Snapshot.project_id == project.id, Snapshot.version == version, Snapshot.replaced_at.is_(None)
        )
    )


def find_mirror(session: Session, course: Course) -> Mirror | None:
    """The state of the course's mirror; None before the first look."""
    return session.scalar(select(Mirror).where(Mirror.course_id == course.id))


def known_refs(session: Session, course: Course) -> dict[str, str]:
    """Ref name → commit, as the recorded moves have left them."""
    latest = (
        select(RefMove.ref, func.max(RefMove.number).label("number"))
        .where(RefMove.course_id == course.id)
        .group_by(RefMove.ref)
        .subquery()
    )
    rows = session.execute(
        select(RefMove.ref, RefMove.new)
        .join(latest, (latest.c.ref == RefMove.ref) & (latest.c.number == RefMove.number))
        .where(RefMove.course_id == course.id)
    )
    return {ref: new for ref, new in rows if new is not None}


def members_by_group(session: Session, course: Course) -> dict[str, list[Enrollment]]:
    """Group id → its present members; one query."""
    rows = session.execute(
        select(Membership.group_id, Enrollment)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.course_id == course.id, Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    )
    found: dict[str, list[Enrollment]] = {}
    for group_id, enrollment in rows:
        found.setdefault(group_id, []).append(enrollment)
    return found


def own_project(session: Session, course: Course, actor: Actor) -> Project | None:
    """The project that the actor develops now."""
    enrollment = find_enrollment(session, course, actor)
    if enrollment is None:
        return None
    return session.scalar(
        select(Project)
        .join(Membership, Membership.group_id == Project.group_id)
        .where(
            Project.course_id == course.id,
            Project.removed_at.is_(None),
            Membership.enrollment_id == enrollment.id,
            Membership.left_at.is_(None),
        )
        .order_by(Project.key)
        .limit(1)
    )


def mirror_path(mirrors: Path, course: Course) -> Path:
    """Where the course's mirror lies (`settings.mirrors` is the folder of all)."""
    return mirrors.absolute() / f"{course.id}.git"


def objects_of(mirrors: Path, course: Course) -> Objects:
    """A reader of the course's mirror."""
    return Objects(mirror_path(mirrors, course))
