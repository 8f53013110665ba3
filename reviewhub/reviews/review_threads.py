"""The threads under what one review handed in, and under what the developers of a project see of all their reviews."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Facts
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.facts import answers_due_at
from reviewhub.reviews.lookup import opening_of
from reviewhub.reviews.reading import reviewer_numbers
from reviewhub.reviews.submitted import SubmittedFinding
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.reviews.thread_rows import reader_of
from reviewhub.reviews.thread_views import Thread, threads_under
from reviewhub.reviews.threads import why_thread_closed
from reviewhub.reviews.windows import answers_are_open, is_shown_to_developers, window_of


def threads_for_developers(
    session: Session,
    course: Course,
    facts: Facts,
    enrollment: Enrollment | None,
    findings: Iterable[tuple[int, SubmittedFinding]],
    *,
    due_at: datetime | None,
    now: datetime,
) -> dict[str, Thread]:
    """Finding id → thread, for the developers and the staff. `findings`: the reviewer's number with each finding."""
    called, closed = {}, {}
    for number, finding in findings:
        called[finding.finding_id] = f"Reviewer {number}"
        closed[finding.finding_id] = why_thread_closed(
            is_shown=True,
            is_released=False,
            is_withdrawn=finding.withdrawn,
            is_over=not answers_are_open(due_at, now),
        )
    reader = reader_of(course, facts, enrollment)
    return threads_under(session, called, reader, called=called, closed=closed, now=now)


def threads_of_review(
    session: Session,
    course: Course,
    project: Project,
    assignment: Assignment,
    review: Review,
    snapshots: list[Snapshot],
    findings: Iterable[SubmittedFinding],
    *,
    facts: Facts,
    enrollment: Enrollment | None,
    now: datetime,
) -> dict[str, Thread]:
    """Finding id → thread, for the reviewer, and for whoever opens the thread of one finding."""
    window = window_of(course.policy, opened_at=opening_of(snapshots, project.id))
    is_shown = is_shown_to_developers(
        course.policy, window, edition=review.edition, released_at=review.released_at, now=now
    )
    is_over = not answers_are_open(answers_due_at(session, course, project, snapshots), now)
    is_released = facts.is_own_review and assignment.released_at is not None
    closed = {
        one.finding_id: why_thread_closed(
            is_shown=is_shown, is_released=is_released, is_withdrawn=one.withdrawn, is_over=is_over
        )
        for one in findings
    }
    number = 0 if facts.is_own_review else reviewer_numbers(session, project).get(review.id, 0)
    reader = reader_of(course, facts, enrollment, assignment.id)
    called = dict.fromkeys(closed, f"Reviewer {number}")
    return threads_under(session, closed, reader, called=called, closed=closed, now=now)
