"""Practising to review: a project whose mistakes are known, reviewed by everybody in private before the real one."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades.evidence import VERSION_1, Decision, Strength
from reviewhub.grades.facts import find_graded_project
from reviewhub.grades.standing import SOMEBODY_ELSE, end, grader_id_of, let_stand
from reviewhub.grades.tables import FindingDecision, Match, Mistake
from reviewhub.projects.freezing import freeze_for_practice
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import groups_review
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.tables import Assignment, Finding, ReviewEdition

NAMES_NOTHING = "It names none of the known mistakes."
NO_PRACTICE = "There is no such practice review."


def open_practice(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, until: datetime | None, mirrors: Path
) -> Project:
    """Let every student (every group, where groups review) practise on a project until then; asked again, it moves the
    end and adds who came since.

    The project belongs to nobody and nobody reviews it in earnest. BadInput for an end that is missing or has passed;
    Conflict where the project is somebody's.
    """
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    project = find_graded_project(session, found, key)
    _check(session, found, project, until, now)
    freeze_for_practice(session, actor=actor, now=now, course=course, key=key, mirrors=mirrors)
    before, project.practice_until = project.practice_until, until
    have = {
        one.reviewer_id or one.reviewer_group_id
        for one in session.scalars(select(Assignment).where(Assignment.project_id == project.id))
        if one.released_at is None
    }
    fresh = [one for one in _reviewers(session, found) if one not in have]
    for reviewer_id in fresh:
        put_assignment(
            session, reviewer_id, project.id, by_groups=groups_review(found), now=now, run_id=None,
            reason="Everybody practises on this project.", practice=True,
        )  # fmt: skip
    record_event(
        session,
        actor=actor,
        now=now,
        action="opened practice",
        subject=project,
        course_id=found.id,
        before={"until": before.isoformat() if before else None},
        after={"until": until.isoformat() if until else None, "reviewers": len(fresh)},
    )
    return project


def judge_practice_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    mistake_id: str,
    strength: Strength = Strength.FULL,
) -> None:
    """Say which known mistake a practice finding names, or none (`mistake_id` empty); it replaces what was said."""
    require(Action.GRADE, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    rows = find_review(session, course, review_id)
    finding = session.get(Finding, finding_id)
    if rows.project.practice_until is None or finding is None or finding.review_id != review_id:
        raise NotFound(NO_PRACTICE)
    mistake = session.get(Mistake, mistake_id) if mistake_id else None
    if mistake_id and not _is_known(mistake, rows.project):
        raise Conflict(SOMEBODY_ELSE)
    end(session, Match, now, Match.finding_id == finding_id)
    end(session, FindingDecision, now, FindingDecision.finding_id == finding_id)
    grader = grader_id_of(actor)
    decision = Decision.ACCEPTED if mistake else Decision.REJECTED
    decided = FindingDecision(
        finding_id=finding_id, decision=decision, reason="" if mistake else NAMES_NOTHING, decided_by_id=grader, at=now
    )
    matched = Match(finding_id=finding_id, mistake_id=mistake_id, strength=strength, decided_by_id=grader, at=now)
    let_stand(session, decided, *([matched] if mistake else []))
    record_event(
        session,
        actor=actor,
        now=now,
        action="judged practice finding",
        subject=finding,
        course_id=found.id,
        after={"mistake": mistake_id or None, "strength": strength.value},
    )


def handed_in(session: Session, review_id: str) -> ReviewEdition | None:
    """The last edition of a review, or None."""
    return session.scalar(
        select(ReviewEdition)
        .where(ReviewEdition.review_id == review_id)
        .order_by(ReviewEdition.edition.desc())
        .limit(1)
    )


def _is_known(mistake: Mistake | None, project: Project) -> bool:
    return (
        mistake is not None
        and mistake.project_id == project.id
        and mistake.undone_at is None
        and mistake.version_in == VERSION_1
    )


def _check(session: Session, course: Course, project: Project, until: datetime | None, now: datetime) -> None:
    if course.policy.review is None:
        msg = "This course has no peer review: its course file has no [review] part."
        raise Conflict(msg)
    if project.group_id is not None:
        msg = f"{project.key} is developed by a group, so it is reviewed in earnest. Practise on one that is nobody's."
        raise Conflict(msg)
    in_earnest = select(Assignment.id).where(
        Assignment.project_id == project.id, Assignment.practice.is_(False), Assignment.released_at.is_(None)
    )
    if session.scalar(in_earnest.limit(1)) is not None:
        msg = f"{project.key} is being reviewed in earnest, so nobody can practise on it."
        raise Conflict(msg)
    if until is None or until <= now:
        problem = Problem(place="until", what="Say until when practice reviews can be handed in: a moment to come.")
        raise BadInput(problem.what, (problem,))


def _reviewers(session: Session, course: Course) -> list[str]:
    """The enrolments of all students who are here, or the groups with members where groups review."""
    here = Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None)
    if not groups_review(course):
        return list(session.scalars(select(Enrollment.id).where(*here).order_by(Enrollment.id)))
    rows = session.scalars(
        select(Group.id)
        .join(Membership, Membership.group_id == Group.id)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .where(*here, Membership.left_at.is_(None))
        .distinct()
        .order_by(Group.id)
    )
    return list(rows)
