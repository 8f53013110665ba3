from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from reviewhub.web.formatting import (
    due_tone,
    format_clock,
    format_date,
    format_duration,
    format_instant,
    format_moment,
    format_number,
    format_offset,
    format_points,
    format_relative,
    format_size,
    initials,
    offset_minutes,
    plural,
    tint,
)

ISTANBUL = ZoneInfo("Europe/Istanbul")
ZAGREB = ZoneInfo("Europe/Zagreb")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
AT = datetime(2025, 11, 21, 20, 59, tzinfo=UTC)


def test_moment_names_its_zone() -> None:
    assert format_moment(AT, ISTANBUL) == "Fri 21 Nov 2025, 23:59 UTC+3"
    assert format_moment(AT, ZAGREB) == "Fri 21 Nov 2025, 21:59 CET"
    assert format_moment(AT, KATHMANDU) == "Sat 22 Nov 2025, 02:44 UTC+5:45"
    assert format_moment(AT, UTC) == "Fri 21 Nov 2025, 20:59 UTC"


def test_moment_in_the_year_of_now_leaves_the_year_out() -> None:
    assert format_moment(AT, ISTANBUL, datetime(2025, 1, 1, tzinfo=UTC)) == "Fri 21 Nov, 23:59 UTC+3"
    # In Istanbul it is 2026 already.
    assert format_date(AT, ISTANBUL, datetime(2025, 12, 31, 22, 0, tzinfo=UTC)) == "Fri 21 Nov 2025"


def test_moment_in_summer_time_takes_the_zone_of_that_day() -> None:
    summer = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)
    assert format_offset(summer, ZAGREB) == "CEST"
    assert offset_minutes(summer, ZAGREB) == 120
    assert offset_minutes(AT, ZAGREB) == 60


def test_offset_west_of_utc_has_a_minus() -> None:
    assert format_offset(AT, ZoneInfo("America/Sao_Paulo")) == "UTC−3"


def test_clock_shows_seconds_only_where_there_are_some() -> None:
    assert format_clock(AT, ISTANBUL) == "23:59"
    assert format_clock(AT + timedelta(seconds=59), ISTANBUL) == "23:59:59"


def test_instant_is_utc_to_the_second() -> None:
    assert format_instant(AT.astimezone(ISTANBUL)) == "2025-11-21T20:59:00Z"


def test_nothing_is_shown_as_a_dash() -> None:
    shown = [
        format_moment(None, UTC),
        format_date(None, UTC),
        format_clock(None, UTC),
        format_relative(None, AT),
        format_points(None),
        format_size(None),
    ]
    assert shown == ["—"] * 6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"),
        (-29, "now"),
        (30, "in 30 seconds"),
        (61, "in 1 min"),
        (-2400, "40 min ago"),
        (3599, "in 59 min"),
        (3600, "in 1 hour"),
        (47 * 3600 + 3599, "in 47 hours"),
        (48 * 3600, "in 2 days"),
        (-86400 * 13, "13 days ago"),
        (86400 * 28, "in 4 weeks"),
    ],
)
def test_relative_time_is_rounded_down(seconds: int, text: str) -> None:
    assert format_relative(AT + timedelta(seconds=seconds), AT) == text


def test_duration_of_one_is_singular() -> None:
    assert [format_duration(seconds) for seconds in (1, 3600, 86400 * 2)] == ["1 second", "1 hour", "2 days"]


def test_due_tone_turns_at_the_moment_and_two_days_before() -> None:
    tones = [due_tone(AT + timedelta(seconds=seconds), AT) for seconds in (-1, 0, 1, 172800, 172801)]
    assert tones == ["bad", "bad", "warn", "warn", "plain"]
    assert due_tone(None, AT) == "plain"


@pytest.mark.parametrize(
    ("points", "plain", "signed"),
    [
        ("0", "0.00", "0.00"),
        ("-0.004", "0.00", "0.00"),
        ("0.005", "0.01", "+0.01"),
        ("-0.005", "−0.01", "−0.01"),
        ("2.675", "2.68", "+2.68"),
        ("-15", "−15.00", "−15.00"),
        (
            "1234567890123456789012345678.125",
            "1234567890123456789012345678.13",
            "+1234567890123456789012345678.13",
        ),
    ],
)
def test_points_are_shown_at_two_places_half_up(points: str, plain: str, signed: str) -> None:
    assert format_points(Decimal(points)) == plain
    assert format_points(Decimal(points), signed=True) == signed


def test_size_takes_the_largest_unit() -> None:
    sizes = (0, 1023, 1024, 10_137, 10_240, 2_400_000, 5 * 1024**3)
    assert [format_size(size) for size in sizes] == [
        "0 B",
        "1023 B",
        "1.0 KB",
        "9.9 KB",
        "10 KB",
        "2.3 MB",
        "5.0 GB",
    ]


def test_plural_of_one_and_of_many() -> None:
    assert [plural(0, "finding"), plural(1, "finding"), plural(2, "reply", "replies")] == [
        "0 findings",
        "1 finding",
        "2 replies",
    ]
    assert format_number(12480) == "12\u202f480"


def test_initials_of_any_name() -> None:
    names = ("Çağla Şahin", "Li", "Maximiliane von und zu Wolfsburg", "", "  ", "( ) *", "Reviewer 2")
    assert [initials(name) for name in names] == ["ÇŞ", "L", "MW", "?", "?", "?", "R2"]


def test_tint_is_the_same_on_every_machine() -> None:
    assert [tint("Ada"), tint("Barış"), tint("Çağla"), tint("")] == [3, 1, 0, 5]
    assert tint("\ud800") in range(6)
