"""Late work, at −1 s, 0 and +1 s of every boundary, in the course's zone."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import apply, judge_lateness, length

BAKU = timezone(timedelta(hours=4))
ISTANBUL = ZoneInfo("Europe/Istanbul")
ZAGREB = ZoneInfo("Europe/Zagreb")
DAY = 86_400


def rules(*steps: dict[str, object], grace: str = "0s") -> LateRules:
    return LateRules.model_validate({"grace": grace, "steps": list(steps)})


def csci4701() -> LateRules:
    found = load_policy(shipped_text("csci4701")).lateness.rules_for("milestones")
    assert found is not None
    return found


def akbas() -> LateRules:
    found = load_policy(shipped_text("ceng501-akbas")).lateness.rules_for("homework")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("seconds", "percent", "zero", "no_bonus"),
    [
        (-1, 0, False, False),
        (0, 0, False, False),
        (1, 0, False, False),
        (59, 0, False, False),
        (60, 10, False, False),
        (61, 10, False, False),
        (1799, 10, False, False),
        (1800, 10, False, False),
        (1801, 25, False, True),
        (DAY - 1, 25, False, True),
        (DAY, 25, False, True),
        (DAY + 1, 0, True, False),
    ],
)
def test_tiers_at_every_boundary_of_csci4701(seconds: int, percent: int, zero: bool, no_bonus: bool) -> None:
    deadline = datetime(2026, 11, 20, 23, 0, tzinfo=BAKU)

    judged = judge_lateness(deadline + timedelta(seconds=seconds), deadline, csci4701(), BAKU)

    assert judged.seconds == seconds
    assert judged.on_time == (seconds < 60)
    assert (judged.percent_off, judged.zero, judged.no_bonus) == (Decimal(percent), zero, no_bonus)


def test_fractions_of_a_second_are_rounded_down() -> None:
    deadline = datetime(2026, 11, 20, 23, 0, tzinfo=BAKU)

    judged = judge_lateness(deadline + timedelta(seconds=1800, milliseconds=999), deadline, csci4701(), BAKU)

    assert (judged.seconds, judged.percent_off) == (1800, Decimal(10))


def test_lateness_past_grace_counts_from_the_deadline() -> None:
    deadline = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    hourly = rules({"per": "1h", "off": "5%"}, grace="2h")

    at_grace = judge_lateness(deadline + timedelta(hours=2), deadline, hourly, UTC)

    assert at_grace.percent_off == Decimal(10)


@pytest.mark.parametrize(
    ("received", "points_off", "left_of_100"),
    [
        (datetime(2026, 10, 14, 23, 58, 59), 0, 100),
        (datetime(2026, 10, 14, 23, 59, 0), 0, 100),
        (datetime(2026, 10, 14, 23, 59, 1), 10, 90),
        (datetime(2026, 10, 14, 23, 59, 59), 10, 90),
        (datetime(2026, 10, 15, 0, 0, 0), 10, 90),
        (datetime(2026, 10, 15, 23, 59, 59), 10, 90),
        (datetime(2026, 10, 16, 0, 0, 0), 20, 80),
        (datetime(2026, 10, 23, 12, 0, 0), 90, 10),
        (datetime(2026, 10, 24, 12, 0, 0), 100, 0),
        (datetime(2026, 11, 24, 12, 0, 0), 100, 0),
    ],
)
def test_calendar_days_of_ceng501_akbas(received: datetime, points_off: int, left_of_100: int) -> None:
    deadline = datetime(2026, 10, 14, 23, 59, tzinfo=ISTANBUL)

    judged = judge_lateness(received.replace(tzinfo=ISTANBUL), deadline, akbas(), ISTANBUL)

    assert judged.points_off == Decimal(points_off)
    assert apply(judged, Decimal(100)) == Decimal(left_of_100)


def test_calendar_days_are_the_local_dates_of_the_course() -> None:
    # 23:59 on the 14th in Istanbul is 20:59 UTC: the UTC date is still the 14th when the local one is the 15th.
    deadline = datetime(2026, 10, 14, 20, 59, tzinfo=UTC)

    in_istanbul = judge_lateness(datetime(2026, 10, 15, 21, 0, tzinfo=UTC), deadline, akbas(), ISTANBUL)
    in_utc = judge_lateness(datetime(2026, 10, 15, 21, 0, tzinfo=UTC), deadline, akbas(), UTC)

    assert (in_istanbul.points_off, in_utc.points_off) == (Decimal(20), Decimal(10))


@pytest.mark.parametrize(
    ("local_deadline", "fold_hours"),
    [(datetime(2026, 3, 28, 12, 0), 23), (datetime(2026, 10, 24, 12, 0), 25)],
)
def test_a_day_is_elapsed_time_where_the_clocks_change(local_deadline: datetime, fold_hours: int) -> None:
    deadline = local_deadline.replace(tzinfo=ZAGREB)
    same_time_next_day = (local_deadline + timedelta(days=1)).replace(tzinfo=ZAGREB)
    daily = rules({"until": "1d", "off": "25%"}, {"beyond": True, "zero": True})

    judged = judge_lateness(same_time_next_day.astimezone(UTC), deadline.astimezone(UTC), daily, ZAGREB)
    at_the_end = judge_lateness(deadline.astimezone(UTC) + timedelta(days=1), deadline, daily, ZAGREB)
    past_the_end = judge_lateness(deadline.astimezone(UTC) + timedelta(days=1, seconds=1), deadline, daily, ZAGREB)

    assert judged.seconds == fold_hours * 3600
    assert (at_the_end.zero, past_the_end.zero) == (False, True)


def test_a_calendar_day_is_one_where_the_clocks_change() -> None:
    deadline = datetime(2026, 10, 24, 23, 59, tzinfo=ZAGREB)
    next_evening = datetime(2026, 10, 25, 23, 59, 59, tzinfo=ZAGREB)
    daily = rules({"per": "calendar_day", "points": 10})

    assert judge_lateness(next_evening, deadline, daily, ZAGREB).points_off == Decimal(10)


@pytest.mark.parametrize(
    ("seconds", "points_off"),
    [(1, 10), (3599, 10), (3600, 10), (3601, 20), (4 * 3600, 40), (4 * 3600 + 1, 45), (100 * 3600, 45)],
)
def test_a_started_unit_counts_whole_up_to_the_cap(seconds: int, points_off: int) -> None:
    deadline = datetime(2026, 10, 14, 23, 59, tzinfo=UTC)
    hourly = rules({"per": "h", "points": 10, "cap": 45})

    judged = judge_lateness(deadline + timedelta(seconds=seconds), deadline, hourly, UTC)

    assert judged.points_off == Decimal(points_off)


@pytest.mark.parametrize(
    ("seconds", "percent", "zero"),
    [(3600, 0, False), (3601, 20, False), (DAY, 50, False), (DAY + 1, 0, True)],
)
def test_a_per_unit_step_inside_tiers(seconds: int, percent: int, zero: bool) -> None:
    deadline = datetime(2026, 10, 14, 23, 59, tzinfo=UTC)
    mixed = rules(
        {"until": "1h", "off": "0%"},
        {"until": "1d", "per": "1h", "off": "10%", "cap": "50%"},
        {"beyond": True, "zero": True},
    )

    judged = judge_lateness(deadline + timedelta(seconds=seconds), deadline, mixed, UTC)

    assert (judged.percent_off, judged.zero) == (Decimal(percent), zero)


def test_per_cent_is_of_what_was_earned_and_points_are_off_100() -> None:
    deadline = datetime(2026, 10, 14, 23, 59, tzinfo=UTC)
    a_minute_late = deadline + timedelta(minutes=1)
    percent = judge_lateness(a_minute_late, deadline, rules({"beyond": True, "off": "25%"}), UTC)
    points = judge_lateness(a_minute_late, deadline, rules({"beyond": True, "points": 10}), UTC)

    assert percent.apply(Decimal(80)) == Decimal(60)
    assert points.apply(Decimal(80)) == Decimal(70)
    assert points.apply(Decimal(16), out_of=Decimal(20)) == Decimal(14)
    assert points.apply(Decimal(4)) == Decimal(0)


def test_late_work_without_a_policy_is_left_to_the_staff() -> None:
    deadline = datetime(2026, 12, 4, 23, 59, tzinfo=ISTANBUL)

    judged = judge_lateness(deadline + timedelta(minutes=40), deadline, None, ISTANBUL)

    assert (judged.on_time, judged.undecided, judged.earns_points) == (False, True, False)
    assert judged.apply(Decimal(80)) == Decimal(80)
    assert judged.rule_sentence == "40 minutes late: the course states no late policy, so the staff decide."


def test_a_waived_lateness_is_late_and_free() -> None:
    deadline = datetime(2026, 11, 20, 23, 0, tzinfo=BAKU)

    judged = judge_lateness(deadline + timedelta(days=3), deadline, csci4701(), BAKU, waived=True)

    assert (judged.on_time, judged.zero, judged.earns_points, judged.cost) == (False, False, True, "no cost")


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (0, "On time."),
        (30, "30 seconds late, within the grace of 1 minute: on time."),
        (2400, "40 minutes late: up to 1 day late: 25 % off and no claim to bonuses."),
        (DAY + 3600, "1 day 1 hour late: more than 1 day late: no points."),
    ],
)
def test_the_rule_is_said_in_a_sentence(seconds: int, sentence: str) -> None:
    deadline = datetime(2026, 11, 20, 23, 0, tzinfo=BAKU)

    assert judge_lateness(deadline + timedelta(seconds=seconds), deadline, csci4701(), BAKU).rule_sentence == sentence


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (1, "1 second"), (3600, "1 hour"), (90_061, "1 day 1 hour"), (86_460, "1 day")],
)
def test_length_says_the_two_largest_units(seconds: int, text: str) -> None:
    assert length(seconds) == text
