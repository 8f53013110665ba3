"""How often the suggested matches are right, by how sure they were: from what the graders decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.grades.matching import ASKED, SURE


class Outcome(StrEnum):
    """What became of a suggestion."""

    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    DENIED = "denied"
    IGNORED = "ignored"
    """The finding was decided otherwise, without an answer to the suggestion."""
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One suggestion with what the grader answered ("" for nothing), and what stands now."""

    score: float
    answer: str = ""
    strength: str = ""
    """How the finding and the mistake are matched now; "" where they are not."""
    is_decided: bool = False
    """Whether the finding is decided, in whatever way."""

    @property
    def outcome(self) -> Outcome:
        """What stands counts more than what was answered: a decision can be taken back."""
        if self.strength:
            return Outcome.CONFIRMED if self.strength == "full" else Outcome.PARTIAL
        if self.answer == Outcome.DENIED:
            return Outcome.DENIED
        return Outcome.IGNORED if self.is_decided else Outcome.OPEN


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The suggestions of one band of scores, by outcome."""

    title: str
    confirmed: int = 0
    partial: int = 0
    denied: int = 0
    ignored: int = 0
    open: int = 0

    @property
    def right(self) -> int:
        """Those that became a match, fully or in part."""
        return self.confirmed + self.partial

    @property
    def answered(self) -> int:
        """Those whose outcome is known."""
        return self.right + self.denied + self.ignored

    @property
    def share(self) -> float | None:
        """The precision: how many of those answered were right; None before the first answer."""
        return self.right / self.answered if self.answered else None


BANDS: tuple[tuple[str, float], ...] = (
    ("ticked, 90 % and more", 0.9),
    (f"ticked, {SURE:.0%} and more".replace("%", " %"), SURE),
    ("asked, 45 % and more", 0.45),
    (f"asked, {ASKED:.0%} and more".replace("%", " %"), 0.0),
)


def tallies(answered: Iterable[Answered]) -> tuple[Tally, ...]:
    """One tally for each band, the surest first, and one for all of them at the end."""
    counts = {title: dict.fromkeys(Outcome, 0) for title, _ in BANDS}
    for one in answered:
        title = next(title for title, least in BANDS if one.score >= least)
        counts[title][one.outcome] += 1
    whole = {outcome: sum(count[outcome] for count in counts.values()) for outcome in Outcome}
    return tuple(
        Tally(title=title, **{outcome.value: count[outcome] for outcome in Outcome})
        for title, count in [*counts.items(), ("all suggestions", whole)]
    )
