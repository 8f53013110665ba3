"""What waits for people about reviews: one to write, findings to answer, fixes to check, reviewers to assign."""

from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.facts import find_enrollment
from reviewhub.courses.tables import Course
from reviewhub.projects.lookup import own_project
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.asking import active_assignments
from reviewhub.reviews.facts import answers_due_at
from reviewhub.reviews.lookup import current_snapshot, grants_for, opening_of, own_assignments, snapshots_of
from reviewhub.reviews.reading import answers_to, last_editions, read_reviews
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.reviews.windows import answers_are_open, why_closed, window_of
from reviewhub.web.waiting import Waiting


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:
    """For the staff whether reviewers are assigned; for students their reviews, their findings, their fix checks."""
    if course.policy.review is None:
        return []
    if facts.is_staff:
        return _for_staff(session, course)
    return [*_to_write(session, course, actor, now), *_to_answer(session, course, actor, now)]


def _for_staff(session: Session, course: Course) -> list[Waiting]:
    frozen = session.scalar(
        select(func.count(func.distinct(Project.id)))
        .join(Snapshot, Snapshot.project_id == Project.id)
        .where(Project.course_id == course.id, Project.removed_at.is_(None), Snapshot.version == 1)
    )
    if not frozen or active_assignments(session, course):
        return []
    url = url_for("reviews.show_assignments", course=course.slug)
    return [Waiting(text="Version 1 is frozen: assign the reviewers.", url=url, tone="accent")]


def _to_write(session: Session, course: Course, actor: Actor, now: datetime) -> list[Waiting]:
    enrollment = find_enrollment(session, course, actor)
    mine = own_assignments(session, course, enrollment) if enrollment else []
    grants = grants_for(session, course.id, [assignment for assignment, _, _ in mine])
    snapshots = snapshots_of(session, [project.id for _, _, project in mine])
    checked = _unchecked(session, [review for _, review, _ in mine])
    things = []
    for assignment, review, project in mine:
        if assignment.released_at is not None:
            continue
        window = window_of(
            course.policy, opened_at=opening_of(snapshots, project.id), grants=grants.get(assignment.id, ())
        )
        if review.edition == 0 and not why_closed(course.policy, window, edition=0, now=now):
            things.append(_review_to_write(course, assignment, review, project, window.due_at))
        elif review.edition and checked.get(review.id) and current_snapshot(snapshots, project.id, 2):
            url = url_for("reviews.show_fixes", course=course.slug, review_id=review.id)
            count = checked[review.id]
            text = f"Check whether version 2 of {project.key} mends what you found ({count} left)."
            things.append(Waiting(text=text, url=url))
    return things


def _review_to_write(
    course: Course, _assignment: Assignment, review: Review, project: Project, due_at: datetime | None
) -> Waiting:
    begun = review.started_at is not None
    return Waiting(
        text=f"Finish your review of {project.key} and hand it in." if begun else f"Review {project.key}.",
        url=url_for("reviews.show_desk", course=course.slug, review_id=review.id),
        due_at=due_at,
        tone="accent",
    )


def _unchecked(session: Session, reviews: list[Review]) -> dict[str, int]:
    """Review id → how many of its findings have no verdict yet."""
    editions = last_editions(session, [review.id for review in reviews if review.edition])
    said = {
        review_id: [finding.finding_id for finding in findings_in(edition.content) if not finding.withdrawn]
        for review_id, edition in editions.items()
    }
    _, checks = answers_to(session, [finding_id for ids in said.values() for finding_id in ids])
    return {review_id: sum(1 for one in ids if one not in checks) for review_id, ids in said.items()}


def _to_answer(session: Session, course: Course, actor: Actor, now: datetime) -> list[Waiting]:
    project = own_project(session, course, actor)
    if project is None:
        return []
    snapshots = snapshots_of(session, [project.id])
    due_at = answers_due_at(session, course, project, snapshots)
    shown = read_reviews(session, course, project, snapshots, now)
    left = sum(
        1 for one in shown for said in one.findings if said.response is None and not said.finding.withdrawn
    )
    if not left or not answers_are_open(due_at, now):
        return []
    words = "One finding" if left == 1 else f"{left} findings"
    url = url_for("reviews.show_findings", course=course.slug, key=project.key)
    return [Waiting(text=f"{words} on {project.key} to answer.", url=url, due_at=course.policy.deadlines.responses or due_at, tone="accent")]
