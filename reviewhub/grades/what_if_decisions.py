"""One decision made differently: the facts as they would be. Pure; every way is named as an address can carry it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reviewhub.errors import BadInput
from reviewhub.grades.drafting import read_number
from reviewhub.grades.effects import with_decision, with_verdict
from reviewhub.grades.evidence import (
    AdjustmentFact,
    Decision,
    GradingFacts,
    MatchFact,
    MistakeFact,
    ProjectFact,
    Strength,
    Verdict,
)
from reviewhub.grades.sentences import named, plain

LOWEST, HIGHEST = Decimal(0), Decimal(100)
SEVERITIES = ("critical", "major", "minor", "trivial")
NOTHING = "none"
VERDICTS: Mapping[str, str] = {
    "fixed": "fixed",
    "partly": "partly fixed",
    "not_fixed": "not fixed",
    "obsolete": "no longer applies",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One decision made differently: what kind, about what (ids joined by a colon), and what it would be."""

    project_key: str
    what: str
    """A key of `WAYS`."""
    target: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The facts after it, the project it is in, and what was asked, in a sentence."""

    facts: GradingFacts
    project_id: str
    sentence: str


def decide(facts: GradingFacts, asked: Asked) -> Changed:
    """The facts with this one decision made differently. Raises BadInput with a sentence where that makes no sense."""
    project = next((one for one in facts.projects if one.key == asked.project_key), None)
    way = WAYS.get(asked.what)
    if project is None or way is None:
        msg = "There is no such project or no such decision."
        raise BadInput(msg)
    changed, sentence = way(project, asked)
    others = tuple(one for one in facts.projects if one.project_id != project.project_id)
    facts = replace(facts, projects=(*others, changed))
    return Changed(facts=facts, project_id=project.project_id, sentence=f"{project.key}: {sentence}")


Way = Callable[[ProjectFact, Asked], tuple[ProjectFact, str]]


def _points(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    points = read_number(asked.value, lowest=LOWEST, highest=HIGHEST)
    return _with(project, asked, points=points), f"{_name(project, asked)} costs {plain(points)} points."


def _severity(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    severity = _one_of(SEVERITIES, asked.value)
    return _with(project, asked, severity=severity, points=None), f"{_name(project, asked)} is {severity}."


def _detectable(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    can = _one_of(("yes", "no"), asked.value) == "yes"
    said = "can" if can else "cannot"
    return _with(project, asked, detectable=can), f"{_name(project, asked)} {said} be seen in the submission."


def _verdict(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    verdict = _one_of((*VERDICTS, NOTHING), asked.value)
    _mistake(project, asked.target)
    changed = with_verdict(project, asked.target, None if verdict == NOTHING else Verdict(verdict))
    return changed, f"{_name(project, asked)} is {VERDICTS.get(verdict, 'not decided')} in version 2."


def _without(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    mistake = _mistake(project, asked.target)
    kept = tuple(one for one in project.mistakes if one is not mistake)
    matches = tuple(one for one in project.matches if one.mistake_id != mistake.mistake_id)
    return replace(project, mistakes=kept, matches=matches), f"{named(mistake)} is no mistake."


def _match(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    finding_id, _, mistake_id = asked.target.partition(":")
    strength = _one_of((*Strength, NOTHING), asked.value)
    said, mistake = _finding(project, finding_id), _mistake(project, mistake_id)
    others = [one for one in project.matches if (one.finding_id, one.mistake_id) != (finding_id, mistake_id)]
    if strength == NOTHING:
        return replace(project, matches=tuple(others)), f"{said} does not say {named(mistake)}."
    match = MatchFact(finding_id=finding_id, mistake_id=mistake_id, strength=Strength(strength))
    changed = with_decision(project, finding_id, Decision.QUESTION_ACCEPTED, only_kind="question")
    how = "" if match.strength is Strength.FULL else " in part"
    return replace(changed, matches=(*others, match)), f"{said} says {named(mistake)}{how}."


def _decision(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    decision = _one_of(("accepted", "rejected", NOTHING), asked.value)
    said = _finding(project, asked.target)
    if decision == "accepted":
        question = with_decision(project, asked.target, Decision.QUESTION_ACCEPTED, only_kind="question")
        changed = question if question != project else with_decision(project, asked.target, Decision.ACCEPTED)
        return changed, f"{said} is accepted."
    matches = tuple(one for one in project.matches if one.finding_id != asked.target)
    made = None if decision == NOTHING else Decision.REJECTED
    changed = replace(with_decision(project, asked.target, made), matches=matches)
    return changed, f"{said} is {'not decided' if made is None else 'rejected'}."


def _quality(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    review_id, _, row = asked.target.partition(":")
    mark = read_number(asked.value, lowest=LOWEST, highest=HIGHEST)
    if not any(one.review and one.review.review_id == review_id for one in project.assignments):
        msg = "There is no such review of this project."
        raise BadInput(msg)
    assignments = tuple(
        replace(one, review=replace(one.review, quality=tuple(sorted({**dict(one.review.quality), row: mark}.items()))))
        if one.review and one.review.review_id == review_id
        else one
        for one in project.assignments
    )
    return replace(project, assignments=assignments), f"a review is marked {plain(mark)} for “{row}”."


def _adjustment(project: ProjectFact, asked: Asked) -> tuple[ProjectFact, str]:
    points = read_number(asked.value, lowest=-HIGHEST, highest=HIGHEST)
    if asked.target not in project.developers:
        msg = "Only a developer of the project has points of their own there."
        raise BadInput(msg)
    kept = tuple(one for one in project.adjustments if one.enrollment_id != asked.target)
    own = AdjustmentFact(adjustment_id="asked", enrollment_id=asked.target, points=points, reason="asked")
    return replace(project, adjustments=(*kept, own)), f"one developer has {plain(points)} points of their own."


WAYS: Mapping[str, Way] = {
    "points": _points,
    "severity": _severity,
    "detectable": _detectable,
    "verdict": _verdict,
    "without": _without,
    "match": _match,
    "decision": _decision,
    "quality": _quality,
    "adjustment": _adjustment,
}


def _with(project: ProjectFact, asked: Asked, **changes: Any) -> ProjectFact:
    mistake = _mistake(project, asked.target)
    changed = replace(mistake, **changes)
    return replace(project, mistakes=tuple(changed if one is mistake else one for one in project.mistakes))


def _name(project: ProjectFact, asked: Asked) -> str:
    return named(_mistake(project, asked.target))


def _mistake(project: ProjectFact, mistake_id: str) -> MistakeFact:
    found = next((one for one in project.mistakes if one.mistake_id == mistake_id), None)
    if found is None:
        msg = f"There is no such mistake in {project.key}, or it was undone."
        raise BadInput(msg)
    return found


def _finding(project: ProjectFact, finding_id: str) -> str:
    for assignment in project.assignments:
        for finding in assignment.review.findings if assignment.review else ():
            if finding.finding_id == finding_id:
                return f"finding {finding.number} of one review"
    msg = f"There is no such finding in the submitted reviews of {project.key}."
    raise BadInput(msg)


def _one_of(known: Iterable[str], value: str) -> str:
    if value not in set(known):
        msg = f"“{value[:40]}” cannot be chosen here."
        raise BadInput(msg)
    return value
