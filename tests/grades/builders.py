"""Small facts for the tests of points: a project whose numbers can be worked out on paper."""

from datetime import UTC, datetime
from decimal import Decimal

from reviewhub.courses.policy import Criterion, Policy, ReviewRules
from reviewhub.grades.evidence import (
    Arrival,
    AssignmentFact,
    Decision,
    FindingFact,
    MatchFact,
    MistakeFact,
    ProjectFact,
    ReviewFact,
    SnapshotFact,
    Strength,
    Verdict,
)
from reviewhub.grades.ledger import project_ledger, sheets_of
from reviewhub.grades.lines import Component, SubjectKind

DUE = datetime(2025, 12, 1, 20, 59, 59, tzinfo=UTC)
ON_TIME = Arrival(due_at=DUE, received_at=DUE)
QUALITY = ("specific", "correct", "constructive", "complete")


def a_policy(**points) -> Policy:
    """The rules of ceng796: method 60, notebook 40, no late rule; `points` changes single numbers."""
    policy = Policy(
        title="Deep Generative Models",
        term="Fall 2025",
        zone="Europe/Istanbul",
        review=ReviewRules(),
        rubric=(
            Criterion(key="method", title="Method", points=Decimal(60)),
            Criterion(key="notebook", title="Notebook", points=Decimal(40)),
        ),
    )
    changed = {
        name: Decimal(value) if isinstance(value, str) and name != "missed" else value for name, value in points.items()
    }
    return policy.model_copy(update={"points": policy.points.model_copy(update=changed)})


def a_mistake(number, severity="major", criterion="method", **more) -> MistakeFact:
    """Mistake number n of version 1, in the method, not fixed in version 2."""
    given = {"version_in": 1, "verdict": Verdict.NOT_FIXED, "title": f"mistake {number}"} | more
    return MistakeFact(mistake_id=f"m{number}", number=number, severity=severity, criterion=criterion, **given)


def a_review(name, *findings, marks="100 100 100 100", held=True, submitted=True, members=None) -> AssignmentFact:
    """Assignment `name` of student `name`; findings are kinds, or (kind, decision); ids are `a1`, `a2`, …"""
    made = tuple(
        FindingFact(finding_id=f"{name}{place}", number=place, kind=kind, decision=decision)
        for place, one in enumerate(findings, start=1)
        for kind, decision in [(one, None) if isinstance(one, str) else one]
    )
    quality = tuple(zip(QUALITY, (Decimal(mark) for mark in marks.split()), strict=False))
    review = ReviewFact(review_id=f"r{name}", edition=1, arrival=ON_TIME, findings=made, quality=quality)
    return AssignmentFact(
        assignment_id=f"as{name}",
        members=members or (name,),
        held_to_account=held,
        review=review if submitted else None,
    )


def full(finding_id, mistake_number) -> MatchFact:
    """A finding that says a mistake fully."""
    return MatchFact(finding_id=finding_id, mistake_id=f"m{mistake_number}", strength=Strength.FULL)


def partial(finding_id, mistake_number) -> MatchFact:
    """A finding that says a mistake in part."""
    return MatchFact(finding_id=finding_id, mistake_id=f"m{mistake_number}", strength=Strength.PARTIAL)


def a_project(*, key="AWGAN", developers=("dev",), versions=(1, 2), **more) -> ProjectFact:
    """A project whose two versions came on time."""
    snapshots = tuple(
        SnapshotFact(snapshot_id=f"{key}-s{version}", version=version, commit="c" * 40, arrival=ON_TIME)
        for version in versions
    )
    return ProjectFact(
        project_id=f"p-{key}",
        key=key,
        developers=developers,
        snapshots=snapshots,
        settled=frozenset({1, 2}),
        **more,
    )


def grades(project, policy=None) -> dict[str, Decimal]:
    """Every grade the project decides: `version_1`, `version_2`, `developer dev`, `review a`, …"""
    told = {}
    for (subject, component), sheet in sheets_of(project_ledger(project, policy or a_policy())).items():
        whose = "" if subject.kind is SubjectKind.PROJECT else " " + subject.subject_id.removeprefix("as")
        told[f"{component.value}{whose}"] = sheet.total
    return told


def amounts(entries, component: Component, part: str) -> list[Decimal]:
    """The amounts of one part of one component, in the ledger's order."""
    return [one.amount for one in entries if one.component is component and one.part == part]


QUESTION_ACCEPTED = ("question", Decision.QUESTION_ACCEPTED)
