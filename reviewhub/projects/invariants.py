"""What must always be true of the rows of this room; `reviewhub check` and the tests ask each of these."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.projects.tables import Project, RefMove, Snapshot

Invariant = Callable[[Session], list[str]]


def one_snapshot_counts(session: Session) -> list[str]:
    """Of the snapshots of a version exactly one counts: the last."""
    rows = session.execute(select(Snapshot, Project.key).join(Project, Project.id == Snapshot.project_id))
    found: dict[tuple[str, int], list[Snapshot]] = {}
    for snapshot, key in rows:
        found.setdefault((key, snapshot.version), []).append(snapshot)
    faults = []
    for (key, version), snapshots in sorted(found.items()):
        counting = [one.sequence for one in snapshots if one.replaced_at is None]
        sequences = sorted(one.sequence for one in snapshots)
        if counting != [len(snapshots)] or sequences != list(range(1, len(snapshots) + 1)):
            faults.append(f"Version {version} of {key} has the snapshots {sequences}, of which {counting} count.")
    return faults


def late_snapshots_say_so(session: Session) -> list[str]:
    """A snapshot is late by at least as much as its receipt says, and one that was received in time costs nothing."""
    rows = session.execute(select(Snapshot, Project.key).join(Project, Project.id == Snapshot.project_id))
    return [
        f"Version {snapshot.version} of {key} was received in time and is marked as late."
        for snapshot, key in rows
        if snapshot.received_by <= snapshot.due_at and snapshot.lateness_seconds > 0
    ]


def moves_are_chained(session: Session) -> list[str]:
    """Every move of a ref starts where the one before it ended, and the moves of a course count without gaps."""
    faults = []
    at: dict[tuple[str, str], str | None] = {}
    for move in session.scalars(select(RefMove).order_by(RefMove.course_id, RefMove.number)):
        place = (move.course_id, move.ref)
        if at.get(place) != move.old:
            faults.append(f"Move {move.number} of {move.ref} starts at {move.old}, not at {at.get(place)}.")
        at[place] = move.new
    counted = select(RefMove.course_id, func.count(RefMove.id), func.max(RefMove.number)).group_by(RefMove.course_id)
    faults += [
        f"Course {course_id} has {count} moves, numbered up to {highest}."
        for course_id, count, highest in session.execute(counted)
        if count != highest
    ]
    return faults


INVARIANTS: dict[str, Invariant] = {
    "of the snapshots of a version, exactly the last one counts": one_snapshot_counts,
    "what was received in time is not marked as late": late_snapshots_say_so,
    "the received moves of every ref follow each other": moves_are_chained,
}
