"""The assignment as a transport problem: one minimum-cost flow, solved with OR-tools.

Reviewer (k units) → project (one unit per allowed pair, at its cost) → the project itself takes the even load, and one
unit more goes to a common end that wants just as many as are left over. So loads differ by at most one by construction,
and no large price is needed, which would slow the solver down (cost scaling: Goldberg, 1997).
"""

import numpy as np
from ortools.graph.python import min_cost_flow

from reviewhub.reviews.arcs import SCALE, Arcs, Grid, Marks, Numbers
from reviewhub.reviews.assignment import Rule


def solve_transport(
    grid: Grid,
    arcs: Arcs,
    *,
    noise: Numbers | None = None,
    without: frozenset[Rule] = frozenset(),
) -> Marks | None:
    """Mark the pairs of the cheapest even plan; None where there is none. `without` leaves rules about all aside."""
    kept = Rule.KEPT_WORK not in without
    needs = grid.needs(grid.fixed if kept else grid.fixed[:0])
    held = grid.held if kept else np.zeros_like(grid.held)
    wanted = even_demand(int(needs.sum()), held, is_even=Rule.EVEN_LOAD not in without)
    if wanted is None or np.any(np.bincount(arcs.rows, minlength=len(needs)) < needs):
        return None
    demand, room, left_over = wanted
    people, projects = len(needs), len(held)
    end = people + projects
    flow = min_cost_flow.SimpleMinCostFlow()
    prices = arcs.costs * SCALE + (noise if noise is not None else 0)
    placed = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.rows, arcs.columns + people, np.ones(len(arcs.rows), dtype=np.int64), prices
    )
    ends = np.full(projects, end, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(people, end, dtype=np.int64), ends, room, np.zeros(projects, dtype=np.int64)
    )
    flow.set_nodes_supplies(np.arange(end + 1, dtype=np.int64), np.concatenate((needs, -demand, [-left_over])))
    if flow.solve() != flow.OPTIMAL:
        return None
    chosen: Marks = np.asarray(flow.flows(placed), dtype=np.int64) > 0
    return chosen


def even_demand(total: int, held: Numbers, *, is_even: bool) -> tuple[Numbers, Numbers, int] | None:
    """What each project still takes, how many more it may take, and how many of these there are in all.

    `held`: reviewers each project keeps already. None where these alone make the loads uneven.
    """
    if not is_even:
        return np.zeros_like(held), np.full_like(held, total), total
    fewest, extra = divmod(total + int(held.sum()), len(held))
    above = int((held == fewest + 1).sum())
    if held.max(initial=0) > fewest + 1 or above > extra:
        return None
    return np.maximum(0, fewest - held), (held <= fewest).astype(np.int64), extra - above
