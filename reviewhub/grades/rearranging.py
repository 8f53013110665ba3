"""Putting two mistakes together, and taking a finding off one into a mistake of its own; each can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades.desk_tables import Rearrangement
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.establishing import (
    keep_sent,
    made_before,
    mistake_json,
    mistake_of_finding,
)
from reviewhub.grades.evidence import VERSION_2, Decision, Strength
from reviewhub.grades.standing import (
    SOMEBODY_ELSE,
    Desk,
    end,
    let_stand,
    open_desk,
    standing_mistake,
    submitted_finding,
)
from reviewhub.grades.tables import FindingDecision, Match, Mistake

MERGED, SEPARATED = "merged", "separated"


def merge_mistakes(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, mistake_id: str, into_id: str
) -> None:
    """Say that a mistake is another one already established: who noted it noted that one, and it costs no more."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    into = standing_mistake(session, desk.project, into_id)
    if mistake.id == into.id:
        msg = "A mistake cannot be merged into itself."
        raise BadInput(msg)
    if into.version_in == VERSION_2 and mistake.version_in != VERSION_2:
        msg = (
            f"M{into.number} came with version 2 and M{mistake.number} was in version 1 already; "
            f"merge M{into.number} into M{mistake.number} instead."
        )
        raise Conflict(msg)
    moved, there = _matches_of(session, mistake.id), _matches_of(session, into.id)
    was_own = into.found_by_instructor
    into.found_by_instructor = was_own or mistake.found_by_instructor
    if not end(session, Mistake, now, Mistake.id == mistake.id):
        raise Conflict(SOMEBODY_ELSE)
    end(session, Match, now, Match.mistake_id == mistake.id)
    fresh = {finding_id: strength for finding_id, strength in moved.items() if finding_id not in there}
    brought = _matches(desk, fresh, into.id, now)
    let_stand(session, *brought)
    before = {"matches": list(moved.items()), "brought": [one.id for one in brought], "own": was_own}
    _keep(session, desk, actor, now, MERGED, mistake, into, before)


def separate_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_id: str,
    mistake_id: str,
    draft: MistakeDraft,
    token: str = "",
) -> Mistake:
    """Take a finding off a mistake into a mistake of its own, because it says something else."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    _, said = submitted_finding(session, desk.project, finding_id)
    sent = made_before(session, desk, token, [draft])
    if sent is not None:
        return sent
    other = standing_mistake(session, desk.project, mistake_id)
    matches = _matches_of(session, mistake_id)
    if finding_id not in matches:
        raise Conflict(SOMEBODY_ELSE)
    if len(matches) == 1 and not other.found_by_instructor:
        msg = f"M{other.number} rests on this finding alone; change its words instead."
        raise Conflict(msg)
    mistake = mistake_of_finding(session, desk, said, draft, now)
    end(session, Match, now, Match.finding_id == finding_id, Match.mistake_id == mistake_id)
    let_stand(session, *_matches(desk, {finding_id: Strength.FULL}, mistake.id, now))
    keep_sent(session, desk, token, [draft], mistake)
    _keep(session, desk, actor, now, SEPARATED, mistake, other, {"matches": [(finding_id, matches[finding_id])]})
    return mistake


def undo_rearrangement(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, rearrangement_id: str
) -> None:
    """Take a merge or a separation back: both mistakes are as they were, as far as their findings still stand."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    row = session.scalar(
        select(Rearrangement).where(Rearrangement.id == rearrangement_id, Rearrangement.project_id == desk.project.id)
    )
    if row is None:
        msg = "There is no such merge in this project."
        raise NotFound(msg)
    if not end(session, Rearrangement, now, Rearrangement.id == row.id):
        msg = "This is taken back already."
        raise Conflict(msg)
    mistake, other = session.get_one(Mistake, row.mistake_id), session.get_one(Mistake, row.other_id)
    if row.kind == MERGED:
        _bring_back(session, desk, now, mistake, other, row.before)
    else:
        _put_back(session, desk, now, mistake, other, row.before)
    record_event(
        session,
        actor=actor,
        now=now,
        action=f"undid {'merge' if row.kind == MERGED else 'separation'} of mistakes",
        subject=mistake,
        course_id=desk.course.id,
        before={"mistake": mistake.number, "other": other.number},
    )


def _bring_back(
    session: Session, desk: Desk, now: datetime, mistake: Mistake, into: Mistake, before: dict[str, Any]
) -> None:
    """Let a merged mistake stand again, with those of its findings that are still said to be there."""
    back = set(session.scalars(_standing(Match.id.in_(before["brought"])).with_only_columns(Match.finding_id)))
    end(session, Match, now, Match.id.in_(before["brought"]))
    accepted, kept = _accepted(session, dict(before["matches"])), _matches_of(session, into.id)
    matches = {one: strength for one, strength in before["matches"] if one in accepted and one in back | set(kept)}
    if not matches and not mistake.found_by_instructor:
        msg = f"What M{mistake.number} rested on was decided anew since; take that back first, or accept it again."
        raise Conflict(msg)
    mistake.undone_at = None
    let_stand(session, *_matches(desk, matches, mistake.id, now))
    if into.undone_at is None:
        into.found_by_instructor = before["own"]
        session.flush()
        if not kept and not before["own"]:
            end(session, Mistake, now, Mistake.id == into.id)


def _put_back(
    session: Session, desk: Desk, now: datetime, mistake: Mistake, other: Mistake, before: dict[str, Any]
) -> None:
    """Give a separated finding back to the mistake it was taken off."""
    matches = dict(before["matches"])
    if mistake.undone_at is not None or set(_matches_of(session, mistake.id)) != set(matches):
        msg = f"M{mistake.number} holds other findings now; take those back first."
        raise Conflict(msg)
    if other.undone_at is not None:
        msg = f"M{other.number}, which the finding was taken off, does not stand any more."
        raise Conflict(msg)
    end(session, Mistake, now, Mistake.id == mistake.id)
    end(session, Match, now, Match.mistake_id == mistake.id)
    let_stand(session, *_matches(desk, matches, other.id, now))


def _matches_of(session: Session, mistake_id: str) -> dict[str, str]:
    """Finding id → strength of what stands matched with a mistake."""
    return {one.finding_id: one.strength for one in session.scalars(_standing(Match.mistake_id == mistake_id))}


def _standing(where: ColumnElement[bool]) -> Select[Match]:
    return select(Match).where(where, Match.undone_at.is_(None)).order_by(Match.at, Match.id)


def _accepted(session: Session, finding_ids: dict[str, str]) -> set[str]:
    return set(
        session.scalars(
            select(FindingDecision.finding_id).where(
                FindingDecision.finding_id.in_(list(finding_ids)),
                FindingDecision.undone_at.is_(None),
                FindingDecision.decision != Decision.REJECTED,
            )
        )
    )


def _matches(desk: Desk, findings: dict[str, str], mistake_id: str, now: datetime) -> list[Match]:
    return [
        Match(finding_id=finding_id, mistake_id=mistake_id, strength=strength, decided_by_id=desk.grader_id, at=now)
        for finding_id, strength in findings.items()
    ]


def _keep(
    session: Session,
    desk: Desk,
    actor: Actor,
    now: datetime,
    kind: str,
    mistake: Mistake,
    other: Mistake,
    before: dict[str, Any],
) -> None:
    let_stand(
        session,
        Rearrangement(
            project_id=desk.project.id,
            kind=kind,
            mistake_id=mistake.id,
            other_id=other.id,
            before=before,
            decided_by_id=desk.grader_id,
            at=now,
        ),
    )
    record_event(
        session,
        actor=actor,
        now=now,
        action="merged mistakes" if kind == MERGED else "separated mistakes",
        subject=mistake,
        course_id=desk.course.id,
        after=mistake_json(mistake) | {"other": other.number},
    )
