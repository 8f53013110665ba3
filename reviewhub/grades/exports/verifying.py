"""Whether a ledger file adds up: its digest taken again, every sum made again, nothing cited that it does not hold.

Needs the file alone: no database, no settings, no network. A whole file of a release must carry the release's digest.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from reviewhub.errors import BadInput
from reviewhub.grades.exports.ledger_file import SCHEMA, WHOLE
from reviewhub.grades.lines import Component, exact
from reviewhub.grades.penalties import reckoning

_NO_LEDGER = "This is no ledger file of ReviewHub that this version can read."
Whose = tuple[tuple[str, ...], str]


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a file holds, and each thing in it that does not agree."""

    course: str
    release: int | None
    lines: int
    sheets: int
    digest: str
    faults: tuple[str, ...]


def verify(content: bytes) -> Verified:
    """Check a ledger file. Raises BadInput where it is none."""
    try:
        told = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as fault:
        raise BadInput(_NO_LEDGER) from fault
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise BadInput(_NO_LEDGER)
    try:
        return _verified(told)
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as fault:
        raise BadInput(f"{_NO_LEDGER} A part of it is missing or has another form.") from fault


def _verified(told: Mapping[str, Any]) -> Verified:
    entries, release = told["entries"], told["release"]
    written = json.dumps(entries, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = sha256(written.encode()).hexdigest()
    faults = []
    if digest != told["digest"]:
        faults.append(f"The lines give the digest {digest[:12]}…, but the file says {told['digest'][:12]}….")
    if release and told["part"] == WHOLE and release["digest"] != digest:
        faults.append(f"The lines give the digest {digest[:12]}…, but the release had {release['digest'][:12]}….")
    sums = _sums(entries)
    faults += _wrong_sums(told["sheets"], sums)
    faults += _wrong_totals(told["course_grades"], sums)
    return Verified(
        course=f"{told['course']['title']}, {told['course']['term']}",
        release=release["sequence"] if release else None,
        lines=len(entries),
        sheets=len(told["sheets"]),
        digest=digest,
        faults=tuple(faults),
    )


def _sums(entries: list[Mapping[str, Any]]) -> dict[Whose, Decimal]:
    sums: dict[Whose, Decimal] = {}
    with reckoning():
        for entry in entries:
            whose = (tuple(entry["subject"]), entry["component"])
            sums[whose] = sums.get(whose, Decimal(0)) + Decimal(entry["amount"])
    return sums


def _wrong_sums(sheets: list[Mapping[str, Any]], sums: Mapping[Whose, Decimal]) -> Iterator[str]:
    said = {(tuple(sheet["subject"]), sheet["component"]): Decimal(sheet["total"]) for sheet in sheets}
    for whose in sorted({*said, *sums}):
        name = f"{whose[1].replace('_', ' ')} of {whose[0][0]} {whose[0][1]}"
        if whose not in said:
            yield f"There are lines for {name}, but no sum."
        elif whose not in sums:
            yield f"There is a sum for {name}, but no line."
        elif said[whose] != sums[whose]:
            yield f"The lines for {name} add up to {exact(sums[whose])}, but the file says {exact(said[whose])}."


def _wrong_totals(grades: list[Mapping[str, Any]], sums: Mapping[Whose, Decimal]) -> Iterator[str]:
    course = {whose[0][1]: total for whose, total in sums.items() if whose[1] == Component.COURSE}
    for grade in grades:
        said, lines = grade["total"], course.get(grade["enrollment_id"])
        if said is not None and lines is not None and Decimal(said) != lines:
            yield (
                f"The course grade of {grade['enrollment_id']} adds up to {exact(lines)}, but the file says"
                f" {exact(Decimal(said))}."
            )
