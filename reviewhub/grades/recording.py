"""The status list: what happened and no page collects, with evidence; typed, or by a list; undone, never deleted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades.drafting import clean
from reviewhub.grades.entering import CHANGED_MEANWHILE, Source, open_lists, saved_before
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_reading import read_moment
from reviewhub.grades.mark_tables import FILE_NAME_LENGTH, MarkList, StatusRow
from reviewhub.grades.standing import SOMEBODY_ELSE, let_stand
from reviewhub.grades.status_book import standing_statuses
from reviewhub.grades.status_kinds import kind_named
from reviewhub.grades.status_reading import (
    LONGEST_EVIDENCE,
    GivenStatus,
    StandingStatus,
    StatusDiff,
    compare_statuses,
)


def preview_statuses(session: Session, course: Course, given: Sequence[GivenStatus]) -> StatusDiff:
    """What a list would change in the course. Nothing is written."""
    return compare_statuses(given, standing_statuses(session, course))


def record_status(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    enrollment_id: str,
    kind: str,
    value: str,
    evidence: str,
    received: str = "",
    whole_group: bool = False,
) -> bool:
    """Put one status on the list; it takes the place of the student's earlier one of this kind.

    `whole_group`: the same for everybody who is in the student's group now. False: it stands there already, word for
    word. BadInput tells every fault of the form at once.
    """
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.RECORD_STATUS)
    given = _read(session, found, enrollment_id, kind, value, evidence, received)
    every = [given, *_group_mates(session, found, given)] if whole_group else [given]
    diff = preview_statuses(session, found, every)
    _write(session, actor, now, found, diff, None)
    return not diff.is_empty


def save_statuses(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    given: Sequence[GivenStatus],
    source: Source,
    seen_digest: str,
) -> MarkList | None:
    """Save a list as it was previewed; the same page again changes nothing. None: there was nothing to change."""
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.RECORD_STATUS)
    if before := saved_before(session, found, source.form_key):
        return before
    diff = preview_statuses(session, found, given)
    if diff.digest != seen_digest:
        raise Conflict(CHANGED_MEANWHILE)
    if diff.is_empty:
        return None
    row = MarkList(
        course_id=found.id,
        holds="statuses",
        form_key=source.form_key,
        file_name=source.file_name[:FILE_NAME_LENGTH],
        digest=source.digest,
        new=len(diff.new),
        changed=len(diff.changed),
        taken=0,
        at=now,
        by_id=actor.user_id,
    )
    let_stand(session, row)
    _write(session, actor, now, found, diff, row)
    return row


def take_status_back(session: Session, *, actor: Actor, now: datetime, course: str, status_id: str) -> None:
    """Undo a row of the list; it stays to be seen in the history. Conflict where it does not stand any more."""
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.RECORD_STATUS)
    row = session.scalar(
        select(StatusRow)
        .join(Enrollment, Enrollment.id == StatusRow.enrollment_id)
        .where(StatusRow.id == status_id, Enrollment.course_id == found.id)
    )
    if row is None:
        msg = "There is no such row on the status list of this course."
        raise NotFound(msg)
    _end(session, actor, now, status_id)
    record_event(
        session,
        actor=actor,
        now=now,
        action="took status back",
        subject=row,
        course_id=found.id,
        before={"enrollment": row.enrollment_id, "kind": row.kind, "value": row.value, "evidence": row.evidence},
    )


def _group_mates(session: Session, course: Course, given: GivenStatus) -> list[GivenStatus]:
    """The same status for the others of the student's present group; none where they are in no group."""
    own = select(Membership.group_id).where(
        Membership.enrollment_id == given.student.enrollment_id, Membership.left_at.is_(None)
    )
    members = set(
        session.scalars(
            select(Membership.enrollment_id).where(Membership.group_id.in_(own), Membership.left_at.is_(None))
        )
    )
    others = [
        one for one in students_of(session, course) if one.enrollment_id in members - {given.student.enrollment_id}
    ]
    return [replace(given, student=one) for one in others]


def _read(
    session: Session, course: Course, enrollment_id: str, kind: str, value: str, evidence: str, received: str
) -> GivenStatus:
    student = next((one for one in students_of(session, course) if one.enrollment_id == enrollment_id), None)
    known = kind_named(course.policy, kind)
    told, problems, received_at = " ".join(clean(evidence).split()), [], None
    if student is None:
        problems.append(Problem(place="student", what="Choose a student of the course."))
    if known is None:
        problems.append(Problem(place="what", what="Choose what happened."))
    elif value not in dict(known.values):
        problems.append(Problem(place="value", what=f"Choose how it stands with “{known.title}”."))
    if not told and known is not None and known.needs_evidence:
        problems.append(Problem(place="evidence", what="Say how it is known: the student reads it with the grade."))
    if len(told) > LONGEST_EVIDENCE:
        problems.append(Problem(place="evidence", what=f"It is longer than {LONGEST_EVIDENCE:,} characters."))
    try:
        received_at = read_moment(received, course.policy.tzinfo)
    except BadInput as fault:
        problems.append(Problem(place="received", what=fault.message))
    if received_at is not None and known is not None and not known.takes_moment:
        problems.append(Problem(place="received", what=f"When something came says nothing for “{known.title}”."))
    if problems or student is None or known is None:
        msg = "Nothing was recorded. Please correct these:"
        raise BadInput(msg, tuple(problems))
    return GivenStatus(student=student, kind=known, value=value, evidence=told, received_at=received_at)


def _write(
    session: Session, actor: Actor, now: datetime, course: Course, diff: StatusDiff, source: MarkList | None
) -> None:
    pairs: list[tuple[StandingStatus | None, GivenStatus]] = [*((None, one) for one in diff.new), *diff.changed]
    for before, _ in pairs:
        if before is not None:
            _end(session, actor, now, before.status_id)
    rows = [
        StatusRow(
            enrollment_id=one.student.enrollment_id,
            kind=one.kind.key,
            value=one.value,
            evidence=one.evidence,
            received_at=one.received_at,
            list_id=source.id if source else None,
            by_id=actor.user_id,
            at=now,
        )
        for _, one in pairs
    ]
    let_stand(session, *rows)
    for (before, one), row in zip(pairs, rows, strict=True):
        record_event(
            session,
            actor=actor,
            now=now,
            action="recorded status",
            subject=row,
            course_id=course.id,
            before={"value": before.value, "evidence": before.evidence} if before else None,
            after={"enrollment": row.enrollment_id, "kind": row.kind, "value": one.value, "evidence": one.evidence},
        )


def _end(session: Session, actor: Actor, now: datetime, status_id: str) -> None:
    ended = session.execute(
        update(StatusRow)
        .where(StatusRow.id == status_id, StatusRow.undone_at.is_(None))
        .values(undone_at=now, undone_by_id=actor.user_id),
        execution_options={"synchronize_session": False},
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # an UPDATE always has one
        raise Conflict(SOMEBODY_ELSE)
