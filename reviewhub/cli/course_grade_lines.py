"""A course grade as plain lines: the sum with its own lines first, then every component down to its marks."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from reviewhub.grades.course_grade import ComponentGrade, CourseGrade
from reviewhub.grades.effects import signed
from reviewhub.grades.lines import LedgerEntry
from reviewhub.grades.sentences import plain, shown

WIDTH = 9


def course_grade_lines(grade: CourseGrade) -> Iterator[str]:
    """The lines of a course grade; none where the course states no components and nothing may fail the student."""
    if not grade.components and not grade.fails:
        return
    yield ""
    yield f"{_shown(grade.total)}  COURSE GRADE{f': {grade.letter}' if grade.letter else ''}"
    yield from _entries(grade.entries, "  ")
    for what in grade.missing:
        yield f"{'':{WIDTH}}    Still missing: {what}"
    if grade.total is None and grade.so_far is not None:
        yield f"{_shown(grade.so_far)}    So far, over what is complete; this is no grade."
    for component in grade.components:
        if component.weight or component.so_far is not None:
            yield from _component(component, "  ")


def _component(component: ComponentGrade, indent: str) -> Iterator[str]:
    counts = f"{plain(component.weight)} %" if component.weight else "does not count"
    needed = "" if component.threshold is None else f", {plain(component.threshold)} needed"
    yield f"{_shown(component.value)}{indent}{component.title} ({counts}{needed})"
    yield from _entries(component.entries, indent)
    for part in component.parts:
        yield from _component(part, f"{indent}  ")


def _entries(entries: Iterable[LedgerEntry], indent: str) -> Iterator[str]:
    for one in entries:
        yield f"{signed(one.amount) if one.amount else '0.00':>{WIDTH}}{indent}  {one.rule}"


def _shown(value: Decimal | None) -> str:
    return f"{'—' if value is None else shown(value):>{WIDTH}}"
