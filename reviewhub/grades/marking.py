"""What a grader decides beside the mistakes: fix verdicts, marks for a review's quality, a member's own adjustment."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.courses.tables import Membership
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades.drafting import clean, read_number
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Verdict
from reviewhub.grades.grading import REASON_LENGTH
from reviewhub.grades.standing import SOMEBODY_ELSE, end, let_stand, open_desk, standing_mistake
from reviewhub.grades.tables import Adjustment, FixVerdict, QualityMark
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.tables import Assignment, Review

LOWEST_MARK, HIGHEST_MARK = Decimal(0), Decimal(100)


def set_verdict(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    mistake_id: str,
    verdict: Verdict | None,
    seen: Verdict | None,
) -> None:
    """Say what became of a version-1 mistake in version 2; None takes the verdict back.

    `seen` is the verdict the grader looked at: Conflict where another grader has decided since.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    mistake = standing_mistake(session, desk.project, mistake_id)
    if mistake.version_in != VERSION_1:
        msg = "A mistake that came with version 2 has no verdict: it counts in full."
        raise Conflict(msg)
    if current_snapshot(snapshots_of(session, [desk.project.id]), desk.project.id, VERSION_2) is None:
        msg = f"Version 2 of {desk.project.key} is not frozen, so nothing can be said about it."
        raise Conflict(msg)
    before = session.scalar(
        select(FixVerdict.verdict).where(FixVerdict.mistake_id == mistake_id, FixVerdict.undone_at.is_(None))
    )
    if before != seen:
        raise Conflict(SOMEBODY_ELSE)
    end(session, FixVerdict, now, FixVerdict.mistake_id == mistake_id)
    if verdict is not None:
        let_stand(
            session,
            FixVerdict(mistake_id=mistake_id, verdict=verdict, decided_by_id=desk.grader_id, at=now),
        )
    record_event(
        session,
        actor=actor,
        now=now,
        action="set fix verdict" if verdict else "undid fix verdict",
        subject=mistake,
        course_id=desk.course.id,
        before=before,
        after=verdict,
    )


def mark_quality(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    review_id: str,
    marks: Mapping[str, str],
    seen: Mapping[str, str],
) -> None:
    """Mark the rows of the quality rubric, 0 … 100 each; an empty text takes a mark back, a missing row stays.

    `seen` holds the marks the grader looked at, so that nobody writes over another's unseen.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    review = session.scalar(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            Review.id == review_id,
            Assignment.project_id == desk.project.id,
            Assignment.practice.is_(False),
            Review.edition > 0,
        )
    )
    if review is None:
        msg = "There is no such submitted review of this project."
        raise NotFound(msg)
    wanted = _read_marks(marks, {row.key: row.title for row in desk.course.policy.quality})
    rows = session.scalars(
        select(QualityMark).where(QualityMark.review_id == review_id, QualityMark.undone_at.is_(None))
    )
    standing = {row.row: row.value for row in rows}
    changed = {row: mark for row, mark in wanted.items() if mark != standing.get(row)}
    known = _read_marks(seen, dict.fromkeys(changed, "mark"))
    if any(known.get(row) != standing.get(row) for row in changed):
        raise Conflict(SOMEBODY_ELSE)
    end(session, QualityMark, now, QualityMark.review_id == review_id, QualityMark.row.in_(changed))
    fresh = [
        QualityMark(review_id=review_id, row=row, value=mark, decided_by_id=desk.grader_id, at=now)
        for row, mark in changed.items()
        if mark is not None
    ]
    let_stand(session, *fresh)
    record_event(
        session,
        actor=actor,
        now=now,
        action="marked review",
        subject=review,
        course_id=desk.course.id,
        before={row: str(standing[row]) for row in changed if row in standing},
        after={row: None if mark is None else str(mark) for row, mark in changed.items()},
    )


def adjust_member(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    enrollment_id: str,
    points: str,
    reason: str,
) -> Adjustment:
    """Give one developer signed points of their own, with a reason they will read."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    member = session.scalar(
        select(Membership.id).where(
            Membership.group_id == desk.project.group_id,
            Membership.enrollment_id == enrollment_id,
            Membership.left_at.is_(None),
        )
    )
    if member is None:
        msg = f"Only a developer of {desk.project.key} can be given points of their own there."
        raise NotFound(msg)
    told = clean(reason).strip()
    if not told or len(told) > REASON_LENGTH:
        msg = f"Give a reason, of up to {REASON_LENGTH:,} characters: the member reads it after the release."
        raise BadInput(msg)
    row = Adjustment(
        project_id=desk.project.id,
        enrollment_id=enrollment_id,
        points=read_number(points, lowest=-HIGHEST_MARK, highest=HIGHEST_MARK),
        reason=told,
        decided_by_id=desk.grader_id,
        at=now,
    )
    let_stand(session, row)
    record_event(
        session,
        actor=actor,
        now=now,
        action="adjusted member",
        subject=row,
        course_id=desk.course.id,
        after={"enrollment": enrollment_id, "points": str(row.points)},
        reason=told,
    )
    return row


def undo_adjustment(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, adjustment_id: str
) -> None:
    """Take a member's adjustment back."""
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    row = session.scalar(
        select(Adjustment).where(Adjustment.id == adjustment_id, Adjustment.project_id == desk.project.id)
    )
    if row is None:
        msg = "There is no such adjustment in this project."
        raise NotFound(msg)
    if not end(session, Adjustment, now, Adjustment.id == adjustment_id):
        msg = "This adjustment is already undone."
        raise Conflict(msg)
    record_event(session, actor=actor, now=now, action="undid adjustment", subject=row, course_id=desk.course.id)


def _read_marks(marks: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, Decimal | None]:
    read: dict[str, Decimal | None] = {}
    problems = []
    for row, written in marks.items():
        if row not in titles:
            continue
        try:
            read[row] = read_number(written, lowest=LOWEST_MARK, highest=HIGHEST_MARK) if written.strip() else None
        except BadInput as fault:
            problems.append(Problem(place=titles[row], what=fault.message))
    if problems:
        msg = "The marks were not saved."
        raise BadInput(msg, tuple(problems))
    return read
