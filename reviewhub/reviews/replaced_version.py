"""Findings on a version 1 that staff have replaced: where their places are in the one that counts now."""

from collections.abc import Callable
from dataclasses import replace

from reviewhub.github.objects import Objects
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.places import Anchor, Place, PlaceKind
from reviewhub.reviews.submitted import SubmittedFinding


def in_current_version(desk: Desk, objects: Callable[[], Objects]) -> Desk:
    """The desk with each finding where it is in the version 1 that counts; `objects` are asked for where one moves.

    A place that is gone becomes the cell or file it stood in, or the project. What is stored stays as it was pinned,
    until the reviewer changes the finding's places.
    """
    current = desk.rows.snapshot
    pinned = {anchor.snapshot_id for one in desk.findings for anchor in one.finding.anchors}
    if current is None or pinned <= {current.id}:
        return desk
    trees = {snapshot.id: snapshot.tree for snapshot in desk.rows.snapshots}
    carrier = Carrier(objects(), trees, current.tree)
    return replace(desk, findings=tuple(_moved(one, carrier, current.id) for one in desk.findings))


def _moved(one: DeskFinding, carrier: Carrier, current_id: str) -> DeskFinding:
    finding: SubmittedFinding = one.finding
    anchors = tuple(
        anchor if anchor.snapshot_id == current_id else replace(anchor, place=_place(anchor, carrier))
        for anchor in finding.anchors
    )
    return replace(one, finding=replace(finding, anchors=anchors))


def _place(anchor: Anchor, carrier: Carrier) -> Place:
    carried = carrier.carry(anchor)
    if carried is None:
        return anchor.place
    return carried.place or carried.near or Place(kind=PlaceKind.PROJECT)
