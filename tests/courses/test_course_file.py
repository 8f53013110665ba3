"""A wrong course file is refused with all its mistakes at once, each with its place and the nearest right thing."""

from decimal import Decimal

import pytest

from reviewhub.courses.course_file import load_policy, shipped_slugs, shipped_text
from reviewhub.courses.policy_changes import PolicyChange, compare_policies
from reviewhub.errors import BadInput, Problem

CENG796 = shipped_text("ceng796")
SMALL = 'title = "T"\nterm = "t"\nzone = "Europe/Zagreb"\n'


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(BadInput) as refusal:
        load_policy(text, place="c.toml")
    return list(refusal.value.problems)


def changed(old: str, new: str) -> str:
    assert old in CENG796
    return CENG796.replace(old, new, 1)


def test_every_mistake_is_told_at_once() -> None:
    text = """
title = "x"
zone = "Europe/Istambul"
missd = "all"
[deadlines]
version_1 = 2026-12-04 23:59:00
reviews = 2026-12-09 23:59:00
version_2 = 2026-12-08 23:59:00
[review]
per_studnt = 2
window_days = 6
anonymity = "Double"
[points]
share = "half"
coverage_weight = 0.6
[[rubric]]
key = "a"
title = "A"
points = 60
[[rubric]]
key = "B!"
title = "B"
points = 30
[[components]]
key = "m"
title = "m"
weight = 90
[lateness]
versions = { grace = "1m", steps = [{until="1d", off = 10}, {until="2d", off="10%", points=3}]}
"""

    assert [(problem.place, problem.hint) for problem in problems_of(text)] == [
        ("c.toml: term", ""),
        ("c.toml, line 3: zone", "Did you mean Europe/Istanbul?"),
        ("c.toml, line 4: missd", "Did you mean points.missed?"),
        ("c.toml, line 7: deadlines.reviews", "Write 2026-12-11 23:59 or later."),
        ("c.toml, line 8: deadlines.version_2", "The order is starts, groups, proposals, version_1, reviews, responses, version_2, grading, appeals, closes."),
        ("c.toml, line 9: review.form", "Add [[review.form]] rows; ceng796.toml shows how."),
        ("c.toml, line 10: review.per_studnt", "Did you mean per_student?"),
        ("c.toml, line 11: review.window_days", "Write 7 or more."),
        ("c.toml, line 12: review.anonymity", "Did you mean double?"),
        ("c.toml, line 14: points.share", ""),
        ("c.toml, line 15: points.coverage_weight", "Weights of two parts of one grade sum to 1."),
        ("c.toml, line 16: rubric", "That is 10 less than 100."),
        ("c.toml, line 21: rubric[2].key", "Keys are small letters, digits and _, starting with a letter."),
        ("c.toml, line 24: components", "That is 10 less than 100."),
        ("c.toml, line 29: lateness.versions.steps[1].off", 'Write it with the sign, like "10%". For points off 100 use the key points.'),
        ("c.toml, line 29: lateness.versions.steps[2]", 'Give one of off = "10%", points = 10 or zero = true.'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path", "what"),
    [
        ("reviews   = 2026-12-18 23:59:00", "reviews   = 2026-12-11 23:58:59", "deadlines.reviews",
         "Reviewers get 6 d 23 h from version_1 to reviews, which is less than seven days."),
        ("window_days = 7", "window_days = 6", "review.window_days", "Reviewers get at least seven days."),
        ("weight = 30", "weight = 31", "components", "The weights of the components sum to 101, not 100."),
        ("points   = 15", "points   = 14.5", "rubric", "The points of the rubric sum to 99.5, not 100."),
        ("version_1_weight = 0.4 ", "version_1_weight = 0.5 ", "points.version_2_weight",
         "version_1_weight and version_2_weight make 1.1, not 1."),
        ("version_2 = 2027-01-08", "version_2 = 2026-12-24", "deadlines.version_2",
         "version_2 (2026-12-24 23:59) comes before responses (2026-12-25 23:59)."),
        ('key    = "midterm"', 'key    = "homework"', "components", "homework stands there 2 times."),
        ("[[fails]]", '[[bonus]]\nkey = "midterm"\ntitle = "Extra"\n\n[[fails]]', "bonus[1].key",
         "A component is called midterm too, so a list of marks could not say which of them it means."),
        ('key   = "not_presented"', 'key   = "presented"', "fails[2].key",
         "presented has a meaning of its own on the status list."),
        ("cap              = 40 ", "cap              = 140 ", "points.cap", "This must be at most 100."),
        ("cap              = 40 ", "cap              = nan ", "points.cap", "This must be a number, neither inf nor nan."),
        ("cap              = 40 ", "cap              = true ", "points.cap", "This must be a number."),
        ("min   = 1", "min   = 4", "groups.min", "The smallest group is larger than the largest."),
        ("version_1 = 2026-12-04 23:59:00 ", "version_1 = 2026-12-04 ", "deadlines.version_1", "A deadline is a date with a time."),
        ("version_1 = 2026-12-04 23:59:00 ", "", "deadlines.version_1", "A course with peer review needs the deadline version_1."),
        ('columns  = ["What", "Paper reports", "We got", "Tolerance"]', "", "review.form[7].columns", "A table needs columns."),
    ],
)  # fmt: skip
def test_one_wrong_thing_is_told_with_its_path(old: str, new: str, path: str, what: str) -> None:
    (problem,) = problems_of(changed(old, new))

    assert (problem.place.rpartition(": ")[2], problem.what) == (path, what)


def test_a_review_window_of_exactly_seven_days_is_accepted() -> None:
    assert load_policy(changed("reviews   = 2026-12-18", "reviews   = 2026-12-11")).review is not None


@pytest.mark.parametrize("zone", ["+04:00", "-03:30", "+00:00", "UTC", "Asia/Baku", "Europe/Istanbul"])
def test_a_zone_is_a_place_or_an_offset(zone: str) -> None:
    assert load_policy(SMALL.replace("Europe/Zagreb", zone)).zone == zone


@pytest.mark.parametrize("zone", ["UTC+4", "UTC-04:00", "GMT+4", "Etc/GMT-4", "utc+04"])
def test_a_posix_zone_is_refused_because_its_sign_means_the_opposite(zone: str) -> None:
    (problem,) = problems_of(SMALL.replace("Europe/Zagreb", zone))

    assert problem.place == "c.toml, line 3: zone"
    assert problem.what.startswith(
        f"'{zone}' is a POSIX spelling whose sign means the opposite of what it seems to say"
    )


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "+25:00", "+04:75", "+4", "../../etc/passwd", "localtime"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    (problem,) = problems_of(SMALL.replace("Europe/Zagreb", zone))

    assert problem.place == "c.toml, line 3: zone"


def test_a_time_the_clocks_skip_is_refused() -> None:
    (problem,) = problems_of(f"{SMALL}[deadlines]\ngroups = 2027-03-28 02:30:00\n")

    assert problem.what == "2027-03-28 02:30 does not exist in this zone: the clocks are put forward over it."


def test_a_time_that_happens_twice_is_refused_and_an_offset_says_which() -> None:
    (problem,) = problems_of(f"{SMALL}[deadlines]\ngroups = 2026-10-25 02:30:00\n")
    policy = load_policy(f"{SMALL}[deadlines]\ngroups = 2026-10-25T02:30:00+01:00\n")

    assert problem.hint == "Write which one: 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00."
    assert policy.deadlines.groups is not None
    assert policy.deadlines.groups.isoformat() == "2026-10-25T02:30:00+01:00"


def test_a_week_that_loses_an_hour_to_summer_time_is_a_week() -> None:
    text = CENG796.replace("Europe/Istanbul", "Europe/Zagreb")
    text = text.replace("2026-12-04 23:59:00", "2027-03-26 23:59:00").replace(
        "2026-12-18 23:59:00", "2027-04-02 23:59:00"
    )
    text = (
        text.replace("2026-12-25", "2027-04-09").replace("2027-01-08", "2027-04-23").replace("2027-01-22", "2027-05-01")
    )

    assert load_policy(text).deadlines.reviews is not None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = \n", "c.toml, line 1"),
        ("a = 1\na = 2\n", "c.toml, line 2"),
        ("a = " + "[" * 50_000, "c.toml"),
        ("a = " + "9" * 5000, "c.toml"),
        ("\x00", "c.toml, line 1"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, place: str) -> None:
    (problem,) = problems_of(text)

    assert (problem.place, problem.what.startswith("This is not TOML: ")) == (place, True)


@pytest.mark.parametrize(
    "text", ["", "title = 3", "deadlines = 3\nrubric = 'x'", "components = [1, 2]", "[review]\nform = {}"]
)
def test_odd_shapes_are_refused_without_a_crash(text: str) -> None:
    assert problems_of(text)


def test_numbers_are_exact() -> None:
    policy = load_policy(f"{SMALL}[points]\nshare = 0.1\ncap = 33.3\nseverity = {{ major = 7 }}\n")

    assert (policy.points.share, policy.points.cap, policy.points.severity.major) == (
        Decimal("0.1"),
        Decimal("33.3"),
        Decimal(7),
    )


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert load_policy("\ufeff" + SMALL).title == "T"


@pytest.mark.parametrize("slug", shipped_slugs())
def test_a_course_file_compared_with_itself_shows_no_change(slug: str) -> None:
    policy = load_policy(shipped_text(slug))

    assert compare_policies(policy, policy) == ()


def test_changes_are_shown_by_their_path() -> None:
    text = changed("version_2 = 2027-01-08 23:59:00", "version_2 = 2027-01-09 12:00:00").replace(
        "share            = 0.5", "share = 0.25"
    )
    text = text.replace('title  = "Homework"', 'title  = "Home work"').replace(
        "[extensions]\nallowed = true", "[extensions]\nallowed = false"
    )
    text += '\n[lateness.reviews]\nsteps = [{ beyond = true, zero = true }]\n[[bonus]]\nkey = "talk"\ntitle = "Talk"\n'

    changes = compare_policies(load_policy(CENG796), load_policy(text))

    assert [str(change) for change in changes] == [
        "  deadlines.version_2: 2027-01-08 23:59 → 2027-01-09 12:00",
        "  points.share: 0.5 → 0.25",
        "+ lateness.reviews.grace = 0 seconds",
        "+ lateness.reviews.steps[1] = no points",
        "  extensions.allowed: yes → no",
        "  components[homework].title: Homework → Home work",
        "+ bonus[talk].key = talk",
        "+ bonus[talk].title = Talk",
    ]
    assert changes[0] == PolicyChange(place="deadlines.version_2", before="2027-01-08 23:59", after="2027-01-09 12:00")
    assert [change.kind for change in changes[1:3]] == ["changed", "added"]


def test_what_was_taken_out_is_shown_as_removed() -> None:
    with_bonus = load_policy(SMALL + '[[bonus]]\nkey = "talk"\ntitle = "Talk"\n')

    assert [str(change) for change in compare_policies(with_bonus, load_policy(SMALL))] == [
        "- bonus[talk].key = talk",
        "- bonus[talk].title = Talk",
    ]
