"""Changing the rules of a course whose grades are released: with a reason, and with a release that follows them."""

from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.adding import update_course
from reviewhub.courses.facts import find_course
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.facts import latest_release
from reviewhub.grades.gathering import facts_of, gather
from reviewhub.grades.ledger import digest_of, ledger_of
from reviewhub.grades.releasing import release_grades, reopen_grading
from reviewhub.grades.student_facts import student_facts
from reviewhub.grades.tables import Release

SETTLED = (
    "The grades are released, and this would move them. Change it on the What-if page, where everybody's new grade is "
    "shown first, with a reason the students read; or reopen grading."
)


def change_rules(
    session: Session, *, actor: Actor, now: datetime, course: str, text: str, seen_digest: str, reason: str = ""
) -> Release | None:
    """Replace the course file; where the grades are released, release them anew by the new rules, with the reason.

    Raises what `update_course` and `release_grades` raise, and BadInput without a reason where one is needed: then
    nothing is changed. None where nothing is released, or grading is open: the next release will say why.
    """
    found = find_course(session, course)
    release = latest_release(session, found)
    if release is None or release.reopened_at is not None:
        update_course(session, actor=actor, now=now, course=course, text=text, seen_digest=seen_digest)
        return None
    if not reason.strip():
        msg = "The grades are released: a change of the rules needs a reason, which the students read."
        raise BadInput(msg)
    reopen_grading(session, actor=actor, now=now, course=course, reason=reason)
    update_course(session, actor=actor, now=now, course=course, text=text, seen_digest=seen_digest)
    return release_grades(session, actor=actor, now=now, course=course, reason=reason)


def keep_released_grades(session: Session, course: Course, policy: Policy, now: datetime) -> None:
    """Before a course file is replaced: Conflict where the grades are released and the new one would move any line."""
    release = latest_release(session, course)
    if release is None or release.reopened_at is not None:
        return
    if _digest(session, course, course.policy, now) != _digest(session, course, policy, now):
        raise Conflict(SETTLED)


def _digest(session: Session, course: Course, policy: Policy, now: datetime) -> str:
    students = student_facts(session, course, now, policy=policy)
    return digest_of(ledger_of(facts_of(gather(session, course), now, students, policy=policy), policy))
