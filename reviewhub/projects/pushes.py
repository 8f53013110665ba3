"""One received push of a project: what it brought, who wrote that, and what its developers can mend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, NotFound
from reviewhub.github.histories import Change, changes_of
from reviewhub.projects.arrivals import arrivals_on
from reviewhub.projects.checks import Check, State
from reviewhub.projects.choosing import ReceivedCommit
from reviewhub.projects.facts import project_facts
from reviewhub.projects.flagging import FlaggedPush, flagged_pushes
from reviewhub.projects.flags import FlagKind
from reviewhub.projects.inspecting import inspect_tree
from reviewhub.projects.lookup import find_project, objects_of
from reviewhub.projects.moves import moves_of
from reviewhub.projects.standing import standings_of
from reviewhub.projects.tables import Project

COMMITS_SHOWN = 50
COMMITS_SEARCHED = 500
"""Commits of one push."""
NO_PUSH = "No such commit was received on the project's place."


@dataclass(frozen=True, kw_only=True)
class OpenPush:
    """A received push of a project, with the one before it and the one after it, where there are some."""

    project: Project
    received: ReceivedCommit
    before: ReceivedCommit | None
    after: ReceivedCommit | None
    checks: tuple[Check, ...]
    changes: tuple[Change, ...]
    """Its commits that changed the project, newest first, with the paths."""


def open_push(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, commit: str, mirrors: Path
) -> OpenPush:
    """Open one received push for its developers or the staff; NotFound for everybody else, and for what never came."""
    require(Action.READ_PUSHES, project_facts(session, actor, now, course=course, key=key))
    row = find_course(session, course)
    project = find_project(session, row, key)
    arrivals = standings_of(session, row, [project], now=now, mirrors=mirrors)[0].arrivals
    place = next((number for number, one in reversed(list(enumerate(arrivals))) if one.commit == commit), None)
    if place is None:
        raise NotFound(NO_PUSH)
    received = arrivals[place]
    before = arrivals[place - 1] if place else None
    flagged = flagged_pushes(session, row, mirrors=mirrors)
    return OpenPush(
        project=project,
        received=received,
        before=before,
        after=arrivals[place + 1] if place + 1 < len(arrivals) else None,
        checks=checks_of(row, project, received, flagged, mirrors=mirrors),
        changes=changes_of(
            objects_of(mirrors, row),
            received.commit,
            project.folder,
            besides=before.commit if before else "",
            most=COMMITS_SHOWN,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class PushedCommit:
    """A commit that changed a project, and the received commit of the push that brought it."""

    commit: str
    push: str


def find_pushed(session: Session, course: Course, project: Project, prefix: str, *, mirrors: Path) -> PushedCommit:
    """The one commit received on the project's place whose id begins so; BadInput where there is none, or several."""
    objects = objects_of(mirrors, course)
    found: dict[str, str] = {}
    before = ""
    for arrival in arrivals_on(objects, moves_of(session, course), project):
        brought = changes_of(
            objects, arrival.commit, project.folder, besides=before, most=COMMITS_SEARCHED, with_paths=False
        )
        for commit in (arrival.commit, *(one.commit.oid for one in brought)):
            if commit.startswith(prefix):
                found.setdefault(commit, arrival.commit)
        before = arrival.commit
    if not found:
        msg = f"No commit {prefix[:12]} has been received in {project.key}: push it first, or look at its pushes."
        raise BadInput(msg)
    if len(found) > 1:
        shown = ", ".join(sorted(one[:12] for one in found)[:3])
        msg = f"{len(found)} commits begin with {prefix[:12]} ({shown}): write more of its characters."
        raise BadInput(msg)
    commit, push = next(iter(found.items()))
    return PushedCommit(commit=commit, push=push)


def checks_of(
    course: Course, project: Project, received: ReceivedCommit, flagged: Iterable[FlaggedPush], *, mirrors: Path
) -> tuple[Check, ...]:
    """Every check of a received state of a project, the faults first."""
    foreign = [
        one.flag.sentence
        for one in flagged
        if one.flag.kind is FlagKind.FOREIGN
        and len(one.flag.keys) > 1
        and one.flag.keys[0] == project.key
        and one.push.received_by == received.receipt.received_by
    ]
    limit_mb = course.policy.repository.largest_file_mb
    return worst_first(inspect_tree(objects_of(mirrors, course), received.tree, limit_mb=limit_mb, foreign=foreign))


def worst_first(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Faults, then remarks, then what is in order."""
    order = {State.BAD: 0, State.REMARK: 1, State.GOOD: 2}
    return tuple(sorted(checks, key=lambda check: order[check.state]))
