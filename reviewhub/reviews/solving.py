"""The best assignment: fewest pairs of projects that review each other, then cheapest by the wishes.

First the plan without a thought for reciprocity: its cost is the floor. Where two projects review each other in it,
pairs of projects are oriented (`orienting.py`) and the transport problem that is left is solved (`flow.py`), with
several draws, until the cost is at the floor or nearly. Where no orientation leaves a plan, `least_reciprocal.py` finds
the plan with the fewest reciprocal pairs and proves it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewhub.reviews.arcs import WISH_COST, Arcs, Grid, Marks, Numbers
from reviewhub.reviews.assignment import Wish
from reviewhub.reviews.flow import solve_transport
from reviewhub.reviews.orienting import orient, ways_both

if TYPE_CHECKING:
    from reviewhub.reviews.least_reciprocal import LeastReciprocal

CANDIDATES = 60
"""So many projects of each reviewer are looked at first; more, should these leave no plan."""
NEAR_THE_FLOOR = 1.005
DRAWS = ((3_000, 24), (20_000, 9))
"""Up to so many pairs that may be chosen, so many orientations are tried; of larger courses a few."""
DRAWS_OF_MANY = 3
BOTH_WAYS_COST = 10_000


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The chosen pairs as codes, kept ones too; how many pairs of projects review each other, and if that is proven."""

    codes: Numbers
    both_ways: int
    is_least: bool


def solve(grid: Grid) -> Solution | None:
    """The best plan found: fewest pairs of projects that review each other, then cheapest. None where there is none."""
    most = CANDIDATES
    while True:
        arcs = grid.arcs(most=most)
        free = solve_transport(grid, arcs, noise=grid.noise(arcs, 0))
        if free is not None:
            return _solve_around(grid, arcs, free)
        if most >= len(grid.projects):
            return None
        most *= 4


def _solve_around(grid: Grid, arcs: Arcs, free: Marks) -> Solution:
    """From the plan that ignores reciprocity to one that avoids it."""
    codes = _codes(grid, arcs, free)
    both = ways_both(grid, codes)
    if both == ways_both(grid, grid.fixed) or not grid.question.avoid_reciprocal:
        return Solution(codes=codes, both_ways=both, is_least=both == ways_both(grid, grid.fixed))
    oriented = _solve_oriented(grid, arcs, free)
    if oriented is not None:
        codes = _codes(grid, arcs, oriented)
        return Solution(codes=codes, both_ways=ways_both(grid, codes), is_least=True)
    return _solve_tied(grid, arcs, free)


def _solve_oriented(grid: Grid, arcs: Arcs, free: Marks) -> Marks | None:
    """The cheapest plan of several orientations; none of them has a reciprocal pair that the kept ones do not force."""
    floor = int(arcs.costs[free].sum())
    wished = np.maximum(0, WISH_COST[Wish.CAN] - arcs.costs)
    best: Marks | None = None
    for draw in range(next((draws for pairs, draws in DRAWS if len(arcs.rows) <= pairs), DRAWS_OF_MANY)):
        gains = wished + 50 * free + (50 * best if best is not None and draw % 2 else 0)
        room = (grid.question.each + 3, 2 * grid.question.each + 3, len(grid.projects))[draw % 3]
        is_open = orient(grid, arcs, gains, room=room, salt=draw)
        left = arcs.only(is_open)
        chosen = solve_transport(grid, left, noise=grid.noise(left, draw))
        if chosen is None:
            continue
        found = np.zeros_like(is_open)
        found[np.flatnonzero(is_open)[chosen]] = True
        if best is None or arcs.costs[found].sum() < arcs.costs[best].sum():
            best = found
        if arcs.costs[best].sum() <= floor * NEAR_THE_FLOOR:
            break
    return best


def _solve_tied(grid: Grid, arcs: Arcs, free: Marks) -> Solution:
    """Where some projects must review each other: price one of the directions, then prove how few are enough."""
    best = free
    for draw in range(DRAWS_OF_MANY):
        is_open = orient(grid, arcs, 50 * best.astype(np.int64), room=len(grid.projects), salt=draw)
        priced = Arcs(rows=arcs.rows, columns=arcs.columns, costs=arcs.costs + BOTH_WAYS_COST * ~is_open)
        found = solve_transport(grid, priced, noise=grid.noise(arcs, draw))
        if found is not None and _rank(grid, arcs, found) < _rank(grid, arcs, best):
            best = found
    proof = _prove(grid, arcs, best)
    if proof is not None and (proof.both_ways, proof.cost) <= _rank(grid, arcs, best):
        return Solution(codes=_codes(grid, arcs, proof.chosen), both_ways=proof.both_ways, is_least=proof.is_proven)
    codes = _codes(grid, arcs, best)
    return Solution(codes=codes, both_ways=ways_both(grid, codes), is_least=False)


def _prove(grid: Grid, arcs: Arcs, hint: Marks) -> "LeastReciprocal | None":
    from reviewhub.reviews.least_reciprocal import (  # noqa: PLC0415 - a second to load, and few courses need it
        LARGEST,
        find_least_reciprocal,
    )

    return find_least_reciprocal(grid, arcs, hint=hint) if len(arcs.rows) <= LARGEST else None


def _rank(grid: Grid, arcs: Arcs, chosen: Marks) -> tuple[int, int]:
    return ways_both(grid, _codes(grid, arcs, chosen)), int(arcs.costs[chosen].sum())


def _codes(grid: Grid, arcs: Arcs, chosen: Marks) -> Numbers:
    width = len(grid.projects)
    return np.sort(np.concatenate((grid.fixed, arcs.rows[chosen] * width + arcs.columns[chosen])))
