"""What the columns of a list mean: who a row is about, which marks stand where; guessed by their heads, or chosen."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reviewhub.courses.roster_text import HEADERS, fold_header
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.drafting import read_number
from reviewhub.grades.mark_targets import Place, Target, guess_place, place_of
from reviewhub.grades.mark_text import column_name

_HUNDRED = Decimal(100)
_LEAST_OUT_OF, _MOST_OUT_OF = Decimal("0.01"), Decimal(10_000)
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_OUT_OF = (
    re.compile(
        rf"[(\[]?\s*(?:/|out of|maximum|max\.?|üzerinden)\s*:?\s*{_NUMBER}\s*(?:points|pts|puan)?\s*[)\]]?",
        re.IGNORECASE,
    ),
    re.compile(rf"[(\[]\s*{_NUMBER}\s*(?:points|pts|puan|p)?\s*[)\]]", re.IGNORECASE),
)
_RECEIVED = re.compile(r"\b(received|submitted|handed in|arrived)( at| on)?\b|\bteslim\b", re.IGNORECASE)
_DUE = re.compile(r"\b(due|deadline)( at| on)?\b", re.IGNORECASE)


class Meaning(StrEnum):
    """What a column is for."""

    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"
    MARK = "mark"
    RECEIVED = "received"
    DUE = "due"
    NOTHING = ""


PERSON_WORDS: Mapping[Meaning, str] = {
    Meaning.NUMBER: "Student number",
    Meaning.EMAIL: "E-mail address",
    Meaning.NAME: "Name (not compared)",
}
_TIMES: Mapping[Meaning, str] = {Meaning.RECEIVED: "received at", Meaning.DUE: "due at"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list, from 0, with what it means; `place` for marks and their times."""

    index: int
    header: str
    means: Meaning = Meaning.NOTHING
    place: Place | None = None
    out_of: Decimal = _HUNDRED

    @property
    def name(self) -> str:
        """How a fault calls it: column C (“Quiz 3”)."""
        return f"column {column_name(self.index)}" + (f" (“{self.header[:60]}”)" if self.header else "")

    @property
    def token(self) -> str:
        """What it was read as, as a form's choice says it."""
        if self.place is None:
            return self.means.value
        return self.place.token if self.means is Meaning.MARK else f"{self.means.value}:{self.place.token}"


def read_columns(
    head: Sequence[str],
    targets: Sequence[Target],
    *,
    chosen: Mapping[int, str] | None = None,
    outs: Mapping[int, str] | None = None,
) -> tuple[tuple[Column, ...], tuple[Problem, ...]]:
    """What every column means, and what is wrong with them. `chosen` and `outs`: a person's word on single columns.

    A choice is a token of `Column.token`, "" for a column that is passed over; `outs` says what a mark is out of.
    """
    columns: list[Column] = []
    problems: list[Problem] = []
    for index, header in enumerate(head):
        wish = (chosen or {}).get(index)
        column = _guessed(index, header, targets, columns) if wish is None else _chosen(index, header, wish, targets)
        typed = (outs or {}).get(index, "").strip()
        if typed and column.means is Meaning.MARK:
            column, fault = _out_of(column, typed)
            problems += fault
        columns.append(column)
    columns = [_timed(column, columns, targets) for column in columns]
    problems += [*_faults_of_people(columns), *_faults_of_marks(columns, targets), *_faults_of_times(columns)]
    return tuple(columns), tuple(problems)


def choices_of(targets: Sequence[Target], columns: Sequence[Column], most: int) -> list[tuple[str, str]]:
    """(token, words) of everything a column can be read as; `most` items where the course file says no number."""
    options = [("", "— not read —"), *((meaning.value, words) for meaning, words in PERSON_WORDS.items())]
    used = [column.place for column in columns if column.place]
    for target in targets:
        highest = max([target.items or most, *(place.item for place in used if place.target == target)])
        places = [Place(target=target, item=item) for item in range(1, highest + 1)]
        options += [(place.token, place.name) for place in places]
    marked = {column.place.token: column.place for column in columns if column.place and column.means is Meaning.MARK}
    for meaning, words in _TIMES.items():
        options += [(f"{meaning.value}:{token}", f"{place.name}: {words}") for token, place in marked.items()]
    return options


def _guessed(index: int, header: str, targets: Sequence[Target], before: Sequence[Column]) -> Column:
    folded = fold_header(header)
    for meaning in (Meaning.EMAIL, Meaning.NUMBER, Meaning.NAME):
        fields = ("name", "given", "family") if meaning is Meaning.NAME else (meaning.value,)
        is_taken = meaning is not Meaning.NAME and any(column.means is meaning for column in before)
        if not is_taken and any(folded in HEADERS[field] for field in fields):
            return Column(index=index, header=header, means=meaning)
    name, out_of = _without_scale(header)
    if _RECEIVED.search(name) or _DUE.search(name):
        return Column(index=index, header=header)
    place = guess_place(name, targets)
    if place is None:
        return Column(index=index, header=header)
    return Column(index=index, header=header, means=Meaning.MARK, place=place, out_of=_scale(place, out_of))


def _without_scale(header: str) -> tuple[str, Decimal | None]:
    """The header without what it says of the scale, and that: "Midterm (out of 40)" → "Midterm", 40."""
    for pattern in _OUT_OF:
        if found := pattern.search(header):
            number = Decimal(found[1].replace(",", "."))
            if _LEAST_OUT_OF <= number <= _MOST_OUT_OF:
                return header[: found.start()] + " " + header[found.end() :], number
    return header.replace("%", " "), None


def _scale(place: Place, out_of: Decimal | None) -> Decimal:
    if place.target.is_bonus:
        return place.target.highest
    return _HUNDRED if out_of is None else out_of


def _chosen(index: int, header: str, wish: str, targets: Sequence[Target]) -> Column:
    if wish in {Meaning.NUMBER, Meaning.EMAIL, Meaning.NAME}:
        return Column(index=index, header=header, means=Meaning(wish))
    kind, _, rest = wish.partition(":")
    means = Meaning(kind) if kind in {Meaning.RECEIVED, Meaning.DUE} else Meaning.MARK
    place = place_of(wish if means is Meaning.MARK else rest, targets)
    if place is None:
        return Column(index=index, header=header)
    scale = _scale(place, _without_scale(header)[1])
    return Column(index=index, header=header, means=means, place=place, out_of=scale)


def _out_of(column: Column, typed: str) -> tuple[Column, list[Problem]]:
    if column.place is not None and column.place.target.is_bonus:
        return column, []
    try:
        number = read_number(typed, lowest=_LEAST_OUT_OF, highest=_MOST_OUT_OF)
    except BadInput as fault:
        return column, [Problem(place=column.name, what=fault.message, hint="It says what the marks are out of.")]
    return Column(index=column.index, header=column.header, means=column.means, place=column.place, out_of=number), []


def _timed(column: Column, columns: Sequence[Column], targets: Sequence[Target]) -> Column:
    """A column of times finds its marks: by its own words, else where there is only one column of marks."""
    if column.means is not Meaning.NOTHING:
        return column
    for means, pattern in ((Meaning.RECEIVED, _RECEIVED), (Meaning.DUE, _DUE)):
        if pattern.search(column.header):
            named = guess_place(pattern.sub(" ", column.header), targets)
            marks = [one.place for one in columns if one.means is Meaning.MARK]
            only = marks[0] if len(marks) == 1 and not fold_header(pattern.sub(" ", column.header)) else None
            if place := named or only:
                return Column(index=column.index, header=column.header, means=means, place=place)
    return column


def _faults_of_people(columns: Sequence[Column]) -> Iterator[Problem]:
    if not any(column.means in {Meaning.NUMBER, Meaning.EMAIL} for column in columns):
        yield Problem(
            place="head",
            what="No column says whose the marks are.",
            hint="Call one Student number or Email, or choose it below.",
        )


def _faults_of_marks(columns: Sequence[Column], targets: Sequence[Target]) -> Iterator[Problem]:
    if not any(column.means is Meaning.MARK for column in columns):
        known = ", ".join(target.title for target in targets[:8])
        yield Problem(
            place="head", what="No column is known to hold marks.", hint=f"The course has: {known}. Choose them below."
        )
    together: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        if column.means is not Meaning.NOTHING and column.means is not Meaning.NAME:
            together[column.token].append(column)
    for same in together.values():
        if len(same) > 1:
            names = " and ".join(column.name for column in same)
            meant = same[0].place.name if same[0].place else PERSON_WORDS[same[0].means].lower()
            yield Problem(place="head", what=f"{names} are both read as {meant}.", hint="Leave one of them out below.")


def _faults_of_times(columns: Sequence[Column]) -> Iterator[Problem]:
    marked = {column.place for column in columns if column.means is Meaning.MARK}
    due = {column.place for column in columns if column.means is Meaning.DUE}
    for column in columns:
        if column.means not in _TIMES or column.place is None:
            continue
        if column.place not in marked:
            yield Problem(
                place=column.name, what=f"It gives times of {column.place.name}, but no column has its marks."
            )
        elif column.means is Meaning.RECEIVED and not column.place.target.deadline and column.place not in due:
            yield Problem(
                place=column.name,
                what=f"The course file has no deadline for {column.place.name}, so when it came says nothing.",
                hint="Add a column that says when it was due, or leave this one out below.",
            )
