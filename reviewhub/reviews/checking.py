"""The reviewer's look at version 2: the verdict on the fix of a finding, and taking it back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import FixVerdict
from reviewhub.reviews.lookup import NO_FINDING
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.submitting import last_edition
from reviewhub.reviews.tables import Finding, FixCheck

NOTHING_TO_CHECK = "This finding is withdrawn, so there is nothing to check."


def check_fix(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    verdict: str,
    text: str = "",
) -> FixCheck:
    """Record the reviewer's verdict on a finding in version 2; a later one stands instead, and all are kept."""
    require(Action.CHECK_FIX, review_facts(session, actor, now, course=course, review_id=review_id))
    if standing_finding(session, review_id, finding_id).withdrawn:
        raise Conflict(NOTHING_TO_CHECK)
    if verdict not in list(FixVerdict):
        raise BadInput("Choose a verdict: fixed, partly, not fixed, or no longer applies.")
    clean = check_text(text, "Your remark")
    found = find_course(session, course)
    by = find_enrollment(session, found, actor)
    if by is None:
        raise NotFound(NO_FINDING)
    checks = _checks(session, finding_id)
    standing = next((one for one in checks if one.undone_at is None), None)
    if standing is not None and (standing.verdict, standing.text) == (verdict, clean):
        return standing
    check = FixCheck(
        finding_id=finding_id,
        sequence=checks[0].sequence + 1 if checks else 1,
        verdict=verdict,
        text=clean,
        by_id=by.id,
        at=now,
    )
    session.add(check)
    record_event(
        session, actor=actor, now=now, action="checked fix", course_id=found.id, subject=check,
        after={"finding_id": finding_id, "verdict": verdict},
    )  # fmt: skip
    return check


def undo_check(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, finding_id: str, sequence: int
) -> FixCheck | None:
    """Take back the verdict with this number; return the one before it, which stands again, or None.

    Asked twice, it is taken back once; Conflict where another verdict was given meanwhile.
    """
    require(Action.CHECK_FIX, review_facts(session, actor, now, course=course, review_id=review_id))
    standing_finding(session, review_id, finding_id)
    checks = _checks(session, finding_id)
    wanted = next((one for one in checks if one.sequence == sequence), None)
    if wanted is None:
        raise NotFound("There is no such verdict.")
    standing = [one for one in checks if one.undone_at is None]
    if wanted.undone_at is not None:
        return standing[0] if standing else None
    if wanted is not standing[0]:
        raise Conflict("Another verdict was given meanwhile; look at it first.")
    wanted.undone_at = now
    course_id = find_course(session, course).id
    record_event(
        session, actor=actor, now=now, action="took back fix check", course_id=course_id, subject=wanted,
        before={"finding_id": finding_id, "verdict": wanted.verdict},
    )  # fmt: skip
    return standing[1] if len(standing) > 1 else None


def standing_finding(session: Session, review_id: str, finding_id: str) -> SubmittedFinding:
    """The finding as the last edition of the review says it; NotFound otherwise."""
    edition = last_edition(session, review_id)
    found = (one for one in findings_in(edition.content) if one.finding_id == finding_id) if edition else iter(())
    finding = next(found, None)
    if finding is None:
        raise NotFound(NO_FINDING)
    return finding


def _checks(session: Session, finding_id: str) -> list[FixCheck]:
    """Every verdict on the finding, the newest first, while nobody else gives one."""
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    wanted = select(FixCheck).where(FixCheck.finding_id == finding_id).order_by(FixCheck.sequence.desc())
    return list(session.scalars(wanted))
