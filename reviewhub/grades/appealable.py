"""What may be appealed: every line, mistake, match, finding, criterion and mark of a person's released grades. Pure.

A ground stands on one side: the developers of a project, whoever writes one review, or one student. Any member of the
side may appeal; whom else a change could concern reads what was decided and why.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from reviewhub.courses.deadlines import Grant, due_for
from reviewhub.courses.policy import Policy
from reviewhub.grades.course_values import CourseGrade, with_parts
from reviewhub.grades.effects import signed
from reviewhub.grades.evidence import (
    VERSION_1,
    AssignmentFact,
    Decision,
    FindingFact,
    GradingFacts,
    ProjectFact,
    Strength,
)
from reviewhub.grades.lines import Component, LedgerEntry, SubjectKind, exact
from reviewhub.grades.sentences import named, plain, shown


class GroundKind(StrEnum):
    """What an appeal is about."""

    LINE = "line"
    MISTAKE = "mistake"
    MATCH = "match"
    FINDING = "finding"
    CRITERION = "criterion"
    COMPONENT = "component"


GroundKey = tuple[GroundKind, str]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One thing that may be appealed. `title` names nobody: everybody concerned reads it."""

    kind: GroundKind
    target: str
    """An id, or ids joined by dots; with `kind` it is unlike all others of the person."""
    title: str
    said: tuple[str, ...]
    """What the release said about it, line by line: for its own side and the staff."""
    side: str
    own: tuple[str, ...]
    """The enrolments that may appeal."""
    concerned: tuple[str, ...] = ()
    """The other enrolments whose grades a change could move."""
    project_id: str = ""
    mistake_id: str = ""
    finding_id: str = ""

    @property
    def key(self) -> GroundKey:
        """What the ground is found by."""
        return self.kind, self.target


GRADE_WORDS: Mapping[Component, str] = {
    Component.VERSION_1: "version 1",
    Component.VERSION_2: "version 2",
    Component.DEVELOPER: "the developer grade",
    Component.REVIEW: "the review",
    Component.REVIEWER: "the reviewer grade",
    Component.PART: "a component of the course grade",
    Component.COURSE: "the course grade",
}


def why_closed(policy: Policy, now: datetime, *, is_released: bool, grants: Iterable[Grant] = ()) -> str:
    """Why no appeal can be filed now, in a sentence; "" where one can."""
    if not is_released:
        return "Grades are not released yet."
    due, closes = due_for(policy, "appeals", grants), policy.deadlines.closes
    if due is not None and now > due.due_at:
        return "The time for appeals has passed."
    return "The course is closed." if closes is not None and now > closes else ""


def ground_of_line(entry: LedgerEntry) -> GroundKey:
    """What somebody appeals who points at this line: the mistake it takes points off for, or the line itself."""
    mistakes = [one.cited_id for one in entry.citations if one.kind == "mistake"]
    if len(mistakes) == 1 and entry.part != "coverage":
        return GroundKind.MISTAKE, mistakes[0]
    subject = entry.subject
    words = (subject.kind, subject.subject_id, subject.project_id, subject.key, entry.component, entry.part)
    told = "\n".join((*words, exact(entry.amount), entry.rule))
    return GroundKind.LINE, sha256(told.encode()).hexdigest()[:16]


def criterion_target(project_id: str, version: int, criterion: str) -> str:
    """How a criterion of one version of a project is called in an appeal."""
    return f"{project_id}.{version}.{criterion}"


def grounds_of(
    facts: GradingFacts,
    policy: Policy,
    entries: Iterable[LedgerEntry],
    enrollment_id: str,
    grade: CourseGrade | None = None,
) -> dict[GroundKey, Ground]:
    """Everything one person may appeal, from the facts that concern them and the ledger these make."""
    lines = tuple(entries)
    found: list[Ground] = []
    for project in facts.projects:
        if enrollment_id in project.developers:
            found += _of_developers(project, policy, lines)
        for assignment in project.assignments:
            if enrollment_id in assignment.members and assignment.held_to_account:
                found += _of_reviewers(project, assignment, lines)
    found += _of_student(enrollment_id, grade)
    found += _of_lines(facts, lines, enrollment_id)
    return {one.key: one for one in reversed(found)}


def _of_developers(project: ProjectFact, policy: Policy, lines: tuple[LedgerEntry, ...]) -> Iterator[Ground]:
    side = {"side": f"project:{project.project_id}", "own": project.developers}
    for mistake in project.mistakes:
        yield Ground(
            kind=GroundKind.MISTAKE,
            target=mistake.mistake_id,
            title=f"{named(mistake)} of {project.key}",
            said=_say(one for one in _citing(lines, mistake.mistake_id) if one.subject.kind is SubjectKind.PROJECT),
            concerned=_reviewers_of(project) if mistake.version_in == VERSION_1 else (),
            project_id=project.project_id,
            mistake_id=mistake.mistake_id,
            **side,  # type: ignore[arg-type]  # the side's two fields
        )
    for version in (one.version for one in project.snapshots):
        for row in policy.rubric:
            about = [
                one
                for one in lines
                if (one.subject.project_id, one.component.value, one.part)
                == (project.project_id, f"version_{version}", row.key)
            ]
            yield Ground(
                kind=GroundKind.CRITERION,
                target=criterion_target(project.project_id, version, row.key),
                title=f"“{row.title}” in version {version} of {project.key}",
                said=_say(about),
                project_id=project.project_id,
                **side,  # type: ignore[arg-type]  # the side's two fields
            )


def _of_reviewers(project: ProjectFact, assignment: AssignmentFact, lines: tuple[LedgerEntry, ...]) -> Iterator[Ground]:
    side = {"side": f"assignment:{assignment.assignment_id}", "own": assignment.members}
    mistakes = {one.mistake_id: one for one in project.mistakes}
    mine = [one for one in lines if one.subject.subject_id == assignment.assignment_id]
    for entry in (one for one in mine if one.part == "missed" and one.citations):
        kind, target = ground_of_line(entry)
        if kind is GroundKind.MISTAKE and target in mistakes:
            yield Ground(
                kind=kind,
                target=target,
                title=f"{named(mistakes[target])} of {project.key}",
                said=_say([entry]),
                concerned=(*project.developers, *_reviewers_of(project)),
                project_id=project.project_id,
                mistake_id=target,
                **side,  # type: ignore[arg-type]  # the side's two fields
            )
    findings = assignment.review.findings if assignment.review else ()
    for finding in findings:
        yield Ground(
            kind=GroundKind.FINDING,
            target=finding.finding_id,
            title=f"Finding {finding.number} of a review of {project.key}",
            said=(say_decision(finding),),
            concerned=project.developers,
            project_id=project.project_id,
            finding_id=finding.finding_id,
            **side,  # type: ignore[arg-type]  # the side's two fields
        )
    numbers = {one.finding_id: one.number for one in findings}
    for match in project.matches:
        if match.finding_id in numbers and match.mistake_id in mistakes:
            how = "" if match.strength is Strength.FULL else " in part"
            called = f"finding {numbers[match.finding_id]} of a review of {project.key}"
            yield Ground(
                kind=GroundKind.MATCH,
                target=f"{match.finding_id}.{match.mistake_id}",
                title=f"That {called} says {named(mistakes[match.mistake_id])}",
                said=(f"Finding {numbers[match.finding_id]} counts as {named(mistakes[match.mistake_id])}{how}.",),
                concerned=_reviewers_citing(project, lines, match.mistake_id),
                project_id=project.project_id,
                mistake_id=match.mistake_id,
                finding_id=match.finding_id,
                **side,  # type: ignore[arg-type]  # the side's two fields
            )


def _of_student(enrollment_id: str, grade: CourseGrade | None) -> Iterator[Ground]:
    for one in with_parts(grade.components) if grade else ():
        value = "not there yet" if one.value is None else f"{shown(one.value)} of 100"
        yield Ground(
            kind=GroundKind.COMPONENT,
            target=one.key,
            title=one.title,
            said=(f"{one.title}: {value}; it weighs {plain(one.weight)} %.", *_say(one.entries), *one.missing),
            side=f"person:{enrollment_id}",
            own=(enrollment_id,),
        )


def _of_lines(facts: GradingFacts, lines: tuple[LedgerEntry, ...], enrollment_id: str) -> Iterator[Ground]:
    projects = {one.project_id: one for one in facts.projects}
    reviewing = {one.assignment_id: one for project in facts.projects for one in project.assignments}
    for entry in lines:
        kind, target = ground_of_line(entry)
        subject, project = entry.subject, projects.get(entry.subject.project_id)
        own: tuple[str, ...] = (subject.subject_id,)
        if subject.kind is SubjectKind.PROJECT and project:
            own = project.developers
        elif subject.kind is SubjectKind.ASSIGNMENT and subject.subject_id in reviewing:
            own = reviewing[subject.subject_id].members
        if kind is GroundKind.LINE and enrollment_id in own:
            side = "person" if subject.kind is SubjectKind.MEMBER else subject.kind.value
            of = f" of {project.key}" if project else ""
            yield Ground(
                kind=kind,
                target=target,
                title=f"A line of {GRADE_WORDS[entry.component]}{of}",
                said=_say([entry]),
                side=f"{side}:{subject.subject_id}",
                own=own,
                project_id=subject.project_id,
            )


def say_decision(finding: FindingFact) -> str:
    """What was made of a finding, in words."""
    if finding.decision is None:
        return f"Finding {finding.number} is not decided on."
    if finding.decision is Decision.REJECTED:
        return f"Finding {finding.number} is rejected: {finding.reason}"
    return f"Finding {finding.number} is accepted."


def _say(lines: Iterable[LedgerEntry]) -> tuple[str, ...]:
    return tuple(f"{signed(one.amount) if one.amount else '0.00'} · {one.rule}" for one in lines)


def _citing(lines: Iterable[LedgerEntry], mistake_id: str) -> Iterator[LedgerEntry]:
    return (one for one in lines if any(cited == ("mistake", mistake_id) for cited in one.citations))


def _reviewers_of(project: ProjectFact) -> tuple[str, ...]:
    """Every reviewer whose coverage is computed over the project's mistakes."""
    held = [one for one in project.assignments if one.held_to_account and one.review]
    return tuple(sorted({member for one in held for member in one.members}))


def _reviewers_citing(project: ProjectFact, lines: Iterable[LedgerEntry], mistake_id: str) -> tuple[str, ...]:
    """The reviewers in whose grade a mistake counts: they noted it, or pay for it."""
    counted = {one.subject.subject_id for one in _citing(lines, mistake_id) if one.component is Component.REVIEW}
    return tuple(
        sorted({member for one in project.assignments if one.assignment_id in counted for member in one.members})
    )
