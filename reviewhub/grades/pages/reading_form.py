"""The box that records a mistake where a grader points: its place, what was typed, where the place was in version 1."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from flask import request

from reviewhub.errors import BadInput, NotFound
from reviewhub.grades.evidence import VERSION_1, VERSION_2
from reviewhub.grades.marked import is_sure, place_before
from reviewhub.grades.pages.reading_project import OpenProject
from reviewhub.reviews.anchors import Carried
from reviewhub.reviews.pinning import pin
from reviewhub.reviews.place_words import place_from_words
from reviewhub.reviews.places import Anchor, Place, PlaceKind, read_place
from reviewhub.reviews.pointing import written_place

EARLIER, INTRODUCED = "1", "2"
"""Where a mistake comes from, as the form says it: in version 1 already, or new in version 2."""
SIDES = {"old-": VERSION_1, "new-": VERSION_2}
"""What places begin with where both versions are read side by side."""


@dataclass(frozen=True, kw_only=True)
class Pointed:
    """Where a mistake is recorded: a place in one version, with the text there, and where that was in version 1."""

    version: int
    anchor: Anchor
    before: Carried | None = None

    @property
    def place(self) -> Place:
        """The place in its version."""
        return self.anchor.place

    @property
    def at(self) -> str:
        """The place as one field of a form."""
        return written_place(self.place)

    @property
    def comes_from(self) -> str:
        """What the program takes it for: in version 1 already where the very same stands there."""
        return EARLIER if self.version == VERSION_1 or is_sure(self.before) else INTRODUCED

    @property
    def hint(self) -> str:
        """What stands in version 1 at this place, in words."""
        if self.before is None or self.place.kind is PlaceKind.PROJECT:
            return ""
        then = self.before.place
        if then is None:
            return "Version 1 has nothing like this."
        where = then.words if then.path == self.place.path or not then.path else f"{then.words} of {then.path}"
        return f"Version 1 has {'the same' if is_sure(self.before) else 'something else'} there: {where}."

    def settled(self, comes_from: str) -> tuple[int, int, Place]:
        """The version a mistake is in, the version whose files it lies in, and its place there.

        One that was in version 1 already lies where it was there, if that is found, else where it was noticed.
        """
        if self.version == VERSION_1:
            return VERSION_1, VERSION_1, self.place
        if comes_from != EARLIER:
            return VERSION_2, VERSION_2, self.place
        then = self.before.place if self.before else None
        return (VERSION_1, VERSION_1, then) if then is not None else (VERSION_1, VERSION_2, self.place)


@dataclass(frozen=True, kw_only=True)
class MistakeForm:
    """The box as a page shows it: where it stands, and what a refused or looked-at form held."""

    pointed: Pointed
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    preview: str = ""

    @property
    def version_in(self) -> int:
        """The version it is in, as the form stands."""
        return self.pointed.settled(self.typed.get("version_in", self.pointed.comes_from))[0]


def point(project: OpenProject, version: int, place: Place) -> Pointed:
    """Pin a place in a version; BadInput where it lies outside the file, NotFound where there is no such file."""
    anchor = pin(project.version(version), place)
    before = None
    if version == VERSION_2 and VERSION_1 in project.versions:
        before = place_before(
            project.objects, anchor=anchor, later=project.snapshot(VERSION_2), earlier=project.snapshot(VERSION_1)
        )
    return Pointed(version=version, anchor=anchor, before=before)


def asked_for(project: OpenProject, version: int, path: str) -> Pointed | None:
    """The place that the address asks the box for, by its word or as a person types it; None where it asks for none."""
    token, words = request.args.get("place", ""), request.args.get("where", "").strip()
    if not (token or words):
        return None
    version, token = _side(version, token)
    path = project.path_in(version, path) or path
    return point(project, version, place_from_words(words, path) if words else read_place(token, path))


def posted(project: OpenProject, version: int) -> Pointed:
    """The place of a posted form: the one it stands at, or another one that was typed instead."""
    token, _, path = request.form.get("at", "").strip().partition(" ")
    words = request.form.get("where", "").strip()
    if words:
        return point(project, version, place_from_words(words, path))
    if not token:
        raise BadInput("A mistake needs a place: a line, a cell, an output, a file or the whole project.")
    return point(project, version, read_place(token, "" if token == PlaceKind.PROJECT else path))


def posted_anyhow(project: OpenProject, version: int) -> Pointed:
    """The place of a form that is shown again: the file or the project where the place itself cannot be."""
    path = request.form.get("at", "").strip().partition(" ")[2]
    whole = Place(kind=PlaceKind.FILE, path=path) if path else Place(kind=PlaceKind.PROJECT)
    with suppress(BadInput, NotFound):
        return posted(project, version)
    with suppress(NotFound):
        return point(project, version, whole)
    return Pointed(version=version, anchor=Anchor(place=Place(kind=PlaceKind.PROJECT)))


def _side(version: int, token: str) -> tuple[int, str]:
    """A place of the page of both versions: its version, and the place in it."""
    for prefix, side in SIDES.items():
        if token.startswith(prefix):
            return side, token.removeprefix(prefix)
    chosen = request.args.get("side", "")
    return (int(chosen) if chosen in {"1", "2"} else version), token
