"""From a table and what its columns mean to marks of students: every fault by row and column, nothing guessed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from reviewhub.courses.roster import tidy_email
from reviewhub.courses.zones import NoSuchMoment, moment_in
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.drafting import read_number
from reviewhub.grades.mark_columns import Column, Meaning
from reviewhub.grades.mark_targets import Place
from reviewhub.grades.mark_text import ListTable

NO_MARK = frozenset({"", "-", "–", "—"})
_HUNDRED = Decimal(100)
_FORMULA = re.compile(r"=|@|[+\-](?![0-9.,])|\t|\r")
_SHORTENED = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_PARTS = re.compile(r"([0-9.,]+)\s*/\s*([0-9.,]+)")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, kw_only=True)
class Student:
    """A student of the course, as a list may name them."""

    enrollment_id: str
    name: str
    email: str
    student_number: str = ""


@dataclass(frozen=True, kw_only=True)
class GivenMark:
    """A mark as a list (or a hand) gives it; `points` None: the list has the student, without a mark."""

    enrollment_id: str
    component: str
    item: int
    points: Decimal | None
    out_of: Decimal
    received_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def spot(self) -> tuple[str, str, int]:
        """Where it stands: student, component, item."""
        return self.enrollment_id, self.component, self.item


@dataclass(frozen=True)
class Roll:
    """The students of a course, to be found by number or e-mail address."""

    students: Sequence[Student]
    _by_number: dict[str, Student] = field(init=False, repr=False)
    _by_email: dict[str, Student] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Lay the two ways out."""
        by_number = {one.student_number: one for one in self.students if one.student_number}
        object.__setattr__(self, "_by_number", by_number)
        object.__setattr__(self, "_by_email", {one.email.lower(): one for one in self.students})

    def find(self, number: str, email: str) -> Student:
        """The student a row names; BadInput with a sentence where it names nobody, or two people."""
        number, address = number.strip("'’ "), tidy_email(email) or email.strip().lower()
        if not number and not address:
            msg = "The row says neither a student number nor an e-mail address."
            raise BadInput(msg)
        by_number = self._numbered(number) if number else None
        by_email = self._by_email.get(address) if address else None
        if number and by_number is None:
            whose = f"; the address is {by_email.name}'s" if by_email else ""
            msg = f"Nobody in the course has the student number {number[:40]}{whose}."
            raise BadInput(msg)
        if address and by_email is None and not number:
            msg = f"Nobody in the course has the address {address[:80]}."
            raise BadInput(msg)
        if by_number and by_email and by_number != by_email:
            msg = f"The student number is {by_number.name}'s, the address {by_email.name}'s."
            raise BadInput(msg)
        found = by_number or by_email
        assert found is not None
        return found

    def _numbered(self, number: str) -> Student | None:
        """By the number as it stands, else as spreadsheets spoil it: 2345678.0, leading zeros gone, 1.2345E+6."""
        if found := self._by_number.get(number):
            return found
        plain = re.sub(r"[.,]0+", "", number) if re.fullmatch(r"\d+[.,]0+", number) else number
        if found := self._by_number.get(plain):
            return found
        if shortened := _SHORTENED.fullmatch(plain):
            return self._shortened(shortened)
        if not plain.isdigit():
            return None
        return _only(one for known, one in self._by_number.items() if known.lstrip("0") == plain)

    def _shortened(self, said: re.Match[str]) -> Student | None:
        """The one student whose number a spreadsheet would show like this; a fault where it could be several."""
        digits, power = said[1] + (said[2] or ""), int(said[3])
        shown = Decimal(digits).scaleb(power - len(digits) + 1)
        step = Decimal(1).scaleb(power - len(digits) + 1)
        alike = [
            one
            for known, one in self._by_number.items()
            if known.isascii() and known.isdigit() and abs(Decimal(known) - shown) <= step / 2
        ]
        if len(alike) > 1:
            msg = f"The student number {said[0]} was shortened by a spreadsheet, and could be {len(alike)} students'."
            raise BadInput(msg)
        return _only(alike)


def read_marks(
    table: ListTable, columns: Sequence[Column], roll: Roll, zone: tzinfo
) -> tuple[tuple[GivenMark, ...], tuple[Problem, ...]]:
    """The marks of a list, and what is wrong with it; where anything is, nothing of it may be written."""
    given: list[GivenMark] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    people = {means: next((one for one in columns if one.means is means), None) for means in Meaning}
    for number, cells in table.rows:
        place = f"row {number}"
        try:
            said = [
                cells[column.index] if (column := people[means]) else "" for means in (Meaning.NUMBER, Meaning.EMAIL)
            ]
            student = roll.find(*said)
        except BadInput as fault:
            problems.append(Problem(place=place, what=fault.message))
            continue
        if earlier := seen.get(student.enrollment_id):
            problems.append(Problem(place=place, what=f"{student.name} stands in row {earlier} already."))
            continue
        seen[student.enrollment_id] = number
        marks, faults = _row(place, cells, columns, student, zone)
        given += marks
        problems += faults
    return tuple(given), tuple(problems)


def read_mark(written: str, place: Place, out_of: Decimal) -> tuple[Decimal | None, Decimal]:
    """A mark as it is written, and what it is out of: `1,5` and `1.5`, `85 %`, `17/20`, or nothing.

    Raises BadInput with one sentence.
    """
    text = written.strip()
    if text in NO_MARK:
        return None, out_of
    if _FORMULA.match(text):
        msg = f"“{text[:40]}” is a formula; give the number it comes to."
        raise BadInput(msg)
    if text.endswith("%") or text.startswith("%"):
        if place.target.is_bonus:
            msg = f"“{text[:20]}” is per cent, but {place.name} counts in points."
            raise BadInput(msg)
        return read_number(text.strip("% "), lowest=Decimal(0), highest=_HUNDRED), _HUNDRED
    if (whole := _PARTS.fullmatch(text)) and not place.target.is_bonus:
        out_of = read_number(whole[2], lowest=Decimal("0.01"), highest=Decimal(10_000))
        return read_number(whole[1], lowest=Decimal(0), highest=out_of), out_of
    return read_number(text, lowest=Decimal(0), highest=out_of), out_of


def read_moment(written: str, zone: tzinfo) -> datetime | None:
    """A moment of a list, in the course's zone where it gives no offset; None where it is empty."""
    text = written.strip()
    if text in NO_MARK:
        return None
    iso, dotted = _MOMENT.fullmatch(text), _DOTTED.fullmatch(text)
    try:
        if iso and iso[7]:
            return datetime.fromisoformat(text)
        if iso:
            return moment_in(zone, datetime(*(int(part or 0) for part in iso.groups()[:6])))  # type: ignore[arg-type]  # noqa: DTZ001 - the zone comes with moment_in
        if dotted:
            day, month, year, hour, minute, second = (int(part or 0) for part in dotted.groups())
            return moment_in(zone, datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - as above
    except NoSuchMoment as fault:
        raise BadInput(fault.what) from fault
    except ValueError:
        pass
    msg = f"“{text[:40]}” is no date with a time. Write it like 2026-11-20 23:05."
    raise BadInput(msg)


def _row(
    place: str, cells: Sequence[str], columns: Sequence[Column], student: Student, zone: tzinfo
) -> tuple[list[GivenMark], list[Problem]]:
    times: dict[tuple[Meaning, Place | None], datetime | None] = {}
    problems: list[Problem] = []
    for column in columns:
        if column.means in {Meaning.RECEIVED, Meaning.DUE}:
            try:
                times[column.means, column.place] = read_moment(cells[column.index], zone)
            except BadInput as fault:
                problems.append(Problem(place=f"{place}, {column.name}", what=fault.message))
    marks = []
    for column in columns:
        if column.means is not Meaning.MARK or column.place is None:
            continue
        try:
            points, out_of = read_mark(cells[column.index], column.place, column.out_of)
        except BadInput as fault:
            hint = _hint(cells[column.index])
            problems.append(Problem(place=f"{place}, {column.name}", what=fault.message, hint=hint))
            continue
        marks.append(
            GivenMark(
                enrollment_id=student.enrollment_id,
                component=column.place.target.key,
                item=column.place.item,
                points=points,
                out_of=out_of,
                received_at=times.get((Meaning.RECEIVED, column.place)),
                due_at=times.get((Meaning.DUE, column.place)),
            )
        )
    return marks, problems


def _hint(cell: str) -> str:
    is_word = any(letter.isalpha() for letter in cell) and not _FORMULA.match(cell)
    return "Where there is no mark, leave the cell empty; what happened belongs on the status list." if is_word else ""


def _only(found: Iterable[Student]) -> Student | None:
    several: Iterator[Student] = iter(found)
    first = next(several, None)
    return first if next(several, None) is None else None
