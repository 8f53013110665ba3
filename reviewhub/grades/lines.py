"""One signed line of a grade, and the lines that balance others."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from reviewhub.grades.penalties import HUNDRED, ZERO
from reviewhub.grades.sentences import say_held


class SubjectKind(StrEnum):
    """Whose line it is: a project's, a developer's in a project, a reviewing assignment's, a person's."""

    PROJECT = "project"
    MEMBER = "member"
    ASSIGNMENT = "assignment"
    PERSON = "person"


class Component(StrEnum):
    """The grade a line belongs to."""

    VERSION_1 = "version_1"
    VERSION_2 = "version_2"
    DEVELOPER = "developer"
    REVIEW = "review"
    REVIEWER = "reviewer"
    PART = "part"
    """A component of the course grade; which one is the subject's `key`."""
    COURSE = "course"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whose line it is: a project's, an enrolment's or an assignment's id; `project_id` where there is one.

    `key` names the component of the course grade where a person's line belongs to one.
    """

    kind: SubjectKind
    subject_id: str
    project_id: str = ""
    key: str = ""


class Citation(NamedTuple):
    """What a line rests on: its kind (mistake, finding, snapshot, review, …) and its id."""

    kind: str
    cited_id: str


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """One signed line: whose, of which grade, under which part of it, how much, by which rule, resting on what."""

    subject: Subject
    component: Component
    part: str
    """The criterion of a version grade, or `quality`, `coverage`, `missed`, `late`, …"""
    amount: Decimal
    rule: str
    citations: tuple[Citation, ...] = ()


_EXACT = Context(prec=60)


@lru_cache(maxsize=4096)
def exact(amount: Decimal) -> str:
    """The one way to write an amount: every digit, no exponent, no superfluous zeros, whatever the caller's context."""
    return f"{_EXACT.plus(_EXACT.normalize(amount)):f}"


def line(
    subject: Subject,
    component: Component,
    part: str,
    amount: Decimal,
    rule: str,
    *citations: Citation,
) -> LedgerEntry:
    """A line, written on one line."""
    return LedgerEntry(
        subject=subject,
        component=component,
        part=part,
        amount=amount + ZERO,
        rule=rule,
        citations=citations,
    )


def total(lines: Iterable[LedgerEntry]) -> Decimal:
    """The sum of the lines."""
    return sum([one.amount for one in lines], ZERO)


def raise_to(lowest: Decimal, lines: list[LedgerEntry], part: str, rule: str) -> list[LedgerEntry]:
    """The one line that lifts the sum of `lines` to `lowest`; none where it does not lie below."""
    amount = lowest - total(lines)
    return [_balancing(lines, part, amount, rule)] if amount > 0 else []


def lower_to(highest: Decimal, lines: list[LedgerEntry], part: str, rule: str) -> list[LedgerEntry]:
    """The one line that brings the sum of `lines` down to `highest`; none where it does not lie above."""
    amount = highest - total(lines)
    return [_balancing(lines, part, amount, rule)] if amount < 0 else []


def hold(lines: list[LedgerEntry]) -> list[LedgerEntry]:
    """The one line that holds the sum of `lines` between 0 and 100; none where it lies there."""
    whole = total(lines)
    if ZERO <= whole <= HUNDRED:
        return []
    bound = ZERO if whole < ZERO else HUNDRED
    return [_balancing(lines, "hold", bound - whole, say_held(below=whole < ZERO))]


def _balancing(lines: list[LedgerEntry], part: str, amount: Decimal, rule: str) -> LedgerEntry:
    return line(lines[-1].subject, lines[-1].component, part, amount, rule)
