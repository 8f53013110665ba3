"""Everything that projects and reviews decide, as lines: what the developer and the reviewer grades are made of."""

from collections.abc import Iterable

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import VERSION_1, VERSION_2, ProjectFact
from reviewhub.grades.lines import LedgerEntry, total
from reviewhub.grades.penalties import noted_mistakes, reckoning
from reviewhub.grades.review_lines import review_lines, reviewer_lines
from reviewhub.grades.version_lines import developer_lines, version_lines


def work_lines(projects: Iterable[ProjectFact], policy: Policy) -> list[LedgerEntry]:
    """The lines of all projects by key, then those of their reviewers' grades; none without peer review."""
    in_order = sorted(projects, key=lambda one: (one.key, one.project_id))
    entries = [entry for project in in_order for entry in project_ledger(project, policy)]
    with reckoning():
        return entries + reviewer_lines(in_order, entries)


def project_ledger(project: ProjectFact, policy: Policy) -> tuple[LedgerEntry, ...]:
    """The lines one project decides alone: both versions, its developers, the reviews of it."""
    if not policy.is_peer_reviewed:
        return ()
    with reckoning():
        noted = noted_mistakes(project, policy.points)
        versions = {version: version_lines(project, version, noted, policy) for version in (VERSION_1, VERSION_2)}
        grades = {version: total(lines) for version, lines in versions.items()}
        entries = [entry for lines in versions.values() for entry in lines]
        for enrollment_id in sorted(set(project.developers)):
            entries += developer_lines(project, enrollment_id, grades, policy)
        for assignment in sorted(project.assignments, key=lambda one: one.assignment_id):
            if assignment.held_to_account:
                entries += review_lines(project, assignment, noted, policy)
        return tuple(entries)
