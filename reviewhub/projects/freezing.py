"""Freezing versions: by the rule once they are due, by the group's late choice, by the staff with a reason.

Level-triggered and idempotent: whatever is due and not frozen is frozen, however late this runs, and always to the same
commit, because only receipts and the course file decide. A snapshot row never changes; the next sequence replaces it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.lateness import Lateness
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, Problem, TooLate
from reviewhub.github.pins import pin
from reviewhub.projects.choosing import Option
from reviewhub.projects.facts import project_facts
from reviewhub.projects.lookup import (
    current_snapshot,
    find_project,
    living_projects,
    mirror_path,
    snapshots_by_project,
)
from reviewhub.projects.standing import ProjectStanding, VersionStanding, looked_since, standings_of
from reviewhub.projects.tables import Mirror, Project, Snapshot
from reviewhub.wake import wake

KINDS: Mapping[str, str] = {
    "default": "by the rule",
    "chosen": "chosen by the group",
    "replaced": "replaced by the staff",
    "practice": "frozen to practise on",
}
SHORTEST_COMMIT = 6


def freeze_due(session: Session, *, actor: Actor, now: datetime, course: str, mirrors: Path) -> list[Snapshot]:
    """Freeze every version that is due, seen and not frozen yet; return the new snapshots.

    A version is due when nothing on time can arrive any more, and seen when a look at the repository began after that
    moment. Where nothing was received that earns points, nothing is frozen: the version stands as not submitted.
    """
    require(Action.FREEZE_VERSION, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    frozen = []
    for standing, version in _freezable(session, row, now, mirrors):
        _lock(session, standing.project)
        if current_snapshot(
            snapshots_by_project(session, [standing.project.id]).get(standing.project.id, []), version.version
        ):
            continue
        assert version.standing.taken is not None
        frozen.append(
            _freeze(
                session,
                row,
                standing.project,
                version,
                version.standing.taken,
                mirrors=mirrors,
                actor=actor,
                now=now,
                kind="default",
            )
        )
    return frozen


def freeze_for_practice(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, mirrors: Path
) -> Snapshot:
    """Freeze the newest commit of a project as its version 1, before any deadline, so that it can be practised on.

    What is frozen already stays; Conflict where nothing was received on its place yet.
    """
    require(Action.REPLACE_VERSION, project_facts(session, actor, now, course=course, key=key))
    row = find_course(session, course)
    project = find_project(session, row, key, lock=True)
    found = _version(session, row, project, 1, now, mirrors)
    if found.snapshot is not None:
        return found.snapshot
    if not found.standing.options:
        msg = f"Nothing was pushed to the place of {key} yet, so there is nothing to practise on."
        raise Conflict(msg)
    newest = found.standing.options[-1]
    return _freeze(
        session, row, project, found, newest, mirrors=mirrors, actor=actor, now=now, kind="practice",
        reason="To practise on.",
    )  # fmt: skip


def courses_to_freeze(session: Session, *, now: datetime, mirrors: Path) -> list[str]:
    """The slugs of the courses in which a version is due, seen and not frozen."""
    rows = session.scalars(
        select(Course).join(Mirror, Mirror.course_id == Course.id).where(Mirror.fetched_at.is_not(None))
    )
    return [course.slug for course in rows if _freezable(session, course, now, mirrors)]


def choose_version(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, version: int, commit: str, mirrors: Path
) -> Snapshot:
    """Take a later commit as the version, at the late policy's cost: the group's own choice, made once.

    TooLate once the late policy has run out or the choice was made; BadInput for a commit that is no choice.
    """
    require(Action.CHOOSE_VERSION, project_facts(session, actor, now, course=course, key=key))
    row = find_course(session, course)
    project = find_project(session, row, key, lock=True)
    found = _version(session, row, project, version, now, mirrors)
    if found.snapshot is None or not found.standing.may_choose:
        msg = f"Version {version} can no longer be chosen: {found.sentence}"
        raise TooLate(msg)
    option = next((one for one in found.standing.choices if one.received.commit == commit), None)
    if option is None:
        raise BadInput(
            "This commit cannot be chosen.",
            (
                Problem(
                    place="commit", what="This commit cannot be chosen.", hint="Choose one of the commits in the list."
                ),
            ),
        )
    return _freeze(session, row, project, found, option, mirrors=mirrors, actor=actor, now=now, kind="chosen")


def replace_version(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    version: int,
    commit: str,
    reason: str,
    mirrors: Path,
) -> Snapshot:
    """Put another received commit in a version's place, with a reason; also undoes an earlier replacement.

    `commit` may be shortened to six digits. BadInput for a missing reason, or a commit that never arrived on the place.
    Conflict before the version is due: then pushing is enough.
    """
    require(Action.REPLACE_VERSION, project_facts(session, actor, now, course=course, key=key))
    row = find_course(session, course)
    project = find_project(session, row, key, lock=True)
    found = _version(session, row, project, version, now, mirrors)
    if now < found.settles_at:
        msg = f"Version {version} is not due yet, so there is nothing to replace."
        raise Conflict(msg)
    option = _received_option(found, commit)
    if option is None:
        problem = Problem(
            place="commit",
            what="No such commit was received on the project's place.",
            hint="Take one from the list of pushes.",
        )
        raise BadInput(problem.what, (problem,))
    if not reason.strip():
        problem = Problem(place="reason", what="The reason is missing.", hint="Only the staff read it.")
        raise BadInput(problem.what, (problem,))
    if found.snapshot is not None and found.snapshot.commit == option.received.commit:
        msg = f"Version {version} is this commit already."
        raise Conflict(msg)
    return _freeze(
        session,
        row,
        project,
        found,
        option,
        mirrors=mirrors,
        actor=actor,
        now=now,
        kind="replaced",
        reason=reason.strip(),
    )


def lateness_as_json(lateness: Lateness) -> dict[str, Any]:
    """A late policy's answer as it is kept with a snapshot."""
    return {
        "on_time": lateness.on_time,
        "percent_off": str(lateness.percent_off),
        "points_off": str(lateness.points_off),
        "zero": lateness.zero,
        "no_bonus": lateness.no_bonus,
        "undecided": lateness.undecided,
        "cost": lateness.cost,
        "rule": lateness.rule_sentence,
    }


def _freezable(
    session: Session, course: Course, now: datetime, mirrors: Path
) -> list[tuple[ProjectStanding, VersionStanding]]:
    looked_at = looked_since(session, course)
    if looked_at is None:
        return []
    return [
        (standing, version)
        for standing in standings_of(session, course, living_projects(session, course), now=now, mirrors=mirrors)
        for version in standing.versions
        if version.snapshot is None and version.settles_at <= min(now, looked_at) and version.standing.taken is not None
    ]


def _lock(session: Session, project: Project) -> None:
    """Keep other workers from freezing the same project; on SQLite the writing transaction does that already."""
    session.scalar(select(Project.id).where(Project.id == project.id).with_for_update())


def _version(
    session: Session, course: Course, project: Project, version: int, now: datetime, mirrors: Path
) -> VersionStanding:
    found = standings_of(session, course, [project], now=now, mirrors=mirrors)[0].version(version)
    if found is None:
        msg = f"This course has no version {version}."
        raise Conflict(msg)
    return found


def _received_option(found: VersionStanding, commit: str) -> Option | None:
    """The option whose commit begins with what was typed, where exactly one commit does."""
    if len(commit) < SHORTEST_COMMIT:
        return None
    standing = found.standing
    options = [option for option in standing.options if option.received.commit.startswith(commit.lower())]
    return options[-1] if len({option.received.commit for option in options}) == 1 else None


def _freeze(
    session: Session,
    course: Course,
    project: Project,
    found: VersionStanding,
    option: Option,
    *,
    mirrors: Path,
    actor: Actor,
    now: datetime,
    kind: str,
    reason: str = "",
) -> Snapshot:
    """Pin the commit, then write the row. A pin without a row (a crash between) harms nobody."""
    received = option.received
    sequence = max((one.sequence for one in found.snapshots), default=0) + 1
    pin(mirror_path(mirrors, course), f"{project.id}/{found.version}/{received.commit}", received.commit)
    before = found.snapshot
    if before is not None:
        session.execute(
            update(Snapshot).where(Snapshot.id == before.id, Snapshot.replaced_at.is_(None)).values(replaced_at=now)
        )
    snapshot = Snapshot(
        project_id=project.id,
        version=found.version,
        sequence=sequence,
        commit=received.commit,
        tree=received.tree,
        folder=project.folder,
        received_from=received.receipt.received_from,
        received_by=received.receipt.received_by,
        source=received.receipt.source,
        proved=option.proved,
        due_at=found.due.late_from,
        awaited_until=found.due.due_at,
        lateness_seconds=max(0, option.lateness.seconds),
        outcome=lateness_as_json(option.lateness),
        kind=kind,
        frozen_at=now,
        frozen_by_id=actor.user_id,
        reason=reason,
    )
    session.add(snapshot)
    session.flush()
    wake(session, "pack_version", snapshot.id)
    record_event(
        session,
        actor=actor,
        now=now,
        action=f"froze version {found.version}" if kind == "default" else f"{kind} version {found.version}",
        course_id=course.id,
        subject=snapshot,
        before={"commit": before.commit} if before is not None else None,
        after={
            "project": project.key,
            "commit": snapshot.commit,
            "cost": option.lateness.cost,
            "proved": option.proved,
        },
        reason=reason,
    )
    return snapshot
