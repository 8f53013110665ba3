"""The places of a finding or a mistake in both frozen versions, as the pages of fixes show them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from reviewhub.errors import BadInput, NotFound
from reviewhub.github.objects import Objects
from reviewhub.grades.spots import place_of_row
from reviewhub.grades.tables import Mistake
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.followed import CarriedAnchor, Followed
from reviewhub.reviews.following import follow_edition
from reviewhub.reviews.places import Anchor, PlaceKind
from reviewhub.reviews.reading import Answered
from reviewhub.reviews.submitted import SubmittedFinding
from reviewhub.reviews.tables import ReviewEdition


def lay_finding(
    session: Session,
    edition: ReviewEdition,
    finding_id: str,
    snapshots: Sequence[Snapshot],
    version_2: Snapshot | None,
    objects: Objects,
) -> Followed:
    """A finding with its places carried to version 2; NotFound where the edition does not hold it."""
    found = follow_edition(session, edition, list(snapshots), version_2, objects=objects)
    for one in found:
        if one.answered.finding.finding_id == finding_id and not one.answered.finding.withdrawn:
            return one
    msg = "There is no such finding in the submitted reviews of this project."
    raise NotFound(msg)


def lay_mistake(
    mistake: Mistake, snapshots: Sequence[Snapshot], version_2: Snapshot | None, objects: Objects
) -> Followed:
    """A mistake with its place; carried to version 2 where it lies in version 1."""
    snapshot = next((one for one in snapshots if one.id == mistake.snapshot_id), None)
    anchor = pin_mistake(mistake, snapshot, objects)
    carried = None
    if version_2 is not None and snapshot is not None and snapshot.version != version_2.version:
        carrier = Carrier(objects, {one.id: one.tree for one in snapshots}, version_2.tree)
        carried = carrier.carry(anchor)
    return Followed(answered=_as_finding(mistake, anchor), places=(CarriedAnchor(anchor=anchor, carried=carried),))


def pin_mistake(mistake: Mistake, snapshot: Snapshot | None, objects: Objects) -> Anchor:
    """A mistake's place with the text there, in the snapshot it lies in."""
    place = place_of_row(mistake.place)
    if snapshot is None or place.kind is PlaceKind.PROJECT:
        return Anchor(place=place, snapshot_id=mistake.snapshot_id or "")
    try:
        anchor = drop_anchor(place, content_at(objects, snapshot.tree, place.path))
    except BadInput:  # it was taken as typed while the version could not be read
        anchor = Anchor(place=place)
    return replace(anchor, snapshot_id=snapshot.id)


def _as_finding(mistake: Mistake, anchor: Anchor) -> Answered:
    said = SubmittedFinding(
        finding_id=mistake.id,
        number=mistake.number,
        kind="mistake",
        severity=mistake.severity,
        category=mistake.criterion,
        text=mistake.text,
        withdrawn=False,
        anchors=(anchor,),
    )
    return Answered(finding=said, label=f"M{mistake.number}", responses=(), checks=())
