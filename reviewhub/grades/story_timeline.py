"""The way of a project in a few stations: version 1, findings, answers, version 2, mistakes, grade. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Arrival, ProjectFact, Verdict
from reviewhub.grades.sentences import plain, shown
from reviewhub.grades.story_values import Milestone
from reviewhub.reviews.kinds import KIND_WORDS, RESPONSE_WORDS, VERDICT_WORDS


def timeline_of(
    project: ProjectFact, policy: Policy, answers: Mapping[str, str], grade: Decimal
) -> tuple[Milestone, ...]:
    """The stations in order; `answers`: finding id → the kind of the developers' last answer."""
    return (
        _version(project, VERSION_1),
        *_findings(project, policy, answers),
        _version(project, VERSION_2),
        Milestone(title="Mistakes established", text=_say_mistakes(project)),
        Milestone(title="Developer grade", text=_say_grade(grade, policy)),
    )


def _version(project: ProjectFact, version: int) -> Milestone:
    snapshot = project.snapshot(version)
    if snapshot is None:
        return Milestone(title=f"Version {version}", text="Not submitted.")
    return Milestone(
        title=f"Version {version}",
        text=_say_arrival(snapshot.arrival),
        at=snapshot.arrival.received_at,
        commit=snapshot.commit,
    )


def _say_arrival(arrival: Arrival) -> str:
    seconds = (arrival.received_at - arrival.due_at).total_seconds()
    if seconds <= 0:
        return "On time."
    return "Late; the penalty is waived." if arrival.waived else "Late."


def _findings(project: ProjectFact, policy: Policy, answers: Mapping[str, str]) -> Iterator[Milestone]:
    reviews = [one.review for one in project.assignments if one.review]
    findings = [one for review in reviews for one in review.findings]
    kinds = Counter(KIND_WORDS[one.kind].lower() for one in findings)
    said = ", ".join(f"{count} {_plural(word, count)}" for word, count in sorted(kinds.items()))
    many = f"{len(findings)} in {len(reviews)} {_plural('review', len(reviews))}"
    yield Milestone(
        title="Findings", text=f"{many}{f': {said}' if said else ''}.", at=policy.deadlines.reviews if reviews else None
    )
    asked = [one for one in findings if one.kind != "remark"]
    given = Counter(RESPONSE_WORDS[answers[one.finding_id]].lower() for one in asked if one.finding_id in answers)
    told = [f"{count} {word}" for word, count in sorted(given.items())]
    silent = len(asked) - given.total()
    told += [f"{silent} not answered"] if silent else []
    if asked:
        yield Milestone(title="Your answers", text=f"{', '.join(told)}.")


def _say_mistakes(project: ProjectFact) -> str:
    first = [one for one in project.mistakes if one.version_in == VERSION_1]
    noted = {one.mistake_id for one in project.matches}
    found = sum(1 for one in first if one.mistake_id in noted)
    verdicts = Counter(one.verdict for one in first if one.verdict)
    became = ", ".join(f"{verdicts[one]} {VERDICT_WORDS[one].lower()}" for one in Verdict if verdicts[one])
    later = len(project.mistakes) - len(first)
    said = [f"{len(first)} in version 1, {found} of them noted in a review"] if first else ["None in version 1"]
    said += [f"in version 2: {became}"] if became else []
    said += [f"{later} more came with version 2"] if later else []
    return f"{'; '.join(said)}."


def _say_grade(grade: Decimal, policy: Policy) -> str:
    points = policy.points
    return (
        f"{shown(grade)}: {plain(points.version_1_weight)} × version 1 + {plain(points.version_2_weight)} × version 2."
    )


def _plural(word: str, count: int) -> str:
    if word == "missing":
        return word
    return word if count == 1 else f"{word}s"
