"""What a release waits for, by name, and what a decision would move."""

from dataclasses import replace
from decimal import Decimal

from reviewhub.grades.effects import effects, standings_of, with_match, with_mistake, with_verdict
from reviewhub.grades.evidence import Decision, GradingFacts, Verdict
from reviewhub.grades.readiness import blockers, undecided_findings
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full, partial


def told(project):
    return [one.what for one in blockers(GradingFacts(projects=(project,)), a_policy())]


def moved(project, changed, policy=None):
    policy = policy or a_policy()
    return {
        f"{one.component.value} {one.subject.subject_id}": one.amount
        for one in effects(standings_of(project, policy), changed, policy)
    }


def test_project_with_everything_decided_blocks_nothing():
    assert told(a_project(mistakes=(a_mistake(1),), assignments=(a_review("a"),))) == []


def test_undecided_verdict_blocks_by_name():
    project = a_project(
        mistakes=(a_mistake(1, title="Wrong sign", verdict=None), a_mistake(2, version_in=2, verdict=None))
    )

    assert told(project) == ["M1 “Wrong sign” of AWGAN has no verdict for version 2."]


def test_verdict_is_not_asked_for_where_no_version_2_was_submitted():
    assert told(a_project(versions=(1,), mistakes=(a_mistake(1, verdict=None),))) == []


def test_version_that_is_not_frozen_blocks():
    assert told(replace(a_project(versions=(1,)), settled=frozenset({1}))) == ["Version 2 of AWGAN is not frozen yet."]


def test_unmarked_quality_blocks_by_name_but_not_for_whoever_is_not_held_to_account():
    project = a_project(
        assignments=(
            a_review("a", marks="80 70"),
            a_review("b", marks="", held=False),
            a_review("c", submitted=False),
        )
    )

    assert told(project) == ["Review 1 of 1 of AWGAN has no quality mark for: Constructive, Complete."]


def test_undecided_findings_are_told_but_remarks_ask_for_no_decision():
    project = a_project(assignments=(a_review("a", "mistake", "remark", ("missing", Decision.REJECTED), "question"),))

    assert undecided_findings(project) == ("a1", "a4")


def test_accepting_a_finding_moves_the_group_and_no_reviewer_loses():
    project = a_project(assignments=(a_review("a", "mistake"), a_review("b")))

    changed = with_mistake(project, a_mistake(1, verdict=None), full("a1", 1))

    # b loses coverage only: 5 ÷ 13 ÷ 0.8 → 48.0769…; half of what is missing to 100
    told = moved(project, changed)
    assert {name: round(amount, 2) for name, amount in told.items()} == {
        "version_1 p-AWGAN": Decimal("-8.00"),
        "version_2 p-AWGAN": Decimal("-8.00"),
        "review asb": Decimal("-25.96"),
    }


def test_matching_a_second_finding_moves_no_version():
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", "mistake"), a_review("b", "question")),
        matches=(full("a1", 1),),
    )

    assert set(moved(project, with_match(project, partial("b1", 1)))) == {"review asb"}


def test_verdict_moves_version_2_alone():
    project = a_project(mistakes=(a_mistake(1, verdict=None),))

    assert moved(project, with_verdict(project, "m1", Verdict.PARTLY)) == {"version_2 p-AWGAN": Decimal(4)}
