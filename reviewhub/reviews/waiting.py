"""What waits for a person in this room: reviews to write, fixes to check, findings to answer, reviewers to assign."""

from collections import Counter
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts, Role
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.facts import answers_due_at, shown_reviews, wish_facts
from reviewhub.reviews.lookup import (
    current_snapshot,
    grants_for,
    opening_of,
    own_assignments,
    snapshots_of,
)
from reviewhub.reviews.notices import unread_of
from reviewhub.reviews.reading import answers_to, last_editions
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.swapping import offers_to
from reviewhub.reviews.tables import Assignment, AssignmentSwap
from reviewhub.reviews.thread_views import unanswered_questions
from reviewhub.reviews.windows import answers_are_open, why_closed, window_of
from reviewhub.reviews.wishing import asks_soon, has_wishes
from reviewhub.web.formatting import plural
from reviewhub.web.waiting import Waiting


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """Everything of this room that waits for the actor in the course."""
    if course.policy.review is None:
        return []
    if facts.is_staff:
        return _for_staff(session, course)
    enrollment = find_enrollment(session, course, actor)
    if facts.role is not Role.STUDENT or enrollment is None:
        return []
    return [
        *_to_wish(session, course, enrollment, actor, now),
        *_to_review(session, course, enrollment, now),
        *_to_answer(session, course, enrollment, now),
        *_to_read(session, course, enrollment),
    ]


def _to_wish(session: Session, course: Course, enrollment: Enrollment, actor: Actor, now: datetime) -> list[Waiting]:
    facts = wish_facts(session, actor, now, course=course.slug)
    if not facts.wishes_open or not asks_soon(course.policy, now) or has_wishes(session, course, enrollment):
        return []
    url = url_for("reviews.show_wishes", course=course.slug)
    due_at = course.policy.assignment.wishes_until
    return [Waiting(text="Tell us what you would like to review", url=url, due_at=due_at, tone="info")]


def _swaps_for(session: Session, course: Course, assignment: Assignment, review_id: str) -> list[Waiting]:
    url = url_for("reviews.show_swap", course=course.slug, review_id=review_id)
    return [
        Waiting(text=f"A reviewer of {project.key} asks to swap with you", url=url, tone="info")
        for _, project in offers_to(session, course, assignment)
    ]


def _swaps_to_decide(session: Session, course: Course) -> list[Waiting]:
    count = session.scalar(
        select(func.count(AssignmentSwap.id)).where(
            AssignmentSwap.course_id == course.id,
            AssignmentSwap.taken_at.is_not(None),
            AssignmentSwap.withdrawn_at.is_(None),
            AssignmentSwap.decided_at.is_(None),
        )
    )
    url = url_for("reviews.show_assignments", course=course.slug, _anchor="swaps")
    return (
        [Waiting(text=f"Approve or refuse {plural(count, 'swap')} of reviews", url=url, tone="warn")] if count else []
    )


def _for_staff(session: Session, course: Course) -> list[Waiting]:
    frozen = session.scalar(
        select(func.count(func.distinct(Snapshot.project_id)))
        .join(Project, Project.id == Snapshot.project_id)
        .where(Project.course_id == course.id, Project.removed_at.is_(None), Snapshot.version == 1)
        .where(Project.practice_until.is_(None))
    )
    assigned = session.scalar(
        select(func.count(Assignment.id))
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Assignment.released_at.is_(None), Assignment.practice.is_(False))
    )
    if not frozen or assigned:
        return _swaps_to_decide(session, course)
    url = url_for("reviews.show_assignments", course=course.slug)
    return [Waiting(text="Version 1 is frozen and nobody reviews yet: assign the reviewers.", url=url, tone="warn")]


def _to_review(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> list[Waiting]:
    rows = own_assignments(session, course, enrollment)
    active = [row for row in rows if row[0].released_at is None and row[2].removed_at is None]
    snapshots = snapshots_of(session, [project.id for _, _, project in active])
    grants = grants_for(session, course.id, [assignment for assignment, _, _ in active])
    editions = last_editions(session, [review.id for _, review, _ in active])
    findings = {
        review_id: [one.finding_id for one in findings_in(edition.content) if not one.withdrawn]
        for review_id, edition in editions.items()
    }
    _, checks = answers_to(session, [finding_id for ids in findings.values() for finding_id in ids])
    found = []
    for assignment, review, project in active:
        window = window_of(
            course.policy,
            opened_at=opening_of(snapshots, project.id),
            grants=grants.get(assignment.id, ()),
            practice_until=project.practice_until,
        )
        if review.edition == 0 and not why_closed(course.policy, window, edition=0, now=now):
            verb = "Go on with" if review.started_at else "Begin"
            url = url_for("reviews.show_review", course=course.slug, review_id=review.id)
            found.append(
                Waiting(text=f"{verb} your review of {project.key}", url=url, due_at=window.due_at, tone="accent")
            )
            found += _swaps_for(session, course, assignment, review.id)
        open_checks = sum(finding_id not in checks for finding_id in findings.get(review.id, ()))
        until = course.policy.deadlines.grading
        is_of_use = until is None or now <= until  # afterwards the instructor has decided
        if open_checks and is_of_use and current_snapshot(snapshots, project.id, 2) is not None:
            url = url_for("reviews.show_fixes", course=course.slug, review_id=review.id)
            text = f"Check in version 2 of {project.key} what became of {plural(open_checks, 'finding')}"
            found.append(Waiting(text=text, url=url, due_at=until, tone="info"))
    return found


def _to_read(session: Session, course: Course, enrollment: Enrollment) -> list[Waiting]:
    """New messages, by project: under questions, under one's own review, under what reviewers found."""
    unread = unread_of(session, course, enrollment)
    own = {review.id for _, review, _ in own_assignments(session, course, enrollment)} if unread else set()
    counted: Counter[tuple[str, str]] = Counter()
    for one in unread:
        if not one.review_id:
            where, url = "under the questions", url_for("reviews.show_clarifications", course=course.slug, key=one.key)
        elif one.review_id in own:
            where, url = (
                "under your findings",
                url_for("reviews.show_fixes", course=course.slug, review_id=one.review_id),
            )
        else:
            where, url = "under the findings", url_for("reviews.show_findings", course=course.slug, key=one.key)
        counted[f"{where} on {one.key}", url] += one.count
    return [
        Waiting(text=f"Read {plural(count, 'new message')} {where}", url=url, tone="info")
        for (where, url), count in counted.items()
    ]


def _questions_left(session: Session, course: Course, project: Project, due_at: datetime | None) -> list[Waiting]:
    left = unanswered_questions(session, [project.id]).get(project.id, 0)
    url = url_for("reviews.show_clarifications", course=course.slug, key=project.key)
    text = f"Answer {plural(left, 'question')} of reviewers on {project.key}"
    return [Waiting(text=text, url=url, due_at=due_at, tone="accent")] if left else []


def _to_answer(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> list[Waiting]:
    projects = session.scalars(
        select(Project)
        .join(Membership, Membership.group_id == Project.group_id)
        .where(
            Project.course_id == course.id,
            Project.removed_at.is_(None),
            Membership.enrollment_id == enrollment.id,
            Membership.left_at.is_(None),
        )
    ).all()
    found = []
    for project in projects:
        snapshots = snapshots_of(session, [project.id])
        due_at = answers_due_at(session, course, project, snapshots)
        if not answers_are_open(due_at, now):
            continue
        window = window_of(course.policy, opened_at=opening_of(snapshots, project.id))
        if window.project_due_at is None or now <= window.project_due_at:
            found += _questions_left(session, course, project, window.project_due_at)
        shown = shown_reviews(session, course, project, snapshots, now)
        if not shown:
            continue
        editions = last_editions(session, [review.id for _, review in shown]).values()
        ids = [one.finding_id for edition in editions for one in findings_in(edition.content) if not one.withdrawn]
        responses, _ = answers_to(session, ids)
        left = sum(finding_id not in responses for finding_id in ids)
        if left:
            url = url_for("reviews.show_findings", course=course.slug, key=project.key)
            text = f"Answer {plural(left, 'finding')} on {project.key}"
            wanted = course.policy.deadlines.responses
            by = wanted if wanted is not None and now <= wanted else due_at
            found.append(Waiting(text=text, url=url, due_at=by, tone="accent"))
    return found
