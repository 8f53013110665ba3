"""What is known of the actor and a review, or of the actor and the findings on a project."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.facts import account_facts
from reviewhub.accounts.rights import Action, Actor, Facts, Role, allows
from reviewhub.courses.facts import course_facts, find_course, find_enrollment, is_closed, role_in
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.projects.due import due_of
from reviewhub.projects.facts import tell_reviewers
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.lookup import (
    ReviewRows,
    current_snapshot,
    find_review,
    is_member,
    is_reviewer,
    opening_of,
    snapshots_of,
)
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.reviews.windows import (
    answers_are_open,
    is_shown_to_developers,
    why_closed,
    window_of,
    wishes_are_open,
)


def assignments_facts(session: Session, actor: Actor, now: datetime, *, course: str, **_names: str) -> Facts:
    """The actor's role in the course."""
    return course_facts(session, actor, now, course=course)


def wish_facts(session: Session, actor: Actor, now: datetime, *, course: str, **_names: str) -> Facts:
    """The actor's role, and whether wishes are asked for now: from the first project until reviewers are assigned."""
    found = find_course(session, course)
    in_course = select(Project.id).where(Project.course_id == found.id, Project.removed_at.is_(None))
    is_assigned = session.scalar(
        select(Assignment.id)
        .where(Assignment.project_id.in_(in_course), Assignment.released_at.is_(None), Assignment.practice.is_(False))
        .limit(1)
    )
    has_projects = session.scalar(in_course.limit(1)) is not None
    is_open = has_projects and wishes_are_open(found.policy, is_assigned=is_assigned is not None, now=now)
    return replace(course_facts(session, actor, now, course=course), wishes_open=is_open)


def review_facts(session: Session, actor: Actor, now: datetime, *, course: str, review_id: str, **_names: str) -> Facts:
    """The actor's part in one review of the course; NotFound where it has none with this id."""
    find_course(session, course)
    return facts_of_review(session, actor, now, find_review(session, course, review_id))


def facts_of_review(session: Session, actor: Actor, now: datetime, rows: ReviewRows) -> Facts:
    """The same for a review that is loaded."""
    is_own = is_reviewer(session, rows.assignment, find_enrollment(session, rows.course, actor))
    is_active = rows.assignment.released_at is None and rows.project.removed_at is None
    closed = why_closed(rows.course.policy, rows.window, edition=rows.review.edition, now=now)
    return replace(
        account_facts(session, actor, now),
        role=role_in(session, rows.course, actor),
        course_closed=is_closed(rows.course, now),
        is_own_review=is_own,
        is_reviewer=is_own and is_active,
        review_writable=is_active and not closed,
        review_submitted=rows.review.edition > 0,
        version_1_frozen=rows.snapshot is not None,
        version_2_frozen=is_active and current_snapshot(rows.snapshots, rows.project.id, 2) is not None,
    )


def finding_facts(session: Session, actor: Actor, now: datetime, *, course: str, key: str, **_names: str) -> Facts:
    """The actor's part in the findings on a project: developer or not, released or not, open for answers or not."""
    facts = course_facts(session, actor, now, course=course)
    found = find_course(session, course)
    project = find_project(session, found, key)
    snapshots = snapshots_of(session, [project.id])
    enrollment = find_enrollment(session, found, actor)
    return replace(
        facts,
        is_developer=is_member(session, project.group_id, enrollment),
        reviews_released=bool(shown_reviews(session, found, project, snapshots, now)),
        responses_open=answers_are_open(answers_due_at(session, found, project, snapshots), now),
        version_1_frozen=current_snapshot(snapshots, project.id, 1) is not None,
        version_2_frozen=current_snapshot(snapshots, project.id, 2) is not None,
    )


def shown_reviews(
    session: Session, course: Course, project: Project, snapshots: list[Snapshot], now: datetime
) -> list[tuple[Assignment, Review]]:
    """The reviews of the project that its developers see now, in an order that tells nothing about who wrote them."""
    rows = [
        (assignment, review)
        for assignment, review in session.execute(
            select(Assignment, Review)
            .join(Review, Review.assignment_id == Assignment.id)
            .where(Assignment.project_id == project.id, Assignment.practice.is_(False), Review.edition > 0)
        )
    ]
    opened_at = opening_of(snapshots, project.id)
    window = window_of(course.policy, opened_at=opened_at)
    shown = [
        (assignment, review)
        for assignment, review in rows
        if is_shown_to_developers(
            course.policy, window, edition=review.edition, released_at=review.released_at, now=now
        )
    ]
    return sorted(shown, key=lambda row: row[1].id)  # ids are random: neither name nor time shows


def reviewers_are_named(policy: Policy) -> bool:
    """Whether the developers of a project learn who reviewed it, once they see the reviews."""
    developer = Facts(
        signed_in=True,
        role=Role.STUDENT,
        is_developer=True,
        reviews_released=True,
        anonymity=policy.review.anonymity if policy.review else "",
    )
    return allows(Action.LEARN_REVIEWERS, developer)


def answers_due_at(session: Session, course: Course, project: Project, snapshots: list[Snapshot]) -> datetime | None:
    """Until when the developers answer: the moment their version 2 is due, extensions counted in."""
    grants = grants_of_groups(session, course=course).get(project.group_id or "", ())
    due = due_of(course.policy, 2, grants, opened_at=opening_of(snapshots, project.id))
    return due.due_at if due else None


@tell_reviewers
def reviews_project(session: Session, project: Project, enrollment: Enrollment) -> bool:
    """Whether the person reviews the project now, alone or with their group."""
    groups = select(Membership.group_id).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    found = session.scalar(
        select(Assignment.id)
        .where(
            Assignment.project_id == project.id,
            Assignment.released_at.is_(None),
            or_(Assignment.reviewer_id == enrollment.id, Assignment.reviewer_group_id.in_(groups)),
        )
        .limit(1)
    )
    return found is not None
