"""When a review may be written and who sees it when follows from deadlines and the clock, at each boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from reviewhub.courses.deadlines import Grant
from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.policy import Deadlines, Lateness, Policy, ReviewRules
from reviewhub.reviews.windows import answers_are_open, is_shown_to_developers, why_closed, window_of

OPENED = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
DUE = datetime(2026, 12, 18, 20, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSED = "The review deadline has passed. Your draft stays here to read and copy, but it can no longer be handed in."
COUNTS = "The review deadline has passed: the edition you handed in counts. Your draft stays here to read and copy."


def policy_with(*, release: str = "at_deadline", late: bool = False) -> Policy:
    steps = LateRules.model_validate({"steps": [{"until": "1d", "off": "25%"}, {"beyond": True, "zero": True}]})
    return Policy(
        title="Deep Learning",
        term="Fall 2026",
        zone="Europe/Istanbul",
        deadlines=Deadlines(version_1=OPENED, reviews=DUE, version_2=DUE + timedelta(days=14)),
        review=ReviewRules.model_validate({"release": release}),
        lateness=Lateness(reviews=steps if late else None),
    )


def test_window_of_a_project_that_opened_late_gives_every_reviewer_seven_days() -> None:
    late = DUE - timedelta(days=2)
    window = window_of(policy_with(), opened_at=late)
    assert (window.project_due_at, window.due_at) == (late + timedelta(days=7), late + timedelta(days=7))


def test_extension_moves_one_reviewer_and_not_the_project() -> None:
    later = DUE + timedelta(days=1)
    window = window_of(policy_with(), opened_at=OPENED, grants=[Grant(deadline="reviews", due_at=later)])
    assert (window.project_due_at, window.due_at) == (DUE, later)


@pytest.mark.parametrize(
    ("now", "edition", "late", "why"),
    [
        (OPENED - SECOND, 0, False, "Reviewing has not begun: version 1 of this project is not settled yet."),
        (OPENED, 0, False, ""),
        (DUE - SECOND, 1, False, ""),
        (DUE, 1, False, ""),
        (DUE + SECOND, 1, False, COUNTS),
        (DUE + SECOND, 0, False, PASSED),
        (DUE + SECOND, 0, True, ""),
        (DUE + SECOND, 1, True, COUNTS),
        (DUE + timedelta(days=1), 0, True, ""),
        (DUE + timedelta(days=1) + SECOND, 0, True, PASSED),
    ],
)
def test_review_is_open_until_its_deadline_and_a_late_one_while_it_earns_points(
    now: datetime, edition: int, late: bool, why: str
) -> None:
    policy = policy_with(late=late)
    window = window_of(policy, opened_at=OPENED)
    assert why_closed(policy, window, edition=edition, now=now) == why


def test_review_of_an_unsettled_version_is_closed() -> None:
    policy = policy_with()
    assert why_closed(policy, window_of(policy, opened_at=None), edition=0, now=DUE) != ""


@pytest.mark.parametrize(
    ("release", "edition", "released_at", "now", "shown"),
    [
        ("at_submit", 0, None, DUE + SECOND, False),
        ("at_submit", 1, None, OPENED, True),
        ("at_deadline", 1, None, DUE, False),
        ("at_deadline", 1, None, DUE + SECOND, True),
        ("at_deadline", 0, None, DUE + SECOND, False),
        ("by_hand", 1, None, DUE + SECOND, False),
        ("by_hand", 1, DUE, DUE, True),
        ("by_hand", 1, DUE + SECOND, DUE, False),
    ],
)
def test_review_is_shown_to_the_developers_when_the_policy_says(
    release: str, edition: int, released_at: datetime | None, now: datetime, shown: bool
) -> None:
    policy = policy_with(release=release)
    window = window_of(policy, opened_at=OPENED)
    assert is_shown_to_developers(policy, window, edition=edition, released_at=released_at, now=now) is shown


def test_answers_are_open_until_version_2_is_due() -> None:
    assert [answers_are_open(DUE, DUE), answers_are_open(DUE, DUE + SECOND), answers_are_open(None, DUE)] == [
        True,
        False,
        True,
    ]
