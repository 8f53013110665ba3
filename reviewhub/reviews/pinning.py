"""Pinning a place that somebody points at in an open version."""

from reviewhub.projects.addresses import path_at
from reviewhub.projects.reading import OpenVersion, find_entry
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.places import Anchor, Place, PlaceKind


def pin(version: OpenVersion, place: Place) -> Anchor:
    """The place with the text there; BadInput where it lies outside the file, NotFound for a file they may not see."""
    if place.path:
        find_entry(version, path_at(place.path))
    content = (
        None if place.kind is PlaceKind.PROJECT else content_at(version.objects, version.snapshot.tree, place.path)
    )
    return drop_anchor(place, content)
