"""Every decision of one project that can be tried out, as the staff read it: what it is, and what else it could be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import VERSION_1, Decision, FindingFact, MistakeFact, ProjectFact, Strength, Verdict
from reviewhub.grades.sentences import named
from reviewhub.grades.what_if_decisions import NOTHING, SEVERITIES, VERDICTS

_STRENGTHS: Mapping[str, str] = {Strength.FULL: "says it fully", Strength.PARTIAL: "says it in part"}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to decide differently: its words, and how an address names it."""

    label: str
    what: str
    target: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that was decided: what it is, how it stands, and the other ways."""

    title: str
    stands: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Everything of one project; what takes a number is a target with its words."""

    key: str
    mistakes: tuple[Thing, ...]
    findings: tuple[Thing, ...]
    points_of: tuple[tuple[str, str], ...]
    quality_of: tuple[tuple[str, str], ...]
    adjustment_of: tuple[tuple[str, str], ...]


def choices_of(project: ProjectFact, policy: Policy, names: Mapping[str, str]) -> Choices:
    """All decisions of a project; `names`: enrolment id → name, for the staff."""
    mistakes = sorted(project.mistakes, key=lambda one: (one.number, one.mistake_id))
    reviewers = {
        one.assignment_id: ", ".join(sorted(names.get(member, "—") for member in one.members))
        for one in project.assignments
    }
    return Choices(
        key=project.key,
        mistakes=tuple(_mistake(one) for one in mistakes),
        findings=tuple(_findings(project, mistakes, reviewers)),
        points_of=tuple((one.mistake_id, named(one)) for one in mistakes),
        quality_of=tuple(
            (f"{one.review.review_id}:{row.key}", f"{reviewers[one.assignment_id]}: {row.title}")
            for one in sorted(project.assignments, key=lambda one: reviewers[one.assignment_id])
            if one.review and one.held_to_account
            for row in policy.quality
        ),
        adjustment_of=tuple((one, names.get(one, "—")) for one in project.developers),
    )


def _mistake(mistake: MistakeFact) -> Thing:
    own = f"{mistake.points} points" if mistake.points is not None else mistake.severity
    target = mistake.mistake_id
    ways = [Way(label=one, what="severity", target=target, value=one) for one in SEVERITIES if one != own]
    stands = [own]
    if mistake.version_in == VERSION_1:
        verdict = mistake.verdict or NOTHING
        stands.append(VERDICTS.get(verdict, "no verdict"))
        ways += [
            Way(label=VERDICTS[one], what="verdict", target=target, value=one) for one in Verdict if one != verdict
        ]
        value, said = ("no", "not detectable") if mistake.detectable else ("yes", "detectable")
        ways.append(Way(label=said, what="detectable", target=target, value=value))
    else:
        stands.append("came with version 2")
    return Thing(
        title=named(mistake),
        stands=", ".join(stands),
        ways=(*ways, Way(label="no mistake at all", what="without", target=target)),
    )


def _findings(project: ProjectFact, mistakes: Iterable[MistakeFact], reviewers: Mapping[str, str]) -> Iterator[Thing]:
    titles = {one.mistake_id: named(one) for one in mistakes}
    for assignment in sorted(project.assignments, key=lambda one: reviewers[one.assignment_id]):
        for finding in sorted(assignment.review.findings if assignment.review else (), key=lambda one: one.number):
            if finding.kind == "remark":
                continue
            matches = [one for one in project.matches if one.finding_id == finding.finding_id]
            said = [f"{_STRENGTHS[one.strength]}: {titles.get(one.mistake_id, '—')}" for one in matches]
            ways = [
                Way(label=words, what="match", target=f"{one.finding_id}:{one.mistake_id}", value=strength)
                for one in matches
                for strength, words in {**_STRENGTHS, NOTHING: "does not say it"}.items()
                if strength != one.strength
            ]
            yield Thing(
                title=f"Finding {finding.number} of {reviewers[assignment.assignment_id]}",
                stands="; ".join(said) or _stands(finding),
                ways=(*ways, *_other_decisions(finding)),
            )


def _stands(finding: FindingFact) -> str:
    if finding.decision is None:
        return "not decided"
    return "rejected" if finding.decision is Decision.REJECTED else "accepted"


def _other_decisions(finding: FindingFact) -> Iterator[Way]:
    if finding.decision is not Decision.REJECTED:
        yield Way(label="rejected", what="decision", target=finding.finding_id, value="rejected")
