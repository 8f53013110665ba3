"""Assigning reviewers: dry run, apply, undo."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.reviews.asking import NO_REVIEWS, active_assignments, ask_question, groups_review, taken_pairs
from reviewhub.reviews.assignment import Pair
from reviewhub.reviews.planning import plan_assignment
from reviewhub.reviews.question_record import input_digest, record_question
from reviewhub.reviews.tables import Assignment, AssignmentRun, Review

LARGEST_SEED = 1_000_000
NO_RUN = "There is no such dry run in this course."


def run_assignment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    each: int | None = None,
    seed: int | None = None,
) -> AssignmentRun:
    """Make a dry run and keep it; nothing is assigned yet. BadInput names the rules that block."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    review = found.policy.review
    if review is None:
        raise BadInput(NO_REVIEWS)
    question = ask_question(
        session,
        found,
        each=review.per_student if each is None else each,
        seed=secrets.randbelow(LARGEST_SEED) if seed is None else seed,
    )
    plan = plan_assignment(question)
    run = AssignmentRun(
        course_id=found.id,
        seed=plan.seed,
        each=question.each,
        input_digest=plan.input_digest,
        question=record_question(question),
        plan=[asdict(pair) for pair in plan.pairs],
        statistics=asdict(plan.statistics),
        made_at=now,
        made_by_id=actor.user_id,
    )
    session.add(run)
    record_event(
        session, actor=actor, now=now, action="ran assignment", course_id=found.id, subject=run,
        after={"seed": plan.seed, "each": question.each, "input_digest": plan.input_digest, **asdict(plan.statistics)},
    )  # fmt: skip
    return run


def apply_run(session: Session, *, actor: Actor, now: datetime, course: str, run_id: str) -> AssignmentRun:
    """Assign as the dry run says, keeping begun reviews; Conflict when the course changed since, or it was applied."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    run = find_run(session, found, run_id)
    question = ask_question(session, found, each=run.each, seed=run.seed)
    if input_digest(question) != run.input_digest:
        raise Conflict("The people, projects, conflicts or begun reviews changed since this dry run: make a new one.")
    done = session.execute(
        update(AssignmentRun)
        .where(AssignmentRun.id == run.id, AssignmentRun.applied_at.is_(None))
        .values(applied_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("This dry run was already applied.")
    wanted = {(row["reviewer_id"], row["project_id"]): row["reason"] for row in run.plan}
    current = {
        (one.reviewer_id or one.reviewer_group_id, one.project_id): one for one in active_assignments(session, found)
    }
    dropped = [one for pair, one in current.items() if pair not in wanted]
    for one in dropped:
        one.released_at, one.released_reason = now, "replaced by a new assignment"
    run.replaced = [one.id for one in dropped]
    session.flush()
    for (who, project_id), reason in wanted.items():
        if (who, project_id) not in current:
            put_assignment(
                session,
                who,
                project_id,
                by_groups=groups_review(found),
                now=now,
                run_id=run.id,
                reason=reason,
            )
    record_event(
        session, actor=actor, now=now, action="applied assignment", course_id=found.id, subject=run,
        after={"pairs": len(wanted), "kept": len(current) - len(dropped), "replaced": run.replaced},
    )  # fmt: skip
    return run


def undo_run(session: Session, *, actor: Actor, now: datetime, course: str, run_id: str) -> AssignmentRun:
    """Take an applied run back and restore what it replaced; possible until the first of its reviews is handed in."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    run = find_run(session, found, run_id)
    made = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.run_id == run.id)
    ).all()
    if any(review.edition for _, review in made):
        raise Conflict("A review of this assignment is already handed in, so it can no longer be undone as a whole.")
    done = session.execute(
        update(AssignmentRun)
        .where(
            AssignmentRun.id == run.id,
            AssignmentRun.applied_at.is_not(None),
            AssignmentRun.undone_at.is_(None),
        )
        .values(undone_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("This assignment is not in force, so there is nothing to undo.")
    for assignment, _ in made:
        if assignment.released_at is None:
            assignment.released_at, assignment.released_reason = now, "the assignment was undone"
    session.flush()
    taken = taken_pairs(session, found)
    for assignment in session.scalars(select(Assignment).where(Assignment.id.in_(run.replaced))):
        who = assignment.reviewer_id or assignment.reviewer_group_id or ""
        if Pair(reviewer_id=who, project_id=assignment.project_id) not in taken:
            assignment.released_at, assignment.released_reason = None, ""
    record_event(session, actor=actor, now=now, action="undid assignment", course_id=found.id, subject=run)
    return run


def put_assignment(
    session: Session, who: str, project_id: str, *, by_groups: bool, now: datetime, run_id: str | None, reason: str,
    practice: bool = False,
) -> Assignment:  # fmt: skip
    """Add the rows of one assignment: the assignment and its still empty review."""
    assignment = Assignment(
        project_id=project_id,
        reviewer_id=None if by_groups else who,
        reviewer_group_id=who if by_groups else None,
        run_id=run_id,
        reason=reason,
        practice=practice,
        assigned_at=now,
    )
    session.add(assignment)
    session.flush()
    session.add(Review(assignment_id=assignment.id, form={}, summary=""))
    session.flush()
    return assignment


def find_run(session: Session, course: Course, run_id: str) -> AssignmentRun:
    """A dry run of the course; NotFound otherwise."""
    run = session.get(AssignmentRun, run_id)
    if run is None or run.course_id != course.id:
        raise NotFound(NO_RUN)
    return run


def run_in_force(session: Session, course: Course) -> AssignmentRun:
    """The run that was applied last and not undone; NotFound where there is none."""
    run = session.scalar(
        select(AssignmentRun)
        .where(
            AssignmentRun.course_id == course.id,
            AssignmentRun.applied_at.is_not(None),
            AssignmentRun.undone_at.is_(None),
        )
        .order_by(AssignmentRun.applied_at.desc())
        .limit(1)
    )
    if run is None:
        raise NotFound("No dry run of this course is in force.")
    return run


def run_record(run: AssignmentRun) -> dict[str, Any]:
    """Everything that is needed to derive the run again; BadInput where a person made the plan."""
    if run.source == "list":
        raise BadInput("This assignment came from a list: there is nothing to derive.")
    return {
        "run": run.id,
        "input_digest": run.input_digest,
        "question": run.question,
        "plan": [{"reviewer_id": pair["reviewer_id"], "project_id": pair["project_id"]} for pair in run.plan],
    }
