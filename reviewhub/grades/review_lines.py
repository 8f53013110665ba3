"""The lines of the reviews of a project, and of the reviewer grades that reviews make."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades import sentences as say
from reviewhub.grades.evidence import AssignmentFact, ProjectFact, ReviewFact
from reviewhub.grades.late_lines import late_lines
from reviewhub.grades.lines import (
    Citation,
    Component,
    LedgerEntry,
    Subject,
    SubjectKind,
    hold,
    line,
    raise_to,
    total,
)
from reviewhub.grades.penalties import HUNDRED, ZERO, Loss, NotedMistakes, coverage_of, losses_of


def review_lines(
    project: ProjectFact,
    assignment: AssignmentFact,
    noted: NotedMistakes,
    policy: Policy,
) -> list[LedgerEntry]:
    """The lines of one review: quality, coverage, the mistakes it is held to account for, what lateness costs."""
    review = assignment.review
    subject = Subject(
        kind=SubjectKind.ASSIGNMENT,
        subject_id=assignment.assignment_id,
        project_id=project.project_id,
    )
    if review is None:
        cite = Citation("assignment", assignment.assignment_id)
        return [line(subject, Component.REVIEW, "", ZERO, say.say_no_review(), cite)]
    cited = Citation("review", review.review_id)
    lines = _quality_lines(subject, review, policy)
    lines.append(_coverage_line(subject, cited, project, assignment, noted, policy))
    missed = [
        _missed_line(subject, cited, loss, policy) for loss in losses_of(assignment, project, noted, policy.points)
    ]
    lines += missed + raise_to(-policy.points.cap, missed, "missed", say.say_cap(policy.points))
    lines += hold(lines)
    return lines + late_lines(lines, review.arrival, policy.lateness.rules_for("reviews"), policy.tzinfo, cited)


def reviewer_lines(projects: Iterable[ProjectFact], entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The lines of every reviewer's grade: the plain mean over the assignments held to account."""
    reviews: dict[str, Decimal] = {}
    for entry in entries:
        if entry.component is Component.REVIEW:
            reviews[entry.subject.subject_id] = reviews.get(entry.subject.subject_id, ZERO) + entry.amount
    held: dict[str, list[tuple[str, str]]] = {}
    for project in projects:
        for assignment in sorted(project.assignments, key=lambda one: one.assignment_id):
            if assignment.assignment_id in reviews:
                for enrollment_id in sorted(set(assignment.members)):
                    held.setdefault(enrollment_id, []).append((project.key, assignment.assignment_id))
    return [
        entry for enrollment_id in sorted(held) for entry in _mean_lines(enrollment_id, held[enrollment_id], reviews)
    ]


def _quality_lines(subject: Subject, review: ReviewFact, policy: Policy) -> list[LedgerEntry]:
    rules, marks = policy.points, dict(review.quality)
    cited = Citation("review", review.review_id)
    lines = []
    for row in policy.quality:
        mark = marks.get(row.key)
        amount = rules.quality_weight * row.weight / HUNDRED * (mark or ZERO)
        lines.append(
            line(subject, Component.REVIEW, "quality", amount, say.say_quality(row, mark, rules), cited),
        )
    return lines


def _coverage_line(
    subject: Subject,
    cited: Citation,
    project: ProjectFact,
    assignment: AssignmentFact,
    noted: NotedMistakes,
    policy: Policy,
) -> LedgerEntry:
    coverage = coverage_of(assignment, project, noted, policy.points)
    found = [
        cite
        for mistake, finding_id in coverage.found
        for cite in (Citation("mistake", mistake.mistake_id), Citation("finding", finding_id))
    ]
    amount = policy.points.coverage_weight * coverage.value
    rule = say.say_coverage(coverage, policy.points)
    return line(subject, Component.REVIEW, "coverage", amount, rule, cited, *found)


def _missed_line(subject: Subject, cited: Citation, loss: Loss, policy: Policy) -> LedgerEntry:
    cites = [Citation("mistake", loss.mistake.mistake_id)]
    cites += [Citation("finding", loss.noted.finding_id)] if loss.noted.finding_id else []
    return line(subject, Component.REVIEW, "missed", -loss.amount, say.say_loss(loss, policy.points), cited, *cites)


def _mean_lines(
    enrollment_id: str,
    held: list[tuple[str, str]],
    reviews: Mapping[str, Decimal],
) -> list[LedgerEntry]:
    subject = Subject(kind=SubjectKind.PERSON, subject_id=enrollment_id)
    count = len(held)
    mean = sum((reviews[assignment_id] for _, assignment_id in held), ZERO) / count
    lines: list[LedgerEntry] = []
    for place, (key, assignment_id) in enumerate(held, start=1):
        # The last line takes what is left, so that the lines add up to the mean although thirds have no end.
        amount = reviews[assignment_id] / count if place < count else mean - total(lines)
        rule = say.say_mean(key, reviews[assignment_id], count)
        cite = Citation("assignment", assignment_id)
        lines.append(line(subject, Component.REVIEWER, "review", amount, rule, cite))
    return lines
