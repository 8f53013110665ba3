"""A place as the grading pages show it: its words, its path, its order on the page, and what makes a link to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewhub.projects.addresses import path_at, shown
from reviewhub.reviews.places import Anchor, Place, PlaceKind


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where something is in a version of a project. `address` is empty for the whole project."""

    words: str
    path: str = ""
    address: str = ""
    token: str = ""
    quoted: str = ""
    cell: int | None = None
    first_line: int | None = None
    last_line: int | None = None

    @property
    def order(self) -> tuple[str, int, int]:
        """Files by name, cells and lines from the top; the whole file before its parts, the project first."""
        cell = -1 if self.cell is None else self.cell
        return self.path, cell, self.first_line or 0


def spot_of_anchor(anchor: Anchor) -> Spot:
    """A finding's place."""
    return _spot(anchor.place, anchor.quoted)


def spot_of_row(place: Mapping[str, Any]) -> Spot:
    """A mistake's place, from its row."""
    return _spot(place_of_row(place), "")


def place_of_row(place: Mapping[str, Any]) -> Place:
    """A mistake's place as a value; the whole project where its row names none."""
    if not place:
        return Place(kind=PlaceKind.PROJECT)
    return Place(
        kind=PlaceKind(place["kind"]),
        path=place["path"],
        cell=place["cell_index"],
        first_line=place["first_line"],
        last_line=place["last_line"],
        output=place["output"],
    )


def _spot(place: Place, quoted: str) -> Spot:
    has_token = place.kind not in {PlaceKind.FILE, PlaceKind.PROJECT}
    return Spot(
        words=place.words,
        path=shown(path_at(place.path)),
        address=place.path,
        token=place.token if has_token else "",
        quoted=quoted,
        cell=place.cell,
        first_line=place.first_line,
        last_line=place.last_line,
    )
