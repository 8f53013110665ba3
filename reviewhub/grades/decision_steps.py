"""Every kind of decision as one shape, so that one statement reads them all; and each back in its place."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, String, literal, select, type_coerce

from reviewhub.grades.gathering import Gathered
from reviewhub.grades.tables import Adjustment, FindingDecision, FixVerdict, Match, QualityMark
from reviewhub.reviews.tables import Finding


class Step(NamedTuple):
    """One thing decided or said: its kind, about what, in one word, by whom, when; `number` as the kind needs it."""

    kind: str
    id: str
    target: str
    other: str
    word: str
    text: str
    by_id: str
    at: datetime
    number: int


def one_kind(
    kind: str, table: Any, target: Any, word: Any, *, other: Any = "", text: Any = "", by: Any = None, at: Any = None,
    number: Any = 0,
) -> Select[Any]:  # fmt: skip
    """The rows of one table as steps."""
    return select(
        literal(kind).label("kind"),
        table.id.label("id"),
        target.label("target"),
        (literal(other) if isinstance(other, str) else other).label("other"),
        type_coerce(word, String).label("word"),
        (literal(text) if isinstance(text, str) else text).label("text"),
        (table.decided_by_id if by is None else by).label("by_id"),
        (table.at if at is None else at).label("at"),
        (literal(number) if isinstance(number, int) else type_coerce(number, Integer)).label("number"),
    )


def every_decision(mistakes: Select[Any], reviews: Select[Any], is_there: ColumnElement[bool]) -> list[Select[Any]]:
    """What stands about these mistakes and reviews (selects of ids), and of the adjustments those that are there."""
    decision, verdict, mark, more = FindingDecision, FixVerdict, QualityMark, Adjustment
    findings = select(Finding.id).where(Finding.review_id.in_(reviews))
    return [
        one_kind("decision", decision, decision.finding_id, decision.decision, text=decision.reason).where(
            decision.finding_id.in_(findings), decision.undone_at.is_(None)
        ),
        one_kind("match", Match, Match.finding_id, Match.strength, other=Match.mistake_id).where(
            Match.mistake_id.in_(mistakes), Match.undone_at.is_(None)
        ),
        one_kind("verdict", verdict, verdict.mistake_id, verdict.verdict).where(
            verdict.mistake_id.in_(mistakes), verdict.undone_at.is_(None)
        ),
        one_kind("mark", mark, mark.review_id, mark.value, other=mark.row).where(
            mark.review_id.in_(reviews), mark.undone_at.is_(None)
        ),
        one_kind("adjustment", more, more.enrollment_id, more.points, other=more.project_id, text=more.reason).where(
            is_there, more.undone_at.is_(None)
        ),
    ]


def _put_decision(gathered: Gathered, one: Step, _project_id: str) -> None:
    gathered.decisions[one.target] = FindingDecision(
        id=one.id, finding_id=one.target, decision=one.word, reason=one.text, decided_by_id=one.by_id, at=one.at
    )


def _put_match(gathered: Gathered, one: Step, project_id: str) -> None:
    match = Match(
        id=one.id, finding_id=one.target, mistake_id=one.other, strength=one.word, decided_by_id=one.by_id, at=one.at
    )
    gathered.matches.setdefault(project_id, []).append(match)


def _put_verdict(gathered: Gathered, one: Step, _project_id: str) -> None:
    gathered.verdicts[one.target] = FixVerdict(
        id=one.id, mistake_id=one.target, verdict=one.word, decided_by_id=one.by_id, at=one.at
    )


def _put_mark(gathered: Gathered, one: Step, _project_id: str) -> None:
    mark = QualityMark(
        id=one.id, review_id=one.target, row=one.other, value=Decimal(one.word), decided_by_id=one.by_id, at=one.at
    )
    gathered.marks.setdefault(one.target, []).append(mark)


def _put_adjustment(gathered: Gathered, one: Step, _project_id: str) -> None:
    adjustment = Adjustment(
        id=one.id,
        project_id=one.other,
        enrollment_id=one.target,
        points=Decimal(one.word),
        reason=one.text,
        decided_by_id=one.by_id,
        at=one.at,
    )
    gathered.adjustments.setdefault(one.other, []).append(adjustment)


PUT_DECISION: Mapping[str, Callable[[Gathered, Step, str], None]] = {
    "decision": _put_decision,
    "match": _put_match,
    "verdict": _put_verdict,
    "mark": _put_mark,
    "adjustment": _put_adjustment,
}
"""Kind → puts a row of `every_decision` where it belongs, given the project it is about."""
