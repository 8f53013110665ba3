"""What a grader decides about findings and mistakes. Every decision stands until it is undone, up to the release."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.drafting import MistakeDraft, clean
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Decision, Strength
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
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.places import Place
from reviewhub.reviews.submitted import SubmittedFinding

REASON_LENGTH = 2000


def accept_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_id: str,
    draft: MistakeDraft,
    strength: Strength = Strength.FULL,
) -> Mistake:
    """Establish what a finding says as a mistake of version 1, noted by its author, fully or in part.

    Conflict where the finding is decided already: a second click must not take the points off twice. What else it
    says is matched with a mistake of its own.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    _, said = submitted_finding(session, desk.project, finding_id)
    if _standing_decision(session, finding_id) is not None:
        raise Conflict(SOMEBODY_ELSE)
    anchor = said.anchors[0] if said.anchors else None
    mistake = _new_mistake(session, desk, draft, now, VERSION_1)
    mistake.found_by_instructor = False
    mistake.place = place_json(anchor.place) if anchor else {}
    mistake.snapshot_id = (anchor.snapshot_id if anchor else "") or mistake.snapshot_id
    let_stand(session, mistake)
    _decide(session, desk, said, actor, now, mistake, strength)
    return mistake


def match_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_id: str,
    mistake_id: str,
    strength: Strength = Strength.FULL,
) -> None:
    """Say that a finding is one of the mistakes already established, fully or in part: a duplicate, or one found."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    _, said = submitted_finding(session, desk.project, finding_id)
    mistake = standing_mistake(session, desk.project, mistake_id)
    if mistake.version_in != VERSION_1:
        msg = "Reviews are about version 1, and this mistake came with version 2."
        raise Conflict(msg)
    _decide(session, desk, said, actor, now, mistake, strength)


def reject_finding(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, finding_id: str, reason: str
) -> None:
    """Say that a finding is not right; the reason is told to its author after the release."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    finding, _ = submitted_finding(session, desk.project, finding_id)
    told = clean(reason).strip()
    if not told or len(told) > REASON_LENGTH:
        msg = f"Give a reason, of up to {REASON_LENGTH:,} characters: the reviewer reads it after the release."
        raise BadInput(msg)
    row = FindingDecision(
        finding_id=finding_id, decision=Decision.REJECTED, reason=told, decided_by_id=desk.grader_id, at=now
    )
    let_stand(session, row)
    record_event(
        session,
        actor=actor,
        now=now,
        action="rejected finding",
        subject=finding,
        course_id=desk.course.id,
        after={"project": key},
        reason=told,
    )


def undo_finding(session: Session, *, actor: Actor, now: datetime, course: str, key: str, finding_id: str) -> None:
    """Take back what was decided on a finding: its matches, and the mistake that rests on it alone."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    finding, _ = submitted_finding(session, desk.project, finding_id)
    if not end(session, FindingDecision, now, FindingDecision.finding_id == finding_id):
        msg = "This finding is not decided any more."
        raise Conflict(msg)
    matched = session.scalars(
        select(Match.mistake_id).where(Match.finding_id == finding_id, Match.undone_at.is_(None))
    ).all()
    end(session, Match, now, Match.finding_id == finding_id)
    still = select(Match.mistake_id).where(Match.undone_at.is_(None))
    end(
        session,
        Mistake,
        now,
        Mistake.id.in_(matched),
        Mistake.found_by_instructor.is_(False),
        Mistake.id.not_in(still),
    )
    record_event(
        session,
        actor=actor,
        now=now,
        action="undid finding decision",
        subject=finding,
        course_id=desk.course.id,
        before={"mistakes": list(matched)},
    )


def record_mistake(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    draft: MistakeDraft,
    version_in: int,
    place: Place,
) -> Mistake:
    """Establish a mistake that the instructor found, in version 1 or introduced in version 2."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = _new_mistake(session, desk, draft, now, version_in)
    mistake.found_by_instructor = True
    mistake.place = place_json(place)
    let_stand(session, mistake)
    record_event(
        session,
        actor=actor,
        now=now,
        action="recorded mistake",
        subject=mistake,
        course_id=desk.course.id,
        after=_mistake_json(mistake),
    )
    return mistake


def change_mistake(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    mistake_id: str,
    draft: MistakeDraft,
    seen: int,
) -> Mistake:
    """Change a mistake's words and weight. `seen` is the row version the grader looked at; Conflict if it moved on."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    if mistake.version != seen:
        raise Conflict(SOMEBODY_ELSE)
    before = _mistake_json(mistake)
    mistake.previous = before
    mistake.changed_by_id, mistake.changed_at = desk.grader_id, now
    _reword(session, mistake, draft)
    record_event(
        session,
        actor=actor,
        now=now,
        action="changed mistake",
        subject=mistake,
        course_id=desk.course.id,
        before=before,
        after=_mistake_json(mistake),
    )
    return mistake


def undo_change(session: Session, *, actor: Actor, now: datetime, course: str, key: str, mistake_id: str) -> None:
    """Give a mistake the words and weight it had before its last change."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    if not mistake.previous:
        msg = "There is no change of this mistake to undo."
        raise Conflict(msg)
    before, old = _mistake_json(mistake), mistake.previous
    mistake.previous = {}
    draft = MistakeDraft(
        title=old["title"],
        text=old["text"],
        severity=old["severity"],
        criterion=old["criterion"],
        points=None if old["points"] is None else Decimal(old["points"]),
        detectable=old["detectable"],
    )
    _reword(session, mistake, draft)
    record_event(
        session,
        actor=actor,
        now=now,
        action="undid change of mistake",
        subject=mistake,
        course_id=desk.course.id,
        before=before,
        after=_mistake_json(mistake),
    )


def undo_mistake(session: Session, *, actor: Actor, now: datetime, course: str, key: str, mistake_id: str) -> None:
    """Take a mistake back, with its matches; findings that say nothing else are undecided again."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    findings = session.scalars(
        select(Match.finding_id).where(Match.mistake_id == mistake_id, Match.undone_at.is_(None))
    ).all()
    if not end(session, Mistake, now, Mistake.id == mistake_id):
        raise Conflict(SOMEBODY_ELSE)
    end(session, Match, now, Match.mistake_id == mistake_id)
    still = select(Match.finding_id).where(Match.undone_at.is_(None))
    end(
        session,
        FindingDecision,
        now,
        FindingDecision.finding_id.in_(findings),
        FindingDecision.finding_id.not_in(still),
    )
    record_event(
        session,
        actor=actor,
        now=now,
        action="undid mistake",
        subject=mistake,
        course_id=desk.course.id,
        before={"findings": list(findings)} | _mistake_json(mistake),
    )


def place_json(place: Place) -> dict[str, Any]:
    """A place as flat JSON values, named like an anchor's columns."""
    return {
        "kind": place.kind.value,
        "path": place.path,
        "cell_index": place.cell,
        "first_line": place.first_line,
        "last_line": place.last_line,
        "output": place.output,
    }


def _new_mistake(session: Session, desk: Desk, draft: MistakeDraft, now: datetime, version_in: int) -> Mistake:
    if version_in not in {VERSION_1, VERSION_2}:
        msg = "A mistake belongs to version 1 or version 2."
        raise BadInput(msg)
    snapshot = current_snapshot(snapshots_of(session, [desk.project.id]), desk.project.id, version_in)
    if snapshot is None:
        msg = f"Version {version_in} of {desk.project.key} is not frozen, so there is nothing to grade in it."
        raise Conflict(msg)
    last = session.scalar(select(func.max(Mistake.number)).where(Mistake.project_id == desk.project.id))
    return Mistake(
        project_id=desk.project.id,
        number=(last or 0) + 1,
        version_in=version_in,
        title=draft.title,
        text=draft.text,
        severity=draft.severity,
        criterion=draft.criterion,
        points=draft.points,
        detectable=draft.detectable,
        snapshot_id=snapshot.id,
        recorded_by_id=desk.grader_id,
        recorded_at=now,
    )


def _decide(
    session: Session,
    desk: Desk,
    said: SubmittedFinding,
    actor: Actor,
    now: datetime,
    mistake: Mistake,
    strength: Strength,
) -> None:
    """Let the match stand, and with the first one the acceptance of the finding."""
    if said.kind == "remark":
        msg = "A remark notes no mistake; record the mistake as your own where there is one."
        raise Conflict(msg)
    decision = _standing_decision(session, said.finding_id)
    if decision is not None and decision.decision == Decision.REJECTED:
        raise Conflict(SOMEBODY_ELSE)
    match = Match(
        finding_id=said.finding_id,
        mistake_id=mistake.id,
        strength=strength,
        decided_by_id=desk.grader_id,
        at=now,
    )
    accepted = Decision.QUESTION_ACCEPTED if said.kind == "question" else Decision.ACCEPTED
    fresh = FindingDecision(finding_id=said.finding_id, decision=accepted, decided_by_id=desk.grader_id, at=now)
    let_stand(session, match, *([] if decision else [fresh]))
    record_event(
        session,
        actor=actor,
        now=now,
        action="accepted finding",
        subject=match,
        course_id=desk.course.id,
        after={
            "project": desk.project.key,
            "finding": said.finding_id,
            "mistake": mistake.id,
            "strength": strength.value,
        },
    )


def _standing_decision(session: Session, finding_id: str) -> FindingDecision | None:
    return session.scalar(
        select(FindingDecision).where(FindingDecision.finding_id == finding_id, FindingDecision.undone_at.is_(None))
    )


def _reword(session: Session, mistake: Mistake, draft: MistakeDraft) -> None:
    mistake.title, mistake.text = draft.title, draft.text
    mistake.severity, mistake.criterion, mistake.points = draft.severity, draft.criterion, draft.points
    mistake.detectable = draft.detectable
    try:
        session.flush()
    except StaleDataError as fault:
        raise Conflict(SOMEBODY_ELSE) from fault


def _mistake_json(mistake: Mistake) -> dict[str, Any]:
    return {
        "number": mistake.number,
        "version_in": mistake.version_in,
        "title": mistake.title,
        "text": mistake.text,
        "severity": mistake.severity,
        "criterion": mistake.criterion,
        "points": None if mistake.points is None else str(mistake.points),
        "detectable": mistake.detectable,
    }
