"""What one more decision would move, and for whom: the ledger of the changed facts less the ledger as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import (
    Decision,
    FindingFact,
    MatchFact,
    MistakeFact,
    ProjectFact,
    Verdict,
)
from reviewhub.grades.ledger import Sheets, project_ledger, sheets_of
from reviewhub.grades.lines import Component, Subject, total
from reviewhub.grades.penalties import ZERO, reckoning
from reviewhub.grades.sentences import shown

_TOLD = (Component.VERSION_1, Component.VERSION_2, Component.REVIEW)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A grade, and what its reviewer pays in it for missed mistakes (0 or more)."""

    total: Decimal
    paid: Decimal


Standings = Mapping[tuple[Subject, Component], Standing]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How much one grade moves, and how much more its reviewer pays. Versions move for the whole group."""

    subject: Subject
    component: Component
    amount: Decimal
    pays: Decimal


def standings_of(project: ProjectFact, policy: Policy) -> Standings:
    """The grades that a decision about this project can move."""
    return standings_in(sheets_of(project_ledger(project, policy)))


def standings_in(sheets: Sheets) -> Standings:
    """Those of the grade sheets that a decision can move."""
    with reckoning():
        return {
            key: Standing(total=sheet.total, paid=-total(one for one in sheet.entries if one.part == "missed"))
            for key, sheet in sheets.items()
            if key[1] in _TOLD
        }


def effects(before: Standings, changed: ProjectFact, policy: Policy) -> tuple[Effect, ...]:
    """Every grade that would be another, with the signed difference; nothing that stays."""
    after = standings_of(changed, policy)
    with reckoning():
        moved = [
            Effect(
                subject=key[0],
                component=key[1],
                amount=now.total - before.get(key, _NOTHING).total,
                pays=now.paid - before.get(key, _NOTHING).paid,
            )
            for key, now in after.items()
        ]
    return tuple(one for one in moved if one.amount or one.pays)


_NOTHING = Standing(total=ZERO, paid=ZERO)


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
        one for one in project.matches if (one.finding_id, one.mistake_id) != (match.finding_id, match.mistake_id)
    ]
    return replace(decided, matches=(*others, match))


def with_merged(project: ProjectFact, mistake_id: str, into_id: str) -> ProjectFact:
    """The project with one mistake put into another: who noted it noted that one."""
    there = {one.finding_id for one in project.matches if one.mistake_id == into_id}
    moved = [one for one in project.matches if one.mistake_id == mistake_id and one.finding_id not in there]
    return replace(
        project,
        mistakes=tuple(one for one in project.mistakes if one.mistake_id != mistake_id),
        matches=(
            *(one for one in project.matches if one.mistake_id != mistake_id),
            *(replace(one, mistake_id=into_id) for one in moved),
        ),
    )


def with_weight(project: ProjectFact, mistake_id: str, weight: Mapping[str, Any]) -> ProjectFact:
    """The project with another severity, criterion, points or detectability of one mistake."""
    return replace(
        project,
        mistakes=tuple(replace(one, **weight) if one.mistake_id == mistake_id else one for one in project.mistakes),
    )


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
            replace(one, decision=decision) if one.finding_id == finding_id and only_kind in {"", one.kind} else one
            for one in findings
        )

    return replace(
        project,
        assignments=tuple(
            replace(one, review=replace(one.review, findings=decided(one.review.findings))) if one.review else one
            for one in project.assignments
        ),
    )


def say_effects(moved: Iterable[Effect], reviewers: Mapping[str, str], *, of_review: bool = True) -> str:
    """What a decision moves, for whom, on one line; `reviewers` names each reviewing assignment held to account.

    `of_review` False: the decision is about version 2 alone, so that reviewers need no word.
    """
    found = list(moved)
    versions = {Component.VERSION_1: "version 1", Component.VERSION_2: "version 2"}
    group = [f"{versions[one.component]} {signed(one.amount)}" for one in found if one.component in versions]
    reviews = [one for one in found if one.component is Component.REVIEW]
    told = [f"group: {', '.join(group)}" if group else "group ±0"]
    told += [_say_pays(reviews, reviewers)] if of_review else []
    grades = [
        f"{reviewers.get(one.subject.subject_id, 'a reviewer')} {signed(one.amount)}"
        for one in reviews
        if shown(one.amount).strip("−") != "0.00"
    ]
    return "; ".join([*told, *([f"review grades: {', '.join(sorted(grades))}"] if grades else [])])


def signed(amount: Decimal) -> str:
    """An amount at two places with its sign: `+4.00`, `−8.00`."""
    return shown(amount) if amount < 0 else f"+{shown(amount)}"


def _say_pays(reviews: list[Effect], reviewers: Mapping[str, str]) -> str:
    paying = [one for one in reviews if one.pays]
    if not paying:
        return "no reviewer pays" if reviewers else "nobody reviewed it"
    if len(paying) == len(reviewers) > 1 and len({one.pays for one in paying}) == 1:
        return f"each reviewer {_pays(paying[0].pays)}"
    return ", ".join(
        sorted(f"{reviewers.get(one.subject.subject_id, 'a reviewer')} {_pays(one.pays)}" for one in paying)
    )


def _pays(amount: Decimal) -> str:
    return f"pays {shown(amount)}" if amount > 0 else f"pays {shown(-amount)} less"
