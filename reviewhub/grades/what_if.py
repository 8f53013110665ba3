"""What a change would do to everybody: the grades as they would be, less the grades as they are. Pure.

A change is another policy, or other facts (`what_if_decisions`); nothing is computed here that the ledger does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.course_values import CourseGrade, with_parts
from reviewhub.grades.evidence import GradingFacts, ProjectFact
from reviewhub.grades.ledger import sheets_of
from reviewhub.grades.lines import Component, LedgerEntry
from reviewhub.grades.penalties import ZERO, as_shown, reckoning
from reviewhub.grades.review_lines import reviewer_lines
from reviewhub.grades.work_lines import project_ledger

_COMPUTED = frozenset({"developer", "reviewer"})
"""Kinds of components that are shown as what they are computed from."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Everybody's grades under some facts and some policy: one line per grade of work, and the course grades."""

    sums: tuple[LedgerEntry, ...]
    grades: Mapping[str, CourseGrade]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One number of one student, before and after; None where there is none."""

    title: str
    before: Decimal | None
    after: Decimal | None

    @property
    def moves(self) -> Decimal:
        """By how much, between the two numbers as they are shown; what comes or goes counts from or to 0."""
        return as_shown(self.after or ZERO) - as_shown(self.before or ZERO)

    @property
    def is_moved(self) -> bool:
        """Whether anybody would see another number."""
        return _seen(self.before) != _seen(self.after)


@dataclass(frozen=True, kw_only=True)
class Move:
    """What the change does to one student."""

    enrollment_id: str
    total: Part
    letter: tuple[str, str]
    parts: tuple[Part, ...]
    """The numbers the total is made of that move; the whole list where there is no total."""
    fails: tuple[str, str]
    """The titles of the rules that fail them, before and after, as one text each."""

    @property
    def is_moved(self) -> bool:
        """Whether anything this student would see is another."""
        moved = self.total.is_moved or any(one.is_moved for one in self.parts)
        return moved or self.letter[0] != self.letter[1] or self.fails[0] != self.fails[1]

    @property
    def moves(self) -> Decimal:
        """By how much the student's grade moves: the course grade where there is one, else the largest part."""
        if self.total.before is not None or self.total.after is not None:
            return self.total.moves
        return max((one.moves for one in self.parts), key=abs, default=ZERO)


@without_collecting
def outcome_of(
    facts: GradingFacts, policy: Policy, known: Mapping[str, tuple[LedgerEntry, ...]] | None = None
) -> Outcome:
    """Everybody's grades. `known`: project id → its sums, for projects that the change leaves alone."""
    projects = sorted(facts.projects, key=lambda one: (one.key, one.project_id))
    sums = [line for one in projects for line in (known or {}).get(one.project_id) or summed(one, policy)]
    with reckoning():
        sums += reviewer_lines(projects, sums)
    return Outcome(sums=tuple(sums), grades=course_grades(facts, policy, sums))


def summed(project: ProjectFact, policy: Policy) -> tuple[LedgerEntry, ...]:
    """The grades one project decides: one line each, carrying its sum."""
    return tuple(
        replace(sheet.entries[0], amount=sheet.total, part="", rule="", citations=())
        for sheet in sheets_of(project_ledger(project, policy)).values()
    )


def moves_between(before: Outcome, after: Outcome, keys: Mapping[str, str]) -> tuple[Move, ...]:
    """What changes for whom, the largest first; students whom nothing moves come last. `keys`: project id → key."""
    was, will = _work_of(before.sums, keys), _work_of(after.sums, keys)
    with reckoning():
        moves = [
            _move(enrollment_id, before, after, was.get(enrollment_id, {}), will.get(enrollment_id, {}))
            for enrollment_id in sorted({*before.grades, *after.grades})
        ]
        return tuple(sorted(moves, key=lambda one: (not one.is_moved, -abs(one.moves), one.enrollment_id)))


def _move(
    enrollment_id: str,
    before: Outcome,
    after: Outcome,
    was: Mapping[str, Decimal],
    will: Mapping[str, Decimal],
) -> Move:
    nothing = CourseGrade(enrollment_id=enrollment_id)
    old, new = before.grades.get(enrollment_id, nothing), after.grades.get(enrollment_id, nothing)
    parts = [*_paired(was, will), *_paired(_components(old), _components(new))]
    return Move(
        enrollment_id=enrollment_id,
        total=Part(title="Course grade", before=old.total, after=new.total),
        letter=(old.letter, new.letter),
        parts=tuple(one for one in parts if one.is_moved),
        fails=(_fails(old), _fails(new)),
    )


def _paired(was: Mapping[str, Decimal], will: Mapping[str, Decimal]) -> list[Part]:
    return [Part(title=title, before=was.get(title), after=will.get(title)) for title in {**was, **will}]


def _work_of(sums: Iterable[LedgerEntry], keys: Mapping[str, str]) -> dict[str, dict[str, Decimal]]:
    """Enrolment id → what each project and the reviews bring, by title."""
    found: dict[str, dict[str, Decimal]] = {}
    for one in sums:
        if one.component is Component.DEVELOPER:
            title = f"Developer of {keys.get(one.subject.project_id, '—')}"
        elif one.component is Component.REVIEWER:
            title = "Reviewer"
        else:
            continue
        theirs = found.setdefault(one.subject.subject_id, {})
        theirs[title] = theirs.get(title, ZERO) + one.amount
    return found


def _components(grade: CourseGrade) -> dict[str, Decimal]:
    return {
        one.title: one.value
        for one in with_parts(grade.components)
        if one.value is not None and one.kind not in _COMPUTED
    }


def _fails(grade: CourseGrade) -> str:
    cases = [case.rule.title for case in grade.fails if case.is_open or case.letter]
    below = [
        f"{one.title} below {as_shown(one.threshold)}"
        for one in grade.components
        if not one.is_reached and one.threshold
    ]
    return "; ".join([*cases, *below])


def _seen(value: Decimal | None) -> Decimal | None:
    return None if value is None else as_shown(value)
