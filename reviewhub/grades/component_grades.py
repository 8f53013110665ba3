"""One student's grade in each component of the course, from marks, outcomes, projects and reviews."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reviewhub.courses.policy import Policy, WorkKind
from reviewhub.courses.totals import Component as Stated
from reviewhub.grades import course_sentences as say
from reviewhub.grades.course_values import ComponentGrade
from reviewhub.grades.course_work import Work
from reviewhub.grades.evidence import Arrival, MarkFact, StatusFact, StudentFact
from reviewhub.grades.late_lines import late_lines
from reviewhub.grades.lines import Citation, Component, LedgerEntry, Subject, SubjectKind, line, total
from reviewhub.grades.penalties import HUNDRED, ZERO, as_shown

WORK_OF: Mapping[str, WorkKind] = {
    "imported": "homework",
    "presentation": "slides",
    "milestone": "milestones",
    "proposal": "proposals",
}
"""Which late rules hold for the marks of a component, by its kind."""
OUTCOMES = ("revise", "rejected", "passed", "revised", "replaced")
"""The outcomes of a proposal, each later than those before it: of several on the list the latest counts."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What one student's components are computed from; `marks` are those of the student by the key they are for."""

    student: StudentFact
    work: Work
    marks: Mapping[str, Sequence[MarkFact]]
    policy: Policy

    def subject(self, key: str = "") -> Subject:
        """Whose the lines are: the student's, for one component or for the sum."""
        return Subject(kind=SubjectKind.PERSON, subject_id=self.student.enrollment_id, key=key)


def component_grade(stated: Stated, given: Given) -> ComponentGrade:
    """A component's grade, not yet weighed: weights and thresholds of the whole come with the way that counts."""
    return _MADE_OF.get(stated.kind, _of_marks)(stated, given)


def weigh(
    parts: Iterable[ComponentGrade], subject: Subject, component: Component, of_what: str = ""
) -> tuple[list[LedgerEntry], tuple[str, ...], Decimal | None]:
    """The lines of a weighted sum, what is missing for it, and the mean over what is complete."""
    counting = [one for one in parts if one.weight or one.threshold is not None]
    lines = []
    for one in counting:
        if one.weight:
            amount = one.weight * (one.value or ZERO) / HUNDRED
            cite = Citation("component", one.key)
            lines.append(line(subject, component, one.key, amount, say.say_weight(one, of_what), cite))
    there = [(one.weight, one.value) for one in counting if one.value is not None and one.weight]
    weights = sum((weight for weight, _ in there), ZERO)
    so_far = sum((weight * value for weight, value in there), ZERO) / weights if weights else None
    return lines, tuple(what for one in counting for what in one.missing), so_far


def reaches(value: Decimal | None, threshold: Decimal | None) -> bool:
    """Whether a value, as shown, reaches the threshold; nothing is missed before it is there."""
    return value is None or threshold is None or as_shown(value) >= threshold


def _grade(
    stated: Stated,
    lines: Sequence[LedgerEntry] = (),
    missing: Sequence[str] = (),
) -> ComponentGrade:
    so_far = total(lines) if lines else None
    value = None if missing else so_far
    return ComponentGrade(
        key=stated.key,
        title=stated.title,
        kind=stated.kind,
        value=value,
        weight=stated.weight or ZERO,
        entries=tuple(lines),
        missing=tuple(missing),
        so_far=so_far,
        threshold=stated.threshold,
        is_reached=reaches(value, stated.threshold),
    )


def _of_projects(stated: Stated, given: Given) -> ComponentGrade:
    projects = given.work.developed
    if not projects:
        return _grade(stated, missing=[f"{stated.title}: there is no project."])
    lines = [
        line(
            given.subject(stated.key),
            Component.PART,
            "developer",
            share,
            say.say_project(one.key, one.grade, len(projects)),
            Citation("developer", one.project_id),
        )
        for one, share in zip(projects, _shares([one.grade for one in projects]), strict=True)
    ]
    return _grade(stated, lines, given.work.unfinished_projects)


def _of_reviews(stated: Stated, given: Given) -> ComponentGrade:
    grade = given.work.reviewer
    if grade is None:
        return _grade(stated, missing=[f"{stated.title}: no review was assigned."])
    cite = Citation("reviewer", given.student.enrollment_id)
    subject = given.subject(stated.key)
    lines = [line(subject, Component.PART, "reviewer", grade, say.say_reviewer(grade), cite)]
    return _grade(stated, lines, given.work.unfinished_reviews)


def _of_parts(stated: Stated, given: Given) -> ComponentGrade:
    parts = tuple(component_grade(one, given) for one in stated.parts)
    lines, missing, so_far = weigh(parts, given.subject(stated.key), Component.PART, f" of “{stated.title}”")
    return replace(_grade(stated, lines, missing), parts=parts, so_far=so_far)


def _of_proposal(stated: Stated, given: Given) -> ComponentGrade:
    known = given.policy.proposal_marks
    outcomes = [one for one in given.student.statuses if one.kind == "proposal"]
    if known is None or not outcomes:
        return _of_marks(stated, given)
    status = max(outcomes, key=_stage)
    if status.value not in OUTCOMES:
        return _grade(stated, missing=[say.say_unknown_outcome(status.value)])
    worth: Decimal = getattr(known, status.value)
    marks = [one.value for one in given.marks.get(stated.key, ()) if one.value is not None]
    less = min(marks) if marks and status.value == "replaced" and min(marks) < worth else None
    rule = say.say_outcome(status.value, worth if less is None else less, worth if less is not None else None)
    cited = Citation("status", status.status_id)
    subject = given.subject(stated.key)
    lines = [line(subject, Component.PART, "proposal", worth if less is None else less, rule, cited)]
    return _grade(stated, [*lines, *lateness_of(lines, status.arrival, "proposals", given.policy, cited)])


def _stage(status: StatusFact) -> tuple[int, str]:
    return OUTCOMES.index(status.value) if status.value in OUTCOMES else -1, status.status_id


@dataclass(frozen=True, kw_only=True)
class _Slot:
    """One mark of a component that may have several: its lines as if it stood alone, and what they leave."""

    item: int
    name: str
    mark: Decimal | None
    lines: tuple[LedgerEntry, ...] = ()
    left: Decimal = ZERO


def _of_marks(stated: Stated, given: Given) -> ComponentGrade:
    """The mean of the marks, or of the best of them; a missing mark counts 0 only where the best n of m count."""
    found = {one.item: one for one in sorted(given.marks.get(stated.key, ()), key=lambda one: (one.item, one.mark_id))}
    if all(one.value is None for one in found.values()):
        return _grade(stated, missing=[say.say_marks_missing(stated.title)])
    items = sorted({*found, *range(1, max(stated.of or 0, stated.best or 0) + 1)})
    slots = [_slot(stated, given, item, found.get(item), len(items)) for item in items]
    if stated.best is None:
        missing = [say.say_marks_missing(one.name) for one in slots if one.mark is None]
        slots = [one for one in slots if one.mark is not None]
        return _grade(stated, _mean_lines(given.subject(stated.key), slots), missing)
    best = sorted(slots, key=lambda one: (-one.left, one.mark is None, one.item))[: stated.best]
    counted = [one for one in slots if one in best]
    left_out = [one for one in slots if one not in best]
    subject = given.subject(stated.key)
    lines = [
        line(subject, Component.PART, "mark", ZERO, say.say_not_among_best(one.name, one.mark, stated))
        for one in left_out
    ]
    return _grade(stated, [*_mean_lines(subject, counted), *lines])


def _slot(stated: Stated, given: Given, item: int, mark: MarkFact | None, count: int) -> _Slot:
    name = say.name_mark(stated.title, item, count)
    if mark is None or mark.value is None:
        return _Slot(item=item, name=name, mark=None)
    cited = Citation("mark", mark.mark_id)
    lines = [line(given.subject(stated.key), Component.PART, "mark", mark.value, "", cited)]
    lines += lateness_of(lines, mark.arrival, WORK_OF[stated.kind], given.policy, cited)
    return _Slot(item=item, name=name, mark=mark.value, lines=tuple(lines), left=total(lines))


def _mean_lines(subject: Subject, slots: Sequence[_Slot]) -> list[LedgerEntry]:
    """The lines of the mean of these marks: each mark's own, divided by how many there are."""
    count = len(slots)
    lines: list[LedgerEntry] = []
    for slot, share in zip(slots, _shares([one.left for one in slots]), strict=True):
        if slot.mark is None:
            lines.append(line(subject, Component.PART, "mark", ZERO, say.say_no_mark(slot.name, count)))
            continue
        first, *late = slot.lines
        costs = [replace(one, amount=one.amount / count, rule=say.say_late_mark(slot.name, one.rule)) for one in late]
        rule = say.say_mark(slot.name, slot.mark, count)
        lines += [replace(first, amount=share - total(costs), rule=rule), *costs]
    return lines


def lateness_of(
    lines: list[LedgerEntry], arrival: Arrival | None, kind: WorkKind, policy: Policy, cited: Citation
) -> list[LedgerEntry]:
    """What the lateness of one piece of work costs of what `lines` earned; nothing where no arrival is known."""
    if arrival is None:
        return []
    return late_lines(lines, arrival, policy.lateness.rules_for(kind), policy.tzinfo, cited)


def _shares(values: Sequence[Decimal]) -> list[Decimal]:
    """What each value brings to their mean. The last takes what is left of it, because thirds have no end."""
    shares = [value / len(values) for value in values[:-1]]
    return [*shares, sum(values, ZERO) / len(values) - sum(shares, ZERO)]


_MADE_OF: Mapping[str, Callable[[Stated, Given], ComponentGrade]] = {
    "developer": _of_projects,
    "reviewer": _of_reviews,
    "parts": _of_parts,
    "proposal": _of_proposal,
}
