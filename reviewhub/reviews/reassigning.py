"""Changing an assignment by hand: releasing a drop-out and taking that back, adding, moving, stating a conflict."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import ask_question, groups_review, taken_pairs
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.assignment import Pair, ReviewedProject, Reviewer
from reviewhub.reviews.tables import Assignment, Review, ReviewConflict

NO_ASSIGNMENT = "There is no such assignment in this course."


def release_assignment(
    session: Session, *, actor: Actor, now: datetime, course: str, assignment_id: str, reason: str
) -> Assignment:
    """Release a drop-out from an undone review; the reason is for the staff only. A handed-in review stays."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    if not reason.strip():
        raise BadInput("Say why, for the staff: the reviewer does not see it.")
    assignment, review = _find_assignment(session, found, assignment_id)
    if review.edition:
        raise Conflict("This review is already handed in; it stays with its reviewer.")
    done = session.execute(
        update(Assignment)
        .where(Assignment.id == assignment.id, Assignment.released_at.is_(None))
        .values(released_at=now, released_reason=reason.strip()[:2000])
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("This assignment was already released.")
    record_event(
        session, actor=actor, now=now, action="released assignment", course_id=found.id, subject=assignment,
        reason=reason.strip(),
    )  # fmt: skip
    return assignment


def release_drop_out(
    session: Session, *, actor: Actor, now: datetime, course: str, assignment_id: str, reason: str
) -> int:
    """Release the reviewer of this assignment from everything not handed in, one event each; return how many."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    assignment, _ = _find_assignment(session, find_course(session, course), assignment_id)
    undone = session.scalars(
        select(Assignment.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.reviewer_id == assignment.reviewer_id
            if assignment.reviewer_id
            else Assignment.reviewer_group_id == assignment.reviewer_group_id,
            Assignment.released_at.is_(None),
            Review.edition == 0,
        )
        .order_by(Assignment.assigned_at, Assignment.id)
    ).all()
    for one in undone:
        release_assignment(session, actor=actor, now=now, course=course, assignment_id=one, reason=reason)
    return len(undone)


def take_back_release(session: Session, *, actor: Actor, now: datetime, course: str, assignment_id: str) -> Assignment:
    """Undo the release of a drop-out, unless the same reviewer was assigned there again."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    assignment, _ = _find_assignment(session, found, assignment_id)
    if assignment.released_at is None:
        raise Conflict("This assignment is not released.")
    who = assignment.reviewer_id or assignment.reviewer_group_id or ""
    if Pair(reviewer_id=who, project_id=assignment.project_id) in taken_pairs(session, found):
        raise Conflict("This reviewer has this project again already.")
    before = assignment.released_reason
    assignment.released_at, assignment.released_reason = None, ""
    record_event(
        session, actor=actor, now=now, action="took back release", course_id=found.id, subject=assignment,
        before={"reason": before},
    )  # fmt: skip
    return assignment


def add_assignment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    reviewer_id: str,
    project_id: str,
    practice: bool = False,
) -> Assignment:
    """Assign one reviewer (an enrolment, or a group where groups review) by hand; the hard rules hold here too."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    _check_pair(session, found, reviewer_id, project_id)
    assignment = put_assignment(
        session, reviewer_id, project_id, by_groups=groups_review(found), now=now, run_id=None,
        reason="Assigned by hand.", practice=practice,
    )  # fmt: skip
    record_event(
        session, actor=actor, now=now, action="added assignment", course_id=found.id, subject=assignment,
        after={"reviewer_id": reviewer_id, "project_id": project_id, "practice": practice},
    )  # fmt: skip
    return assignment


def move_assignment(
    session: Session, *, actor: Actor, now: datetime, course: str, assignment_id: str, project_id: str
) -> Assignment:
    """Give a reviewer another project instead of an undone one: one act, one event; moving it back undoes it."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    before, review = _find_assignment(session, found, assignment_id)
    if before.released_at is not None:
        raise Conflict("This assignment is released, so there is nothing to move.")
    if review.edition:
        raise Conflict("This review is already handed in; it stays with its reviewer.")
    reviewer, project = _check_pair(session, found, before.reviewer_id or before.reviewer_group_id or "", project_id)
    before.released_at, before.released_reason = now, f"moved to {project.key} by hand"
    session.flush()
    after = put_assignment(
        session, reviewer.reviewer_id, project_id, by_groups=groups_review(found), now=now, run_id=None,
        reason="Moved here by hand.", practice=before.practice,
    )  # fmt: skip
    record_event(
        session, actor=actor, now=now, action="moved assignment", course_id=found.id, subject=after,
        before={"assignment": before.id, "project_id": before.project_id}, after={"project_id": project_id},
    )  # fmt: skip
    return after


def state_conflict(
    session: Session, *, actor: Actor, now: datetime, course: str, enrollment_id: str, project_id: str, kind: str,
    reason: str = "",
) -> ReviewConflict:  # fmt: skip
    """Record a declared conflict or a forbidden pair; it counts from the next dry run on."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    if kind not in {"declared", "forbidden"}:
        raise BadInput("Choose whether the conflict is declared or the pair is forbidden.")
    person = session.get(Enrollment, enrollment_id)
    project = session.get(Project, project_id)
    if person is None or person.course_id != found.id:
        raise BadInput("Choose a person from the list.")
    if project is None or project.course_id != found.id:
        raise BadInput("Choose a project from the list.")
    row = session.scalar(
        select(ReviewConflict).where(
            ReviewConflict.enrollment_id == enrollment_id,
            ReviewConflict.project_id == project_id,
            ReviewConflict.kind == kind,
        )
    )
    if row is None:
        row = ReviewConflict(
            course_id=found.id, enrollment_id=enrollment_id, project_id=project_id, kind=kind, stated_at=now
        )
        session.add(row)
    row.revoked_at, row.by_reviewer, row.reason = None, False, reason.strip()[:2000]
    record_event(
        session, actor=actor, now=now, action="stated conflict", course_id=found.id, subject=row,
        after={"enrollment_id": enrollment_id, "project_id": project_id, "kind": kind},
    )  # fmt: skip
    return row


def revoke_conflict(session: Session, *, actor: Actor, now: datetime, course: str, conflict_id: str) -> None:
    """Take a conflict back."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    row = session.get(ReviewConflict, conflict_id)
    if row is None or row.course_id != found.id or row.revoked_at is not None:
        raise NotFound("There is no such conflict in this course.")
    row.revoked_at = now
    record_event(session, actor=actor, now=now, action="revoked conflict", course_id=found.id, subject=row)


def _check_pair(
    session: Session, course: Course, reviewer_id: str, project_id: str
) -> tuple[Reviewer, ReviewedProject]:
    """The reviewer and the project of a pair that is free and keeps the hard rules; BadInput names the broken one."""
    question = ask_question(session, course, each=1, seed=0)
    reviewer = next((one for one in question.reviewers if one.reviewer_id == reviewer_id), None)
    if reviewer is None:
        raise BadInput("Choose a reviewer from the list.")
    project = next((one for one in question.projects if one.project_id == project_id), None)
    if project is None:
        raise BadInput("Choose a project from the list.")
    if project_id in reviewer.own:
        raise BadInput(f"{reviewer.name} develops {project.key}: nobody reviews their own project.")
    if project_id in reviewer.former:
        raise BadInput(f"{reviewer.name} used to belong to {project.key}: nobody reviews a project they belonged to.")
    pair = Pair(reviewer_id=reviewer_id, project_id=project_id)
    if pair in taken_pairs(session, course):
        raise Conflict(f"{reviewer.name} already reviews {project.key}.")
    if project_id in reviewer.partners:
        raise BadInput(f"{reviewer.name} worked with a developer of {project.key} last term.")
    if project_id in reviewer.conflicts or pair in question.forbidden:
        raise BadInput(f"{reviewer.name} and {project.key} are a declared conflict or a forbidden pair.")
    return reviewer, project


def _find_assignment(session: Session, course: Course, assignment_id: str) -> tuple[Assignment, Review]:
    row = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Assignment.id == assignment_id, Project.course_id == course.id)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_ASSIGNMENT)
    return row[0], row[1]
