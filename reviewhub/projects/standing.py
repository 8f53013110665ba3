"""How the versions of projects stand now: loaded for one project or for all of a course in the same few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from reviewhub.courses.deadlines import Due
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.tables import Course
from reviewhub.projects.arrivals import arrivals_on
from reviewhub.projects.choosing import ReceivedCommit, Standing, say_standing, settles_at, stand
from reviewhub.projects.due import VERSIONS, choice_end, due_of
from reviewhub.projects.lookup import current_snapshot, find_mirror, objects_of, snapshots_by_project
from reviewhub.projects.moves import moves_of
from reviewhub.projects.receipts import Receipt, Source
from reviewhub.projects.tables import Project, Snapshot


@dataclass(frozen=True, kw_only=True)
class VersionStanding:
    """One version of one project: what is frozen, or what would be, and the sentence that says so."""

    version: int
    due: Due
    standing: Standing
    sentence: str
    snapshot: Snapshot | None
    snapshots: tuple[Snapshot, ...]
    settles_at: datetime
    """From here on nothing on time can arrive any more."""


@dataclass(frozen=True, kw_only=True)
class ProjectStanding:
    """A project with its versions (those the course has) and what arrived on its place."""

    project: Project
    versions: tuple[VersionStanding, ...]
    arrivals: tuple[ReceivedCommit, ...]

    def version(self, number: int) -> VersionStanding | None:
        """The version with this number, where the course has it."""
        return next((one for one in self.versions if one.version == number), None)


def standings_of(
    session: Session, course: Course, projects: Sequence[Project], *, now: datetime, mirrors: Path
) -> list[ProjectStanding]:
    """How every version of these projects stands; as many queries for thirty projects as for one."""
    moves = moves_of(session, course)
    grants = grants_of_groups(session, course=course)
    snapshots = snapshots_by_project(session, [project.id for project in projects])
    objects = objects_of(mirrors, course)
    found = []
    for project in projects:
        arrivals = arrivals_on(objects, moves, project)
        own = snapshots.get(project.id, [])
        opened_at = opened(own)
        versions = []
        for version in VERSIONS if project.practice_until is None else VERSIONS[:1]:
            due = due_of(course.policy, version, grants.get(project.group_id or "", ()), opened_at=opened_at)
            if due is not None:
                versions.append(_version(course, version, due, own, arrivals, now))
        found.append(ProjectStanding(project=project, versions=tuple(versions), arrivals=arrivals))
    return found


def opened(snapshots: Iterable[Snapshot]) -> datetime | None:
    """When reviewing opened: with the version 1 that the rule or the group settled, not with a replacement."""
    settled = [one.frozen_at for one in snapshots if one.version == 1 and one.kind != "replaced"]
    return max(settled, default=None)


def looked_since(session: Session, course: Course) -> datetime | None:
    """When the last look that succeeded began; what came after it is not known yet."""
    mirror = find_mirror(session, course)
    return mirror.fetched_at if mirror is not None else None


def _version(
    course: Course,
    version: int,
    due: Due,
    snapshots: Sequence[Snapshot],
    arrivals: Sequence[ReceivedCommit],
    now: datetime,
) -> VersionStanding:
    policy = course.policy
    snapshot = current_snapshot(snapshots, version)
    rules = policy.lateness.rules_for("versions")
    standing = stand(
        _with_frozen(arrivals, snapshot),
        due=due,
        rules=rules,
        zone=policy.tzinfo,
        now=now,
        choice_ends_at=choice_end(policy, version, due),
        counts=snapshot.commit if snapshot is not None else None,
        has_chosen=snapshot is not None and snapshot.kind != "default",
    )
    return VersionStanding(
        version=version,
        due=due,
        standing=standing,
        sentence=say_standing(standing, version, zone=policy.tzinfo, is_frozen=snapshot is not None),
        snapshot=snapshot,
        snapshots=tuple(one for one in snapshots if one.version == version),
        settles_at=settles_at(due, rules),
    )


def _with_frozen(arrivals: Sequence[ReceivedCommit], snapshot: Snapshot | None) -> list[ReceivedCommit]:
    """The arrivals, and the frozen commit among them even where the place was changed since."""
    if snapshot is None or any(one.commit == snapshot.commit for one in arrivals):
        return list(arrivals)
    receipt = Receipt(
        received_from=snapshot.received_from, received_by=snapshot.received_by, source=Source(snapshot.source)
    )
    frozen = ReceivedCommit(commit=snapshot.commit, tree=snapshot.tree, receipt=receipt)
    before = sum(one.receipt.received_by <= snapshot.received_by for one in arrivals)
    return [*arrivals[:before], frozen, *arrivals[before:]]
