"""The reviews of one person, in as many queries for ten as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course, Enrollment
from reviewhub.projects.tables import Project
from reviewhub.reviews.forms import missing_items
from reviewhub.reviews.lookup import current_snapshot, grants_for, opening_of, own_assignments, snapshots_of
from reviewhub.reviews.tables import Assignment, Finding, Review
from reviewhub.reviews.windows import ReviewWindow, is_shown_to_developers, why_closed, window_of


@dataclass(frozen=True, kw_only=True)
class MyReview:
    """One review I write: `missing` counts required form items still empty, `closed` says why it cannot be written."""

    assignment: Assignment
    review: Review
    project: Project
    window: ReviewWindow
    findings: int
    missing: int
    closed: str
    has_version_1: bool
    has_version_2: bool
    is_shown: bool
    """Whether the developers see it, so that they may have answered."""

    practice_is_over: bool
    """Whether it was a practice review, and nobody can hand one in any more."""

    @property
    def state(self) -> tuple[str, str]:
        """How far it is, in words, and the tone."""
        if self.assignment.released_at is not None:
            return "released", "plain"
        if self.review.edition:
            return ("handed in" if self.review.edition == 1 else f"handed in, edition {self.review.edition}"), "good"
        if self.closed and self.has_version_1:
            return "not handed in", "bad"
        return ("begun", "info") if self.review.started_at else ("not begun", "plain")


def load_mine(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> list[MyReview]:
    """Every review this person writes in the course, by project key."""
    rows = own_assignments(session, course, enrollment)
    snapshots = snapshots_of(session, [project.id for _, _, project in rows])
    grants = grants_for(session, course.id, [assignment for assignment, _, _ in rows])
    counted = _findings(session, [review.id for _, review, _ in rows])
    items = course.policy.review.form if course.policy.review else ()
    found = []
    for assignment, review, project in rows:
        opened_at = opening_of(snapshots, project.id)
        window = window_of(
            course.policy,
            opened_at=opened_at,
            grants=grants.get(assignment.id, ()),
            practice_until=project.practice_until,
        )
        found.append(
            MyReview(
                assignment=assignment,
                review=review,
                project=project,
                window=window,
                findings=counted.get(review.id, 0),
                missing=len(missing_items(items, review.form)),
                closed=why_closed(course.policy, window, edition=review.edition, now=now),
                has_version_1=current_snapshot(snapshots, project.id, 1) is not None,
                has_version_2=current_snapshot(snapshots, project.id, 2) is not None,
                practice_is_over=project.practice_until is not None and now > project.practice_until,
                is_shown=not assignment.practice
                and is_shown_to_developers(
                    course.policy, window, edition=review.edition, released_at=review.released_at, now=now
                ),
            )
        )
    return found


def _findings(session: Session, review_ids: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(Finding.review_id, func.count())
        .where(Finding.review_id.in_(review_ids), Finding.withdrawn_at.is_(None))
        .group_by(Finding.review_id)
    )
    return dict(rows.all())
