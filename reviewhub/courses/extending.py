"""Granting and revoking extensions: a later moment for one group or one person, with a reason for the staff."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.deadlines import Way
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.granted import living_grants
from reviewhub.courses.phases import deadline_title, deadlines_of
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Extension, Group
from reviewhub.courses.zones import NoSuchMoment, moment_in
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.wake import wake

__all__ = ["grant_extension", "living_grants", "read_local_moment", "revoke_extension"]


def grant_extension(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    deadline: str,
    due_at: datetime,
    reason: str,
    way: Way = Way.MOVES,
    group_id: str | None = None,
    enrollment_id: str | None = None,
) -> Extension:
    """Grant one group or one person of the course a later moment for `deadline`; exactly one of the two ids.

    Raises Conflict where the course forbids extensions, BadInput for an unknown deadline, a moment that is not
    later, a missing reason or receiver.
    """
    require(Action.GRANT_EXTENSION, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    if not row.policy.extensions.allowed:
        msg = "The course file says that deadlines are never extended."
        raise Conflict(msg)
    _refuse_wrong_request(row.policy, deadline=deadline, due_at=due_at, reason=reason)
    _find_receiver(session, row, group_id=group_id, enrollment_id=enrollment_id)
    extension = Extension(
        course_id=row.id,
        deadline=deadline,
        group_id=group_id,
        enrollment_id=enrollment_id,
        due_at=due_at,
        way=way,
        reason=reason.strip(),
        granted_by_id=actor.user_id,
        granted_at=now,
    )
    session.add(extension)
    after = {
        "deadline": deadline,
        "due_at": due_at.isoformat(),
        "way": way.value,
        "group_id": group_id,
        "enrollment_id": enrollment_id,
    }
    record_event(
        session,
        actor=actor,
        now=now,
        action="granted extension",
        course_id=row.id,
        subject=extension,
        after=after,
        reason=reason.strip(),
    )
    wake(session, "freeze_due", row.slug)
    return extension


def revoke_extension(session: Session, *, actor: Actor, now: datetime, course: str, extension_id: str) -> None:
    """Take an extension back; Conflict where it was taken back already."""
    require(Action.GRANT_EXTENSION, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    extension = session.scalar(select(Extension).where(Extension.id == extension_id, Extension.course_id == row.id))
    if extension is None:
        msg = "There is no such extension in this course."
        raise NotFound(msg)
    revoked = session.scalar(
        update(Extension)
        .where(Extension.id == extension_id, Extension.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(Extension.id)
    )
    if revoked is None:
        msg = "This extension was taken back already."
        raise Conflict(msg)
    record_event(session, actor=actor, now=now, action="revoked extension", course_id=row.id, subject=extension)
    wake(session, "freeze_due", row.slug)


def read_local_moment(policy: Policy, text: str) -> datetime:
    """What a form's date and time ("2026-12-06T23:59") means in the course's zone, as an aware UTC datetime."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _wrong("due_at", "This is no date with a time.", "Write it like 2026-12-06T23:59.") from None
    try:
        return (local if local.tzinfo else moment_in(policy.tzinfo, local)).astimezone(UTC)
    except OverflowError:
        raise _wrong("due_at", "This date is outside every calendar.", "Write it like 2026-12-06T23:59.") from None
    except NoSuchMoment as fault:
        raise _wrong("due_at", fault.what, fault.hint) from fault


def _refuse_wrong_request(policy: Policy, *, deadline: str, due_at: datetime, reason: str) -> None:
    own = deadlines_of(policy).get(deadline)
    if own is None:
        raise _wrong("deadline", "The course has no such deadline.", f"It has {', '.join(deadlines_of(policy))}.")
    if due_at <= own:
        shown = own.astimezone(policy.tzinfo).strftime("%Y-%m-%d %H:%M")
        raise _wrong(
            "due_at",
            f"{deadline_title(policy, deadline)} is {shown} for everybody.",
            "An extension is later than that.",
        )
    if not reason.strip():
        raise _wrong("reason", "The reason is missing.", "Only the staff read it.")


def _find_receiver(session: Session, course: Course, *, group_id: str | None, enrollment_id: str | None) -> None:
    if (group_id is None) == (enrollment_id is None):
        raise _wrong("receiver", "An extension is for one group or one person.", "Choose one.")
    kind, receiver_id = (Group, group_id) if group_id is not None else (Enrollment, enrollment_id)
    receiver = session.get(kind, receiver_id)
    if not isinstance(receiver, Group | Enrollment) or receiver.course_id != course.id:
        msg = "There is no such group or person in this course."
        raise NotFound(msg)


def _wrong(place: str, what: str, hint: str) -> BadInput:
    return BadInput(what, (Problem(place=place, what=what, hint=hint),))
