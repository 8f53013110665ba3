"""What a course grade is made of, as frozen values: its components, the rules that may fail a student, the sum."""

from dataclasses import dataclass
from decimal import Decimal

from reviewhub.courses.totals import FailRule
from reviewhub.grades.evidence import FailFact
from reviewhub.grades.lines import LedgerEntry


@dataclass(frozen=True, kw_only=True)
class ComponentGrade:
    """One student's grade in one component of the course (or in a part of one)."""

    key: str
    title: str
    kind: str
    value: Decimal | None
    """0-100, exact; None while something is missing."""
    weight: Decimal
    """Per cent of the course grade in the scheme that counts, of its component for a part; 0 where it counts not."""
    entries: tuple[LedgerEntry, ...] = ()
    """What the value is the sum of, or of what there is so far."""
    missing: tuple[str, ...] = ()
    """What is not there yet, each in a sentence."""
    so_far: Decimal | None = None
    """The value over what is there; None where there is nothing."""
    threshold: Decimal | None = None
    """What it takes not to fail the course in this component."""
    is_reached: bool = True
    """False where the value, as shown, lies below the threshold."""
    parts: tuple["ComponentGrade", ...] = ()


@dataclass(frozen=True, kw_only=True)
class FailCase:
    """A rule that may fail this student whatever the points, and what triggered it.

    It waits for the instructor while `decision` is None.
    """

    rule: FailRule
    evidence: tuple[str, ...]
    decision: FailFact | None = None

    @property
    def is_open(self) -> bool:
        """Whether the instructor has still to decide."""
        return self.decision is None

    @property
    def letter(self) -> str:
        """The letter it brings: the instructor's choice, else the rule's first; "" unless confirmed."""
        if self.decision is None or not self.decision.confirmed:
            return ""
        return self.decision.letter or self.rule.brings[0]


@dataclass(frozen=True, kw_only=True)
class CourseGrade:
    """One student's grade in the course. `total` and `letter` stay empty where the course states none."""

    enrollment_id: str
    scheme_key: str = ""
    """The scheme that counts; "" where the course has only one way."""
    scheme_title: str = ""
    components: tuple[ComponentGrade, ...] = ()
    bonus: Decimal = Decimal(0)
    """The points added to the sum, after every limit; 0 where the claim to them is lost."""
    total: Decimal | None = None
    """0-100, exact; None while anything is missing that it needs."""
    so_far: Decimal | None = None
    """The mean over the components that are complete, without bonus; None where none is. Never a grade."""
    letter: str = ""
    fails: tuple[FailCase, ...] = ()
    missing: tuple[str, ...] = ()
    """What the total waits for, each in a sentence."""
    entries: tuple[LedgerEntry, ...] = ()
    """The lines of the sum; those of a component stand in it."""

    @property
    def is_failed(self) -> bool:
        """Whether a missed threshold or a confirmed rule fails the student, whatever the sum."""
        return any(case.letter for case in self.fails) or any(not one.is_reached for one in with_parts(self.components))


def with_parts(components: tuple[ComponentGrade, ...]) -> tuple[ComponentGrade, ...]:
    """The components and, after each, its parts."""
    return tuple(every for one in components for every in (one, *with_parts(one.parts)))
