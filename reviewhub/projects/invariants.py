"""What must always be true of the rows of this room; `reviewhub check` and the tests ask each of these."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.projects.packing import fault_of_pack
from reviewhub.projects.tables import Project, RefMove, Snapshot
from reviewhub.storage.checking import FileInvariant, Premises
from reviewhub.storage.objects import shared_object_store

Invariant = Callable[[Session], list[str]]
PACKED_WITHIN = timedelta(minutes=30)


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


def versions_are_packed(session: Session, premises: Premises) -> list[str]:
    """Every snapshot has its pack in the object store, half an hour after it was frozen at the latest."""
    rows = session.execute(
        select(Snapshot, Project.key)
        .join(Project, Project.id == Snapshot.project_id)
        .order_by(Project.key, Snapshot.version, Snapshot.sequence)
    )
    store = shared_object_store(premises.settings.files.objects)
    faults = []
    for snapshot, key in rows:
        name = f"Version {snapshot.version} of {key} (frozen {snapshot.commit[:7]})"
        if snapshot.pack is None:
            if premises.now - snapshot.frozen_at > PACKED_WITHIN:
                faults.append(f"{name} has no pack yet; a running worker writes it.")
            continue
        fault = fault_of_pack(store, snapshot.pack, snapshot.pack_size or 0, thorough=premises.thorough)
        if fault:
            faults.append(f"{name}: its pack {snapshot.pack[:12]} {fault}")
    return faults


FILE_INVARIANTS: dict[str, FileInvariant] = {
    "every frozen version lies in the object store as a pack of its own": versions_are_packed,
}

INVARIANTS: dict[str, Invariant] = {
    "of the snapshots of a version, exactly the last one counts": one_snapshot_counts,
    "what was received in time is not marked as late": late_snapshots_say_so,
    "the received moves of every ref follow each other": moves_are_chained,
}
