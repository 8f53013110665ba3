"""The addresses of places in the versions of one project."""

from typing import Any

from reviewhub.projects.links import MakeUrl
from reviewhub.reviews.anchors import Carried, CarriedState
from reviewhub.reviews.places import Place, PlaceKind

_INSIDE_A_FILE = {PlaceKind.LINES, PlaceKind.CELL, PlaceKind.CELL_LINES, PlaceKind.OUTPUT}


class PlaceAddresses:
    """Leads to places of one project."""

    def __init__(self, make_url: MakeUrl, course: str, key: str) -> None:
        """Of the project with that key."""
        self._make_url = make_url
        self._names: dict[str, Any] = {"course": course, "key": key}

    def place(self, place: Place, version: int) -> str:
        """The page of a version with the place in sight."""
        if not place.path:
            return self._make_url("projects.show_files", version=version, **self._names)
        line = "" if place.first_line is None else f"L{place.first_line}"
        by_kind = {
            PlaceKind.LINES: line,
            PlaceKind.CELL_LINES: f"cell-{place.cell}-{line}",
            PlaceKind.CELL: place.token,
            PlaceKind.OUTPUT: place.token,
        }
        anchor = by_kind.get(place.kind)
        return self._make_url("projects.show_file", version=version, path=place.path, _anchor=anchor, **self._names)

    def changes(self, then: Place, carried: Carried) -> str:
        """The page that shows what changed at a place from version 1 to version 2; "" where nothing did."""
        found = carried.place or carried.near
        is_gone = found is not None and found.kind is PlaceKind.PROJECT
        if not then.path or carried.state is CarriedState.SAME or is_gone:
            return ""
        places = [(side, place) for side, place in (("old", then), ("new", found)) if place]
        return self._make_url(
            "projects.show_difference",
            path=found.path if found else then.path,
            at=[f"{side}-{place.token}" for side, place in places if place.kind in _INSIDE_A_FILE],
            **self._names,
        )
