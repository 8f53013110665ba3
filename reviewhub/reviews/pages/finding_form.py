"""The form of one finding: where it is asked for, the places it has, and what was typed into it and not saved yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import request

from reviewhub.errors import BadInput, NotFound
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.reading import OpenVersion
from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.pinning import pin
from reviewhub.reviews.place_words import place_from_words
from reviewhub.reviews.places import Anchor, Place, PlaceKind, read_place
from reviewhub.reviews.pointing import read_places, written_place
from reviewhub.reviews.suggestions import block_for, can_suggest

LONGEST_LIST = 200
PREVIEW, SUGGEST = "preview", "suggest"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed and could not be saved: it goes back into the form, with the reason."""

    refused: str
    status: int
    place: str = ""
    finding_id: str = ""
    words: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    summary: str | None = None
    then: str = ""
    """What the form was asked to show with it: how the text looks, or a suggestion to edit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingForm:
    """The form as a page shows it: the finding it changes (None: a new one) and its places, the first one first."""

    editing: DeskFinding | None
    anchors: tuple[Anchor, ...]

    @property
    def quoted(self) -> str:
        """What stands at the first place."""
        return self.anchors[0].quoted if self.anchors else ""

    @property
    def suggestion(self) -> str:
        """The block to begin a suggested change with; "" where not all of the place is quoted."""
        return block_for(self.quoted) if can_suggest(self.quoted) else ""

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Each place as its form field, in words, and its file as people read it."""
        return [
            (written_place(one.place), one.place.words, shown(path_at(one.place.path)) if one.place.path else "")
            for one in self.anchors
        ]


def posted_places() -> tuple[Place, ...]:
    """The places of a posted form: where it stands, the further ones, less what is crossed out, and a typed one."""
    form = request.form
    path, place = form.get("path", ""), form.get("place", "")
    first = [written_place(read_place(place, path))] if place else []
    without = set(form.getlist("without"))
    wanted = [one for one in first + form.getlist("at") if one not in without]
    words = form.get("where", "").strip()
    if words:
        wanted.append(written_place(place_from_words(words, form.get("where_path", "") or path)))
    return read_places(wanted)


def asked_place(path: str) -> Place | None:
    """The place that the address asks the form for: by its word, or as a person types it."""
    token, words = request.args.get("place", ""), request.args.get("where", "").strip()
    if words:
        return place_from_words(words, path)
    return read_place(token, path) if token else None


def form_of(desk: Desk, version: OpenVersion, path: str, typed: Typed | None) -> FindingForm | None:
    """The form that is asked for; None where none is. BadInput as `pin`, but never for words typed already."""
    finding_id = typed.finding_id if typed else request.args.get("edit", "")
    editing = next((one for one in desk.findings if one.finding.finding_id == finding_id), None) if finding_id else None
    if typed is not None:
        return _typed_form(version, path, typed, editing)
    if editing is not None:
        return FindingForm(editing=editing, anchors=editing.finding.anchors)
    place = asked_place(path) if desk.is_writable else None
    return FindingForm(editing=None, anchors=(pin(version, place),)) if place else None


def _typed_form(version: OpenVersion, path: str, typed: Typed, editing: DeskFinding | None) -> FindingForm | None:
    """The form with what was typed: at the places that exist, else at the whole file, so that no word is lost."""
    if not (typed.place or editing):
        return None
    known = editing.finding.anchors if editing else ()
    anchors = _existing(version, known) or known
    fallback = Place(kind=PlaceKind.FILE, path=path) if path else Place(kind=PlaceKind.PROJECT)
    return FindingForm(editing=editing, anchors=anchors or (_anything(version, fallback),))


def _existing(version: OpenVersion, known: Sequence[Anchor]) -> tuple[Anchor, ...]:
    try:
        wanted = posted_places()
    except BadInput:
        wanted = ()
    kept = {anchor.place: anchor for anchor in known}
    found = []
    for place in wanted:
        try:
            found.append(kept.get(place) or pin(version, place))
        except (BadInput, NotFound):
            continue
    return tuple(found)


def _anything(version: OpenVersion, place: Place) -> Anchor:
    try:
        return pin(version, place)
    except (BadInput, NotFound):
        return Anchor(place=Place(kind=PlaceKind.PROJECT))
