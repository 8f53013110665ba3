"""From a table to rows of the status list: one row a student and kind, every fault by row and column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256

from reviewhub.courses.roster_text import HEADERS, fold_header
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.mark_reading import Roll, Student, read_moment
from reviewhub.grades.mark_text import ListTable, column_name
from reviewhub.grades.status_kinds import YES, StatusKind, kind_called, value_called

LONGEST_EVIDENCE = 2000
FIELDS: Mapping[str, tuple[str, ...]] = {
    "number": HEADERS["number"],
    "email": HEADERS["email"],
    "kind": ("status", "kind", "what", "rule", "what happened", "durum"),
    "value": ("value", "outcome", "how it stands", "result", "deger", "sonuc"),
    "evidence": ("evidence", "reason", "note", "comment", "kanit", "aciklama"),
    "received": ("received", "received at", "submitted", "submitted at", "handed in", "teslim"),
}
"""Field → the headers that name it, folded."""


@dataclass(frozen=True, kw_only=True)
class GivenStatus:
    """One row of the status list, as a list or the form gives it."""

    student: Student
    kind: StatusKind
    value: str
    evidence: str = ""
    received_at: datetime | None = None

    @property
    def spot(self) -> tuple[str, str]:
        """Where it stands: student and kind."""
        return self.student.enrollment_id, self.kind.key


@dataclass(frozen=True, kw_only=True)
class StandingStatus:
    """A row that stands now."""

    status_id: str
    value: str
    evidence: str
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StatusDiff:
    """What a list would change: (what stands, what the list says); what is not in the list stays."""

    new: tuple[GivenStatus, ...] = ()
    changed: tuple[tuple[StandingStatus, GivenStatus], ...] = ()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the list changes nothing."""
        return not (self.new or self.changed)

    @property
    def digest(self) -> str:
        """A short text that differs when the diff does."""
        rows = [("", one) for one in self.new] + [(before.status_id, after) for before, after in self.changed]
        parts = sorted((known, *one.spot, one.value, one.evidence, str(one.received_at)) for known, one in rows)
        return sha256(repr(parts).encode()).hexdigest()[:32]


def read_statuses(
    table: ListTable, roll: Roll, kinds: Sequence[StatusKind], zone: tzinfo
) -> tuple[tuple[GivenStatus, ...], tuple[Problem, ...]]:
    """The rows of a list, and what is wrong with it; where anything is, nothing of it may be written."""
    places, problems = _columns(table.head)
    if problems:
        return (), tuple(problems)
    given: list[GivenStatus] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table.rows:
        said = {field: cells[index] for field, index in places.items()}
        row, faults = _row(number, said, places, roll, kinds, zone, table.head)
        problems += faults
        if row is None:
            continue
        if earlier := seen.get(row.spot):
            what = f"{row.student.name} stands in row {earlier} already with “{row.kind.title}”."
            problems.append(Problem(place=f"row {number}", what=what))
            continue
        seen[row.spot] = number
        given.append(row)
    return tuple(given), tuple(problems)


def compare_statuses(given: Iterable[GivenStatus], standing: Mapping[tuple[str, str], StandingStatus]) -> StatusDiff:
    """Hold what a list says against what stands."""
    new, changed, unchanged = [], [], 0
    for one in given:
        before = standing.get(one.spot)
        if before is None:
            new.append(one)
        elif (before.value, before.evidence, before.received_at) == (one.value, one.evidence, one.received_at):
            unchanged += 1
        else:
            changed.append((before, one))
    return StatusDiff(new=tuple(new), changed=tuple(changed), unchanged=unchanged)


def _columns(head: Sequence[str]) -> tuple[dict[str, int], list[Problem]]:
    places: dict[str, int] = {}
    problems = []
    for index, header in enumerate(head):
        field = next((field for field, names in FIELDS.items() if fold_header(header) in names), None)
        if field in places and field not in {"number", "email"}:
            name = f"column {column_name(index)} (“{header[:60]}”)"
            problems.append(Problem(place=name, what=f"There is a column for {field} already."))
        if field is not None:
            places.setdefault(field, index)
    if not {"number", "email"} & set(places):
        hint = "Call one Student number or Email."
        problems.append(Problem(place="head", what="No column says whom the rows are about.", hint=hint))
    if "kind" not in places:
        hint = "Call one Status; it holds what happened, as the form has it."
        problems.append(Problem(place="head", what="No column says what happened.", hint=hint))
    return places, problems


def _row(
    number: int,
    said: Mapping[str, str],
    places: Mapping[str, int],
    roll: Roll,
    kinds: Sequence[StatusKind],
    zone: tzinfo,
    head: Sequence[str],
) -> tuple[GivenStatus | None, list[Problem]]:
    problems: list[Problem] = []

    def fault(field: str, what: str, hint: str = "") -> None:
        index = places.get(field)
        column = f", column {column_name(index)} (“{head[index][:60]}”)" if index is not None else ""
        problems.append(Problem(place=f"row {number}{column}", what=what, hint=hint))

    student = kind = received_at = None
    try:
        student = roll.find(said.get("number", ""), said.get("email", ""))
    except BadInput as refusal:
        problems.append(Problem(place=f"row {number}", what=refusal.message))
    kind = kind_called(said["kind"], kinds)
    if kind is None:
        fault("kind", f"“{said['kind'][:60]}” is nothing this course lists.", f"It lists: {_titles(kinds)}.")
    value = _value(said.get("value", ""), kind)
    if kind is not None and value is None:
        known = ", ".join(value for value, _ in kind.values)
        fault("value", f"“{said.get('value', '')[:60]}” is no value of “{kind.title}”.", f"It has: {known}.")
    try:
        received_at = read_moment(said.get("received", ""), zone)
    except BadInput as refusal:
        fault("received", refusal.message)
    if received_at is not None and kind is not None and not kind.takes_moment:
        fault("received", f"When something came says nothing for “{kind.title}”; leave it empty.")
    evidence = said.get("evidence", "")
    if kind is not None and kind.needs_evidence and not evidence:
        fault("evidence", f"Nothing says how “{kind.title}” is known.", "Fill a column Evidence.")
    if problems or student is None or kind is None or value is None:
        return None, problems
    return GivenStatus(student=student, kind=kind, value=value, evidence=evidence, received_at=received_at), problems


def _value(said: str, kind: StatusKind | None) -> str | None:
    """What the cell says; an empty one, or a list without the column, says that it happened."""
    if kind is None:
        return None
    if not said.strip():
        return YES if YES in dict(kind.values) else None
    return value_called(said, kind)


def _titles(kinds: Sequence[StatusKind]) -> str:
    return "; ".join(kind.title for kind in kinds[:12])
