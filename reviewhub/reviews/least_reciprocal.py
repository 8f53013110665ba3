"""The fewest pairs of projects that must review each other, with a proof: for courses too small or too tied for none.

An integer programme, solved with OR-tools' CP-SAT: x says who reviews what, a direction between two projects is used
where one of its pairs is, and both directions of two projects cost one. One cut makes the proof short: from each
project with a reviewer who needs k more leave at least k directions, and m projects have only m (m - 1) / 2 pairs.
The solver runs alone, with a seed and a limit in its own deterministic time, so that it always says the same.
"""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from reviewhub.reviews.arcs import Arcs, Grid, Marks, Numbers, sorted_set
from reviewhub.reviews.flow import even_demand
from reviewhub.reviews.orienting import ways_of

EFFORT = 6.0
"""Deterministic seconds of the solver."""
LARGEST = 20_000
"""Pairs that may be chosen; above it the proof takes too long."""


@dataclass(frozen=True, kw_only=True)
class LeastReciprocal:
    """The pairs of the plan, how many pairs of projects review each other in it, and whether fewer are impossible."""

    chosen: Marks
    both_ways: int
    cost: int
    is_proven: bool


def find_least_reciprocal(grid: Grid, arcs: Arcs, *, hint: Marks) -> LeastReciprocal | None:
    """The cheapest plan among those with the fewest reciprocal pairs; None where nothing was found in time.

    `hint`: a plan to begin with.
    """
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in range(len(arcs.rows))]
    _keep_the_rules(model, grid, arcs, picks)
    both = _count_both(model, grid, arcs, picks)
    worst = int(arcs.costs.max(initial=0)) * int(grid.needs(grid.fixed).sum()) + 1
    model.minimize(worst * sum(both) + cp_model.LinearExpr.weighted_sum(picks, arcs.costs.tolist()))
    for pick, is_in in zip(picks, hint.tolist(), strict=True):
        model.add_hint(pick, is_in)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = grid.question.seed % 2**31
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    count = sum(solver.value(one) for one in both)
    chosen = np.array([solver.value(pick) for pick in picks], dtype=np.bool_)
    return LeastReciprocal(
        chosen=chosen,
        both_ways=count,
        cost=int(arcs.costs[chosen].sum()),
        is_proven=solver.best_objective_bound > worst * (count - 1) + worst - 1,
    )


def _keep_the_rules(model: cp_model.CpModel, grid: Grid, arcs: Arcs, picks: list[cp_model.IntVar]) -> None:
    """Everybody gets what they need, and the loads are even."""
    needs = grid.needs(grid.fixed)
    wanted = even_demand(int(needs.sum()), grid.held, is_even=True)
    demand, room, _ = wanted if wanted is not None else (grid.held, grid.held, 0)
    for row, need in enumerate(needs.tolist()):
        model.add(sum(picks[one] for one in np.flatnonzero(arcs.rows == row).tolist()) == need)
    for column, (least, more) in enumerate(zip(demand.tolist(), room.tolist(), strict=True)):
        given = sum(picks[one] for one in np.flatnonzero(arcs.columns == column).tolist())
        model.add_linear_constraint(given, least, least + more)


def _count_both(model: cp_model.CpModel, grid: Grid, arcs: Arcs, picks: list[cp_model.IntVar]) -> list[cp_model.IntVar]:
    """A variable for each pair of projects that could be reviewed both ways: whether it is."""
    width = len(grid.projects)
    ways = ways_of(grid, arcs.rows, arcs.columns)
    kept = ways_of(grid, grid.fixed // width, grid.fixed % width)
    used: dict[int, cp_model.IntVar] = {
        code: model.new_bool_var("") for code in sorted_set(np.concatenate((ways.codes, kept.codes))).tolist()
    }
    for index, code in zip(ways.index.tolist(), ways.codes.tolist(), strict=True):
        model.add_implication(picks[index], used[code])
    for code in kept.codes.tolist():
        model.add(used[code] == 1)
    _cut(model, grid, used)
    both = []
    for code, way in used.items():
        start, end = divmod(code, width)
        back = used.get(end * width + start)
        if start < end and back is not None:
            both.append(model.new_bool_var(""))
            model.add(way + back <= 1 + both[-1])
    return both


def _cut(model: cp_model.CpModel, grid: Grid, used: dict[int, cp_model.IntVar]) -> None:
    width = len(grid.projects)
    needs: Numbers = grid.needs(grid.fixed)
    most = np.zeros(width, dtype=np.int64)
    np.maximum.at(most, grid.own % width, needs[grid.own // width])
    for column, need in enumerate(most.tolist()):
        leaving = [way for code, way in used.items() if code // width == column]
        if need and len(leaving) >= need:
            model.add(sum(leaving) >= need)
