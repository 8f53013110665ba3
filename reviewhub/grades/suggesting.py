"""What a grader makes of suggested matches. Nothing is matched without their key; every answer can be taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.evidence import Strength
from reviewhub.grades.gathering import gather
from reviewhub.grades.grading import match_finding, undo_finding
from reviewhub.grades.matching import Pair, Suggestion
from reviewhub.grades.precision import Outcome
from reviewhub.grades.standing import SOMEBODY_ELSE, Desk, open_desk, standing_decision, submitted_finding
from reviewhub.grades.suggested import logged_matches, suggested_in
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Match

NO_LONGER = "This is not suggested any more; look at the page again before you decide."


def log_suggestions(session: Session, *, actor: Actor, now: datetime, course: str, key: str) -> int:
    """Keep what the desk of a project suggests now, each once, as it is shown first; give how many are new."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    gathered = gather(session, desk.course, project_ids=[desk.project.id])
    known = logged_matches(session, desk.project.id)
    denied = {pair for pair, row in known.items() if row.outcome == Outcome.DENIED}
    fresh = [
        one for one in suggested_in(gathered, desk.project.id, denied) if (one.finding_id, one.mistake_id) not in known
    ]
    return sum(_log(session, one, now) for one in fresh)


def confirm_suggestions(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    pairs: Sequence[Pair],
    strength: Strength = Strength.FULL,
) -> None:
    """Match each finding with the mistake suggested for it: all of them, or none where one was decided meanwhile."""
    if not pairs:
        msg = "Nothing is ticked."
        raise BadInput(msg)
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    rows = _known(session, desk, actor, now, pairs)
    for finding_id, mistake_id in dict.fromkeys(pairs):
        row = rows.get((finding_id, mistake_id))
        if standing_decision(session, finding_id) is not None:
            if row is not None and _is_mine(session, row, desk.grader_id, strength):
                continue  # a second click
            raise Conflict(SOMEBODY_ELSE)
        if row is None:
            raise Conflict(NO_LONGER)
        match_finding(
            session,
            actor=actor,
            now=now,
            course=course,
            key=key,
            finding_id=finding_id,
            mistake_id=mistake_id,
            strength=strength,
        )
        _answer(row, Outcome.CONFIRMED if strength is Strength.FULL else Outcome.PARTIAL, desk.grader_id, now)
    session.flush()


def deny_suggestion(session: Session, *, actor: Actor, now: datetime, course: str, key: str, pair: Pair) -> None:
    """Say that a finding is not that mistake: the two are not suggested again. The finding stays undecided."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    finding, _ = submitted_finding(session, desk.project, pair[0])
    row = _known(session, desk, actor, now, [pair]).get(pair)
    if row is None:
        raise Conflict(NO_LONGER)
    if row.outcome == Outcome.DENIED:
        return  # a second click, or two graders of one mind
    if _matched(session, row):
        raise Conflict(SOMEBODY_ELSE)
    _answer(row, Outcome.DENIED, desk.grader_id, now)
    record_event(
        session,
        actor=actor,
        now=now,
        action="denied suggested match",
        subject=finding,
        course_id=desk.course.id,
        after={"project": key, "mistake": pair[1], "score": row.score},
    )


def undo_suggestion(session: Session, *, actor: Actor, now: datetime, course: str, key: str, pair: Pair) -> None:
    """Take the answer back: a match made of it goes with the finding's decision; a denied one is suggested again."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    finding, _ = submitted_finding(session, desk.project, pair[0])
    row = logged_matches(session, desk.project.id).get(pair)
    if row is None or row.outcome is None:
        msg = "There is no answer here to take back."
        raise Conflict(msg)
    if _matched(session, row):
        undo_finding(session, actor=actor, now=now, course=course, key=key, finding_id=pair[0])
    before = row.outcome
    row.outcome, row.decided_by_id, row.decided_at = None, None, None
    session.flush()
    record_event(
        session,
        actor=actor,
        now=now,
        action="undid answer to suggested match",
        subject=finding,
        course_id=desk.course.id,
        before={"mistake": pair[1], "outcome": before},
    )


def _known(
    session: Session, desk: Desk, actor: Actor, now: datetime, pairs: Sequence[Pair]
) -> Mapping[Pair, SuggestedMatch]:
    """What was suggested so far. A page without scripts does not tell what it shows, so that is looked at first."""
    rows = logged_matches(session, desk.project.id)
    if all(pair in rows for pair in pairs):
        return rows
    log_suggestions(session, actor=actor, now=now, course=desk.course.slug, key=desk.project.key)
    return logged_matches(session, desk.project.id)


def _log(session: Session, suggestion: Suggestion, now: datetime) -> bool:
    row = SuggestedMatch(
        finding_id=suggestion.finding_id,
        mistake_id=suggestion.mistake_id,
        score=round(suggestion.score * 1000),
        parts=list(suggestion.parts),
        shown_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False  # shown to another grader at the same moment
    return True


def _answer(row: SuggestedMatch, outcome: Outcome, grader_id: str, now: datetime) -> None:
    row.outcome, row.decided_by_id, row.decided_at = outcome.value, grader_id, now


def _matched(session: Session, row: SuggestedMatch) -> Match | None:
    """The match that stands between the two, if one does."""
    return session.scalar(
        select(Match).where(
            Match.finding_id == row.finding_id, Match.mistake_id == row.mistake_id, Match.undone_at.is_(None)
        )
    )


def _is_mine(session: Session, row: SuggestedMatch, grader_id: str, strength: Strength) -> bool:
    match = _matched(session, row)
    return match is not None and (match.decided_by_id, match.strength) == (grader_id, strength)
