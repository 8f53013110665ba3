"""Making grades visible: all of a course at once, or none; and reopening them for a further release with a reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.grades.blocking import read_blockers
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.course_grade import course_grades, course_lines
from reviewhub.grades.drafting import clean
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.ledger import digest_of
from reviewhub.grades.released import keep_facts, released_facts
from reviewhub.grades.spreading import keep_spreads
from reviewhub.grades.standing import grader_id_of, let_stand
from reviewhub.grades.tables import Release
from reviewhub.grades.work_lines import work_lines
from reviewhub.mail.posting import post_mail

__all__ = ["NotReady", "release_grades", "released_facts", "reopen_grading"]


class NotReady(BadInput):
    """Something is undecided; `problems` names each thing."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the things still to decide."""
        count = len(problems)
        things = "1 thing is" if count == 1 else f"{count} things are"
        super().__init__(f"The grades were not released: {things} still undecided.", problems)


@without_collecting
def release_grades(session: Session, *, actor: Actor, now: datetime, course: str, reason: str = "") -> Release:
    """Release the grades of the whole course, computed from the facts as they stand in this transaction.

    Raises NotReady naming everything undecided; Conflict where they are released and grading is not reopened;
    BadInput where a further release has no reason.
    """
    found = _lock(session, actor, now, course)
    before = latest_release(session, found)
    if before is not None and before.reopened_at is None:
        msg = "The grades are released already; reopen grading first to change anything."
        raise Conflict(msg)
    if before is not None and not reason.strip():
        msg = "A further release needs a reason: the students read it."
        raise BadInput(msg)
    facts = gather_facts(session, found, now)
    work = work_lines(facts.projects, found.policy)
    grades = course_grades(facts, found.policy, work)
    waiting = read_blockers(session, found, facts, grades)
    if waiting:
        raise NotReady(tuple(Problem(place=one.key, what=one.what) for one in waiting))
    entries = (*work, *course_lines(grades))
    release = Release(
        course_id=found.id,
        sequence=before.sequence + 1 if before else 1,
        at=now,
        by_id=grader_id_of(actor),
        reason=clean(reason).strip() if before else "",
        policy_text=found.policy_text,
        digest=digest_of(entries),
    )
    let_stand(session, release)
    keep_facts(session, release, facts)
    keep_spreads(session, release, facts, found.policy, entries)
    _tell_students(session, found, release)
    record_event(
        session,
        actor=actor,
        now=now,
        action="released grades",
        subject=release,
        course_id=found.id,
        after={"sequence": release.sequence, "digest": release.digest},
        reason=release.reason,
    )
    return release


def reopen_grading(session: Session, *, actor: Actor, now: datetime, course: str, reason: str) -> None:
    """Open decisions again after a release. Students go on seeing the released grades until the next release."""
    found = _lock(session, actor, now, course)
    release = latest_release(session, found)
    if release is None or release.reopened_at is not None:
        msg = "Grading is open, so there is nothing to reopen."
        raise Conflict(msg)
    if not reason.strip():
        msg = "Reopening released grades needs a reason."
        raise BadInput(msg)
    release.reopened_at = now
    release.reopened_by_id = grader_id_of(actor)
    record_event(
        session,
        actor=actor,
        now=now,
        action="reopened grading",
        subject=release,
        course_id=found.id,
        before={"sequence": release.sequence},
        reason=clean(reason).strip(),
    )


def _lock(session: Session, actor: Actor, now: datetime, course: str) -> Course:
    require(Action.RELEASE_GRADES, grading_facts(session, actor, now, course=course))
    found = find_course(session, course)
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update())
    if not (found.policy.is_peer_reviewed or found.policy.components):
        msg = "The course file states neither reviews nor parts of a grade, so there is nothing to release."
        raise Conflict(msg)
    return found


def _tell_students(session: Session, course: Course, release: Release) -> None:
    addresses = session.scalars(
        select(User.email)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.role == Role.STUDENT,
            Enrollment.left_at.is_(None),
        )
    ).all()
    again = f"They were released anew: {release.reason}\n\n" if release.reason else ""
    for address in addresses:
        post_mail(
            session,
            to=address,
            subject=f"Your grades in {course.title} are released",
            text=f"{again}{_TOLD}",
            key=f"grades-released-{release.id}-{address}",
            now=release.at,
        )


_TOLD = (
    "Your grades are released.\n\n"
    "Sign in and open Grades: every number there opens down to what it is made of, and the rule behind it.\n"
)
