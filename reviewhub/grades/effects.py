"""What one more decision would move, and for whom: the ledger of the changed facts less the ledger as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import (
    Decision,
    FindingFact,
    MatchFact,
    MistakeFact,
    ProjectFact,
    Verdict,
)
from reviewhub.grades.ledger import project_ledger, sheets_of
from reviewhub.grades.lines import Component, Subject
from reviewhub.grades.penalties import ZERO, reckoning

_TOLD = (Component.VERSION_1, Component.VERSION_2, Component.REVIEW)

Totals = dict[tuple[Subject, Component], Decimal]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How much one grade moves. Versions move for the whole group, a review for its author."""

    subject: Subject
    component: Component
    amount: Decimal


def totals_of(project: ProjectFact, policy: Policy) -> Totals:
    """The grades a decision about this project can move."""
    return {
        key: sheet.total
        for key, sheet in sheets_of(project_ledger(project, policy)).items()
        if key[1] in _TOLD
    }


def effects(before: Totals, changed: ProjectFact, policy: Policy) -> tuple[Effect, ...]:
    """Every grade that would be another, with the signed difference; nothing that stays."""
    after = totals_of(changed, policy)
    with reckoning():
        moved = [
            Effect(
                subject=subject, component=component, amount=amount - before.get((subject, component), ZERO)
            )
            for (subject, component), amount in after.items()
        ]
    return tuple(one for one in moved if one.amount)


def with_mistake(
    project: ProjectFact,
    mistake: MistakeFact,
    match: MatchFact | None = None,
) -> ProjectFact:
    """The project with one more mistake, and the finding that noted it."""
    changed = replace(project, mistakes=(*project.mistakes, mistake))
    return with_match(changed, match) if match else changed


def with_match(project: ProjectFact, match: MatchFact) -> ProjectFact:
    """The project with one more match; a question so matched counts as accepted."""
    decided = with_decision(project, match.finding_id, Decision.QUESTION_ACCEPTED, only_kind="question")
    others = [
        one
        for one in project.matches
        if (one.finding_id, one.mistake_id) != (match.finding_id, match.mistake_id)
    ]
    return replace(decided, matches=(*others, match))


def without_match(project: ProjectFact, finding_id: str, mistake_id: str) -> ProjectFact:
    """The project without one match."""
    kept = [one for one in project.matches if (one.finding_id, one.mistake_id) != (finding_id, mistake_id)]
    return replace(project, matches=tuple(kept))


def with_verdict(project: ProjectFact, mistake_id: str, verdict: Verdict | None) -> ProjectFact:
    """The project with another verdict on one mistake."""
    return replace(
        project,
        mistakes=tuple(
            replace(one, verdict=verdict) if one.mistake_id == mistake_id else one for one in project.mistakes
        ),
    )


def with_decision(
    project: ProjectFact,
    finding_id: str,
    decision: Decision | None,
    *,
    only_kind: str = "",
) -> ProjectFact:
    """The project with another decision on one finding (`only_kind`: where it is of that kind)."""

    def decided(findings: Iterable[FindingFact]) -> tuple[FindingFact, ...]:
        return tuple(
            replace(one, decision=decision)
            if one.finding_id == finding_id and only_kind in {"", one.kind}
            else one
            for one in findings
        )

    return replace(
        project,
        assignments=tuple(
            replace(one, review=replace(one.review, findings=decided(one.review.findings)))
            if one.review
            else one
            for one in project.assignments
        ),
    )
