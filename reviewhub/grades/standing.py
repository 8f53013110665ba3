"""What every grading verb begins and ends with: may it, is grading open, and one row that stands at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import Conflict, NotFound
from reviewhub.grades.facts import find_graded_project, grading_facts, latest_release
from reviewhub.grades.tables import FindingDecision, Mistake
from reviewhub.projects.tables import Project
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition

SOMEBODY_ELSE = "Somebody else decided this a moment ago; look at the page again before you decide."


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One project open for grading, and the grader."""

    course: Course
    project: Project
    grader_id: str


def open_desk(session: Session, *, actor: Actor, now: datetime, course: str, key: str) -> Desk:
    """The project, where the actor may grade and the grades are not released (or grading was reopened since)."""
    require(Action.GRADE, grading_facts(session, actor, now, course=course))
    found = find_course(session, course)
    # A release takes the same row for itself, so that no decision slips in behind it (SQLite has one writer anyway).
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update(read=True))
    if not found.policy.is_peer_reviewed:
        msg = "This course has no versions and reviews to grade."
        raise Conflict(msg)
    release = latest_release(session, found)
    if release is not None and release.reopened_at is None:
        msg = "The grades are released, so decisions are closed; the instructor can reopen grading with a reason."
        raise Conflict(msg)
    return Desk(course=found, project=find_graded_project(session, found, key), grader_id=grader_id_of(actor))


def grader_id_of(actor: Actor) -> str:
    """The id of the person who decides; the program itself decides nothing."""
    if actor.user_id is None:
        msg = "Grades are decided by a person."
        raise Conflict(msg)
    return actor.user_id


def submitted_finding(session: Session, project: Project, finding_id: str) -> tuple[Finding, SubmittedFinding]:
    """The finding as the last submitted edition of a review of this project says it; NotFound otherwise."""
    row = session.execute(
        select(Finding, ReviewEdition)
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(ReviewEdition, (ReviewEdition.review_id == Review.id) & (ReviewEdition.edition == Review.edition))
        .where(Finding.id == finding_id, Assignment.project_id == project.id, Assignment.practice.is_(False))
    ).one_or_none()
    said = [one for one in findings_in(row[1].content) if one.finding_id == finding_id] if row else []
    if row is None or not said or said[0].withdrawn:
        msg = "There is no such finding in the submitted reviews of this project."
        raise NotFound(msg)
    return row[0], said[0]


def standing_mistake(session: Session, project: Project, mistake_id: str) -> Mistake:
    """The mistake of this project, where it was not undone; NotFound otherwise."""
    mistake = session.scalar(
        select(Mistake).where(Mistake.id == mistake_id, Mistake.project_id == project.id, Mistake.undone_at.is_(None))
    )
    if mistake is None:
        msg = "There is no such mistake in this project, or it was undone."
        raise NotFound(msg)
    return mistake


def standing_decision(session: Session, finding_id: str) -> FindingDecision | None:
    """What stands decided on the finding."""
    return session.scalar(
        select(FindingDecision).where(FindingDecision.finding_id == finding_id, FindingDecision.undone_at.is_(None))
    )


def as_seen(what: str, hanging_on_it: Iterable[str]) -> str:
    """What a grader looked at, for the form that takes it back: the decision or words, and what hangs on them."""
    return " ".join([what, *sorted(hanging_on_it)])


def let_stand(session: Session, *rows: Any) -> None:
    """Save rows of which one may stand at a time; Conflict where another grader's came first."""
    session.add_all(rows)
    try:
        session.flush()
    except IntegrityError as fault:
        raise Conflict(SOMEBODY_ELSE) from fault


def end(session: Session, table: Any, now: datetime, *where: Any) -> int:
    """Mark the standing rows as undone, by one conditional UPDATE; the number says how many there were."""
    ended = session.execute(
        update(table).where(*where, table.undone_at.is_(None)).values(undone_at=now),
        execution_options={"synchronize_session": "fetch"},
    )
    count: int = ended.rowcount  # type: ignore[attr-defined]  # an UPDATE always has one
    return count
