"""What the thing in hand can be put together with: the likeliest first, each with what that would move."""

from dataclasses import dataclass

from reviewhub.errors import NotFound
from reviewhub.grades.cards import ListRow
from reviewhub.grades.desk import mistake_row
from reviewhub.grades.desk_state import DeskState
from reviewhub.grades.evidence import VERSION_1, VERSION_2, MistakeFact, Strength
from reviewhub.grades.matching import Established, Statement, suggest
from reviewhub.grades.matching import Reported as Compared
from reviewhub.grades.penalties import mistakes_in_order
from reviewhub.grades.spots import place_of_row


@dataclass(frozen=True, kw_only=True)
class MergeChoice:
    """One mistake to choose; `in_part` is what matching a finding with it in part would move, "" for a mistake."""

    row: ListRow
    moves: str
    in_part: str = ""
    likely: str = ""
    """What speaks for it, where it is likely."""


@dataclass(frozen=True, kw_only=True)
class MergeChoices:
    """Everything a finding or a mistake may be put together with."""

    is_finding: bool
    name: str
    choices: tuple[MergeChoice, ...]


def merge_choices(state: DeskState, item: str) -> MergeChoices:
    """The mistakes a finding may be matched with, or a mistake merged into; NotFound where `item` is neither."""
    if item in state.reported:
        return _for_finding(state, item)
    if item not in state.values:
        msg = "There is no such finding or mistake on this desk, or it was taken back."
        raise NotFound(msg)
    value = state.values[item]
    others = [
        one
        for one in mistakes_in_order(state.facts)
        if one.mistake_id != item and (one.version_in == VERSION_1 or value.version_in == VERSION_2)
    ]
    return MergeChoices(
        is_finding=False,
        name=f"M{value.number}",
        choices=tuple(
            MergeChoice(row=mistake_row(state, one), moves=state.foresight.merging(item, one.mistake_id))
            for one in others
        ),
    )


def _for_finding(state: DeskState, finding_id: str) -> MergeChoices:
    matched = {mistake.id for mistake, _ in state.matches_of(finding_id)}
    mistakes = [
        one for one in mistakes_in_order(state.facts) if one.version_in == VERSION_1 and one.mistake_id not in matched
    ]
    likely = _likely(state, finding_id, mistakes)
    reported = state.reported[finding_id]
    return MergeChoices(
        is_finding=True,
        name=state.finding_words(reported),
        choices=tuple(
            MergeChoice(
                row=mistake_row(state, one),
                moves=state.foresight.matching(finding_id, one.mistake_id, Strength.FULL),
                in_part=state.foresight.matching(finding_id, one.mistake_id, Strength.PARTIAL),
                likely=likely.get(one.mistake_id, ""),
            )
            for one in sorted(mistakes, key=lambda one: one.mistake_id not in likely)
        ),
    )


def _likely(state: DeskState, finding_id: str, mistakes: list[MistakeFact]) -> dict[str, str]:
    """The id of the mistake this finding says most likely, where any is likely, and what speaks for it in words."""
    reported = state.reported[finding_id]
    compared = Compared(finding_id=finding_id, author=reported.assignment_id, said=_statement(state, finding_id))
    known = [Established(mistake_id=one.mistake_id, said=_said(state, one)) for one in mistakes]
    return {one.mistake_id: ", ".join(one.parts) for one in suggest([compared], known)}


def _statement(state: DeskState, finding_id: str) -> Statement:
    said = state.reported[finding_id].said
    places = tuple(anchor.place for anchor in said.anchors)
    return Statement(text=said.text, places=places, severity=said.severity, criterion=said.category)


def _said(state: DeskState, value: MistakeFact) -> tuple[Statement, ...]:
    """A mistake in its own words and in those of the findings matched with it."""
    own = Statement(
        text=f"{value.title}\n{value.text}",
        places=(place_of_row(value.place),),
        severity=value.severity,
        criterion=value.criterion,
    )
    return (own, *(_statement(state, one.said.finding_id) for one, _ in state.noted(value.mistake_id)))
