"""What is left of the findings on a project: how far each is by its answer, counted by severity."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewhub.reviews.kinds import ResponseKind, Severity


class Progress(StrEnum):
    """How far a finding is by what its developers last said."""

    LEFT = "left"
    PLANNED = "planned"
    FIXED = "fixed"
    DISPUTED = "disputed"
    ASIDE = "aside"
    DUPLICATE = "duplicate"


PROGRESS_WORDS: Mapping[str, str] = {
    Progress.LEFT: "To answer",
    Progress.PLANNED: "Will fix",
    Progress.FIXED: "Said fixed",
    Progress.DISPUTED: "Disputed",
    Progress.ASIDE: "Not in scope",
    Progress.DUPLICATE: "Duplicates",
}

_BY_ANSWER: Mapping[str, Progress] = {
    ResponseKind.FIXED: Progress.FIXED,
    ResponseKind.WILL_FIX: Progress.PLANNED,
    ResponseKind.DISAGREE: Progress.DISPUTED,
    ResponseKind.CANNOT_REPRODUCE: Progress.DISPUTED,
    ResponseKind.NOT_IN_SCOPE: Progress.ASIDE,
    ResponseKind.DUPLICATE: Progress.DUPLICATE,
}


def progress_of(answer: str | None) -> Progress:
    """How far a finding with this last answer is; None: nobody answered."""
    return _BY_ANSWER[answer] if answer else Progress.LEFT


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which findings a page shows: "" stands for all."""

    progress: str = ""
    severity: str = ""

    def takes(self, severity: str, answer: str | None) -> bool:
        """Whether a finding is among them."""
        return self.progress in {"", progress_of(answer)} and self.severity in {"", severity}


def read_choice(progress: str, severity: str) -> Choice:
    """The choice an address asks for; a word that is none counts as all."""
    return Choice(
        progress=progress if progress in list(Progress) else "",
        severity=severity if severity in list(Severity) else "",
    )


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """The table of what is left: severity, progress → how many."""

    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def row(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(count for (one, _), count in self.counts.items() if one == severity)

    def column(self, progress: str) -> int:
        """How many findings are that far."""
        return sum(count for (_, one), count in self.counts.items() if one == progress)

    def cell(self, severity: str, progress: str) -> int:
        """How many are both."""
        return self.counts.get((severity, progress), 0)

    @property
    def severities(self) -> list[str]:
        """The severities there are, worst first."""
        return [one.value for one in Severity if self.row(one)]

    @property
    def total(self) -> int:
        """All findings."""
        return sum(self.counts.values())


def count_leftover(findings: Iterable[tuple[str, str | None]]) -> Leftover:
    """Count findings, each given as its severity and its last answer."""
    return Leftover(counts=Counter((severity, progress_of(answer).value) for severity, answer in findings))
