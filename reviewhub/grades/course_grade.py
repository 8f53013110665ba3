"""The course grade: components, ways of weighting them, bonus, letter, and what may fail a student. Pure and exact.

Nothing is invented: a course without components has no total, one without letters no letter, and a student with
something missing no total, but the names of what is missing.
"""

from collections.abc import Iterable, Mapping

from reviewhub.courses.policy import Policy
from reviewhub.grades.course_values import ComponentGrade, CourseGrade, FailCase, with_parts
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.lines import LedgerEntry

__all__ = ["ComponentGrade", "CourseGrade", "FailCase", "course_grades", "course_lines"]


def course_grades(
    facts: GradingFacts, policy: Policy, entries: Iterable[LedgerEntry] | None = None
) -> dict[str, CourseGrade]:
    """The course grade of every student of the facts, by enrollment id.

    `entries` are the ledger's lines of projects and reviews, where they are known already.
    """
    del policy, entries
    return {one.enrollment_id: CourseGrade(enrollment_id=one.enrollment_id) for one in facts.students}


def course_lines(grades: Mapping[str, CourseGrade]) -> list[LedgerEntry]:
    """The lines of course grades, student by student: those of the components, then those of the sum."""
    return [
        entry
        for enrollment_id in sorted(grades)
        for lines in (
            *(one.entries for one in with_parts(grades[enrollment_id].components)),
            grades[enrollment_id].entries,
        )
        for entry in lines
    ]
