"""The assignment as a minimum-cost flow, solved with OR-tools; reciprocal pairs are priced in rounds.

One flow cannot say "not both directions", so a round forbids nothing: it orients every pair of projects (who may
review whom freely) and prices the other direction. The first round takes the wishes alone; the next rounds keep the
directions that were used and price the reverse of each; the last ones start from a circle of projects in which
everyone reviews the following half, which has no reciprocal pair whenever k ≤ (projects − 1) / 2.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection

import numpy as np
from ortools.graph.python import min_cost_flow

from reviewhub.reviews.assignment import (
    AssignmentQuestion,
    Pair,
    Reviewer,
    Rule,
    Wish,
    reciprocal_pairs,
    rules_against,
)

WISH_COST = {Wish.WANTS: 0, Wish.CAN: 100, Wish.RATHER_NOT: 400}
NOISE = 20  # below every difference of wishes: the seed decides between equals only
RECIPROCAL_COST = 10_000
UNEVEN_COST = 100_000_000
ROUNDS = 6
CIRCLES = 4

Direction = tuple[str, str]  # (the reviewer's own project, the reviewed project)


def solve_by_rounds(question: AssignmentQuestion) -> frozenset[Pair] | None:
    """Return the best plan found (fewest reciprocal pairs, then cheapest), or None when the rules leave none."""
    noise = random.Random(question.seed)  # noqa: S311 - a recorded seed, no secret
    best: tuple[int, int] | None = None
    answer: frozenset[Pair] | None = None
    priced: Collection[Direction] = ()
    for attempt in range(ROUNDS + CIRCLES):
        if attempt >= ROUNDS:
            priced = _backwards_on_circle(question, noise)
        chosen = solve_flow(question, priced=frozenset(priced), salt=attempt)
        if chosen is None:
            return None
        score = (len(reciprocal_pairs(question, chosen)), wish_cost(question, chosen))
        if best is None or score < best:
            best, answer = score, chosen
        if best[0] == 0:
            break
        priced = _reversed_directions(question, chosen)
    return answer


def wish_cost(question: AssignmentQuestion, chosen: Collection[Pair]) -> int:
    """Return the sum of the wish costs of the pairs; lower is better."""
    wishes = {reviewer.reviewer_id: reviewer.wishes for reviewer in question.reviewers}
    return sum(
        WISH_COST[wishes[pair.reviewer_id].get(pair.project_id, Wish.CAN)]
        for pair in chosen
        if pair.reviewer_id in wishes
    )


def solve_flow(
    question: AssignmentQuestion,
    *,
    priced: frozenset[Direction] = frozenset(),
    without: frozenset[Rule] = frozenset(),
    salt: int = 0,
) -> frozenset[Pair] | None:
    """Solve one flow; `without` drops rules (to learn which one blocks). None when no plan keeps the rest."""
    fixed = frozenset() if Rule.KEPT_WORK in without else question.fixed
    kept = Counter(pair.reviewer_id for pair in fixed)
    held = Counter(pair.project_id for pair in fixed)
    needs = [max(0, question.each - kept[reviewer.reviewer_id]) for reviewer in question.reviewers]
    total = sum(needs) + len(fixed)
    fewest, extra = divmod(total, len(question.projects))
    most = total if Rule.EVEN_LOAD in without else fewest + (1 if extra else 0)
    if any(held[project.project_id] > most for project in question.projects):
        return None
    tails, heads, prices, pairs = _pair_arcs(question, fixed, priced, without, salt)
    people, projects = len(question.reviewers), len(question.projects)
    source, sink = people + projects, people + projects + 1
    room = [(fewest - held[project.project_id], most - held[project.project_id]) for project in question.projects]
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.array(tails, dtype=np.int64),
        np.array(heads, dtype=np.int64),
        np.ones(len(tails), dtype=np.int64),
        np.array(prices, dtype=np.int64),
    )
    for index, need in enumerate(needs):
        flow.add_arc_with_capacity_and_unit_cost(source, index, need, 0)
    for index, (low, high) in enumerate(room):
        flow.add_arc_with_capacity_and_unit_cost(people + index, sink, max(0, low), 0)
        # A project already above the even load takes a share of the extra places that nobody else may use.
        flow.add_arc_with_capacity_and_unit_cost(people + index, sink, high - max(0, low), UNEVEN_COST)
    flow.set_node_supply(source, sum(needs))
    flow.set_node_supply(sink, -sum(needs))
    if flow.solve() != flow.OPTIMAL:
        return None
    used = flow.flows(arcs) if len(tails) else []
    chosen = fixed | {pair for pair, amount in zip(pairs, used, strict=True) if amount}
    loads = Counter(pair.project_id for pair in chosen)
    if Rule.EVEN_LOAD not in without and any(loads[project.project_id] < fewest for project in question.projects):
        return None
    return frozenset(chosen)


def _pair_arcs(
    question: AssignmentQuestion,
    fixed: frozenset[Pair],
    priced: frozenset[Direction],
    without: frozenset[Rule],
    salt: int,
) -> tuple[list[int], list[int], list[int], list[Pair]]:
    noise = random.Random(f"{question.seed}/{salt}")  # noqa: S311 - a recorded seed, no secret
    tails, heads, prices, pairs = [], [], [], []
    people = len(question.reviewers)
    reviewers = sorted(enumerate(question.reviewers), key=lambda row: row[1].reviewer_id)
    projects = sorted(enumerate(question.projects), key=lambda row: row[1].project_id)
    for row, reviewer in reviewers:
        price_of = _pricing(reviewer, priced)
        for column, project in projects:
            tie = noise.randrange(NOISE)
            pair = Pair(reviewer_id=reviewer.reviewer_id, project_id=project.project_id)
            rules = rules_against(question, reviewer, project.project_id)
            if pair in fixed or any(rule not in without for rule in rules):
                continue
            tails.append(row)
            heads.append(people + column)
            prices.append(price_of(project.project_id) + tie)
            pairs.append(pair)
    return tails, heads, prices, pairs


def _pricing(reviewer: Reviewer, priced: frozenset[Direction]) -> Callable[[str], int]:
    def price(project_id: str) -> int:
        backwards = any((home, project_id) in priced for home in reviewer.own)
        return WISH_COST[reviewer.wishes.get(project_id, Wish.CAN)] + (RECIPROCAL_COST if backwards else 0)

    return price


def _reversed_directions(question: AssignmentQuestion, chosen: frozenset[Pair]) -> set[Direction]:
    """Price the reverse of every used direction; where both were used, the busier one stays free."""
    own = {reviewer.reviewer_id: reviewer.own for reviewer in question.reviewers}
    used = Counter((home, pair.project_id) for pair in chosen for home in own.get(pair.reviewer_id, frozenset()))
    return {
        (there, home)
        for (home, there), times in used.items()
        if (times, home, there) > (used[there, home], there, home)
    }


def _backwards_on_circle(question: AssignmentQuestion, noise: random.Random) -> set[Direction]:
    """Seat the projects on a circle at random; reviewing anything but the following half is priced."""
    circle = sorted(project.project_id for project in question.projects)
    noise.shuffle(circle)
    half = (len(circle) - 1) // 2
    return {
        (home, circle[(seat + step) % len(circle)])
        for seat, home in enumerate(circle)
        for step in range(half + 1, len(circle))
    }
