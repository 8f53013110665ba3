"""Facts and policy to signed lines: the same lines, byte for byte, whenever it is run.

Nothing is typed into the ledger and nothing is rounded in it. A subject's grade is the sum of its lines; caps, floors
and holds are lines of their own that balance the others, so that the order of decisions never matters.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from reviewhub.courses.policy import Policy
from reviewhub.grades import sentences as say
from reviewhub.grades.evidence import VERSION_1, VERSION_2, AssignmentFact, GradingFacts, ProjectFact
from reviewhub.grades.late_lines import late_lines
from reviewhub.grades.lines import (
    Citation,
    Component,
    LedgerEntry,
    Subject,
    SubjectKind,
    exact,
    line,
    lower_to,
    raise_to,
    total,
)
from reviewhub.grades.penalties import (
    HUNDRED,
    ZERO,
    NotedMistakes,
    carried_part,
    coverage_of,
    losses_of,
    mistakes_in_order,
    nominal_points,
    noted_mistakes,
    reckoning,
)

VERSION_COMPONENT = {VERSION_1: Component.VERSION_1, VERSION_2: Component.VERSION_2}


@dataclass(frozen=True, kw_only=True)
class GradeSheet:
    """The sum of a subject's lines for one component."""

    subject: Subject
    component: Component
    total: Decimal
    entries: tuple[LedgerEntry, ...]


Sheets = Mapping[tuple[Subject, Component], GradeSheet]


def ledger_of(facts: GradingFacts, policy: Policy) -> tuple[LedgerEntry, ...]:
    """Every line of every grade of the course, in one fixed order; none for a course without peer review."""
    projects = sorted(facts.projects, key=lambda one: (one.key, one.project_id))
    entries = [entry for project in projects for entry in project_ledger(project, policy)]
    return (*entries, *_reviewer_lines(projects, entries))


def project_ledger(project: ProjectFact, policy: Policy) -> tuple[LedgerEntry, ...]:
    """The lines one project decides alone: both versions, its developers, the reviews of it."""
    if not policy.is_peer_reviewed:
        return ()
    with reckoning():
        noted = noted_mistakes(project, policy.points)
        entries: list[LedgerEntry] = []
        for version in (VERSION_1, VERSION_2):
            entries += _version_lines(project, version, noted, policy)
        grades = {version: total(entries, component) for version, component in VERSION_COMPONENT.items()}
        for enrollment_id in sorted(set(project.developers)):
            entries += _developer_lines(project, enrollment_id, grades, policy)
        for assignment in sorted(project.assignments, key=lambda one: one.assignment_id):
            if assignment.held_to_account:
                entries += _review_lines(project, assignment, noted, policy)
        return tuple(entries)


def sheets_of(entries: Iterable[LedgerEntry]) -> dict[tuple[Subject, Component], GradeSheet]:
    """The grade sheets of a ledger: its lines gathered by subject and component."""
    gathered: dict[tuple[Subject, Component], list[LedgerEntry]] = {}
    for entry in entries:
        gathered.setdefault((entry.subject, entry.component), []).append(entry)
    with reckoning():
        return {
            (subject, component): GradeSheet(
                subject=subject,
                component=component,
                total=total(lines),
                entries=tuple(lines),
            )
            for (subject, component), lines in gathered.items()
        }


def canonical_bytes(entries: Iterable[LedgerEntry]) -> bytes:
    """The ledger as JSON that is the same on every machine: what a release's digest is taken of."""
    rows = [
        {
            "subject": [entry.subject.kind, entry.subject.subject_id, entry.subject.project_id],
            "component": entry.component,
            "part": entry.part,
            "amount": exact(entry.amount),
            "rule": entry.rule,
            "citations": [[one.kind, one.cited_id] for one in entry.citations],
        }
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(entries: Iterable[LedgerEntry]) -> str:
    """The SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return sha256(canonical_bytes(entries)).hexdigest()


def _version_lines(
    project: ProjectFact,
    version: int,
    noted: NotedMistakes,
    policy: Policy,
) -> list[LedgerEntry]:
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
    component = VERSION_COMPONENT[version]
    snapshot = project.snapshot(version)
    if snapshot is None:
        return [line(subject, component, "", ZERO, say.say_not_submitted(version))]
    cited = Citation("snapshot", snapshot.snapshot_id)
    lines: list[LedgerEntry] = []
    for row in policy.rubric:
        part = [line(subject, component, row.key, row.points, say.say_criterion(row), cited)]
        part += _mistake_lines(project, version, row.key, noted, policy)
        lines += part + raise_to(ZERO, part, row.key, say.say_criterion_floor(row))
    known = {row.key for row in policy.rubric}
    for mistake in mistakes_in_order(project):
        if mistake.criterion not in known and mistake.version_in <= version:
            cite = Citation("mistake", mistake.mistake_id)
            lines.append(line(subject, component, "", ZERO, say.say_foreign_criterion(mistake), cite))
    late = late_lines(lines, snapshot.arrival, policy.lateness.rules_for("versions"), policy.tzinfo, cited)
    return lines + late


def _mistake_lines(
    project: ProjectFact,
    version: int,
    criterion: str,
    noted: NotedMistakes,
    policy: Policy,
) -> list[LedgerEntry]:
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
    lines = []
    for mistake in mistakes_in_order(project):
        if mistake.criterion != criterion or mistake.version_in > version:
            continue
        points = nominal_points(mistake, policy.points)
        if mistake.version_in == version:
            amount, rule = -points, say.say_mistake(mistake, points)
        else:
            seen = mistake.mistake_id in noted.named
            amount = -points * carried_part(mistake, named=seen, rules=policy.points)
            rule = say.say_carried(mistake, points, seen=seen, rules=policy.points)
        cite = Citation("mistake", mistake.mistake_id)
        lines.append(line(subject, VERSION_COMPONENT[version], criterion, amount, rule, cite))
    return lines


def _developer_lines(
    project: ProjectFact,
    enrollment_id: str,
    grades: Mapping[int, Decimal],
    policy: Policy,
) -> list[LedgerEntry]:
    subject = Subject(kind=SubjectKind.MEMBER, subject_id=enrollment_id, project_id=project.project_id)
    weights = {VERSION_1: policy.points.version_1_weight, VERSION_2: policy.points.version_2_weight}
    lines = []
    for version, weight in weights.items():
        grade = grades[version]
        rule = say.say_version_counts(version, weight, grade)
        cite = Citation(VERSION_COMPONENT[version].value, project.project_id)
        lines.append(line(subject, Component.DEVELOPER, f"version_{version}", weight * grade, rule, cite))
    for adjustment in sorted(project.adjustments, key=lambda one: one.adjustment_id):
        if adjustment.enrollment_id == enrollment_id:
            rule = say.say_adjustment(adjustment)
            cite = Citation("adjustment", adjustment.adjustment_id)
            lines.append(line(subject, Component.DEVELOPER, "adjustment", adjustment.points, rule, cite))
    return lines + _hold(lines)


def _review_lines(
    project: ProjectFact,
    assignment: AssignmentFact,
    noted: NotedMistakes,
    policy: Policy,
) -> list[LedgerEntry]:
    rules, review = policy.points, assignment.review
    subject = Subject(
        kind=SubjectKind.ASSIGNMENT,
        subject_id=assignment.assignment_id,
        project_id=project.project_id,
    )
    if review is None:
        cite = Citation("assignment", assignment.assignment_id)
        return [line(subject, Component.REVIEW, "", ZERO, say.say_no_review(), cite)]
    cited = Citation("review", review.review_id)
    marks = dict(review.quality)
    lines = []
    for row in policy.quality:
        mark = marks.get(row.key)
        amount = rules.quality_weight * row.weight / HUNDRED * (mark or ZERO)
        rule = say.say_quality(row, mark, rules)
        lines.append(line(subject, Component.REVIEW, "quality", amount, rule, cited))
    coverage = coverage_of(assignment, project, noted, rules)
    found = [
        cite
        for mistake, finding_id in coverage.found
        for cite in (Citation("mistake", mistake.mistake_id), Citation("finding", finding_id))
    ]
    rule = say.say_coverage(coverage, rules)
    lines.append(
        line(subject, Component.REVIEW, "coverage", rules.coverage_weight * coverage.value, rule, cited, *found),
    )
    missed = []
    for loss in losses_of(assignment, project, noted, rules):
        cites = [Citation("mistake", loss.mistake.mistake_id)]
        cites += [Citation("finding", loss.noted.finding_id)] if loss.noted.finding_id else []
        missed.append(
            line(subject, Component.REVIEW, "missed", -loss.amount, say.say_loss(loss, rules), cited, *cites),
        )
    lines += missed + raise_to(-rules.cap, missed, "missed", say.say_cap(rules))
    lines += _hold(lines)
    return lines + late_lines(lines, review.arrival, policy.lateness.rules_for("reviews"), policy.tzinfo, cited)


def _reviewer_lines(projects: list[ProjectFact], entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    reviews = {
        subject.subject_id: sheet.total
        for (subject, component), sheet in sheets_of(entries).items()
        if component is Component.REVIEW
    }
    held: dict[str, list[tuple[str, str]]] = {}
    for project in projects:
        for assignment in sorted(project.assignments, key=lambda one: one.assignment_id):
            if assignment.assignment_id in reviews:
                for enrollment_id in sorted(set(assignment.members)):
                    held.setdefault(enrollment_id, []).append((project.key, assignment.assignment_id))
    with reckoning():
        return [
            entry
            for enrollment_id in sorted(held)
            for entry in _mean_lines(enrollment_id, held[enrollment_id], reviews)
        ]


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


def _hold(lines: list[LedgerEntry]) -> list[LedgerEntry]:
    return [
        *raise_to(ZERO, lines, "hold", say.say_held(below=True)),
        *lower_to(HUNDRED, lines, "hold", say.say_held(below=False)),
    ]
