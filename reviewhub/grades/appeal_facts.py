"""What the rights of appeals need to know: whose grade or appeal it is, and whether the course takes appeals now."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.granted import living_grants
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import NotFound
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appealable import Ground, GroundKey, GroundKind, grounds_of, why_closed
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.released import released_facts
from reviewhub.grades.tables import Release


@dataclass(frozen=True, kw_only=True)
class Appealing:
    """One person about to appeal: the release they read, and what in it is theirs to appeal."""

    course: Course
    release: Release
    grounds: dict[GroundKey, Ground]


def appeal_facts(session: Session, actor: Actor, now: datetime, *, course: str, appeal_id: str) -> Facts:
    """The actor's part in one appeal of the course; NotFound where it has none with this id."""
    facts = grading_facts(session, actor, now, course=course)
    appeal = find_appeal(session, course, appeal_id)
    mine = find_enrollment(session, find_course(session, course), actor)
    own = share_of(session, appeal, mine)
    return replace(facts, is_own_appeal=own is True, appeal_told=own is False and appeal.decided_at is not None)


def filing_facts(session: Session, actor: Actor, now: datetime, *, course: str, **_names: str) -> Facts:
    """Whether the actor may appeal something of their own now; which thing it is, the verb looks up."""
    facts = grading_facts(session, actor, now, course=course)
    closed = why_appeals_are_closed(session, find_course(session, course), actor, now)
    return replace(facts, is_own_grade=True, appeals_open=not closed)


def why_appeals_are_closed(session: Session, course: Course, actor: Actor, now: datetime) -> str:
    """Why this person can file no appeal now, their extensions counted in; "" where they can."""
    mine = find_enrollment(session, course, actor)
    grants = living_grants(session, course=course, enrollment=mine) if mine and course.policy.deadlines.appeals else ()
    released = latest_release(session, course) is not None
    return why_closed(course.policy, now, is_released=released, grants=grants)


def find_appeal(session: Session, course: str, appeal_id: str) -> Appeal:
    """The appeal with this id in this course; NotFound otherwise."""
    appeal = session.scalar(
        select(Appeal).where(Appeal.id == appeal_id, Appeal.course_id == find_course(session, course).id)
    )
    if appeal is None:
        msg = "There is no such appeal, or it is not yours to read."
        raise NotFound(msg)
    return appeal


def share_of(session: Session, appeal: Appeal, enrollment: Enrollment | None) -> bool | None:
    """True for a person on the appeal's own side, False for one whom it concerns beside, None for everybody else."""
    if enrollment is None:
        return None
    return session.scalar(
        select(AppealShare.own).where(AppealShare.appeal_id == appeal.id, AppealShare.enrollment_id == enrollment.id)
    )


def appealing_of(session: Session, course: Course, actor: Actor) -> Appealing:
    """What this person may appeal of the newest release; NotFound before the first."""
    release, enrollment = latest_release(session, course), find_enrollment(session, course, actor)
    if release is None or enrollment is None:
        msg = "Grades are not released yet."
        raise NotFound(msg)
    facts, policy = released_facts(session, release, enrollment_id=enrollment.id)
    entries = ledger_of(facts, policy)
    grade = course_grades(facts, policy, entries).get(enrollment.id)
    grounds = grounds_of(facts, policy, entries, enrollment.id, grade)
    return Appealing(course=course, release=release, grounds=grounds)


def ground_named(appealing: Appealing, kind: str, target: str) -> Ground:
    """The ground with this kind and target; NotFound where the person has none."""
    found = appealing.grounds.get((GroundKind(kind), target)) if kind in set(GroundKind) else None
    if found is None:
        msg = "There is nothing of this kind in your released grades."
        raise NotFound(msg)
    return found
