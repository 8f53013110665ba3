"""The lines of a project's two versions, and of its developers' grades."""

from collections.abc import Mapping
from decimal import Decimal

from reviewhub.courses.policy import Criterion, Policy
from reviewhub.grades import sentences as say
from reviewhub.grades.evidence import VERSION_1, VERSION_2, MistakeFact, ProjectFact, SnapshotFact
from reviewhub.grades.late_lines import late_lines
from reviewhub.grades.lines import Citation, Component, LedgerEntry, Subject, SubjectKind, hold, line, raise_to
from reviewhub.grades.penalties import ZERO, NotedMistakes, carried_part, mistakes_in_order, nominal_points

VERSION_COMPONENT = {VERSION_1: Component.VERSION_1, VERSION_2: Component.VERSION_2}


def version_lines(project: ProjectFact, version: int, noted: NotedMistakes, policy: Policy) -> list[LedgerEntry]:
    """The lines of one version: each criterion less its mistakes, then what lateness costs."""
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
    component = VERSION_COMPONENT[version]
    snapshot = project.snapshot(version)
    if snapshot is None:
        return [line(subject, component, "", ZERO, say.say_not_submitted(version))]
    known = {row.key for row in policy.rubric}
    under: dict[str, list[LedgerEntry]] = {key: [] for key in known}
    foreign: list[LedgerEntry] = []
    for mistake in mistakes_in_order(project):
        if mistake.version_in > version:
            continue
        cite = Citation("mistake", mistake.mistake_id)
        if mistake.criterion in known:
            amount, rule = _cost(mistake, version, noted, policy)
            under[mistake.criterion].append(line(subject, component, mistake.criterion, amount, rule, cite))
        else:
            foreign.append(line(subject, component, "", ZERO, say.say_foreign_criterion(mistake), cite))
    lines: list[LedgerEntry] = []
    for row in policy.rubric:
        lines += _criterion_lines(subject, component, row, snapshot, under[row.key])
    lines += foreign
    cited = Citation("snapshot", snapshot.snapshot_id)
    return lines + late_lines(lines, snapshot.arrival, policy.lateness.rules_for("versions"), policy.tzinfo, cited)


def developer_lines(
    project: ProjectFact,
    enrollment_id: str,
    grades: Mapping[int, Decimal],
    policy: Policy,
) -> list[LedgerEntry]:
    """The lines of one developer's grade; `grades`: version → its grade."""
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
    return lines + hold(lines)


def _criterion_lines(
    subject: Subject, component: Component, row: Criterion, snapshot: SnapshotFact, mistakes: list[LedgerEntry]
) -> list[LedgerEntry]:
    cited = Citation("snapshot", snapshot.snapshot_id)
    lines = [line(subject, component, row.key, row.points, say.say_criterion(row), cited), *mistakes]
    return lines + raise_to(ZERO, lines, row.key, say.say_criterion_floor(row))


def _cost(mistake: MistakeFact, version: int, noted: NotedMistakes, policy: Policy) -> tuple[Decimal, str]:
    """What a mistake takes off in this version, and why."""
    points = nominal_points(mistake, policy.points)
    if mistake.version_in == version:
        return -points, say.say_mistake(mistake, points)
    seen = mistake.mistake_id in noted.named
    part = carried_part(mistake, named=seen, rules=policy.points)
    return -points * part, say.say_carried(mistake, points, seen=seen, rules=policy.points)
