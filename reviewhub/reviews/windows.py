"""When a review may be written, when developers see it, until when they answer: from deadlines and the clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reviewhub.courses.deadlines import Grant, due_for
from reviewhub.courses.lateness import judge_lateness
from reviewhub.courses.policy import Policy


@dataclass(frozen=True, kw_only=True)
class ReviewWindow:
    """The time of one review. `opened_at` is None while version 1 is not settled; `due_at` counts this reviewer's
    extensions, `project_due_at` does not; None where the course has no review deadline.
    """

    opened_at: datetime | None
    project_due_at: datetime | None
    due_at: datetime | None
    late_from: datetime | None


def window_of(
    policy: Policy,
    *,
    opened_at: datetime | None,
    grants: Iterable[Grant] = (),
    practice_until: datetime | None = None,
) -> ReviewWindow:
    """The window of a review of a project whose reviewing opened then, for a reviewer with these extensions.

    The project's deadline is the later of the course's and the opening plus the days every reviewer is promised.
    A project to practise on has an end of its own, after which nothing comes late.
    """
    if practice_until is not None:
        return ReviewWindow(opened_at=opened_at, project_due_at=practice_until, due_at=practice_until, late_from=None)
    due = due_for(policy, "reviews", grants)
    if due is None:
        return ReviewWindow(opened_at=opened_at, project_due_at=None, due_at=None, late_from=None)
    promised = opened_at + timedelta(days=policy.review.window_days) if opened_at and policy.review else None
    project_due_at = max(due.course_due_at, promised) if promised else due.course_due_at
    return ReviewWindow(
        opened_at=opened_at,
        project_due_at=project_due_at,
        due_at=max(due.due_at, project_due_at),
        late_from=max(due.late_from, project_due_at),
    )


def why_closed(policy: Policy, window: ReviewWindow, *, edition: int, now: datetime) -> str:
    """Why the review cannot be written now, in a sentence; "" when it can.

    After the deadline only a first edition may still come, and only while the late policy leaves it some points.
    """
    if window.opened_at is None or now < window.opened_at:
        return "Reviewing has not begun: version 1 of this project is not settled yet."
    if window.due_at is None or now <= window.due_at:
        return ""
    rules = policy.lateness.rules_for("reviews")
    if edition == 0 and rules is not None and window.late_from is not None:
        lateness = judge_lateness(now, window.late_from, rules, policy.tzinfo)
        if lateness.on_time or lateness.earns_points:
            return ""
    if edition:
        return (
            "The review deadline has passed: the edition you handed in counts. Your draft stays here to read and copy."
        )
    return "The review deadline has passed. Your draft stays here to read and copy, but it can no longer be handed in."


def is_shown_to_developers(
    policy: Policy, window: ReviewWindow, *, edition: int, released_at: datetime | None, now: datetime
) -> bool:
    """Whether the developers see the last edition of a review now."""
    if edition == 0 or policy.review is None:
        return False
    if policy.review.release == "by_hand":
        return released_at is not None and released_at <= now
    if policy.review.release == "at_submit" or window.project_due_at is None:
        return True
    return now > window.project_due_at


def answers_are_open(due_at: datetime | None, now: datetime) -> bool:
    """Whether developers may still answer: until their version 2 is due; without such a deadline always."""
    return due_at is None or now <= due_at


def wishes_close_at(policy: Policy) -> datetime | None:
    """Until when reviewers say what they would like to review, where the course file says it."""
    moments = [one for one in (policy.assignment.wishes_until, policy.deadlines.reviews) if one is not None]
    return min(moments, default=None)


def wishes_are_open(policy: Policy, *, is_assigned: bool, now: datetime) -> bool:
    """Whether reviewers may say what they would like to review: until that moment, and until they are assigned."""
    if policy.review is None or not policy.assignment.topic_fit or is_assigned:
        return False
    closes_at = wishes_close_at(policy)
    return closes_at is None or now <= closes_at
