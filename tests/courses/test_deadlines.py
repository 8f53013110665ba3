"""Extensions: what they move, what they waive, what they keep."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.deadlines import Grant, Way, due_for, judge_for, moved_deadlines
from reviewhub.courses.policy import Policy

LATE = """
[lateness.versions]
steps = [{ until = "1d", off = "25%" }, { beyond = true, zero = true }]
"""
VERSION_1 = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)


@pytest.fixture
def policy() -> Policy:
    return load_policy(shipped_text("ceng796") + LATE)


@pytest.mark.parametrize(
    ("way", "hours_late", "percent", "zero"),
    [
        (Way.MOVES, 48, 0, False),
        (Way.MOVES, 49, 25, False),
        (Way.WAIVES, 48, 0, False),
        (Way.WAIVES, 49, 0, True),
        (Way.KEEPS, 24, 25, False),
        (Way.KEEPS, 48, 0, True),
    ],
)
def test_an_extension_of_two_days_by_its_way(
    policy: Policy, way: Way, hours_late: int, percent: int, zero: bool
) -> None:
    due = due_for(policy, "version_1", [Grant(deadline="version_1", due_at=VERSION_1 + timedelta(days=2), way=way)])
    assert due is not None

    judged = judge_for(due, VERSION_1 + timedelta(hours=hours_late), "versions", policy)

    assert due.due_at == VERSION_1 + timedelta(days=2)
    assert (judged.percent_off, judged.zero) == (Decimal(percent), zero)


def test_of_several_extensions_the_latest_counts_and_none_makes_it_earlier(policy: Policy) -> None:
    moments = [VERSION_1 + timedelta(days=1), VERSION_1 + timedelta(days=3), VERSION_1 - timedelta(days=9)]

    due = due_for(policy, "version_1", [Grant(deadline="version_1", due_at=moment) for moment in moments])

    assert due is not None
    assert (due.due_at, due.late_from, due.course_due_at) == (moments[1], moments[1], VERSION_1)


def test_where_extensions_are_forbidden_none_counts() -> None:
    policy = load_policy(shipped_text("csci4701"))
    own = policy.deadlines.milestones["milestone_1"]

    due = due_for(policy, "milestone_1", [Grant(deadline="milestone_1", due_at=own + timedelta(days=2))])

    assert due is not None
    assert (due.due_at, due.is_extended) == (own, False)


def test_a_deadline_the_course_has_not_is_none(policy: Policy) -> None:
    assert due_for(policy, "milestone_1") is None


def test_moved_deadlines_are_those_that_got_later(policy: Policy) -> None:
    later = VERSION_1 + timedelta(days=2)
    grants = [Grant(deadline="version_1", due_at=later), Grant(deadline="reviews", due_at=VERSION_1)]

    assert moved_deadlines(policy, grants) == {"version_1": later}
