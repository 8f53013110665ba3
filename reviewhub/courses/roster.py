"""The roster of a course: reading an exported list of people, and what it would change, before anything is written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from reviewhub.accounts.rights import Role
from reviewhub.courses.roster_text import RosterText, fold_header, read_roster_text
from reviewhub.errors import Problem

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
_FAMILY_FIRST = re.compile(r"([\w .'’-]+),([\w .'’-]+)")
_LONGEST_EMAIL, _LONGEST_NAME, _LONGEST_NUMBER = 254, 200, 40
_ROLES: Mapping[str, Role] = {
    "student": Role.STUDENT,
    "ogrenci": Role.STUDENT,
    "learner": Role.STUDENT,
    "assistant": Role.ASSISTANT,
    "teaching assistant": Role.ASSISTANT,
    "ta": Role.ASSISTANT,
    "asistan": Role.ASSISTANT,
    "non editing teacher": Role.ASSISTANT,
    "instructor": Role.INSTRUCTOR,
    "teacher": Role.INSTRUCTOR,
    "ogretmen": Role.INSTRUCTOR,
    "ogretim uyesi": Role.INSTRUCTOR,
    "egitmen": Role.INSTRUCTOR,
    "observer": Role.OBSERVER,
    "gozlemci": Role.OBSERVER,
}


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """One person of the list; None: the list does not say."""

    line: int
    email: str
    name: str
    student_number: str | None = None
    role: Role | None = None
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Roster:
    """A list that was read: the rows that can be used, and what is wrong with the others."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    """Field → header as written in the list."""
    encoding: str
    delimiter: str


@dataclass(frozen=True, kw_only=True)
class Present:
    """A person as the course knows them now."""

    enrollment_id: str
    email: str
    name: str
    student_number: str | None
    role: Role
    has_left: bool = False
    keeps_name: bool = False
    """The name also stands in other courses, so that a list of this one does not change it."""
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class RosterChange:
    """A person whose row differs: field → (now, in the list)."""

    row: RosterRow
    enrollment_id: str
    fields: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class RosterDiff:
    """What a list would change."""

    added: tuple[RosterRow, ...] = ()
    changed: tuple[RosterChange, ...] = ()
    unchanged: int = 0
    missing: tuple[Present, ...] = ()
    """Students of the course who are not in the list; they stay unless somebody says otherwise."""
    problems: tuple[Problem, ...] = ()
    """Rows that do not fit the people who are there; they are left out."""

    @property
    def is_empty(self) -> bool:
        """Whether the list changes nothing."""
        return not self.added and not self.changed

    @property
    def gives_staff_roles(self) -> bool:
        """Whether it makes anybody staff, or changes what staff are."""
        staff = {Role.INSTRUCTOR.value, Role.ASSISTANT.value}
        added = any(row.role is not None and row.role.value in staff for row in self.added)
        return added or any(staff.intersection(change.fields.get("role", ())) for change in self.changed)

    @property
    def digest(self) -> str:
        """A short text that differs when the diff does, to notice that the course changed after a preview."""
        parts = repr(
            (
                self.added,
                [(c.row, sorted(c.fields.items())) for c in self.changed],
                [p.enrollment_id for p in self.missing],
            )
        )
        return sha256(parts.encode()).hexdigest()[:32]


def read_roster(content: bytes, *, place: str = "list", mail_domain: str = "") -> Roster:
    """Read an exported list. `mail_domain` completes log-in names that have no `@` (Canvas, Moodle).

    Rows that cannot be used are told in `problems`; BadInput is raised only where the whole is no list.
    """
    text = read_roster_text(content, place=place)
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    for line, cells in text.rows:
        if _is_no_person(cells):
            continue
        row, faults = _read_row(line, cells, mail_domain.strip().lstrip("@"))
        faults += _faults_of_repetition(row, rows) if row else []
        problems += [Problem(place=f"{place}, line {line}", what=what, hint=hint) for what, hint in faults]
        if row and not faults:
            rows.append(row)
    return Roster(
        rows=tuple(rows),
        problems=tuple(problems),
        columns=text.columns,
        encoding=text.encoding,
        delimiter=_delimiter_name(text),
    )


def compare_roster(rows: Iterable[RosterRow], present: Iterable[Present]) -> RosterDiff:
    """What the rows would change in a course with these people. E-mail addresses say who is who."""
    known = {person.email: person for person in present}
    listed = tuple(rows)
    numbers = _numbers_that_stay(known, listed)
    added: list[RosterRow] = []
    changed: list[RosterChange] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    unchanged = 0
    for row in listed:
        person = known.get(row.email)
        if row.student_number and (holder := numbers.get(row.student_number, row.email)) != row.email:
            seen.add(row.email)
            what = f"The student number {row.student_number} is {known[holder].name}'s in this course."
            problems.append(Problem(place=f"line {row.line}", what=what))
            continue
        if person is None:
            added.append(row)
            continue
        seen.add(row.email)
        if fields := _differences(person, row):
            changed.append(RosterChange(row=row, enrollment_id=person.enrollment_id, fields=fields))
        else:
            unchanged += 1
    missing = tuple(
        person
        for person in known.values()
        if person.email not in seen and person.role is Role.STUDENT and not person.has_left
    )
    return RosterDiff(
        added=tuple(added),
        changed=tuple(changed),
        unchanged=unchanged,
        missing=missing,
        problems=tuple(problems),
    )


def tidy_name(name: str) -> str:
    """A name in one line, composed letters, without control and direction characters."""
    kept = "".join(
        letter if unicodedata.category(letter)[0] != "C" else " " for letter in unicodedata.normalize("NFC", name)
    )
    return " ".join(kept.split())


def tidy_email(text: str) -> str | None:
    """An e-mail address in lower case, or None when it is none."""
    email = text.strip().lower()
    return email if len(email) <= _LONGEST_EMAIL and email.isascii() and _EMAIL.fullmatch(email) else None


def faults_of_person(name: str, student_number: str | None, group: str | None = None) -> list[Problem]:
    """What is wrong with a tidied name, student number and group's name, each with its field."""
    missing = [Problem(place="name", what="The name is missing.")] if not name else []
    lengths = (
        ("name", "name", name, _LONGEST_NAME),
        ("student_number", "student number", student_number or "", _LONGEST_NUMBER),
        ("group", "group's name", group or "", _LONGEST_NAME),
    )
    return missing + [
        Problem(place=place, what=f"The {words} is longer than {most} characters.")
        for place, words, text, most in lengths
        if len(text) > most
    ]


def _read_row(line: int, cells: Mapping[str, str], mail_domain: str) -> tuple[RosterRow | None, list[tuple[str, str]]]:
    written = cells["email"]
    email = tidy_email(written if "@" in written or not mail_domain or not written else f"{written}@{mail_domain}")
    name = _name(cells)
    number = tidy_name(cells.get("number", "")) or None
    role_text = cells.get("role", "")
    role = _ROLES.get(fold_header(role_text)) if role_text else None
    faults: list[tuple[str, str]] = []
    if email is None:
        hint = "Say which mail domain completes log-in names." if written and "@" not in written else ""
        faults.append(
            (f"“{written[:80]}” is no e-mail address." if written else "The e-mail address is missing.", hint)
        )
    group = tidy_name(cells.get("group", "")) or None
    faults += [(fault.what, "") for fault in faults_of_person(name, number, group)]
    if role_text and role is None:
        faults.append((f"“{role_text[:40]}” is no role.", "Roles are student, assistant, instructor, observer."))
    if email is None:
        return None, faults
    return RosterRow(line=line, email=email, name=name, student_number=number, role=role, group=group), faults


def _faults_of_repetition(row: RosterRow, earlier: Iterable[RosterRow]) -> list[tuple[str, str]]:
    for other in earlier:
        if other.email == row.email:
            return [(f"{row.email} stands in line {other.line} already.", "")]
        if row.student_number and other.student_number == row.student_number:
            return [(f"The student number {row.student_number} stands in line {other.line} already.", "")]
    return []


def _name(cells: Mapping[str, str]) -> str:
    if cells.get("given") or cells.get("family"):
        return tidy_name(f"{cells.get('given', '')} {cells.get('family', '')}")
    turned = _FAMILY_FIRST.fullmatch(cells.get("name", ""))
    return tidy_name(f"{turned.group(2)} {turned.group(1)}" if turned else cells.get("name", ""))


def _is_no_person(cells: Mapping[str, str]) -> bool:
    """Canvas adds a line with the possible points and an invented student."""
    name = fold_header(cells.get("name", ""))
    return name == "points possible" or (name in {"student test", "test student"} and "@" not in cells.get("email", ""))


def _differences(person: Present, row: RosterRow) -> dict[str, tuple[str, str]]:
    fields: dict[str, tuple[str, str]] = {}
    if person.has_left:
        fields["state"] = ("left", "back")
    if row.name != person.name and not person.keeps_name:
        fields["name"] = (person.name, row.name)
    if row.student_number and row.student_number != person.student_number:
        fields["student number"] = (person.student_number or "—", row.student_number)
    # Whoever comes back is a student unless the list says otherwise: nobody becomes staff again by the way.
    role = row.role or (Role.STUDENT if person.has_left else person.role)
    if role is not person.role:
        fields["role"] = (person.role.value, role.value)
    if row.group and person.group is None and role is Role.STUDENT:
        fields["group"] = ("—", row.group)
    return fields


def _numbers_that_stay(known: Mapping[str, Present], rows: Iterable[RosterRow]) -> dict[str, str]:
    """Student number → e-mail, for everybody in the course whose number the list does not change."""
    renumbered = {row.email for row in rows if row.student_number}
    return {
        person.student_number: email
        for email, person in known.items()
        if person.student_number and email not in renumbered
    }


def _delimiter_name(text: RosterText) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab"}.get(text.delimiter, text.delimiter)
