"""What a release waits for, by name: nothing undecided may become a number a student is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewhub.courses.policy import Policy
from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.evidence import VERSION_1, VERSION_2, GradingFacts, ProjectFact
from reviewhub.grades.penalties import mistakes_in_order
from reviewhub.grades.sentences import named


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One thing still to decide, in one project or about one student.

    `key` names the project, or says whom it is about; `cited_id` is the mistake or review it is about, or empty.
    """

    project_id: str
    key: str
    what: str
    cited_id: str = ""
    enrollment_id: str = ""
    """The student it is about, where it is about no project."""


Reviewers = Mapping[str, str]
"""assignment_id → the reviewer's name, for whoever may read it."""


def blockers(facts: GradingFacts, policy: Policy, reviewers: Reviewers | None = None) -> tuple[Blocker, ...]:
    """Everything that keeps the course's grades from being released, project by project."""
    projects = sorted(facts.projects, key=lambda one: (one.key, one.project_id))
    return tuple(blocker for project in projects for blocker in project_blockers(project, policy, reviewers))


def project_blockers(project: ProjectFact, policy: Policy, reviewers: Reviewers | None = None) -> tuple[Blocker, ...]:
    """What keeps one project's grades from being released."""
    unmarked = _unmarked(project, policy, reviewers or {})
    found = [*_unsettled(project), *_undecided(project, policy), *unmarked]
    return tuple(
        Blocker(project_id=project.project_id, key=project.key, what=what, cited_id=cited_id)
        for what, cited_id in found
    )


def student_blockers(grades: Mapping[str, CourseGrade], names: Mapping[str, str] | None = None) -> tuple[Blocker, ...]:
    """Every rule that may fail a student and on which the instructor has not decided; `names`: by enrolment id."""
    known = names or {}
    open_cases = [
        (known.get(grade.enrollment_id, "a student"), grade.enrollment_id, case.rule)
        for grade in grades.values()
        for case in grade.fails
        if case.is_open
    ]
    return tuple(
        Blocker(
            project_id="",
            key="Students",
            what=f"{name}: “{rule.title}” is neither confirmed nor dismissed.",
            cited_id=rule.key,
            enrollment_id=enrollment_id,
        )
        for name, enrollment_id, rule in sorted(open_cases, key=lambda one: (one[0].casefold(), one[1], one[2].key))
    )


def undecided_findings(project: ProjectFact) -> tuple[str, ...]:
    """The findings nobody decided on yet; they hold up no release, but count as noting nothing."""
    return tuple(
        finding.finding_id
        for assignment in project.assignments
        if assignment.review
        for finding in assignment.review.findings
        if finding.decision is None and finding.kind != "remark"
    )


def _unsettled(project: ProjectFact) -> Iterator[tuple[str, str]]:
    for version in (VERSION_1, VERSION_2):
        if version not in project.settled:
            yield f"Version {version} of {project.key} is not frozen yet.", ""


def _undecided(project: ProjectFact, policy: Policy) -> Iterator[tuple[str, str]]:
    known = {row.key for row in policy.rubric}
    for mistake in mistakes_in_order(project):
        if mistake.criterion not in known:
            yield (
                f"{named(mistake)} of {project.key} stands under a criterion the rubric does not have.",
                mistake.mistake_id,
            )
        if mistake.version_in == VERSION_1 and mistake.verdict is None and project.snapshot(VERSION_2):
            yield f"{named(mistake)} of {project.key} has no verdict for version 2.", mistake.mistake_id


def _unmarked(project: ProjectFact, policy: Policy, reviewers: Reviewers) -> Iterator[tuple[str, str]]:
    reviews = [one for one in project.assignments if one.held_to_account and one.review]
    for place, assignment in enumerate(sorted(reviews, key=lambda one: one.assignment_id), start=1):
        review = assignment.review
        if review is None:
            continue
        marked = {row for row, _ in review.quality}
        missing = [row.title for row in policy.quality if row.key not in marked]
        name = reviewers.get(assignment.assignment_id)
        whose = (
            f"The review of {project.key} by {name}" if name else f"Review {place} of {len(reviews)} of {project.key}"
        )
        if len(missing) == len(policy.quality) and missing:
            yield f"{whose} has no quality marks.", review.review_id
        elif missing:
            yield f"{whose} has no quality mark for: {', '.join(missing)}.", review.review_id
