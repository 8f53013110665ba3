"""What each student's projects and reviews bring to the course grade: grades, what is unfinished, what is absent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from reviewhub.courses.lateness import judge_lateness, length
from reviewhub.courses.policy import Policy, WorkKind
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Arrival, AssignmentFact, ProjectFact
from reviewhub.grades.lines import Component, LedgerEntry
from reviewhub.grades.penalties import ZERO


@dataclass(frozen=True, kw_only=True)
class Developed:
    """A project that somebody developed, and the grade it brings them."""

    project_id: str
    key: str
    grade: Decimal


@dataclass(kw_only=True)
class Work:
    """One student's projects and reviews. It is filled while a course is read, and only read from then on."""

    developed: list[Developed] = field(default_factory=list)
    reviewer: Decimal | None = None
    unfinished_projects: list[str] = field(default_factory=list)
    unfinished_reviews: list[str] = field(default_factory=list)
    not_submitted: list[str] = field(default_factory=list)
    """A sentence for each project of which nothing was handed in."""
    not_reviewed: list[str] = field(default_factory=list)
    """A sentence for each project that was not reviewed although it was this student's to review."""
    lost_claims: list[str] = field(default_factory=list)
    """What came so late that there is no claim to bonuses, each as a clause."""


def works_of(projects: Iterable[ProjectFact], policy: Policy, entries: Iterable[LedgerEntry]) -> Mapping[str, Work]:
    """The work of every developer and reviewer, by enrollment id; `entries` are the ledger's lines."""
    works: defaultdict[str, Work] = defaultdict(Work)
    grades: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if entry.component in {Component.DEVELOPER, Component.REVIEWER}:
            key = entry.subject.subject_id, entry.subject.project_id
            grades[key] = grades.get(key, ZERO) + entry.amount
    for project in sorted(projects, key=lambda one: (one.key, one.project_id)):
        _add_project(works, project, grades, policy)
        for assignment in sorted(project.assignments, key=lambda one: one.assignment_id):
            if assignment.held_to_account:
                _add_review(works, project, assignment, policy)
    for (enrollment_id, project_id), grade in grades.items():
        if not project_id:
            works[enrollment_id].reviewer = grade
    return works


def lost_claim(what: str, arrival: Arrival, kind: WorkKind, policy: Policy) -> str:
    """Why this arrival loses the claim to bonuses, as a clause; "" where it does not."""
    if arrival.received_at <= arrival.due_at:
        return ""
    rules = policy.lateness.rules_for(kind)
    judged = judge_lateness(arrival.received_at, arrival.due_at, rules, policy.tzinfo, waived=arrival.waived)
    return f"{what} came {length(judged.seconds)} late" if judged.no_bonus else ""


def _add_project(
    works: Mapping[str, Work], project: ProjectFact, grades: Mapping[tuple[str, str], Decimal], policy: Policy
) -> None:
    unfinished = list(_unfinished(project))
    both_settled = {VERSION_1, VERSION_2} <= project.settled
    late = [
        clause
        for snapshot in sorted(project.snapshots, key=lambda one: one.version)
        if (clause := lost_claim(f"version {snapshot.version} of {project.key}", snapshot.arrival, "versions", policy))
    ]
    for enrollment_id in set(project.developers):
        work = works[enrollment_id]
        grade = grades.get((enrollment_id, project.project_id))
        if grade is not None:
            work.developed.append(Developed(project_id=project.project_id, key=project.key, grade=grade))
        work.unfinished_projects += unfinished
        work.lost_claims += late
        if both_settled and not project.snapshots:
            work.not_submitted.append(f"Neither version of {project.key} was handed in.")


def _add_review(works: Mapping[str, Work], project: ProjectFact, assignment: AssignmentFact, policy: Policy) -> None:
    review = assignment.review
    for enrollment_id in set(assignment.members):
        work = works[enrollment_id]
        if review is None and assignment.awaited:
            work.unfinished_reviews.append(f"The review of {project.key} can still come.")
        elif review is None:
            work.not_reviewed.append(f"No review of {project.key} was handed in.")
        else:
            if len({row for row, _ in review.quality}) < len(policy.quality):
                work.unfinished_reviews.append(f"The review of {project.key} is not marked yet.")
            if clause := lost_claim(f"the review of {project.key}", review.arrival, "reviews", policy):
                work.lost_claims.append(clause)


def _unfinished(project: ProjectFact) -> Iterator[str]:
    for version in (VERSION_1, VERSION_2):
        if version not in project.settled:
            yield f"Version {version} of {project.key} is not frozen yet."
    undecided = sum(one.version_in == VERSION_1 and one.verdict is None for one in project.mistakes)
    if undecided and project.snapshot(VERSION_2):
        mistakes = "1 mistake has" if undecided == 1 else f"{undecided} mistakes have"
        yield f"{mistakes} no verdict for version 2 of {project.key} yet."
