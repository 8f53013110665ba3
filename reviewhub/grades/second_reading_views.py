"""What a second grader looks at: the project's decisions and grades in short, from the desk's own rows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from reviewhub.grades.cards import VERDICT_WORDS, UndoRow
from reviewhub.grades.deciders import deciders_in
from reviewhub.grades.desk_state import read_desk_state
from reviewhub.grades.penalties import mistakes_in_order, nominal_points
from reviewhub.grades.readiness import undecided_findings
from reviewhub.grades.second_readings import Reading, reading_of
from reviewhub.grades.undoing import undo_rows


@dataclass(frozen=True, kw_only=True)
class MistakeLine:
    """One established mistake in one line."""

    item: str
    name: str
    title: str
    severity: str
    points: Decimal
    verdict: str
    noted_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingPage:
    """One project as a second grader reads it."""

    title: str
    members: tuple[str, ...]
    is_open: bool
    versions: tuple[tuple[int, Decimal | None], ...]
    undecided: int
    mistakes: tuple[MistakeLine, ...]
    decisions: tuple[UndoRow, ...]
    graders: tuple[str, ...]
    reading: Reading
    why_not: str
    """Why whoever looks cannot read it second; "" where they can."""
    last_at: datetime | None
    """When the last decision was made."""


def read_reading_page(session: Session, *, course: str, key: str, now: datetime, reader_id: str) -> ReadingPage:
    """Read the page; always the same number of queries."""
    state = read_desk_state(session, course=course, key=key, now=now)
    reading = reading_of(session, state.project.id)
    deciders = deciders_in(state.gathered).get(state.project.id, {})
    sheets = [(version, state.version_sheet(version)) for version in (1, 2)]
    return ReadingPage(
        title=state.project.title,
        members=tuple(sorted(state.name(one) for one in state.facts.developers)),
        is_open=state.rows.is_open,
        versions=tuple(
            (version, sheet.total if sheet and state.facts.snapshot(version) else None) for version, sheet in sheets
        ),
        undecided=len(undecided_findings(state.facts)),
        mistakes=tuple(
            MistakeLine(
                item=one.mistake_id,
                name=f"M{one.number}",
                title=one.title,
                severity=one.severity,
                points=nominal_points(one, state.policy.points),
                verdict=VERDICT_WORDS[one.verdict].lower() if one.verdict else "",
                noted_by=tuple(state.who(said.assignment_id) for said, _ in state.noted(one.mistake_id)),
            )
            for one in mistakes_in_order(state.facts)
        ),
        decisions=undo_rows(state),
        graders=tuple(sorted(state.name(one) for one in deciders)),
        reading=reading,
        why_not=reading.why_not(reader_id, deciders),
        last_at=max(deciders.values(), default=None),
    )
