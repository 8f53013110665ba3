"""What the project pages show, gathered in a fixed number of queries whatever the number of projects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.deadlines import moved_deadlines
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.phases import PHASE_TITLES, phase_of
from reviewhub.courses.tables import Course
from reviewhub.github.objects import Objects
from reviewhub.projects.arrivals import read_ahead
from reviewhub.projects.choosing import ReceivedCommit
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.lookup import (
    current_snapshot,
    living_projects,
    members_by_group,
    objects_of,
    snapshots_by_project,
)
from reviewhub.projects.moves import Push, moves_of
from reviewhub.projects.tables import Project, Snapshot

WEEKS_SHOWN = 16


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A line in the list of projects; names are empty where they are hidden from the reader."""

    project: Project
    group: str
    members: tuple[str, ...]
    phase: str
    is_own: bool
    hides_names: bool
    """Whether the reader must not learn who develops it."""
    snapshots: Mapping[int, Snapshot]
    """The version that counts, by its number."""


@dataclass(frozen=True, kw_only=True)
class PushRow:
    """A received push as the staff see it, with the keys of the projects it touched."""

    move: Push
    touched: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether its receipt is known to the second."""
        return self.move.received_from == self.move.received_by

    @property
    def ref_name(self) -> str:
        """The branch or pull request in words."""
        kind, _, name = self.move.ref.removeprefix("refs/").partition("/")
        return f"pull request {name.partition('/')[0]}" if kind == "pull" else name


def project_rows(session: Session, course: Course, *, actor: Actor, facts: Facts, now: datetime) -> list[ProjectRow]:
    """Every project of the course, the reader's own first; no git is read."""
    projects = living_projects(session, course)
    members = members_by_group(session, course)
    grants = grants_of_groups(session, course=course)
    snapshots = snapshots_by_project(session, [project.id for project in projects])
    enrollment = find_enrollment(session, course, actor)
    hidden = names_are_hidden(course, facts)
    rows = []
    for project in projects:
        group = members.get(project.group_id or "", [])
        is_own = enrollment is not None and enrollment.id in {one.id for one in group}
        phase = phase_of(
            course.policy,
            now,
            moved=moved_deadlines(course.policy, grants.get(project.group_id or "", ())),
            released=facts.grades_released,
        )
        masked = hidden and not is_own
        rows.append(
            ProjectRow(
                project=project,
                group="" if masked or project.group is None else project.group.name,
                members=() if masked else tuple(one.user.name for one in group),
                phase=PHASE_TITLES[phase] if phase else "",
                is_own=is_own,
                hides_names=masked,
                snapshots={
                    version: found
                    for version in (1, 2)
                    if (found := current_snapshot(snapshots.get(project.id, []), version)) is not None
                },
            )
        )
    return sorted(rows, key=lambda row: not row.is_own)


def push_rows(session: Session, course: Course, *, mirrors: Path, first: int, most: int) -> tuple[list[PushRow], int]:
    """The received pushes, newest first, from the `first` on (0 = the newest), and how many there are."""
    moves = moves_of(session, course)
    projects = living_projects(session, course)
    objects = objects_of(mirrors, course)
    read_ahead(objects, moves)
    newest = moves.pushes[::-1][first : first + most]
    return [PushRow(move=move, touched=touched_by(objects, move, projects)) for move in newest], len(moves.pushes)


def touched_by(objects: Objects, move: Push, projects: Sequence[Project]) -> tuple[str, ...]:
    """The keys of the projects whose folder differs before and after a move."""
    return tuple(
        project.key
        for project in projects
        if project.branch == move.ref and _tree(objects, move.old, project) != _tree(objects, move.new, project)
    )


def _tree(objects: Objects, commit: str | None, project: Project) -> str | None:
    return objects.folder_tree(commit, project.folder) if commit is not None else None


def pushes_by_week(arrivals: Iterable[ReceivedCommit], *, now: datetime, zone: tzinfo) -> list[tuple[str, int]]:
    """How many pushes changed the project, week by week in the course's zone, up to now: (first day, count).

    Starts with the first push, at most sixteen weeks back; empty where there was none.
    """
    days = [arrival.receipt.received_by.astimezone(zone).date() for arrival in arrivals]
    if not days:
        return []
    today = now.astimezone(zone).date()
    last = today - timedelta(days=today.weekday())
    earliest = min(days)
    first = max(earliest - timedelta(days=earliest.weekday()), last - timedelta(weeks=WEEKS_SHOWN - 1))
    weeks = [first + timedelta(weeks=count) for count in range((last - first).days // 7 + 1)]
    return [(f"{week.day} {week:%b}", sum(week <= day < week + timedelta(weeks=1) for day in days)) for week in weeks]
