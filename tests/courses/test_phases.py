"""The phase of the semester follows from deadlines and clock."""

from datetime import UTC, datetime, timedelta

import pytest

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.phases import Phase, deadlines_of, next_deadline, phase_line, phase_of
from reviewhub.courses.policy import Policy

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(shipped_text("ceng796"))


@pytest.mark.parametrize(
    ("deadline", "before", "after"),
    [
        ("starts", Phase.SETUP, Phase.FORMING),
        ("groups", Phase.FORMING, Phase.PROPOSING),
        ("proposals", Phase.PROPOSING, Phase.DEVELOPING),
        ("version_1", Phase.DEVELOPING, Phase.REVIEWING),
        ("reviews", Phase.REVIEWING, Phase.RESPONDING),
        ("responses", Phase.RESPONDING, Phase.REWORKING),
        ("version_2", Phase.REWORKING, Phase.GRADING),
    ],
)
def test_a_deadline_ends_its_phase_one_second_after_it(
    policy: Policy, deadline: str, before: Phase, after: Phase
) -> None:
    moment = deadlines_of(policy)[deadline]

    assert [phase_of(policy, moment + step) for step in (-SECOND, 0 * SECOND, SECOND)] == [
        before,
        before,
        after,
    ]


def test_grading_lasts_until_the_grades_are_released(policy: Policy) -> None:
    next_year = datetime(2027, 9, 1, tzinfo=UTC)

    assert phase_of(policy, next_year) is Phase.GRADING
    assert phase_of(policy, next_year, released=True) is Phase.RELEASED
    assert phase_of(policy, next_year, released=True, published=True) is Phase.PUBLISHED


def test_appeals_and_the_closing_stand_among_the_deadlines_and_change_no_phase(policy: Policy) -> None:
    moment = datetime(2027, 2, 5, tzinfo=UTC)
    later = policy.model_copy(
        update={"deadlines": policy.deadlines.model_copy(update={"appeals": moment, "closes": moment + SECOND})}
    )

    assert list(deadlines_of(later))[-2:] == ["appeals", "closes"]
    assert phase_of(later, moment + 2 * SECOND, released=True) is Phase.RELEASED
    told = next_deadline(later, moment)
    assert told is not None
    assert told.title == "Appeals until"


def test_an_extension_shifts_the_phase(policy: Policy) -> None:
    own = deadlines_of(policy)["version_1"]

    assert phase_of(policy, own + SECOND, moved={"version_1": own + timedelta(days=2)}) is Phase.DEVELOPING


def test_the_phase_line_marks_one_current_step(policy: Policy) -> None:
    line = phase_line(policy, deadlines_of(policy)["version_1"] + timedelta(days=1))

    assert [(step.phase.value, step.state) for step in line] == [
        ("setup", "done"),
        ("forming", "done"),
        ("proposing", "done"),
        ("developing", "done"),
        ("reviewing", "current"),
        ("responding", "next"),
        ("reworking", "next"),
        ("grading", "next"),
        ("released", "next"),
    ]


def test_a_course_with_milestones_has_them_among_its_deadlines() -> None:
    policy = load_policy(shipped_text("csci4701"))

    upcoming = next_deadline(policy, datetime(2026, 11, 1, tzinfo=UTC))

    assert upcoming is not None
    assert (upcoming.key, upcoming.title, upcoming.due_at) == (
        "milestone_1",
        "Milestone one due",
        datetime(2026, 11, 20, 19, 0, tzinfo=UTC),
    )


def test_no_deadline_is_next_when_all_have_passed(policy: Policy) -> None:
    assert next_deadline(policy, datetime(2030, 1, 1, tzinfo=UTC)) is None


def test_a_course_without_deadlines_has_no_phases() -> None:
    policy = Policy(title="T", term="t", zone="UTC")

    assert (
        phase_line(policy, datetime(2026, 1, 1, tzinfo=UTC)),
        phase_of(policy, datetime(2026, 1, 1, tzinfo=UTC)),
    ) == ((), None)
