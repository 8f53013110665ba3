"""The assignment's rules hold on any roster, or the rules that block are named."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.errors import BadInput
from reviewhub.reviews.arcs import Grid
from reviewhub.reviews.assignment import (
    AssignmentQuestion,
    Pair,
    ReviewedProject,
    Reviewer,
    Rule,
    Wish,
    reciprocal_pairs,
    reciprocal_projects,
    refused_by,
)
from reviewhub.reviews.blocking import blocking_rules, ways_out
from reviewhub.reviews.flow import solve_transport
from reviewhub.reviews.planning import plan_assignment
from reviewhub.reviews.question_record import input_digest, read_question, record_question
from reviewhub.reviews.solving import solve


def course_of(groups: int, size: int = 2, *, each: int = 2, seed: int = 1) -> AssignmentQuestion:
    return AssignmentQuestion(
        reviewers=tuple(
            Reviewer(
                reviewer_id=f"r{group}-{member}",
                name=f"Person {group}-{member}",
                own=frozenset({f"p{group}"}),
            )
            for group in range(groups)
            for member in range(size)
        ),
        projects=tuple(ReviewedProject(project_id=f"p{group}", key=f"P{group}") for group in range(groups)),
        each=each,
        seed=seed,
    )


@st.composite
def questions(draw: st.DrawFn) -> AssignmentQuestion:
    """Rosters of 1 to 9 projects with random groups, conflicts, former members, wishes and kept pairs."""
    count = draw(st.integers(1, 9))
    projects = tuple(ReviewedProject(project_id=f"p{number}", key=f"P{number}") for number in range(count))
    ids = st.sampled_from([project.project_id for project in projects])
    few = st.frozensets(ids, max_size=2)
    reviewers = tuple(
        Reviewer(
            reviewer_id=f"r{number}",
            name=f"Person {number}",
            own=draw(st.frozensets(ids, max_size=1)),
            former=draw(few),
            conflicts=draw(few),
            wishes=draw(st.dictionaries(ids, st.sampled_from(Wish), max_size=4)),
        )
        for number in range(draw(st.integers(1, 14)))
    )
    pair = st.builds(
        Pair, reviewer_id=st.sampled_from([reviewer.reviewer_id for reviewer in reviewers]), project_id=ids
    )
    return AssignmentQuestion(
        reviewers=reviewers,
        projects=projects,
        each=draw(st.integers(1, 3)),
        forbidden=draw(st.frozensets(pair, max_size=4)),
        fixed=draw(st.frozensets(pair, max_size=2)),
        seed=draw(st.integers(0, 5)),
    )


@given(questions())
@settings(max_examples=300, deadline=None)
def test_plan_on_any_roster_keeps_every_hard_rule_or_names_the_blocking_ones(
    question: AssignmentQuestion,
) -> None:
    if solve(Grid(question)) is None:
        with pytest.raises(BadInput) as refusal:
            plan_assignment(question)
        assert all(rule.value in refusal.value.message for rule in blocking_rules(question))
        return
    plan = plan_assignment(question)
    chosen = {Pair(reviewer_id=pair.reviewer_id, project_id=pair.project_id) for pair in plan.pairs}
    assert len(chosen) == len(plan.pairs)
    assert question.fixed <= chosen
    people = {reviewer.reviewer_id: reviewer for reviewer in question.reviewers}
    kept = Counter(pair.reviewer_id for pair in question.fixed)
    given_to = Counter(pair.reviewer_id for pair in chosen)
    assert given_to == Counter({one: max(question.each, kept[one]) for one in people})
    assert all(
        refused_by(question, people[pair.reviewer_id], pair.project_id) is None for pair in chosen - question.fixed
    )
    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1
    assert sum(plan.loads.values()) == len(chosen)
    assert all(pair.reason for pair in plan.pairs)


@given(questions())
@settings(max_examples=40, deadline=None)
def test_plan_with_the_same_seed_is_the_same(question: AssignmentQuestion) -> None:
    shuffled = replace(question, reviewers=question.reviewers[::-1])
    try:
        first = plan_assignment(question)
    except BadInput:
        with pytest.raises(BadInput):
            plan_assignment(shuffled)
        return
    assert plan_assignment(question) == first
    assert input_digest(shuffled) == first.input_digest


@pytest.mark.parametrize(
    ("groups", "size", "each"), [(3, 2, 1), (5, 2, 2), (7, 3, 3), (12, 2, 2), (12, 2, 5), (13, 2, 4)]
)
def test_plan_of_a_course_has_no_reciprocal_pair_where_k_allows(groups: int, size: int, each: int) -> None:
    plan = plan_assignment(course_of(groups, size, each=each))
    assert plan.statistics.reciprocal == 0
    assert plan.statistics.most_per_project - plan.statistics.fewest_per_project <= 1


def test_plan_of_two_groups_states_the_reciprocal_pairs_that_remain() -> None:
    plan = plan_assignment(course_of(2, 1, each=1))
    assert (plan.statistics.reciprocal, plan.statistics.reciprocal_is_least) == (1, True)
    assert [pair.reason for pair in plan.pairs] == [
        "Free of conflicts; the project gets 1 reviewer. Its developers review back: this could not be avoided."
    ] * 2


def test_plan_gives_wanted_projects_where_it_can() -> None:
    question = course_of(6, 1, each=1)
    wishes = [{f"p{(number + 1) % 6}": Wish.WANTS} for number in range(6)]
    people = tuple(replace(person, wishes=wish) for person, wish in zip(question.reviewers, wishes, strict=True))
    plan = plan_assignment(replace(question, reviewers=people))
    assert plan.statistics.wanted == 6
    assert plan.pairs[0].reason == "Asked for this project; the project gets 1 reviewer."


def test_plan_keeps_a_submitted_review_of_somebody_who_left() -> None:
    kept = Pair(reviewer_id="gone", project_id="p0")
    plan = plan_assignment(replace(course_of(4, 2, each=1), fixed=frozenset({kept})))
    pair = next(pair for pair in plan.pairs if pair.reviewer_id == "gone")
    assert (pair.project_id, pair.fixed) == ("p0", True)
    assert pair.reason == "Kept: this review was handed in before its author left."
    assert sorted(plan.loads.values()) == [2, 2, 2, 3]


def test_plan_with_too_few_projects_names_the_person_and_the_rule() -> None:
    with pytest.raises(BadInput) as refusal:
        plan_assignment(course_of(2, 2, each=2))
    assert refusal.value.message == (
        "Person 0-0 may review only 1 of the 2 projects, but everyone gets 2 (own project: 1). "
        "No assignment is possible while “nobody reviews their own project” holds."
    )


def test_plan_blocked_by_conflicts_names_the_project_that_is_short() -> None:
    question = course_of(3, 2, each=1)
    people = tuple(replace(person, conflicts=frozenset({"p0"})) for person in question.reviewers)
    with pytest.raises(BadInput) as refusal:
        plan_assignment(replace(question, reviewers=people))
    assert refusal.value.message == (
        "Each project needs 2 reviewers, but too few people may review P0 (0). "
        "No assignment is possible while “declared conflicts are respected” and “the numbers of reviewers of any two "
        "projects differ by at most one” hold together. There would be one without “declared conflicts are respected”."
    )


def test_plan_blocked_by_two_rules_names_both_and_what_would_help() -> None:
    question = replace(course_of(2, 1, each=1), forbidden=frozenset({Pair(reviewer_id="r0-0", project_id="p1")}))
    people = (replace(question.reviewers[0], conflicts=frozenset({"p1"})), question.reviewers[1])
    question = replace(question, reviewers=people)
    assert blocking_rules(question) == (Rule.OWN_PROJECT, Rule.FORBIDDEN_PAIR)
    assert ways_out(question) == (Rule.FORBIDDEN_PAIR, Rule.DECLARED_CONFLICT)


@given(questions())
@settings(max_examples=150, deadline=None)
def test_blocking_rules_block_by_themselves_and_none_of_them_is_needless(question: AssignmentQuestion) -> None:
    if solve(Grid(question)) is not None:
        return
    rules = blocking_rules(question)
    assert not _is_possible_with(question, rules)
    assert all(_is_possible_with(question, set(rules) - {rule}) for rule in rules)
    way_out = ways_out(question)
    assert not way_out or _is_possible_with(question, set(Rule) - set(way_out))


def _is_possible_with(question: AssignmentQuestion, rules: Collection[Rule]) -> bool:
    grid, without = Grid(question), frozenset(Rule) - frozenset(rules)
    return solve_transport(grid, grid.arcs(without=without), without=without) is not None


@given(questions())
@settings(max_examples=60, deadline=None)
def test_no_plan_has_fewer_reciprocal_pairs_than_the_one_said_to_have_the_fewest(question: AssignmentQuestion) -> None:
    question = replace(question, reviewers=question.reviewers[:5], projects=question.projects[:4])
    try:
        plan = plan_assignment(question)
    except BadInput:
        return
    assert plan.statistics.reciprocal_is_least
    assert plan.statistics.reciprocal == min(
        len(reciprocal_projects(question, chosen | question.fixed)) for chosen in every_plan(question)
    )


def every_plan(question: AssignmentQuestion) -> Iterator[frozenset[Pair]]:
    """All plans that keep every hard rule, by trying them all."""
    known = [project.project_id for project in question.projects]
    fixed = frozenset(pair for pair in question.fixed if pair.project_id in known)
    kept = Counter(pair.reviewer_id for pair in fixed)
    choices = []
    for reviewer in question.reviewers:
        free = [
            Pair(reviewer_id=reviewer.reviewer_id, project_id=one)
            for one in known
            if refused_by(question, reviewer, one) is None
        ]
        need = max(0, question.each - kept[reviewer.reviewer_id])
        choices.append(list(combinations([pair for pair in free if pair not in fixed], need)))
    for picked in product(*choices):
        chosen = fixed.union(*picked)
        loads = Counter(pair.project_id for pair in chosen)
        if max(loads[one] for one in known) - min(loads[one] for one in known) <= 1:
            yield chosen


@given(questions())
@settings(max_examples=60, deadline=None)
def test_recorded_question_is_the_same_question(question: AssignmentQuestion) -> None:
    kept = read_question(json.loads(json.dumps(record_question(question))))
    assert input_digest(kept) == input_digest(question)
    assert record_question(kept) == record_question(question)


@pytest.mark.parametrize("record", [{}, {"form": 1}, {"form": 2}, {"form": 2, "reviewers": [3]}])
def test_record_that_is_not_whole_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="recorded question"):
        read_question(record)


@pytest.mark.parametrize(("groups", "each", "fewest"), [(2, 1, 1), (4, 2, 2), (6, 3, 3), (4, 3, 6)])
def test_plan_of_too_small_a_course_has_the_fewest_reciprocal_pairs_and_says_so(
    groups: int, each: int, fewest: int
) -> None:
    found = plan_assignment(course_of(groups, 2, each=each)).statistics
    assert (found.reciprocal, found.reciprocal_is_least) == (fewest, True)


def test_plan_without_a_thought_for_reciprocity_takes_every_wish() -> None:
    wishes: tuple[dict[str, Wish], ...] = (
        {"p1": Wish.WANTS},
        {"p0": Wish.WANTS},
        {"p3": Wish.RATHER_NOT},
        {"p2": Wish.CAN},
        {},
        {},
    )
    question = course_of(6, 1, each=1)
    people = tuple(replace(one, wishes=said) for one, said in zip(question.reviewers, wishes, strict=True))
    question = replace(question, reviewers=people)
    avoiding = plan_assignment(question).statistics
    ignoring = plan_assignment(replace(question, avoid_reciprocal=False)).statistics
    assert (avoiding.reciprocal, avoiding.wanted) == (0, 1)
    assert ignoring.reciprocal >= 1
    assert ignoring.wanted == 2


def test_partners_of_last_term_never_review_each_other() -> None:
    question = course_of(3, 1, each=1)
    people = (replace(question.reviewers[0], partners=frozenset({"p1"})), *question.reviewers[1:])
    plan = plan_assignment(replace(question, reviewers=people))
    assert {pair.project_id for pair in plan.pairs if pair.reviewer_id == "r0-0"} == {"p2"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"each": 0}, "Each reviewer must get at least one project."),
        ({"projects": ()}, "There is no project to review yet: confirm the projects first."),
        ({"reviewers": ()}, "There is nobody who could review: import the roster first."),
    ],
)
def test_plan_of_an_empty_course_says_what_is_missing(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        plan_assignment(replace(course_of(3), **change))  # type: ignore[arg-type]


def test_reciprocal_pairs_of_a_circle_are_none() -> None:
    chosen = frozenset(Pair(reviewer_id=f"r{number}-0", project_id=f"p{(number + 1) % 3}") for number in range(3))
    assert reciprocal_pairs(course_of(3, 1, each=1), chosen) == frozenset()
