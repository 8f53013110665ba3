"""What each button on the desk would move, for whom: the ledger run on the facts as they would be."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from reviewhub.courses.policy import Policy
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.effects import (
    effects,
    say_effects,
    standings_in,
    with_match,
    with_merged,
    with_mistake,
    with_verdict,
    with_weight,
)
from reviewhub.grades.evidence import VERSION_1, MatchFact, MistakeFact, ProjectFact, Strength, Verdict
from reviewhub.grades.ledger import Sheets

STRENGTH_WORDS: Mapping[Strength, str] = {Strength.FULL: "fully", Strength.PARTIAL: "in part"}


class Foreseen(NamedTuple):
    """One way to decide: its value, its words, and what it would move."""

    value: str
    label: str
    moves: str


class Foresight:
    """The desk's buttons, each with what it would move: worked out for what is in hand alone."""

    def __init__(self, project: ProjectFact, policy: Policy, reviewers: Mapping[str, str], sheets: Sheets) -> None:
        """Every answer is a difference to the grades as they are (`sheets`)."""
        self.project, self.policy = project, policy
        held = {one.assignment_id for one in project.assignments if one.held_to_account}
        self.reviewers = {key: name for key, name in reviewers.items() if key in held}
        self.before = standings_in(sheets)

    def accepting(self, finding_id: str, draft: MistakeDraft) -> tuple[Foreseen, ...]:
        """Accepting a finding as a new mistake with these words and weight, fully or in part."""
        found = []
        for strength, words in STRENGTH_WORDS.items():
            fresh = self._fresh(draft)
            match = MatchFact(finding_id=finding_id, mistake_id=fresh.mistake_id, strength=strength)
            moves = self._say(partial(with_mistake, self.project, fresh, match))
            found.append(Foreseen(strength.value, words, moves))
        return tuple(found)

    def matching(self, finding_id: str, mistake_id: str, strength: Strength) -> str:
        """Saying that a finding is a version-1 mistake already established."""
        match = MatchFact(finding_id=finding_id, mistake_id=mistake_id, strength=strength)
        return self._say(partial(with_match, self.project, match))

    def merging(self, mistake_id: str, into_id: str) -> str:
        """Putting a mistake together with another one."""
        return self._say(partial(with_merged, self.project, mistake_id, into_id))

    def own_mistake(self, draft: MistakeDraft, version_in: int) -> str:
        """One more mistake that nobody noted."""
        return self._say(partial(with_mistake, self.project, self._fresh(draft, version_in)))

    def changing(self, mistake_id: str, draft: MistakeDraft) -> str:
        """Giving a mistake other words and another weight."""
        weight = {
            "severity": draft.severity,
            "criterion": draft.criterion,
            "points": draft.points,
            "detectable": draft.detectable,
        }
        return self._say(partial(with_weight, self.project, mistake_id, weight))

    def verdict(self, mistake_id: str, verdict: Verdict) -> str:
        """What a verdict on a mistake would move."""
        return self._say(partial(with_verdict, self.project, mistake_id, verdict), of_review=False)

    def without(self, mistake_id: str) -> str:
        """What taking a mistake back would move."""
        kept = tuple(one for one in self.project.mistakes if one.mistake_id != mistake_id)
        return self._say(lambda: replace(self.project, mistakes=kept))

    def _fresh(self, draft: MistakeDraft, version_in: int = VERSION_1) -> MistakeFact:
        number = max((one.number for one in self.project.mistakes), default=0) + 1
        return MistakeFact(
            mistake_id="fresh",
            number=number,
            title="",
            version_in=version_in,
            severity=draft.severity,
            criterion=draft.criterion,
            points=draft.points,
            detectable=draft.detectable,
            verdict=draft.verdict,
        )

    def _say(self, change: Callable[[], ProjectFact], *, of_review: bool = True) -> str:
        return say_effects(effects(self.before, change(), self.policy), self.reviewers, of_review=of_review)
