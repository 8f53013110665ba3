"""What each button on the desk would move, for whom: the ledger run on the facts as they would be."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from reviewhub.courses.policy import Policy
from reviewhub.grades.drafting import SEVERITIES
from reviewhub.grades.effects import (
    effects,
    say_effects,
    standings_of,
    with_match,
    with_mistake,
    with_verdict,
)
from reviewhub.grades.evidence import (
    VERSION_1,
    MatchFact,
    MistakeFact,
    ProjectFact,
    Strength,
    Verdict,
)
from reviewhub.grades.penalties import mistakes_in_order
from reviewhub.grades.sentences import named
from reviewhub.reviews.submitted import SubmittedFinding

STRENGTH_WORDS: Mapping[Strength, str] = {Strength.FULL: "fully", Strength.PARTIAL: "in part"}


class Foreseen(NamedTuple):
    """One way to decide: its value, its words, and what it would move."""

    value: str
    label: str
    moves: str


class Foresight:
    """The desk's buttons, each with what it would move. Equal questions are computed once."""

    def __init__(self, project: ProjectFact, policy: Policy, reviewers: Mapping[str, str]) -> None:
        """Compute the grades as they are; every answer is a difference to them."""
        self.project, self.policy = project, policy
        held = {one.assignment_id for one in project.assignments if one.held_to_account}
        self.reviewers = {key: name for key, name in reviewers.items() if key in held}
        self.before = standings_of(project, policy)
        self.author = {
            finding.finding_id: assignment.assignment_id
            for assignment in project.assignments
            if assignment.review
            for finding in assignment.review.findings
        }
        self._known: dict[tuple[str, ...], str] = {}

    def accepting(self, said: SubmittedFinding, criterion: str) -> tuple[Foreseen, ...]:
        """Accepting a finding as a new mistake, fully or in part, with its own severity under this criterion."""
        found = []
        for strength, words in STRENGTH_WORDS.items():
            fresh = self._fresh(said.severity, criterion)
            match = MatchFact(finding_id=said.finding_id, mistake_id=fresh.mistake_id, strength=strength)
            key = ("accept", self.author.get(said.finding_id, ""), said.severity, criterion, strength.value)
            moves = self._say(key, partial(with_mistake, self.project, fresh, match))
            found.append(Foreseen(strength.value, words, moves))
        return tuple(found)

    def merging(self, said: SubmittedFinding) -> tuple[Foreseen, ...]:
        """Saying that a finding is one of the version-1 mistakes already established."""
        found = []
        for mistake in mistakes_in_order(self.project):
            if mistake.version_in != VERSION_1:
                continue
            for strength, words in STRENGTH_WORDS.items():
                match = MatchFact(finding_id=said.finding_id, mistake_id=mistake.mistake_id, strength=strength)
                key = ("merge", self.author.get(said.finding_id, ""), mistake.mistake_id, strength.value)
                moves = self._say(key, partial(with_match, self.project, match))
                value = f"{mistake.mistake_id}:{strength.value}"
                found.append(Foreseen(value, f"{named(mistake)}, {words}", moves))
        return tuple(found)

    def own_mistakes(self) -> dict[str, str]:
        """Severity → what one more version-1 mistake that nobody noted would move."""
        if not self.policy.rubric:
            return {}
        criterion = max(self.policy.rubric, key=lambda row: row.points).key
        return {
            severity: self._say(
                ("own", severity),
                partial(with_mistake, self.project, self._fresh(severity, criterion)),
            )
            for severity in SEVERITIES
        }

    def verdict(self, mistake_id: str, verdict: Verdict) -> str:
        """What a verdict on a mistake would move."""
        return self._say(
            ("verdict", mistake_id, verdict.value),
            lambda: with_verdict(self.project, mistake_id, verdict),
            of_review=False,
        )

    def without(self, mistake_id: str) -> str:
        """What taking a mistake back would move."""
        kept = tuple(one for one in self.project.mistakes if one.mistake_id != mistake_id)
        return self._say(("without", mistake_id), lambda: replace(self.project, mistakes=kept))

    def _fresh(self, severity: str, criterion: str) -> MistakeFact:
        number = max((one.number for one in self.project.mistakes), default=0) + 1
        return MistakeFact(
            mistake_id="fresh",
            number=number,
            title="",
            version_in=VERSION_1,
            severity=severity,
            criterion=criterion,
        )

    def _say(self, key: tuple[str, ...], change: Callable[[], ProjectFact], *, of_review: bool = True) -> str:
        if key not in self._known:
            moved = effects(self.before, change(), self.policy)
            self._known[key] = say_effects(moved, self.reviewers, of_review=of_review)
        return self._known[key]
