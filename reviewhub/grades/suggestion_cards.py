"""The suggested matches of one desk as its pages show them: what one key confirms, what is asked, what was denied."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reviewhub.grades.desk_state import DeskState
from reviewhub.grades.evidence import Strength
from reviewhub.grades.matching import Pair
from reviewhub.grades.precision import Outcome
from reviewhub.grades.suggested import ShownMatch, logged_matches, shown_matches
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.titles import first_line


@dataclass(frozen=True, kw_only=True)
class SuggestionCard:
    """One suggestion in words. `moves` tell what confirming would move, in full and in part; "" in lists."""

    pair: str
    finding_id: str
    mistake_id: str
    finding: str
    finding_title: str
    mistake: str
    mistake_title: str
    percent: int
    parts: tuple[str, ...]
    is_ticked: bool = False
    moves: str = ""
    moves_in_part: str = ""


@dataclass(frozen=True, kw_only=True)
class SuggestionList:
    """Every suggestion of a desk."""

    ticked: tuple[SuggestionCard, ...] = ()
    asked: tuple[SuggestionCard, ...] = ()
    denied: tuple[SuggestionCard, ...] = ()
    in_hand: SuggestionCard | None = None
    """The one about the finding in hand."""
    is_new: bool = False
    """Whether something here was never shown before: then the page tells that it is shown."""


def read_suggestions(session: Session, state: DeskState, item: str = "") -> SuggestionList:
    """The suggestions of the desk, and the one about the finding `item`; one statement."""
    if not state.rows.is_open:
        return SuggestionList()
    rows = logged_matches(session, state.project.id)
    shown = shown_matches(state.gathered, state.project.id, rows)
    cards = [_card(state, one) for one in shown]
    mine = next((one for one in cards if one.finding_id == item), None)
    return SuggestionList(
        ticked=tuple(one for one in cards if one.is_ticked),
        asked=tuple(one for one in cards if not one.is_ticked),
        denied=_denied(state, rows),
        in_hand=_with_moves(state, mine) if mine else None,
        is_new=not all(one.is_logged for one in shown),
    )


def _card(state: DeskState, one: ShownMatch) -> SuggestionCard:
    return _in_words(state, (one.finding_id, one.mistake_id), one.percent, one.parts, is_ticked=one.is_ticked)


def _denied(state: DeskState, rows: dict[Pair, SuggestedMatch]) -> tuple[SuggestionCard, ...]:
    """What was denied and may be taken back: the finding is still undecided."""
    return tuple(
        _in_words(state, pair, min(99, round(row.score / 10)), row.parts)
        for pair, row in sorted(rows.items())
        if row.outcome == Outcome.DENIED
        and pair[0] in state.reported
        and pair[0] not in state.gathered.decisions
        and pair[1] in state.mistakes
    )


def _in_words(
    state: DeskState, pair: Pair, percent: int, parts: Collection[str], *, is_ticked: bool = False
) -> SuggestionCard:
    reported, mistake = state.reported[pair[0]], state.mistakes[pair[1]]
    return SuggestionCard(
        pair=":".join(pair),
        finding_id=pair[0],
        mistake_id=pair[1],
        finding=state.finding_words(reported),
        finding_title=first_line(reported.said.text),
        mistake=f"M{mistake.number}",
        mistake_title=mistake.title,
        percent=percent,
        parts=tuple(parts),
        is_ticked=is_ticked,
    )


def _with_moves(state: DeskState, card: SuggestionCard) -> SuggestionCard:
    full, partial = (
        state.foresight.matching(card.finding_id, card.mistake_id, strength)
        for strength in (Strength.FULL, Strength.PARTIAL)
    )
    return SuggestionCard(**{**vars(card), "moves": full, "moves_in_part": partial})
