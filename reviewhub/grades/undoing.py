"""The decisions that stand on a desk, newest first, each with what takes it back."""

import json
from collections.abc import Iterator
from datetime import datetime

from reviewhub.grades.cards import VERDICT_WORDS, UndoRow
from reviewhub.grades.desk_state import DeskState
from reviewhub.grades.effects import signed
from reviewhub.grades.evidence import Decision, Verdict
from reviewhub.grades.rearranging import MERGED
from reviewhub.grades.sentences import plain
from reviewhub.grades.standing import as_seen


def undo_rows(state: DeskState) -> tuple[UndoRow, ...]:
    """Every decision that stands and can be taken back, the newest first."""
    rows = [
        *_findings(state),
        *_mistakes(state),
        *_rearranged(state),
        *_verdicts(state),
        *_marks(state),
        *_adjustments(state),
    ]
    return tuple(sorted(rows, key=lambda row: (row.at, _LATER.index(row.kind), row.target_id), reverse=True))


_LATER = ("mistake", "finding", "change", "verdict", "marks", "adjustment", "rearrangement")
"""Of decisions made at one moment, the later ones come last."""


def _findings(state: DeskState) -> Iterator[UndoRow]:
    for one in state.gathered.decisions.values():
        reported = state.reported.get(one.finding_id)
        if reported is None:
            continue
        finding = state.finding_words(reported)
        mistakes = [mistake for mistake, _ in state.matches_of(one.finding_id)]
        matched = " and ".join(f"M{mistake.number}" for mistake in mistakes)
        words = f"Rejected {finding}" if one.decision == Decision.REJECTED else f"Accepted {finding} as {matched}"
        seen = as_seen(one.id, [mistake.id for mistake in mistakes])
        yield _row(state, words, one.decided_by_id, one.at, "finding", one.finding_id, one.finding_id, seen)


def _mistakes(state: DeskState) -> Iterator[UndoRow]:
    for one in state.mistakes.values():
        named, seen = f"M{one.number} “{one.title}”", str(one.version)
        if one.found_by_instructor or _is_further(state, one.id):
            words, whole = f"Recorded {named}", state.mistake_as_seen(one.id)
            yield _row(state, words, one.recorded_by_id, one.recorded_at, "mistake", one.id, one.id, whole)
        if one.previous and one.changed_at:
            words, by_id = f"Changed {named}", one.changed_by_id or ""
            yield _row(state, words, by_id, one.changed_at, "change", one.id, one.id, seen)


def _is_further(state: DeskState, mistake_id: str) -> bool:
    """Whether each finding it rests on says another mistake too: taken back alone, no finding is left undecided."""
    noted = state.noted(mistake_id)
    return bool(noted) and all(len(state.matches_of(one.said.finding_id)) > 1 for one, _ in noted)


def _rearranged(state: DeskState) -> Iterator[UndoRow]:
    known = state.rows.undone | state.mistakes
    for one in state.rows.rearrangements:
        mistake, other = known[one.mistake_id], known[one.other_id]
        if one.kind == MERGED:
            words, item = f"Merged M{mistake.number} “{mistake.title}” into M{other.number}", other.id
        else:
            words, item = f"Took M{mistake.number} “{mistake.title}” off M{other.number}", mistake.id
        yield _row(state, words, one.by_id, one.at, "rearrangement", one.rearrangement_id, item)


def _verdicts(state: DeskState) -> Iterator[UndoRow]:
    for one in state.gathered.verdicts.values():
        mistake = state.mistakes[one.mistake_id]
        words = f"M{mistake.number}: {VERDICT_WORDS[Verdict(one.verdict)].lower()} in version 2"
        yield _row(state, words, one.decided_by_id, one.at, "verdict", mistake.id, mistake.id, one.verdict)


def _marks(state: DeskState) -> Iterator[UndoRow]:
    for assignment_id, edition in state.gathered.editions.items():
        marks = sorted(state.gathered.marks.get(edition.review_id, ()), key=lambda one: one.at)
        if marks:
            words, last = f"Marked the review by {state.who(assignment_id)}", marks[-1]
            seen = json.dumps({one.row: plain(one.value) for one in marks})
            yield _row(state, words, last.decided_by_id, last.at, "marks", edition.review_id, edition.review_id, seen)


def _adjustments(state: DeskState) -> Iterator[UndoRow]:
    for one in state.gathered.adjustments.get(state.project.id, ()):
        words = f"{state.name(one.enrollment_id)} {signed(one.points)}"
        yield _row(state, words, one.decided_by_id, one.at, "adjustment", one.id, one.enrollment_id)


def _row(
    state: DeskState, words: str, user_id: str, at: datetime, kind: str, target_id: str, item: str, seen: str = ""
) -> UndoRow:
    return UndoRow(
        words=words,
        who=state.name(user_id),
        by_id=user_id,
        at=at,
        kind=kind,
        target_id=target_id,
        item=item,
        seen=seen,
    )
