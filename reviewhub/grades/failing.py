"""Which rules may fail a student whatever the points: each with its evidence, waiting for the instructor."""

from collections.abc import Sequence

from reviewhub.courses.policy import Policy
from reviewhub.courses.totals import FailRule
from reviewhub.grades.course_values import FailCase
from reviewhub.grades.course_work import Work
from reviewhub.grades.evidence import StudentFact

NO_PROJECT = "There is no project, and the time for handing one in is over."
LISTED = "It stands on the status list."


def fail_cases(student: StudentFact, work: Work, policy: Policy) -> tuple[FailCase, ...]:
    """Every rule of the course that something triggered for this student, in the order of the course file."""
    decisions = {one.rule: one for one in student.fails}
    return tuple(
        FailCase(rule=rule, evidence=tuple(evidence), decision=decisions.get(rule.key))
        for rule in policy.fails
        if _can_hit(rule, student) and (evidence := _evidence(rule, student, work))
    )


def _can_hit(rule: FailRule, student: StudentFact) -> bool:
    """Whether the rule holds for this student. Whoever has no project is counted out by no rule."""
    spared = {"alone": False, "group_members": True}.get(rule.holds_for)
    return spared is None or student.works_alone is not spared


def _evidence(rule: FailRule, student: StudentFact, work: Work) -> Sequence[str]:
    """What triggered a rule: what the program computed, then the rows of the status list with the rule's key."""
    computed: list[str] = []
    if rule.when == "no_proper_review":
        computed = work.not_reviewed
    elif rule.when == "not_submitted":
        computed = work.not_submitted or ([NO_PROJECT] if student.project_is_due and not student.has_project else [])
    rows = sorted(student.statuses, key=lambda one: (one.evidence, one.status_id))
    return [*computed, *(one.evidence or LISTED for one in rows if one.kind == rule.key and one.value != "no")]
