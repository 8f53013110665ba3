"""A grade as a way down: from what it starts with, line by line, to what it ends as. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.appealable import GroundKind, ground_of_line
from reviewhub.grades.evidence import MistakeFact
from reviewhub.grades.lines import Component, LedgerEntry, total
from reviewhub.grades.story_values import Fall

MOST_STEPS = 14
_FALLS = frozenset({Component.VERSION_1, Component.VERSION_2, Component.REVIEW})
_STEPS = {"coverage": "Coverage", "late": "Lateness", "hold": "Bounds"}


def fall_of(
    title: str, entries: Sequence[LedgerEntry], mistakes: Mapping[str, MistakeFact], policy: Policy
) -> Fall | None:
    """The way from the start to the grade; None where there is nothing to see: no steps, or no grade of this kind."""
    if not entries or entries[0].component not in _FALLS:
        return None

    def number_of(entry: LedgerEntry) -> int:
        kind, target = ground_of_line(entry)
        return mistakes[target].number if kind is GroundKind.MISTAKE and target in mistakes else 0

    first = "quality" if entries[0].component is Component.REVIEW else ""
    starts = [one for one in entries if (one.part == first if first else _starts(one, policy))]
    rest = [one for one in entries if one not in starts and one.amount]
    # Mistakes as they are numbered everywhere else, then what balances and lateness: the sum is the same.
    told = [*sorted(filter(number_of, rest), key=number_of), *(one for one in rest if not number_of(one))]
    steps = [(_step(one, mistakes, policy), one.amount) for one in told]
    if not steps:
        return None
    return Fall(start=("Quality" if first else "Starts at", total(starts)), steps=_most_important(steps), end=title)


def _starts(entry: LedgerEntry, policy: Policy) -> bool:
    """Whether the line is what a criterion starts with: it rests on the snapshot and takes nothing off."""
    return policy.criterion(entry.part) is not None and any(one.kind == "snapshot" for one in entry.citations)


def _step(entry: LedgerEntry, mistakes: Mapping[str, MistakeFact], policy: Policy) -> str:
    kind, target = ground_of_line(entry)
    if kind is GroundKind.MISTAKE and target in mistakes:
        return f"M{mistakes[target].number} {mistakes[target].title}"
    criterion = policy.criterion(entry.part)
    if criterion is not None:
        return f"Floor: {criterion.title}"
    return "At most the cap" if entry.part == "missed" else _STEPS.get(entry.part, "Other")


def _most_important(steps: list[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    """All steps in their order; of very many the largest, and the rest as one."""
    if len(steps) <= MOST_STEPS:
        return tuple(steps)
    largest = sorted(range(len(steps)), key=lambda place: -abs(steps[place][1]))[: MOST_STEPS - 1]
    kept = [steps[place] for place in sorted(largest)]
    rest = [amount for place, (_, amount) in enumerate(steps) if place not in set(largest)]
    return (*kept, (f"{len(rest)} smaller ones", sum(rest, Decimal(0))))
