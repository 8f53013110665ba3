"""The course grade: components, ways of weighting them, bonus, letter, and what may fail a student. Pure and exact.

Nothing is invented: a course without components has no total, one without letters no letter, and a student with
something missing no total, but the names of what is missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.courses.totals import Letter
from reviewhub.grades import course_sentences as say
from reviewhub.grades.bonuses import bonus_lines
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.component_grades import Given, component_grade
from reviewhub.grades.course_values import ComponentGrade, CourseGrade, FailCase, with_parts
from reviewhub.grades.course_work import Work, works_of
from reviewhub.grades.evidence import GradingFacts, MarkFact, StudentFact
from reviewhub.grades.failing import fail_cases
from reviewhub.grades.lines import Citation, Component, LedgerEntry, hold, line, total
from reviewhub.grades.penalties import ZERO, as_shown, reckoning
from reviewhub.grades.ways import Weighed, chosen_way
from reviewhub.grades.work_lines import work_lines

__all__ = ["ComponentGrade", "CourseGrade", "FailCase", "course_grades", "course_lines"]


@without_collecting
def course_grades(
    facts: GradingFacts, policy: Policy, entries: Iterable[LedgerEntry] | None = None
) -> dict[str, CourseGrade]:
    """The course grade of every student of the facts, by enrollment id.

    `entries` are the ledger's lines of projects and reviews, where they are known already.
    """
    lines = work_lines(facts.projects, policy) if entries is None else entries
    with reckoning():
        works = works_of(facts.projects, policy, lines)
        return {
            one.enrollment_id: _course_grade(one, works.get(one.enrollment_id, Work()), policy)
            for one in sorted(facts.students, key=lambda one: one.enrollment_id)
        }


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


def _course_grade(student: StudentFact, work: Work, policy: Policy) -> CourseGrade:
    given = Given(student=student, work=work, marks=_by_component(student.marks), policy=policy)
    fails = fail_cases(student, work, policy)
    said = tuple(_fail_line(case, given) for case in fails)
    brought = next((case.letter for case in fails if case.letter), "")
    started = CourseGrade(enrollment_id=student.enrollment_id, fails=fails, letter=brought, entries=said)
    if not policy.components:
        return started
    grades = [component_grade(one, given) for one in policy.components]
    weighed = chosen_way(grades, policy, given.subject())
    if weighed is None:
        unweighed = tuple(replace(one, weight=ZERO) for one in grades)
        return replace(started, components=unweighed, missing=(say.say_no_way(),))
    return _finished(started, weighed, given)


def _finished(started: CourseGrade, weighed: Weighed, given: Given) -> CourseGrade:
    """The grade with its sum: bonus, bounds and letter where nothing is missing, and whatever fails the course."""
    lines, bonus, whole, letter = list(weighed.lines), ZERO, None, ""
    if not weighed.missing:
        added = bonus_lines(given)
        bonus = total(added)
        lines += added
        lines += hold(lines)
        whole = total(lines)
    row = _letter_row(weighed, whole, given.policy)
    if row is not None:
        letter = row.letter
        rule = say.say_failing_letter(row) if weighed.below else say.say_letter(row, whole or ZERO)
        lines.append(line(given.subject(), Component.COURSE, "letter", ZERO, rule))
    return replace(
        started,
        scheme_key=weighed.way.key,
        scheme_title=weighed.way.title,
        components=weighed.components,
        bonus=bonus,
        total=whole,
        so_far=weighed.so_far,
        letter=started.letter or letter,
        missing=weighed.missing,
        entries=(*lines, *started.entries),
    )


def _letter_row(weighed: Weighed, whole: Decimal | None, policy: Policy) -> Letter | None:
    """The row of the scale: the failing one below a threshold, whatever the sum; else the best that is reached."""
    if weighed.below:
        return next((row for row in policy.letters if row.fails), None)
    if whole is None:
        return None
    return next((row for row in policy.letters if as_shown(whole) >= row.at_least), None)


def _fail_line(case: FailCase, given: Given) -> LedgerEntry:
    cites = [Citation("fail", case.rule.key)]
    cites += [Citation("status", one) for one in sorted(_statuses_of(case, given))]
    return line(given.subject(), Component.COURSE, "fail", ZERO, say.say_fail(case), *cites)


def _statuses_of(case: FailCase, given: Given) -> Iterator[str]:
    return (one.status_id for one in given.student.statuses if one.kind == case.rule.key and one.value != "no")


def _by_component(marks: Iterable[MarkFact]) -> Mapping[str, list[MarkFact]]:
    found: dict[str, list[MarkFact]] = {}
    for mark in marks:
        found.setdefault(mark.component, []).append(mark)
    return found
