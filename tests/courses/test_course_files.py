"""The five course files that ship load to the facts of their courses, worked out by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from reviewhub.courses.course_file import load_policy, shipped_slugs, shipped_text
from reviewhub.courses.policy import Policy
from reviewhub.courses.totals import Component


def load(slug: str) -> Policy:
    return load_policy(shipped_text(slug), place=f"{slug}.toml")


def weights(components: tuple[Component, ...]) -> dict[str, int]:
    return {component.key: int(component.weight or 0) for component in components}


def test_the_five_courses_ship() -> None:
    assert shipped_slugs() == ("ceng501-akbas", "ceng501-kalkan", "ceng796", "csci4701", "dl1")


def test_ceng796_weighs_its_components() -> None:
    policy = load("ceng796")

    assert weights(policy.components) == {
        "midterm": 30,
        "presentation": 20,
        "developer": 30,
        "reviewer": 10,
        "homework": 10,
    }
    assert {c.key: c.kind for c in policy.components if c.kind != "imported"} == {
        "presentation": "presentation",
        "developer": "developer",
        "reviewer": "reviewer",
    }


def test_ceng796_has_the_numbers_of_the_shared_penalty() -> None:
    points = load("ceng796").points

    assert points.model_dump() == {
        "severity": {
            "critical": Decimal(15),
            "major": Decimal(8),
            "minor": Decimal(3),
            "trivial": Decimal(1),
        },
        "version_1_weight": Decimal("0.4"),
        "version_2_weight": Decimal("0.6"),
        "not_fixed": Decimal("1.0"),
        "partly": Decimal("0.5"),
        "unseen_in_v2": Decimal("1.0"),
        "share": Decimal("0.5"),
        "missed": "all",
        "partial_match": Decimal("0.5"),
        "cap": Decimal(40),
        "quality_weight": Decimal("0.5"),
        "coverage_weight": Decimal("0.5"),
        "slack": Decimal(5),
        "coverage_ratio": Decimal("0.80"),
        "coverage_count": 6,
    }


def test_the_defaults_are_those_of_ceng796() -> None:
    bare = Policy(title="T", term="t", zone="UTC")

    assert bare.points == load("ceng796").points


def test_ceng796_reviews_two_projects_each_for_at_least_a_week() -> None:
    policy = load("ceng796")

    assert policy.review is not None
    assert (policy.review.per_student, policy.review.reviewers, policy.review.anonymity) == (
        2,
        "persons",
        "single",
    )
    assert (policy.review.release, policy.review.window_days) == ("at_deadline", 7)
    assert policy.deadlines.version_1 is not None
    assert policy.deadlines.reviews is not None
    assert policy.deadlines.reviews - policy.deadlines.version_1 == timedelta(days=14)
    assert policy.deadlines.version_1 == datetime(2026, 12, 4, 20, 59, tzinfo=UTC)


def test_ceng796_has_the_form_and_a_rubric_of_100_points() -> None:
    policy = load("ceng796")

    assert policy.review is not None
    assert [item.key for item in policy.review.form] == [
        "paper", "goals", "method", "code", "data", "notebook", "results", "difficulties", "licence", "comments",
    ]  # fmt: skip
    assert [row.key for row in policy.quality] == ["specific", "correct", "constructive", "complete"]
    assert sum(row.points for row in policy.rubric) == 100


def test_ceng796_names_what_may_fail_a_student() -> None:
    fails = load("ceng796").fails

    assert {rule.key: (rule.when, rule.holds_for) for rule in fails} == {
        "too_few_proposals": ("status", "everybody"),
        "not_presented": ("status", "everybody"),
        "not_submitted": ("not_submitted", "alone"),
        "no_contribution": ("status", "group_members"),
        "no_proper_review": ("no_proper_review", "everybody"),
        "absent_midterm": ("status", "everybody"),
        "absent_demonstration": ("status", "everybody"),
        "plagiarism": ("status", "everybody"),
    }
    assert {rule.brings for rule in fails} == {("FF", "NA")}


def test_ceng796_invents_neither_letters_nor_late_rules() -> None:
    policy = load("ceng796")

    assert policy.letters == ()
    assert [policy.lateness.rules_for(kind) for kind in ("proposals", "versions", "reviews", "slides")] == [None] * 4


def test_ceng796_presentations_take_twenty_minutes_with_drafts_two_days_before() -> None:
    presentations = load("ceng796").presentations

    assert presentations is not None
    assert (presentations.minutes, presentations.draft_days_before, presentations.slides_due) == (
        20,
        2,
        "before_class",
    )
    assert presentations.slides_published is True


def test_ceng501_akbas_takes_ten_points_a_calendar_day_and_has_about_forty_seats() -> None:
    policy = load("ceng501-akbas")
    rules = policy.lateness.rules_for("homework")

    assert rules is not None
    assert [(step.per, step.points, step.cap, step.until) for step in rules.steps] == [
        ("calendar_day", Decimal(10), None, None)
    ]
    assert policy.seats is not None
    assert (policy.seats.at_least, policy.seats.at_most, len(policy.seats.priority)) == (35, 40, 4)
    assert (policy.seats.registered_stay, policy.seats.list_published) == (True, True)
    assert (policy.components, policy.letters, policy.review) == ((), (), None)


def test_ceng501_kalkan_weighs_quizzes_final_and_project() -> None:
    policy = load("ceng501-kalkan")

    assert weights(policy.components) == {"quizzes": 20, "final": 35, "project": 45}
    assert (policy.lateness.rules_for("versions"), policy.letters, policy.repository.layout) == (
        None,
        (),
        "folder",
    )


def test_csci4701_weighs_a_project_in_three_parts_and_the_best_eight_of_nine_quizzes() -> None:
    policy = load("csci4701")
    project, quizzes = policy.components[0], policy.components[1]

    assert weights(policy.components) == {"project": 25, "quizzes": 25, "midterm": 25, "final": 25}
    assert weights(project.parts) == {"proposal": 10, "milestone_1": 45, "milestone_2": 45}
    assert (quizzes.best, quizzes.of) == (8, 9)


def test_csci4701_proposals_earn_by_outcome() -> None:
    marks = load("csci4701").proposal_marks

    assert marks is not None
    ten = [getattr(marks, outcome) * 10 / 100 for outcome in ("passed", "revise", "revised", "rejected", "replaced")]
    assert ten == [10, 0, 10, 0, 5]


def test_csci4701_is_due_at_23_four_hours_ahead_and_never_extended() -> None:
    policy = load("csci4701")
    moments = [policy.deadlines.proposals, *policy.deadlines.milestones.values()]

    assert [moment and moment.hour for moment in moments] == [19, 19, 19]  # 23:00 at +04:00, in UTC
    assert policy.extensions.allowed is False
    assert policy.groups is not None
    assert (policy.groups.max, policy.groups.random_days_before_proposals) == (3, 7)


def test_csci4701_has_a_minute_of_grace_and_two_tiers() -> None:
    rules = load("csci4701").lateness.rules_for("milestones")

    assert rules is not None
    assert rules.grace == 60
    assert [(step.until, step.off, step.no_bonus, step.zero) for step in rules.steps] == [
        (1800, Decimal(10), False, False),
        (86_400, Decimal(25), True, False),
        (None, None, False, True),
    ]


def test_dl1_has_two_ways_with_their_thresholds() -> None:
    policy = load("dl1")
    exam, continuous = policy.schemes

    assert (exam.when_marked, continuous.when_marked, policy.scheme_choice) == (
        "written",
        None,
        "first_that_applies",
    )
    assert exam.weights == {"laboratory": 0, "written": 80, "oral": 20}
    assert exam.thresholds == {"laboratory": 50, "written": 50}
    assert continuous.weights == {"laboratory": 20, "midterm": 40, "final": 40}
    assert continuous.thresholds == {"laboratory": 40}


@pytest.mark.parametrize(
    ("letter", "at_least", "fails"),
    [("5", 89, False), ("4", 76, False), ("3", 63, False), ("2", 50, False), ("1", 0, True)],
)
def test_dl1_letters(letter: str, at_least: int, fails: bool) -> None:
    row = next(row for row in load("dl1").letters if row.letter == letter)

    assert (row.at_least, row.fails) == (Decimal(at_least), fails)


def test_dl1_has_a_bonus_without_a_stated_limit_and_four_exercises() -> None:
    policy = load("dl1")

    assert [(row.key, row.at_most) for row in policy.bonus] == [("seminar", None)]
    assert policy.components[0].of == 4
