"""The ledger: sums, sentences, citations, lateness, and the same bytes each time."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, getcontext

from reviewhub.courses.late_steps import LateRules
from reviewhub.grades.evidence import Arrival, GradingFacts, Verdict
from reviewhub.grades.ledger import canonical_bytes, digest_of, ledger_of, project_ledger, sheets_of
from reviewhub.grades.lines import Citation, Component
from tests.grades.builders import DUE, a_mistake, a_policy, a_project, a_review, amounts, full, grades

TIERS = LateRules.model_validate(
    {"steps": [{"until": "30m", "off": "10%"}, {"until": "1d", "off": "25%"}, {"beyond": True, "zero": True}]}
)
PER_DAY = LateRules.model_validate({"steps": [{"per": "calendar_day", "points": 10}]})


def late_policy(**rules):
    policy = a_policy()
    return policy.model_copy(update={"lateness": policy.lateness.model_copy(update=rules)})


def arriving(seconds, project):
    arrival = Arrival(due_at=DUE, received_at=DUE + timedelta(seconds=seconds))
    first, *others = project.snapshots
    return replace(project, snapshots=(replace(first, arrival=arrival), *others))


def test_late_version_loses_per_cent_of_what_it_earned_at_every_boundary():
    # One major mistake: 92 earned.
    project = a_project(mistakes=(a_mistake(1),))

    told = {
        seconds: grades(arriving(seconds, project), late_policy(versions=TIERS))["version_1"]
        for seconds in (-1, 0, 1, 1799, 1800, 1801, 86_399, 86_400, 86_401)
    }

    assert told == {
        -1: Decimal(92),
        0: Decimal(92),
        1: Decimal("82.8"),  # 92 − 9.2
        1799: Decimal("82.8"),
        1800: Decimal("82.8"),  # 30 min 0 s is still 10 %
        1801: Decimal(69),  # 92 − 23
        86_399: Decimal(69),
        86_400: Decimal(69),
        86_401: Decimal(0),
    }


def test_points_off_for_each_calendar_day_stop_at_zero_with_a_line_of_their_own():
    # Due at 23:59:59 in Istanbul. 40 points are left; 5 local days late: −50, balanced by +10.
    project = a_project(mistakes=tuple(a_mistake(n, "critical") for n in range(1, 5)))

    entries = project_ledger(arriving(4 * 86_400 + 1, project), late_policy(versions=PER_DAY))

    assert amounts(entries, Component.VERSION_1, "late") == [Decimal(-50), Decimal(10)]


def test_late_review_loses_from_the_whole_review_grade():
    review = a_review("a", marks="80 80 80 80")
    arrival = Arrival(due_at=DUE, received_at=DUE + timedelta(minutes=10))
    project = a_project(assignments=(replace(review, review=replace(review.review, arrival=arrival)),))

    # 0.5 · 80 + 0.5 · 100 = 90, less 10 %
    assert grades(project, late_policy(reviews=TIERS))["review a"] == Decimal(81)


def test_lateness_without_a_late_policy_is_said_and_costs_nothing():
    entries = project_ledger(arriving(60, a_project()), a_policy())

    late = [(one.amount, one.rule) for one in entries if one.part == "late"]
    assert late == [
        (
            Decimal(0),
            (
                "Due 2025-12-01 23:59:59, received 2025-12-02 00:00:59, 1 minute late: the course states no late"
                " policy, so it costs nothing by rule."
            ),
        )
    ]


def test_lateness_that_an_extension_waives_is_said_and_costs_nothing():
    project = a_project()
    arrival = Arrival(due_at=DUE, received_at=DUE + timedelta(hours=2), waived=True)
    first, second = project.snapshots
    waived = replace(project, snapshots=(replace(first, arrival=arrival), second))

    late = [one for one in project_ledger(waived, late_policy(versions=TIERS)) if one.part == "late"]

    assert [(one.amount, one.rule.rpartition(", ")[2]) for one in late] == [
        (Decimal(0), "2 hours late: the penalty is waived by an extension.")
    ]


def test_lateness_comes_after_a_review_is_held_at_0_and_takes_it_no_lower():
    # Quality 0; coverage 5 ÷ 65 ÷ 0.8 = 0.0961…, so 4.807…; losses 30: −25.19…, held at 0; 10 points off leave 0.
    review = a_review("a", marks="0 0 0 0")
    late = replace(review.review, arrival=Arrival(due_at=DUE, received_at=DUE + timedelta(hours=1)))
    mistakes = tuple(a_mistake(n, "critical") for n in range(1, 5))
    project = a_project(mistakes=mistakes, assignments=(replace(review, review=late),))

    entries = project_ledger(project, late_policy(reviews=PER_DAY))

    parts = [(one.part, round(one.amount, 2)) for one in entries if one.component is Component.REVIEW][5:]
    assert parts == [
        *[("missed", Decimal("-7.50"))] * 4,
        ("hold", Decimal("25.19")),
        ("late", Decimal(-10)),
        ("late", Decimal(10)),
    ]


def test_lines_say_their_rule_with_the_policys_numbers():
    project = a_project(
        mistakes=(
            a_mistake(1, title="Loss has the wrong sign", verdict=Verdict.PARTLY),
            a_mistake(2, "minor", points=Decimal("2.5"), criterion="notebook", verdict=Verdict.FIXED),
        ),
        assignments=(a_review("a", marks="80"),),
    )

    rules = [one.rule for one in project_ledger(project, a_policy())]

    assert rules == [
        "“Method” starts at 60 points.",
        "M1 “Loss has the wrong sign”: a major mistake takes 8 points off its criterion.",
        "“Notebook” starts at 40 points.",
        "M2 “mistake 2”: the instructor set 2.5 points for it.",
        "“Method” starts at 60 points.",
        "M1 “Loss has the wrong sign” was in version 1 and is partly fixed in version 2: 0.5 × its 8 points.",
        "“Notebook” starts at 40 points.",
        "M2 “mistake 2” was in version 1 and is fixed in version 2: it costs nothing here.",
        "Version 1 counts 0.4 of the developer grade: 0.4 × 89.50.",
        "Version 2 counts 0.6 of the developer grade: 0.6 × 96.00.",
        "Quality, “Specific”: 80 of 100, and it counts 0.5 × 25 % of the review grade.",
        "Quality, “Correct”: not marked yet; it counts 0.5 × 25 % of the review grade.",
        "Quality, “Constructive”: not marked yet; it counts 0.5 × 25 % of the review grade.",
        "Quality, “Complete”: not marked yet; it counts 0.5 × 25 % of the review grade.",
        (
            "Coverage 40.32: this review noted 0 of 10.5 points. With 5 points of slack on both sides that is 0.32, where"
            " 0.8 is full (40.32); and it noted 0 of 2 mistakes, where 6 is full (0.00). The better of the two counts × 0.5."
        ),
        "M1 “Loss has the wrong sign” was missed by every reviewer: each of them loses 0.5 × its 8 points.",
        "M2 “mistake 2” was missed by every reviewer: each of them loses 0.5 × its 2.5 points.",
    ]


def test_lines_cite_what_they_rest_on():
    project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a", "mistake"),), matches=(full("a1", 1),))

    entries = project_ledger(project, a_policy())

    assert entries[1].citations == (Citation("mistake", "m1"),)
    coverage = next(one for one in entries if one.part == "coverage")
    assert coverage.citations == (
        Citation("review", "ra"),
        Citation("mistake", "m1"),
        Citation("finding", "a1"),
    )


def test_ledger_is_the_same_to_the_byte_whatever_context_the_caller_has():
    facts = GradingFacts(
        projects=(
            a_project(key="B", mistakes=(a_mistake(1),), assignments=(a_review("a"), a_review("b"))),
            a_project(key="A"),
        )
    )
    first = canonical_bytes(ledger_of(facts, a_policy()))

    getcontext().prec = 5
    try:
        again = canonical_bytes(ledger_of(replace(facts, projects=facts.projects[::-1]), a_policy()))
    finally:
        getcontext().prec = 28

    assert again == first


def test_digest_changes_with_any_decision():
    one = GradingFacts(projects=(a_project(mistakes=(a_mistake(1),)),))
    other = GradingFacts(projects=(a_project(mistakes=(a_mistake(1, verdict=Verdict.FIXED),)),))

    assert digest_of(ledger_of(one, a_policy())) != digest_of(ledger_of(other, a_policy()))
    assert len(digest_of(ledger_of(one, a_policy()))) == 64


def test_sheet_is_the_sum_of_its_lines():
    project = a_project(mistakes=(a_mistake(1), a_mistake(2, "critical")), assignments=(a_review("a"),))

    sheets = sheets_of(project_ledger(project, a_policy()))

    assert [sum(line.amount for line in one.entries) for one in sheets.values()] == [
        one.total for one in sheets.values()
    ]
