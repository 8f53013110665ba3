"""When version 1 and version 2 of one project are due, and until when its group may choose a late commit."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reviewhub.courses.deadlines import Due, Grant, due_for
from reviewhub.courses.policy import Policy

VERSIONS = (1, 2)
CHOICE_DAYS = 14


def due_of(policy: Policy, version: int, grants: Iterable[Grant], *, opened_at: datetime | None = None) -> Due | None:
    """When a version is due for a group with these extensions; None where the course has no such version.

    `opened_at` is when the project's reviewing opened: where that was so late that the reviewers' own window reaches
    beyond the course's review deadline, version 2 is due later by the same time.
    """
    due = due_for(policy, f"version_{version}", grants)
    if due is None or version == 1 or opened_at is None:
        return due
    shift = _shift(policy, opened_at)
    return replace(
        due,
        due_at=due.due_at + shift,
        late_from=due.late_from + shift,
        waived_until=None if due.waived_until is None else due.waived_until + shift,
    )


def choice_end(policy: Policy, version: int, due: Due) -> datetime:
    """The last moment for the group's late choice where the late policy itself has no end.

    Version 1: reviewers must keep their window before the review deadline. Version 2: before grading, or two weeks.
    """
    deadlines = policy.deadlines
    latest = due.late_from + timedelta(days=CHOICE_DAYS)
    if version == 1 and deadlines.reviews is not None and policy.review is not None:
        latest = deadlines.reviews - timedelta(days=policy.review.window_days)
    elif version != 1 and deadlines.grading is not None:
        latest = min(latest, deadlines.grading)
    return max(latest, due.due_at)


def _shift(policy: Policy, opened_at: datetime) -> timedelta:
    if policy.deadlines.reviews is None or policy.review is None:
        return timedelta(0)
    window_ends_at = opened_at + timedelta(days=policy.review.window_days)
    return max(timedelta(0), window_ends_at - policy.deadlines.reviews)
