"""What a grader decides about findings and mistakes. Every decision stands until it is undone, up to the release."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.drafting import MistakeDraft, clean
from reviewhub.grades.establishing import (
    keep_sent,
    keep_verdict,
    made_before,
    match_with,
    mistake_json,
    mistake_of_finding,
    new_mistake,
    place_json,
)
from reviewhub.grades.evidence import VERSION_1, Decision, Strength
from reviewhub.grades.standing import (
    SOMEBODY_ELSE,
    as_seen,
    end,
    let_stand,
    open_desk,
    standing_decision,
    standing_mistake,
    submitted_finding,
)
from reviewhub.grades.tables import FindingDecision, Match, Mistake
from reviewhub.reviews.places import Place

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
    token: str = "",
) -> Mistake:
    """Establish what a finding says as a mistake of version 1, noted by its author, fully or in part.

    Conflict where the finding is decided already: a second click must not take the points off twice. What else it
    says is split off it. A form sent twice (the same `token`) makes one mistake.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    _, said = submitted_finding(session, desk.project, finding_id)
    sent = made_before(session, desk, token, [draft])
    if sent is not None:
        return sent
    if standing_decision(session, finding_id) is not None:
        raise Conflict(SOMEBODY_ELSE)
    mistake = mistake_of_finding(session, desk, said, draft, now)
    match_with(session, desk, said, actor, now, mistake, strength)
    keep_sent(session, desk, token, [draft], mistake)
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
    mine = select(Match.id).where(
        Match.finding_id == finding_id,
        Match.mistake_id == mistake_id,
        Match.strength == strength,
        Match.decided_by_id == desk.grader_id,
        Match.undone_at.is_(None),
    )
    if session.scalar(mine) is None:  # else a second click
        match_with(session, desk, said, actor, now, mistake, strength)


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
    before = standing_decision(session, finding_id)
    if before is not None and (before.reason, before.decided_by_id) == (told, desk.grader_id):
        return  # a second click
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


def undo_finding(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, finding_id: str, seen: str = ""
) -> None:
    """Take back what was decided on a finding: its matches, and the mistakes that rest on it alone.

    `seen` is the decision and the mistakes the grader looked at (`as_seen`): Conflict where others stand now.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    finding, _ = submitted_finding(session, desk.project, finding_id)
    before = standing_decision(session, finding_id)
    matched = session.scalars(
        select(Match.mistake_id).where(Match.finding_id == finding_id, Match.undone_at.is_(None))
    ).all()
    if before is not None and seen and seen != as_seen(before.id, matched):
        raise Conflict(SOMEBODY_ELSE)
    if not end(session, FindingDecision, now, FindingDecision.finding_id == finding_id):
        msg = "This finding is not decided any more."
        raise Conflict(msg)
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
    noticed_in: int | None = None,
    token: str = "",
) -> Mistake:
    """Establish a mistake that the instructor found, in version 1 or introduced in version 2.

    One of version 1 that was noticed only in version 2 (`noticed_in`) lies in that version's files and costs as any
    other of version 1. A form sent twice (the same `token`) makes one mistake.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    sent = made_before(session, desk, token, [draft])
    if sent is not None:
        return sent
    mistake = new_mistake(session, desk, draft, now, version_in=version_in, noticed_in=noticed_in)
    mistake.found_by_instructor = True
    mistake.place = place_json(place)
    let_stand(session, mistake)
    keep_sent(session, desk, token, [draft], mistake)
    keep_verdict(session, desk, mistake, draft, now)
    record_event(
        session,
        actor=actor,
        now=now,
        action="recorded mistake",
        subject=mistake,
        course_id=desk.course.id,
        after=mistake_json(mistake) | ({"verdict": draft.verdict.value} if draft.verdict else {}),
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
    before = mistake_json(mistake)
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
        after=mistake_json(mistake),
    )
    return mistake


def set_detectable(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    mistake_id: str,
    detectable: bool,
    seen: int,
) -> Mistake:
    """Say whether a mistake can be detected from the submission; one that cannot never costs a reviewer."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    draft = MistakeDraft(
        title=mistake.title,
        text=mistake.text,
        severity=mistake.severity,
        criterion=mistake.criterion,
        points=mistake.points,
        detectable=detectable,
    )
    return change_mistake(
        session, actor=actor, now=now, course=course, key=key, mistake_id=mistake_id, draft=draft, seen=seen
    )


def undo_change(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, mistake_id: str, seen: str = ""
) -> None:
    """Give a mistake the words and weight it had before its last change; `seen` is the row version looked at."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    if seen and str(mistake.version) != seen:
        raise Conflict(SOMEBODY_ELSE)
    if not mistake.previous:
        msg = "There is no change of this mistake to undo."
        raise Conflict(msg)
    before, old = mistake_json(mistake), mistake.previous
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
        after=mistake_json(mistake),
    )


def undo_mistake(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, mistake_id: str, seen: str = ""
) -> None:
    """Take a mistake back, with its matches; findings that say nothing else are undecided again.

    `seen` is the row version and the findings the grader looked at (`as_seen`): Conflict where its words were changed
    since, or another finding says it now.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    findings = session.scalars(
        select(Match.finding_id).where(Match.mistake_id == mistake_id, Match.undone_at.is_(None))
    ).all()
    if seen and seen != as_seen(str(mistake.version), findings):
        raise Conflict(SOMEBODY_ELSE)
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
        before={"findings": list(findings)} | mistake_json(mistake),
    )


def _reword(session: Session, mistake: Mistake, draft: MistakeDraft) -> None:
    mistake.title, mistake.text = draft.title, draft.text
    mistake.severity, mistake.criterion, mistake.points = draft.severity, draft.criterion, draft.points
    mistake.detectable = draft.detectable
    try:
        session.flush()
    except StaleDataError as fault:
        raise Conflict(SOMEBODY_ELSE) from fault
