"""Places and what was followed of them, as a reviewer may see them who is not to learn the developers' names."""

from dataclasses import replace

from reviewhub.projects.addresses import address_of, path_at
from reviewhub.projects.masking import Mask
from reviewhub.reviews.anchors import Carried
from reviewhub.reviews.followed import CarriedAnchor, Followed
from reviewhub.reviews.places import Anchor, Place
from reviewhub.reviews.submitted import SubmittedFinding


def hide_in_place(place: Place, mask: Mask) -> Place:
    """The place with its address masked: the same lines, cell or output."""
    return replace(place, path=address_of(mask.path(path_at(place.path)))) if place.path else place


def hide_in_anchor(anchor: Anchor, mask: Mask) -> Anchor:
    """The anchor with address and quotations masked."""
    return replace(
        anchor,
        place=hide_in_place(anchor.place, mask),
        quoted=mask.text(anchor.quoted),
        before=mask.text(anchor.before),
        after=mask.text(anchor.after),
    )


def hide_in_finding(finding: SubmittedFinding, mask: Mask) -> SubmittedFinding:
    """The finding with its places masked; its words are the reviewer's own."""
    return replace(finding, anchors=tuple(hide_in_anchor(anchor, mask) for anchor in finding.anchors))


def hide_in_followed(one: Followed, mask: Mask) -> Followed:
    """What became of a finding, with every place of both versions masked."""
    answered = replace(one.answered, finding=hide_in_finding(one.answered.finding, mask))
    return replace(one, answered=answered, places=tuple(_hide_in_carried(place, mask) for place in one.places))


def _hide_in_carried(one: CarriedAnchor, mask: Mask) -> CarriedAnchor:
    return replace(one, anchor=hide_in_anchor(one.anchor, mask), carried=_hide(one.carried, mask))


def _hide(carried: Carried | None, mask: Mask) -> Carried | None:
    if carried is None:
        return None
    place, near = (None if found is None else hide_in_place(found, mask) for found in (carried.place, carried.near))
    return replace(carried, place=place, near=near, quoted=mask.text(carried.quoted))
