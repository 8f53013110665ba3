"""SPEC §3 as the syllabus reads it; every number is worked out beside the assertion."""

from decimal import Decimal

from reviewhub.grades.evidence import AdjustmentFact, Decision, GradingFacts, Verdict
from reviewhub.grades.ledger import ledger_of, project_ledger, sheets_of
from reviewhub.grades.lines import Component
from tests.grades.builders import (
    QUESTION_ACCEPTED,
    a_mistake,
    a_policy,
    a_project,
    a_review,
    amounts,
    full,
    grades,
    partial,
)


def test_version_without_mistakes_has_100_points():
    assert grades(a_project()) == {"version_1": Decimal(100), "version_2": Decimal(100), "developer dev": Decimal(100)}


def test_mistake_takes_the_points_of_its_severity_off_its_criterion():
    severities = ("critical", "major", "minor", "trivial")  # 15 + 8 + 3 + 1 = 27
    project = a_project(mistakes=tuple(a_mistake(n, severity) for n, severity in enumerate(severities, start=1)))

    assert grades(project)["version_1"] == Decimal(73)


def test_mistake_with_the_instructors_own_number_takes_that_number():
    project = a_project(mistakes=(a_mistake(1, "major", points=Decimal("2.5")),))

    assert grades(project)["version_1"] == Decimal("97.5")


def test_criterion_below_zero_is_balanced_by_a_line_of_its_own():
    # Method has 60 points; 5 critical mistakes take 75: it stops at 0, and the notebook's 40 stay.
    project = a_project(mistakes=tuple(a_mistake(n, "critical") for n in range(1, 6)))

    entries = project_ledger(project, a_policy())

    assert grades(project)["version_1"] == Decimal(40)
    assert amounts(entries, Component.VERSION_1, "method") == [Decimal(60), *[Decimal(-15)] * 5, Decimal(15)]
    assert entries[6].rule == "“Method” cannot go below 0."


def test_version_2_carries_version_1_mistakes_by_the_verdict():
    # not fixed 8 · 1 = 8; partly 15 · 0.5 = 7.5; fixed and obsolete nothing; new in version 2: 3 → 100 − 18.5
    project = a_project(
        mistakes=(
            a_mistake(1, "major", verdict=Verdict.NOT_FIXED),
            a_mistake(2, "critical", verdict=Verdict.PARTLY),
            a_mistake(3, "critical", verdict=Verdict.FIXED),
            a_mistake(4, "major", verdict=Verdict.OBSOLETE),
            a_mistake(5, "minor", version_in=2, verdict=None),
        )
    )

    told = grades(project)

    assert told["version_1"] == Decimal(54)  # 100 − 8 − 15 − 15 − 8
    assert told["version_2"] == Decimal("81.5")
    assert told["developer dev"] == Decimal("70.5")  # 0.4 · 54 + 0.6 · 81.5 = 21.6 + 48.9


def test_mistakes_no_review_named_can_weigh_less_in_version_2():
    # Two major mistakes, one of them named: 8 + 8 · 0.25 = 10.
    project = a_project(
        mistakes=(a_mistake(1), a_mistake(2)),
        assignments=(a_review("a", "mistake"),),
        matches=(full("a1", 1),),
    )

    assert grades(project, a_policy(unseen_in_v2="0.25"))["version_2"] == Decimal(90)


def test_mistake_named_by_a_released_drop_out_counts_as_named():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake", held=False),),
        matches=(full("a1", 1),),
    )

    assert grades(project, a_policy(unseen_in_v2="0.0"))["version_2"] == Decimal(92)


def test_version_that_was_not_submitted_counts_zero():
    told = grades(a_project(versions=(1,), mistakes=(a_mistake(1),)))

    assert told == {"version_1": Decimal(92), "version_2": Decimal(0), "developer dev": Decimal("36.8")}  # 0.4 · 92


def test_members_adjustment_moves_that_member_alone_and_is_held_at_100():
    project = a_project(
        developers=("ayse", "baris"),
        mistakes=(a_mistake(1, "minor", verdict=Verdict.FIXED),),
        adjustments=(
            AdjustmentFact(adjustment_id="x", enrollment_id="ayse", points=Decimal(5), reason="Wrote the paper."),
        ),
    )

    told = grades(project)

    assert told["developer baris"] == Decimal("98.8")  # 0.4 · 97 + 0.6 · 100
    assert told["developer ayse"] == Decimal(100)  # 103.8, held


def test_mistake_noted_in_a_review_costs_the_developers_only():
    project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a", "mistake"),), matches=(full("a1", 1),))

    told = grades(project)

    assert told["version_1"] == Decimal(92)
    assert told["review a"] == Decimal(100)  # coverage (8 + 5) ÷ (8 + 5) = 1


def test_mistake_missed_in_review_costs_developers_and_reviewer():
    project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a"),))

    told = grades(project)

    # Coverage: r = 5 ÷ 13 = 0.384615…; ÷ 0.80 = 0.480769…, so 48.0769…; loss 0.5 · 8 = 4.
    # 0.5 · 100 + 0.5 · 48.0769… − 4 = 70.0384…
    assert told["version_1"] == Decimal(92)
    assert round(told["review a"], 4) == Decimal("70.0385")


def test_all_policy_spares_every_reviewer_once_one_noted_it():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake"), a_review("b")),
        matches=(full("a1", 1),),
    )

    entries = project_ledger(project, a_policy(missed="all"))

    assert amounts(entries, Component.REVIEW, "missed") == []


def test_all_policy_lets_each_reviewer_pay_when_none_noted_it():
    project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a"), a_review("b")))

    entries = project_ledger(project, a_policy(missed="all"))

    assert amounts(entries, Component.REVIEW, "missed") == [Decimal(-4), Decimal(-4)]


def test_each_policy_lets_whoever_did_not_note_it_pay():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake"), a_review("b")),
        matches=(full("a1", 1),),
    )

    entries = project_ledger(project, a_policy(missed="each"))

    missed = [(one.subject.subject_id, one.amount) for one in entries if one.part == "missed"]
    assert missed == [("asb", Decimal(-4))]


def test_partial_match_halves_the_loss_of_all_under_all_and_of_its_author_under_each():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake"), a_review("b")),
        matches=(partial("a1", 1),),
    )

    # share 0.5 · 8 · (1 − 0.5) = 2
    assert amounts(project_ledger(project, a_policy(missed="all")), Component.REVIEW, "missed") == [
        Decimal(-2),
        Decimal(-2),
    ]
    assert amounts(project_ledger(project, a_policy(missed="each")), Component.REVIEW, "missed") == [
        Decimal(-2),
        Decimal(-4),
    ]


def test_best_of_several_matches_counts():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake", "missing"),),
        matches=(partial("a1", 1), full("a2", 1)),
    )

    assert grades(project)["review a"] == Decimal(100)


def test_mistake_that_cannot_be_detected_never_costs_a_reviewer_nor_counts_in_coverage():
    project = a_project(mistakes=(a_mistake(1, "critical", detectable=False),), assignments=(a_review("a"),))

    told = grades(project)

    assert told["version_1"] == Decimal(85)
    assert told["review a"] == Decimal(100)


def test_mistake_of_version_2_never_costs_a_reviewer():
    project = a_project(mistakes=(a_mistake(1, version_in=2, verdict=None),), assignments=(a_review("a"),))

    told = grades(project)

    assert (told["version_1"], told["version_2"], told["review a"]) == (Decimal(100), Decimal(92), Decimal(100))


def test_question_notes_a_mistake_only_once_the_instructor_accepted_it_and_a_remark_never():
    def missed(kind):
        project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a", kind),), matches=(full("a1", 1),))
        return amounts(project_ledger(project, a_policy()), Component.REVIEW, "missed")

    assert missed("mistake") == []
    assert missed("missing") == []
    assert missed(QUESTION_ACCEPTED) == []
    assert missed("question") == [Decimal(-4)]
    assert missed("remark") == [Decimal(-4)]
    assert missed(("remark", Decision.QUESTION_ACCEPTED)) == [Decimal(-4)]


def test_finding_the_instructor_rejected_notes_nothing():
    rejected = ("mistake", Decision.REJECTED)
    project = a_project(mistakes=(a_mistake(1),), assignments=(a_review("a", rejected),), matches=(full("a1", 1),))

    assert amounts(project_ledger(project, a_policy()), Component.REVIEW, "missed") == [Decimal(-4)]


def test_reviewer_who_dropped_out_neither_pays_nor_spares_the_others():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake", held=False), a_review("b")),
        matches=(full("a1", 1),),
    )

    entries = project_ledger(project, a_policy())

    missed = [(one.subject.subject_id, one.amount) for one in entries if one.part == "missed"]
    assert missed == [("asb", Decimal(-4))]
    assert "review a" not in grades(project)


def test_losses_of_one_project_stop_at_the_cap():
    # 6 critical mistakes missed: 6 · 0.5 · 15 = 45, stops at 40. Coverage: 5 ÷ 95 ÷ 0.8 = 6.5789…
    project = a_project(mistakes=tuple(a_mistake(n, "critical") for n in range(1, 7)), assignments=(a_review("a"),))

    entries = project_ledger(project, a_policy())

    assert amounts(entries, Component.REVIEW, "missed") == [*[Decimal("-7.5")] * 6, Decimal(5)]
    assert round(grades(project)["review a"], 4) == Decimal("13.2895")  # 50 + 3.2895 − 40


def test_review_grade_is_held_at_zero():
    project = a_project(
        mistakes=tuple(a_mistake(n, "critical") for n in range(1, 7)),
        assignments=(a_review("a", marks="0 0 0 0"),),
    )

    assert grades(project)["review a"] == Decimal(0)


def test_coverage_is_full_at_the_ratio_or_at_the_count_whichever_is_better():
    mistakes = tuple(a_mistake(n, "trivial") for n in range(1, 7)) + tuple(
        a_mistake(n, "critical", detectable=True) for n in range(7, 10)
    )
    six_trifles = a_project(
        mistakes=mistakes,
        assignments=(a_review("a", *["mistake"] * 6),),
        matches=tuple(full(f"a{n}", n) for n in range(1, 7)),
    )

    coverage = amounts(project_ledger(six_trifles, a_policy()), Component.REVIEW, "coverage")

    # By points (6 + 5) ÷ (51 + 5) = 0.196; by count 6 of 6: full, 0.5 · 100.
    assert coverage == [Decimal(50)]


def test_coverage_counts_partial_matches_with_half_their_points_and_as_one():
    # One critical, noted in part: r = (7.5 + 5) ÷ (15 + 5) = 0.625, ÷ 0.8 = 0.78125; by count 1 ÷ 6.
    project = a_project(
        mistakes=(a_mistake(1, "critical"),),
        assignments=(a_review("a", "mistake"),),
        matches=(partial("a1", 1),),
    )

    assert amounts(project_ledger(project, a_policy()), Component.REVIEW, "coverage") == [Decimal("39.0625")]


def test_coverage_is_ones_own_also_where_all_are_spared():
    project = a_project(
        mistakes=(a_mistake(1, "critical"),),
        assignments=(a_review("a", "mistake"), a_review("b")),
        matches=(full("a1", 1),),
    )

    entries = project_ledger(project, a_policy(missed="all"))

    # b: 5 ÷ 20 ÷ 0.8 = 0.3125
    assert amounts(entries, Component.REVIEW, "coverage") == [Decimal(50), Decimal("15.625")]


def test_quality_is_the_weighted_mean_of_the_marks():
    project = a_project(assignments=(a_review("a", marks="100 80 60 40"),))

    # quality (100 + 80 + 60 + 40) ÷ 4 = 70; 0.5 · 70 + 0.5 · 100
    assert grades(project)["review a"] == Decimal(85)


def test_reviewer_grade_is_the_mean_and_a_missing_review_counts_zero():
    one = a_project(key="A", assignments=(a_review("a", members=("r",)),))
    two = a_project(key="B", assignments=(a_review("b", marks="50 50 50 50", members=("r",)),))
    three = a_project(key="C", assignments=(a_review("c", submitted=False, members=("r",)),))

    sheets = sheets_of(ledger_of(GradingFacts(projects=(three, one, two)), a_policy()))

    reviewer = next(one for one in sheets.values() if one.component is Component.REVIEWER)
    # (100 + 75 + 0) ÷ 3: 33.33… and 25, and the last line takes what is left of the mean
    assert reviewer.total == Decimal(175) / 3
    assert [round(entry.amount, 10) for entry in reviewer.entries] == [
        Decimal("33.3333333333"),
        Decimal(25),
        Decimal(0),
    ]


def test_every_member_of_a_reviewing_group_gets_the_groups_grade():
    project = a_project(assignments=(a_review("g", marks="60 60 60 60", members=("ayse", "baris")),))

    sheets = sheets_of(ledger_of(GradingFacts(projects=(project,)), a_policy()))

    told = {subject.subject_id: one.total for (subject, part), one in sheets.items() if part is Component.REVIEWER}
    assert told == {"ayse": Decimal(80), "baris": Decimal(80)}


def test_course_without_peer_review_has_no_such_grades():
    policy = a_policy().model_copy(update={"review": None})

    assert ledger_of(GradingFacts(projects=(a_project(),)), policy) == ()
