"""Appeals: filed by anybody whose grade it is, withdrawn by their side, decided once by the staff with a reason."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Facts, allows, require
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.grades.appeal_facts import (
    appeal_facts,
    appealing_of,
    filing_facts,
    find_appeal,
    ground_named,
    why_appeals_are_closed,
)
from reviewhub.grades.appeal_mails import tell_decided, tell_filed
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appealable import Ground
from reviewhub.grades.drafting import clean
from reviewhub.grades.facts import latest_release
from reviewhub.grades.releasing import reopen_grading
from reviewhub.grades.standing import grader_id_of, let_stand
from reviewhub.grades.tables import Release

TEXT_LENGTH = 5000
_MOVED_ON = "Somebody else decided this appeal a moment ago, or it was withdrawn; look at it again."


class Outcome(StrEnum):
    """What became of an appeal."""

    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"


def file_appeal(
    session: Session, *, actor: Actor, now: datetime, course: str, kind: str, target: str, text: str
) -> Appeal:
    """Ask for one thing of the newest release to be looked at again.

    The same words about the same thing again are the same appeal. Conflict where the side has appealed it already,
    or the course takes no appeals; NotFound where it is nothing of the actor's; BadInput for empty words.
    """
    facts = filing_facts(session, actor, now, course=course)
    found = find_course(session, course)
    closed = why_appeals_are_closed(session, found, actor, now)
    if closed and allows(Action.SEE_OWN_GRADES, facts):
        raise Conflict(closed)
    require(Action.FILE_APPEAL, facts)
    appealing = appealing_of(session, found, actor)
    ground = ground_named(appealing, kind, target)
    told = _told(text, "text", "Say why: what is not right, and where one can see it.")
    session.scalar(select(Release.id).where(Release.id == appealing.release.id).with_for_update())
    standing = _standing(session, appealing.release, ground)
    if standing is not None:
        if standing.filed_by_id == actor.user_id and standing.text == told:
            return standing
        msg = "This was appealed already, and each thing is appealed once. You find the appeal on the appeals page."
        raise Conflict(msg)
    appeal = Appeal(
        course_id=found.id,
        release_id=appealing.release.id,
        project_id=ground.project_id or None,
        kind=ground.kind,
        target=ground.target,
        side=ground.side,
        title=ground.title,
        said=list(ground.said),
        mistake_id=ground.mistake_id,
        finding_id=ground.finding_id,
        text=told,
        filed_by_id=grader_id_of(actor),
        filed_at=now,
    )
    let_stand(session, appeal)
    let_stand(session, *_shares(appeal, ground))
    tell_filed(session, found, appeal, now)
    _record(session, actor, now, "filed appeal", appeal, after={"about": ground.title})
    return appeal


def withdraw_appeal(session: Session, *, actor: Actor, now: datetime, course: str, appeal_id: str) -> None:
    """Take an appeal back before it is decided; the side may then appeal the same thing anew."""
    require(Action.WITHDRAW_APPEAL, appeal_facts(session, actor, now, course=course, appeal_id=appeal_id))
    appeal = find_appeal(session, course, appeal_id)
    _move(session, appeal, Appeal.decided_at.is_(None), withdrawn_at=now)
    _record(session, actor, now, "withdrew appeal", appeal, before={"about": appeal.title})


def decide_appeal(
    session: Session, *, actor: Actor, now: datetime, course: str, appeal_id: str, outcome: str, reason: str
) -> bool:
    """Decide an appeal, once, with a reason that everybody concerned reads.

    What it grants is changed at the desk; where the actor may, grading is reopened for it. True where it is open now.
    Conflict where somebody was faster or the appeal was withdrawn.
    """
    facts = appeal_facts(session, actor, now, course=course, appeal_id=appeal_id)
    require(Action.DECIDE_APPEAL, facts)
    appeal = find_appeal(session, course, appeal_id)
    if outcome not in set(Outcome):
        problem = Problem(place="outcome", what="Choose granted, granted in part, or denied.")
        msg = "The appeal was not decided."
        raise BadInput(msg, (problem,))
    told = _told(reason, "reason", "Give a reason: everybody concerned reads it.")
    decided = {"outcome": outcome, "reason": told, "decided_by_id": grader_id_of(actor), "decided_at": now}
    _move(session, appeal, Appeal.decided_at.is_(None), **decided)
    found = find_course(session, course)
    tell_decided(session, found, appeal, now)
    _record(session, actor, now, "decided appeal", appeal, after={"outcome": outcome}, reason=told)
    return _open_grading(session, actor, now, found, appeal, facts)


def take_back_decision(
    session: Session, *, actor: Actor, now: datetime, course: str, appeal_id: str, reason: str
) -> None:
    """Open a decided appeal again, with a reason; the old decision stays to read. Conflict after a later release."""
    require(Action.DECIDE_APPEAL, appeal_facts(session, actor, now, course=course, appeal_id=appeal_id))
    appeal = find_appeal(session, course, appeal_id)
    told = _told(reason, "reason", "Say why it is decided anew: everybody concerned reads it.")
    release = latest_release(session, find_course(session, course))
    if release is not None and appeal.decided_at is not None and release.at > appeal.decided_at:
        msg = "Grades were released since this was decided, so the decision stands."
        raise Conflict(msg)
    decided_at = appeal.decided_at.isoformat() if appeal.decided_at else ""
    old = {"outcome": appeal.outcome, "reason": appeal.reason, "at": decided_at, "why": told}
    emptied = {"outcome": "", "reason": "", "decided_by_id": None, "decided_at": None}
    _move(session, appeal, Appeal.decided_at.is_not(None), **emptied, earlier=[*appeal.earlier, old])
    tell_decided(session, find_course(session, course), appeal, now)
    _record(session, actor, now, "reopened appeal", appeal, before=old, reason=told)


def _open_grading(session: Session, actor: Actor, now: datetime, course: Course, appeal: Appeal, facts: Facts) -> bool:
    """Reopen grading for what was granted, where it is closed and the actor may; whether it is open."""
    release = latest_release(session, course)
    if release is None or release.reopened_at is not None:
        return True
    if appeal.outcome == Outcome.DENIED or not allows(Action.RELEASE_GRADES, facts):
        return False
    reason = f"Appeal granted: {appeal.title}. {appeal.reason}"
    reopen_grading(session, actor=actor, now=now, course=course.slug, reason=reason)
    return True


def _standing(session: Session, release: Release, ground: Ground) -> Appeal | None:
    return session.scalar(
        select(Appeal).where(
            Appeal.release_id == release.id,
            Appeal.side == ground.side,
            Appeal.kind == ground.kind,
            Appeal.target == ground.target,
            Appeal.withdrawn_at.is_(None),
        )
    )


def _shares(appeal: Appeal, ground: Ground) -> list[AppealShare]:
    own = set(ground.own)
    return [
        AppealShare(appeal_id=appeal.id, enrollment_id=one, own=one in own)
        for one in sorted(own | set(ground.concerned))
    ]


def _move(session: Session, appeal: Appeal, where: Any, **values: Any) -> None:
    """Change an appeal that nobody withdrew and that stands as `where` says, by one conditional UPDATE."""
    moved = session.execute(
        update(Appeal).where(Appeal.id == appeal.id, Appeal.withdrawn_at.is_(None), where).values(**values),
        execution_options={"synchronize_session": False},
    )
    if not moved.rowcount:  # type: ignore[attr-defined]  # an UPDATE always has one
        raise Conflict(_MOVED_ON)
    session.refresh(appeal)


def _told(text: str, place: str, wanted: str) -> str:
    told = clean(text).strip()
    if not told:
        raise BadInput(wanted, (Problem(place=place, what=wanted),))
    if len(told) > TEXT_LENGTH:
        msg = f"The text is longer than {TEXT_LENGTH:,} characters."
        raise BadInput(msg, (Problem(place=place, what=msg),))
    return told


def _record(session: Session, actor: Actor, now: datetime, action: str, appeal: Appeal, **more: Any) -> None:
    record_event(session, actor=actor, now=now, action=action, subject=appeal, course_id=appeal.course_id, **more)
