"""What a change would do: worked out on paper, and equal to what the ledger says once the change is made."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reviewhub.courses.totals import Component, Letter
from reviewhub.errors import BadInput
from reviewhub.grades.evidence import Decision, GradingFacts, MarkFact, StudentFact, Verdict
from reviewhub.grades.what_if import moves_between, outcome_of
from reviewhub.grades.what_if_choices import choices_of
from reviewhub.grades.what_if_decisions import WAYS, Asked, decide
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full

KEYS = {"p-AWGAN": "AWGAN"}


def course(policy=None):
    """`a_policy` with half of the course grade from the project, a fifth from reviews, the rest from a midterm."""
    return (policy or a_policy()).model_copy(
        update={
            "components": (
                Component(key="developer", title="Developer", kind="developer", weight=Decimal(50)),
                Component(key="reviewer", title="Reviewer", kind="reviewer", weight=Decimal(20)),
                Component(key="midterm", title="Midterm", weight=Decimal(30)),
            ),
            "letters": (
                Letter(letter="AA", at_least=Decimal(90)),
                Letter(letter="BB", at_least=Decimal(70)),
                Letter(letter="FF", at_least=Decimal(0), fails=True),
            ),
        }
    )


def facts(**more):
    """Dev develops AWGAN, with one major mistake that a noted and b missed; a and b develop nothing."""
    project = a_project(
        mistakes=(a_mistake(1),),
        assignments=(a_review("a", ("mistake", Decision.ACCEPTED)), a_review("b")),
        matches=(full("a1", 1),),
        **more,
    )
    marks = (MarkFact(mark_id="k", component="midterm", value=Decimal(90)),)
    return GradingFacts(
        projects=(project,),
        students=tuple(
            StudentFact(enrollment_id=one, marks=marks, has_project=one == "dev") for one in ("dev", "a", "b")
        ),
    )


def moves(before, after, policy=None, other=None):
    policy = policy or course()
    found = moves_between(outcome_of(before, policy), outcome_of(after, other or policy), KEYS)
    return {one.enrollment_id: one for one in found if one.is_moved}


def parts(move):
    return {one.title: one.moves for one in move.parts}


def test_same_facts_and_same_rules_move_nobody():
    assert moves(facts(), facts()) == {}


def test_other_points_of_a_mistake_move_the_group_and_the_reviewer_who_missed_it():
    asked = Asked(project_key="AWGAN", what="points", target="m1", value="18")

    moved = moves(facts(), decide(facts(), asked).facts)

    # versions 92 → 82 (40 + 60 per cent): −10. b's coverage (0 + 5) ÷ (8 + 5) ÷ 0.8 = 0.48077 → 5 ÷ 23 ÷ 0.8 = 0.27174
    assert parts(moved["dev"]) == {"Developer of AWGAN": Decimal(-10)}
    assert {title: round(by, 2) for title, by in parts(moved["b"]).items()} == {"Reviewer": Decimal("-10.45")}
    assert set(moved) == {"dev", "b"}


def test_letter_moves_with_the_scale_though_no_number_does():
    policy = course()
    scale = (Letter(letter="AA", at_least=Decimal(98)), Letter(letter="BB", at_least=Decimal(0)))
    alone = replace(facts(), projects=(a_project(assignments=(a_review("dev"),)),))

    moved = moves(alone, alone, policy, policy.model_copy(update={"letters": scale}))

    # 50 % of 100, 20 % of 100 (there was nothing to find), 30 % of 90: 97; a and b have no project, so no grade
    assert {name: (move.total.after, move.letter, move.parts) for name, move in moved.items()} == {
        "dev": (Decimal(97), ("AA", "BB"), ())
    }


def test_what_is_tried_equals_what_is_computed_once_it_is_decided():
    asked = Asked(project_key="AWGAN", what="verdict", target="m1", value="fixed")
    done = replace(facts(), projects=(replace(facts().projects[0], mistakes=(a_mistake(1, verdict=Verdict.FIXED),)),))

    assert outcome_of(decide(facts(), asked).facts, course()) == outcome_of(done, course())


def test_largest_move_comes_first_and_who_stays_last():
    asked = Asked(project_key="AWGAN", what="points", target="m1", value="48")

    found = moves_between(outcome_of(facts(), course()), outcome_of(decide(facts(), asked).facts, course()), KEYS)

    assert [one.enrollment_id for one in found] == ["dev", "b", "a"]
    assert [one.is_moved for one in found] == [True, True, False]


def test_known_sums_give_the_same_outcome():
    policy, given = course(), facts()
    before = outcome_of(given, policy)
    sums = tuple(one for one in before.sums if one.subject.project_id)

    assert outcome_of(given, policy, {"p-AWGAN": sums}) == before


@pytest.mark.parametrize(
    ("what", "target", "value", "sentence"),
    [
        ("points", "m1", "4,5", "AWGAN: M1 “mistake 1” costs 4.5 points."),
        ("severity", "m1", "minor", "AWGAN: M1 “mistake 1” is minor."),
        ("detectable", "m1", "no", "AWGAN: M1 “mistake 1” cannot be seen in the submission."),
        ("verdict", "m1", "none", "AWGAN: M1 “mistake 1” is not decided in version 2."),
        ("without", "m1", "", "AWGAN: M1 “mistake 1” is no mistake."),
        ("match", "a1:m1", "partial", "AWGAN: finding 1 of one review says M1 “mistake 1” in part."),
        ("match", "a1:m1", "none", "AWGAN: finding 1 of one review does not say M1 “mistake 1”."),
        ("decision", "a1", "rejected", "AWGAN: finding 1 of one review is rejected."),
        ("quality", "ra:specific", "50", "AWGAN: a review is marked 50 for “specific”."),
        ("adjustment", "dev", "-3", "AWGAN: one developer has −3 points of their own."),
    ],
)
def test_every_decision_can_be_tried_and_says_what_it_is(what, target, value, sentence):
    changed = decide(facts(), Asked(project_key="AWGAN", what=what, target=target, value=value))

    assert changed.sentence == sentence
    assert changed.facts != facts()
    assert moves(facts(), changed.facts) or what == "verdict"


def test_flipping_a_match_moves_no_developer():
    asked = Asked(project_key="AWGAN", what="match", target="a1:m1", value="none")

    assert set(moves(facts(), decide(facts(), asked).facts)) == {"a", "b"}


@pytest.mark.parametrize(
    ("what", "target", "value"),
    [
        ("points", "m1", "lots"),
        ("points", "m1", "101"),
        ("points", "m9", "5"),
        ("severity", "m1", "deadly"),
        ("match", "a1", "full"),
        ("match", "a9:m1", "full"),
        ("quality", "r9:specific", "50"),
        ("adjustment", "a", "5"),
        ("nothing", "m1", "5"),
        ("decision", "a1", "perhaps"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(what, target, value):
    with pytest.raises(BadInput):
        decide(facts(), Asked(project_key="AWGAN", what=what, target=target, value=value))


def test_every_way_that_is_offered_can_be_tried():
    offered = choices_of(facts().projects[0], course(), {"a": "Ada", "b": "Bora", "dev": "Deniz"})

    ways = [way for thing in (*offered.mistakes, *offered.findings) for way in thing.ways]
    for way in ways:
        decide(facts(), Asked(project_key="AWGAN", what=way.what, target=way.target, value=way.value))

    assert {way.what for way in ways} == set(WAYS) - {"points", "quality", "adjustment"}
    assert offered.quality_of[0] == ("ra:specific", "Ada: Specific")
