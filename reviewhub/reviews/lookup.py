"""A review together with everything it hangs on: course, project, assignment, version-1 snapshot, window of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.deadlines import Grant
from reviewhub.courses.tables import Course, Enrollment, Extension, Group, Membership
from reviewhub.errors import NotFound
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.tables import Assignment, Finding, Review
from reviewhub.reviews.windows import ReviewWindow, window_of
from reviewhub.storage import ask_once

NO_REVIEW = "There is no such review, or it is not yours to read."
NO_FINDING = "There is no such finding."


@dataclass(frozen=True, kw_only=True)
class ReviewRows:
    """The rows of one review. `snapshot` is the version 1 that counts now, None while there is none."""

    course: Course
    project: Project
    assignment: Assignment
    review: Review
    reviewer: str
    """The name of the person or the group that writes it: for themselves and the staff, never for developers."""
    snapshot: Snapshot | None
    snapshots: list[Snapshot]
    """Every snapshot of the project."""
    window: ReviewWindow


def find_review(session: Session, course: str, review_id: str, *, lock: bool = False) -> ReviewRows:
    """Load the review of the course named by its slug; NotFound otherwise. `lock` keeps others from writing it."""
    return ask_once(session, ("review", course, review_id), lambda: _find(session, course, review_id, lock=lock))


def _find(session: Session, course: str, review_id: str, *, lock: bool) -> ReviewRows:
    if lock:  # on PostgreSQL the row; on SQLite the writing transaction already holds everything
        session.scalar(select(Review.id).where(Review.id == review_id).with_for_update())
    row = session.execute(
        select(Review, Assignment, Project, Course, func.coalesce(User.name, Group.name, "—"))
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .join(Course, Course.id == Project.course_id)
        .outerjoin(Enrollment, Enrollment.id == Assignment.reviewer_id)
        .outerjoin(User, User.id == Enrollment.user_id)
        .outerjoin(Group, Group.id == Assignment.reviewer_group_id)
        .where(Review.id == review_id, Course.slug == course)
        .execution_options(populate_existing=lock)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_REVIEW)
    review, assignment, project, found_course, reviewer = row
    snapshots = snapshots_of(session, [project.id])
    window = window_of(
        found_course.policy,
        opened_at=opening_of(snapshots, project.id),
        grants=grants_for(session, found_course.id, [assignment]).get(assignment.id, ()),
        practice_until=project.practice_until,
    )
    return ReviewRows(
        course=found_course,
        project=project,
        assignment=assignment,
        review=review,
        reviewer=reviewer,
        snapshot=current_snapshot(snapshots, project.id, 1),
        snapshots=snapshots,
        window=window,
    )


def find_finding(session: Session, review_id: str, finding_id: str) -> Finding:
    """The finding of this review; NotFound otherwise."""
    finding = session.scalar(select(Finding).where(Finding.id == finding_id, Finding.review_id == review_id))
    if finding is None:
        raise NotFound(NO_FINDING)
    return finding


def snapshots_of(session: Session, project_ids: Iterable[str]) -> list[Snapshot]:
    """Every snapshot of the projects, oldest first."""
    return list(
        session.scalars(
            select(Snapshot)
            .where(Snapshot.project_id.in_(list(project_ids)))
            .order_by(Snapshot.project_id, Snapshot.version, Snapshot.sequence)
        )
    )


def current_snapshot(snapshots: Iterable[Snapshot], project_id: str, version: int) -> Snapshot | None:
    """The snapshot that counts for a version of a project."""
    return next(
        (
            snapshot
            for snapshot in snapshots
            if (snapshot.project_id, snapshot.version) == (project_id, version) and snapshot.replaced_at is None
        ),
        None,
    )


def opening_of(snapshots: Iterable[Snapshot], project_id: str) -> datetime | None:
    """When reviewing of the project opened: when its version 1 was settled; a later replacement changes nothing."""
    settled = [
        snapshot.frozen_at
        for snapshot in snapshots
        if (snapshot.project_id, snapshot.version) == (project_id, 1) and snapshot.kind != "replaced"
    ]
    return max(settled, default=None)


def grants_for(session: Session, course_id: str, assignments: Iterable[Assignment]) -> dict[str, list[Grant]]:
    """Assignment id → the living extensions of its reviewer's review deadline: their own, or their group's."""
    wanted = list(assignments)
    rows = session.scalars(
        select(Extension).where(
            Extension.course_id == course_id, Extension.deadline == "reviews", Extension.revoked_at.is_(None)
        )
    ).all()
    if not rows:
        return {}
    people = [assignment.reviewer_id for assignment in wanted if assignment.reviewer_id]
    groups_of: dict[str, set[str]] = {}
    for enrollment_id, group_id in session.execute(
        select(Membership.enrollment_id, Membership.group_id).where(
            Membership.enrollment_id.in_(people), Membership.left_at.is_(None)
        )
    ):
        groups_of.setdefault(enrollment_id, set()).add(group_id)
    found: dict[str, list[Grant]] = {}
    for assignment in wanted:
        groups = groups_of.get(assignment.reviewer_id or "", set()) | {assignment.reviewer_group_id}
        found[assignment.id] = [
            Grant(deadline=row.deadline, due_at=row.due_at, way=row.way)
            for row in rows
            if (row.enrollment_id is not None and row.enrollment_id == assignment.reviewer_id)
            or (row.group_id is not None and row.group_id in groups)
        ]
    return found


def is_reviewer(session: Session, assignment: Assignment, enrollment: Enrollment | None) -> bool:
    """Whether this enrolled person writes the review: the reviewer, or a member of the reviewing group."""
    if enrollment is None:
        return False
    if assignment.reviewer_group_id is None:
        return assignment.reviewer_id == enrollment.id
    return is_member(session, assignment.reviewer_group_id, enrollment)


def is_member(session: Session, group_id: str | None, enrollment: Enrollment | None) -> bool:
    """Whether the enrolled person is in the group now."""
    if group_id is None or enrollment is None:
        return False
    return (
        session.scalar(
            select(Membership.id).where(
                Membership.group_id == group_id,
                Membership.enrollment_id == enrollment.id,
                Membership.left_at.is_(None),
            )
        )
        is not None
    )


def own_assignments(
    session: Session, course: Course, enrollment: Enrollment
) -> list[tuple[Assignment, Review, Project]]:
    """The assignments this person writes in the course (alone or with their group), by project key; released ones
    only where something was written.
    """
    groups = select(Membership.group_id).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    rows = session.execute(
        select(Assignment, Review, Project)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(
            Project.course_id == course.id,
            or_(Assignment.reviewer_id == enrollment.id, Assignment.reviewer_group_id.in_(groups)),
            or_(Assignment.released_at.is_(None), Review.started_at.is_not(None)),
        )
        .order_by(Project.key)
    )
    return [(assignment, review, project) for assignment, review, project in rows]


def reviewer_names(session: Session, assignments: Iterable[Assignment]) -> dict[str, str]:
    """Assignment id → the reviewer's name; for staff and for the reviewer, never for developers."""
    wanted = list(assignments)
    people = {one.reviewer_id for one in wanted if one.reviewer_id}
    groups = {one.reviewer_group_id for one in wanted if one.reviewer_group_id}
    names: dict[str, str] = {}
    if people:
        rows = session.execute(
            select(Enrollment.id, User.name).join(User, User.id == Enrollment.user_id).where(Enrollment.id.in_(people))
        )
        names |= dict(rows.all())
    if groups:
        names |= dict(session.execute(select(Group.id, Group.name).where(Group.id.in_(groups))).all())
    return {one.id: names.get(one.reviewer_id or one.reviewer_group_id or "", "—") for one in wanted}


def user_id_of(actor: Actor) -> str:
    """The id of the acting person; a verb that only people do asks for it."""
    if actor.user_id is None:
        raise NotFound(NO_REVIEW)
    return actor.user_id
