"""What stands where in the files of a version: every finding and mistake at its place there, wherever it was pinned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewhub.github.objects import Objects
from reviewhub.grades.cards import ListRow
from reviewhub.grades.desk import finding_row, mistake_row
from reviewhub.grades.desk_state import DeskState
from reviewhub.grades.evidence import VERSION_1, VERSION_2
from reviewhub.grades.laying import pin_mistake
from reviewhub.grades.penalties import mistakes_in_order
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.anchors import Carried, CarriedState
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.correcting import Corrections, place_of
from reviewhub.reviews.correction_tables import PlaceCorrection
from reviewhub.reviews.places import Anchor, Place, PlaceKind

PROJECT = Place(kind=PlaceKind.PROJECT)
GONE = "gone in this version"


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedPlace:
    """A place in this version. `note` says what became of it on its way here, "" where nothing did."""

    place: Place
    quoted: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """A finding or a mistake in this version: its line of the desk's list, its words, its places in their order."""

    row: ListRow
    number: str
    """How it is called where room is short: "3" for a finding, "M2" for a mistake."""
    words: str
    text: str
    criterion: str
    places: tuple[MarkedPlace, ...]
    is_own: bool = False
    """Whether nobody but the instructor noted it."""
    mistakes: tuple[tuple[str, str], ...] = ()
    """The mistakes that a finding stands for: id and name."""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.places[0].place

    @property
    def outcome(self) -> str:
        """What was decided about it, in words."""
        if self.row.is_undecided:
            return "to decide"
        if self.mistakes:
            return f"accepted: {self.row.outcome}"
        return self.row.outcome

    @property
    def tone(self) -> str:
        """The colour of that."""
        return "warn" if self.row.is_undecided else self.row.tone


@dataclass(frozen=True, kw_only=True)
class MarkedVersion:
    """Everything that stands in one version, findings first, then the mistakes that stand by themselves."""

    items: tuple[Marked, ...]

    def on_path(self, path: str) -> Iterator[tuple[Marked, int]]:
        """What has a place in the file, with the position of that place."""
        for one in self.items:
            for position, marked in enumerate(one.places):
                if marked.place.path == path:
                    yield one, position

    @property
    def on_project(self) -> tuple[Marked, ...]:
        """What is about the whole project."""
        return tuple(one for one in self.items if not one.place.path)

    def in_files(self) -> dict[str, int]:
        """Address of a file → how many findings and mistakes it carries."""
        counts: dict[str, int] = {}
        for one in self.items:
            for path in {marked.place.path for marked in one.places} - {""}:
                counts[path] = counts.get(path, 0) + 1
        return counts

    def in_order(self, files: Mapping[str, int]) -> tuple[Marked, ...]:
        """Everything in the order of the pages: file after file, each from the top; the whole project first."""

        def order(one: Marked) -> tuple[int, int, int, str]:
            place = one.place
            cell = -1 if place.cell is None else place.cell
            return files.get(place.path, -1), cell, place.first_line or 0, one.row.item

        return tuple(sorted(self.items, key=order))


def mark_version(
    state: DeskState, *, objects: Objects, current: Snapshot, corrections: Corrections | None = None
) -> MarkedVersion:
    """Everything of the desk that has a place in `current`; `corrections` are the places pointed at by hand there."""
    marker = _Marker(state, objects, current, corrections or {})
    findings = marker.findings()
    return MarkedVersion(items=(*findings, *marker.mistakes(findings)))


def place_before(objects: Objects, *, anchor: Anchor, later: Snapshot, earlier: Snapshot) -> Carried | None:
    """Where a place of the later version was in the earlier one, by the same rules that carry places forward."""
    return Carrier(objects, {later.id: later.tree}, earlier.tree).carry(replace(anchor, snapshot_id=later.id))


def is_sure(carried: Carried | None) -> bool:
    """Whether the very same stands there in the earlier version."""
    return carried is not None and carried.state in {CarriedState.SAME, CarriedState.MOVED}


class _Marker:
    """Makes the marks of one version."""

    def __init__(self, state: DeskState, objects: Objects, current: Snapshot, corrections: Corrections) -> None:
        self._state = state
        self._objects = objects
        self._current = current
        self._corrections = corrections
        self._snapshots: Sequence[Snapshot] = state.gathered.snapshots[state.project.id]
        self._carrier = Carrier(objects, {one.id: one.tree for one in self._snapshots}, current.tree)
        self._criteria = {row.key: row.title for row in state.policy.rubric}

    def findings(self) -> list[Marked]:
        return [
            Marked(
                row=finding_row(self._state, one),
                number=str(one.said.number),
                words=f"Finding {one.said.number} of {self._state.who(one.assignment_id)}",
                text=one.said.text,
                criterion=self._criteria.get(one.said.category, ""),
                places=tuple(
                    self._found(anchor, self._corrections.get((one.said.finding_id, position)))
                    for position, anchor in enumerate(one.said.anchors)
                )
                or (MarkedPlace(place=PROJECT),),
                mistakes=tuple(
                    (mistake.id, f"M{mistake.number}") for mistake, _ in self._state.matches_of(one.said.finding_id)
                ),
            )
            for one in sorted(
                self._state.reported.values(), key=lambda one: (self._state.who(one.assignment_id), one.said.number)
            )
        ]

    def mistakes(self, findings: Iterable[Marked]) -> Iterator[Marked]:
        """The mistakes that no finding already shows where they stand."""
        shown = {
            (mistake_id, marked.place) for one in findings for mistake_id, _ in one.mistakes for marked in one.places
        }
        for value in mistakes_in_order(self._state.facts):
            row = self._state.mistakes[value.mistake_id]
            if value.version_in == VERSION_2 and self._current.version == VERSION_1:
                continue
            snapshot = next((one for one in self._snapshots if one.id == row.snapshot_id), None)
            place = self._found(pin_mistake(row, snapshot, self._objects))
            if (row.id, place.place) not in shown:
                yield Marked(
                    row=mistake_row(self._state, value),
                    number=f"M{row.number}",
                    words=f"M{row.number} {row.title}",
                    text=row.text,
                    criterion=self._criteria.get(row.criterion, ""),
                    places=(place,),
                    is_own=not self._state.noted(row.id),
                )

    def _found(self, anchor: Anchor, correction: PlaceCorrection | None = None) -> MarkedPlace:
        """Where the anchor is in this version; the file or the project where its place is gone."""
        if anchor.snapshot_id in {"", self._current.id} or not anchor.place.path:
            return MarkedPlace(place=anchor.place, quoted=anchor.quoted)
        carried = self._carrier.carry(anchor)
        pointed = place_of(correction) if correction else None
        if pointed is not None:
            return MarkedPlace(place=pointed, note="pointed out by hand")
        if carried is None:
            return MarkedPlace(place=anchor.place, quoted=anchor.quoted)
        if correction is not None or carried.place is None:
            return MarkedPlace(place=carried.near or carried.place or PROJECT, note=GONE)
        note = "changed since" if carried.state is CarriedState.CHANGED and self._current.version == VERSION_2 else ""
        return MarkedPlace(place=carried.place, quoted=carried.quoted, note=note)
