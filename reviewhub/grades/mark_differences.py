"""What a list of marks would change, mark by mark, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from reviewhub.courses.lateness import plain_number
from reviewhub.grades.mark_reading import GivenMark, Student

Spot = tuple[str, str, int]
"""enrollment_id, component, item."""


@dataclass(frozen=True, kw_only=True)
class StandingMark:
    """A mark that stands now, with the row that holds it."""

    mark_id: str
    points: Decimal
    out_of: Decimal
    received_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MarkChange:
    """One mark that would be another: what stands (None: nothing does), and what would."""

    before: StandingMark | None
    after: GivenMark


@dataclass(frozen=True, kw_only=True)
class MarkDiff:
    """What a list would change."""

    new: tuple[MarkChange, ...] = ()
    changed: tuple[MarkChange, ...] = ()
    emptied: tuple[MarkChange, ...] = ()
    """The list has an empty cell where a mark stands: it stays unless somebody says otherwise."""
    unchanged: int = 0
    without: tuple[GivenMark, ...] = ()
    """The list has the student, and nobody has given them this mark."""
    absent: tuple[Student, ...] = ()
    """Students of the course who are not in the list; their marks stay as they are."""

    @property
    def is_empty(self) -> bool:
        """Whether the list changes nothing, even where empty cells take marks away."""
        return not (self.new or self.changed or self.emptied)

    @property
    def digest(self) -> str:
        """A short text that differs when the diff does, to notice that the marks changed after a preview."""
        parts = sorted(
            (*one.after.spot, _shown(one.before), _shown(one.after))
            for one in (*self.new, *self.changed, *self.emptied)
        )
        return sha256(repr(parts).encode()).hexdigest()[:32]


def compare_marks(
    given: Iterable[GivenMark], standing: Mapping[Spot, StandingMark], students: Iterable[Student]
) -> MarkDiff:
    """Hold what a list gives against what stands. A student without a mark is noted once, as that: not as 0."""
    new: list[MarkChange] = []
    changed: list[MarkChange] = []
    emptied: list[MarkChange] = []
    without: list[GivenMark] = []
    unchanged, named = 0, set()
    for mark in given:
        named.add(mark.enrollment_id)
        before = standing.get(mark.spot)
        if mark.points is None and before is None:
            without.append(mark)
        elif before is None:
            new.append(MarkChange(before=None, after=mark))
        elif mark.points is None:
            emptied.append(MarkChange(before=before, after=mark))
        elif is_same(before, mark):
            unchanged += 1
        else:
            changed.append(MarkChange(before=before, after=mark))
    return MarkDiff(
        new=tuple(new),
        changed=tuple(changed),
        emptied=tuple(emptied),
        unchanged=unchanged,
        without=tuple(without),
        absent=tuple(one for one in students if one.enrollment_id not in named),
    )


def is_same(before: StandingMark, after: GivenMark) -> bool:
    """Whether a mark says what stands already. A list without times changes none."""
    times = (after.received_at or before.received_at, after.due_at or before.due_at)
    return (before.points, before.out_of, before.received_at, before.due_at) == (after.points, after.out_of, *times)


def say_mark(mark: StandingMark | GivenMark | None) -> str:
    """A mark in a few characters: "17 of 20", "85", "no mark"."""
    if mark is None or mark.points is None:
        return "no mark"
    points = plain_number(mark.points)
    return points if mark.out_of == 100 else f"{points} of {plain_number(mark.out_of)}"  # noqa: PLR2004 - per cent


def _shown(mark: StandingMark | GivenMark | None) -> tuple[str, str, str, str]:
    if mark is None:
        return ("", "", "", "")
    return (str(mark.points), str(mark.out_of), str(mark.received_at), str(mark.due_at))
