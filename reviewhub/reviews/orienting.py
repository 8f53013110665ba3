"""Which of two projects' developers may review the other's: an orientation of all pairs of projects.

A flow cannot say "not both directions". So each pair of projects that could review each other gets one direction
first, and the transport problem that is left has no reciprocal plan at all. The orientation is a flow of its own: each
pair is one unit that goes to the project it may leave from, at the price of the wishes the other direction would have
served. How many directions leave a project is held between bounds around one half of its pairs; every graph has an
orientation that splits each node's edges into halves, up to one (Nash-Williams, 1960), so there always is an answer.
On the pairs of m projects halves mean that everyone may review (m - 1) / 2 others: the k that never needs two ways.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from reviewhub.reviews.arcs import Arcs, Grid, Marks, Numbers, are_among, mixed, sorted_set

NOISE = 8


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Directions between projects: `index` of the pair each belongs to, from which column, to which."""

    index: Numbers
    codes: Numbers
    """from · projects + to."""
    backwards: Numbers
    """The codes of the opposite directions."""


def ways_of(grid: Grid, rows: Numbers, columns: Numbers) -> Ways:
    """The directions that pairs use: one for each project the reviewer develops."""
    width = len(grid.projects)
    owners, homes = grid.own // width, grid.own % width
    owned = np.bincount(owners, minlength=len(grid.reviewers))
    first = np.concatenate(([0], np.cumsum(owned)))[:-1]
    times = owned[rows]
    index = np.repeat(np.arange(len(rows), dtype=np.int64), times)
    nth = np.arange(len(index), dtype=np.int64) - np.repeat(np.cumsum(times) - times, times)
    start, end = homes[first[rows[index]] + nth], columns[index]
    return Ways(index=index, codes=start * width + end, backwards=end * width + start)


def ways_both(grid: Grid, codes: Numbers) -> int:
    """How many pairs of projects review each other when the pairs with these codes are chosen."""
    width = len(grid.projects)
    ways = ways_of(grid, codes // width, codes % width)
    used = sorted_set(ways.codes)
    back = (used % width) * width + used // width
    return int((are_among(back, used) & (used != back)).sum()) // 2


def orient(grid: Grid, arcs: Arcs, gains: Numbers, *, room: int, salt: int) -> Marks:
    """Give each pair of projects one direction; mark the pairs that stay open.

    `gains`: what keeping each pair is worth. `room`: from and to so many projects directions stay open where a half of
    them allows it; a large number makes halves.
    """
    width = len(grid.projects)
    ways = ways_of(grid, arcs.rows, arcs.columns)
    kept = ways_of(grid, grid.fixed // width, grid.fixed % width)
    forced = sorted_set(kept.codes)
    closed = are_among(ways.codes, sorted_set(kept.backwards)) & ~are_among(ways.codes, forced)
    codes = sorted_set(ways.codes[~closed])
    place = np.searchsorted(codes, ways.codes[~closed])
    worth = np.bincount(place, weights=gains[ways.index[~closed]], minlength=len(codes)).astype(np.int64)
    back = (codes % width) * width + codes // width
    contested = are_among(back, codes) & ~are_among(codes, forced) & ~are_among(back, forced) & (codes != back)
    free = codes[~contested]
    tails, heads = codes[contested] // width, codes[contested] % width
    once = tails < heads
    low, high, forth = tails[once], heads[once], worth[contested][once]
    against = worth[np.searchsorted(codes, high * width + low)]
    out_of_low = _choose(
        low, high, forth + _noise(grid, low, high, salt), against + _noise(grid, high, low, salt),
        leaving=np.bincount(free // width, minlength=width), arriving=np.bincount(free % width, minlength=width),
        room=room,
    )  # fmt: skip
    lost = np.where(out_of_low, high * width + low, low * width + high)
    open_arcs = np.ones(len(arcs.rows), dtype=np.bool_)
    open_arcs[ways.index[closed | are_among(ways.codes, np.sort(lost))]] = False
    return open_arcs


def _noise(grid: Grid, start: Numbers, end: Numbers, salt: int) -> Numbers:
    drawn = mixed(grid.question.seed * 1000 + salt, start, end)
    return (drawn % np.uint64(NOISE)).astype(np.int64)


def _choose(
    low: Numbers, high: Numbers, forth: Numbers, against: Numbers, *, leaving: Numbers, arriving: Numbers, room: int
) -> Marks:
    """Mark the pairs (low, high) that go from low to high; the sum of what is given up is the least possible."""
    edges, width = len(low), len(leaving)
    degree = np.bincount(low, minlength=width) + np.bincount(high, minlength=width)
    least = np.minimum(degree // 2, np.maximum(0, room - leaving))
    most = degree - np.minimum(degree // 2, np.maximum(0, room - arriving))
    numbers = np.arange(edges, dtype=np.int64)
    end = edges + width
    flow = min_cost_flow.SimpleMinCostFlow()
    outward = flow.add_arcs_with_capacity_and_unit_cost(numbers, edges + low, np.ones(edges, dtype=np.int64), against)
    flow.add_arcs_with_capacity_and_unit_cost(numbers, edges + high, np.ones(edges, dtype=np.int64), forth)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(edges, end, dtype=np.int64), np.full(width, end, dtype=np.int64), most - least,
        np.zeros(width, dtype=np.int64),
    )  # fmt: skip
    supplies = np.concatenate((np.ones(edges, dtype=np.int64), -least, [int(least.sum()) - edges]))
    flow.set_nodes_supplies(np.arange(end + 1, dtype=np.int64), supplies)
    if flow.solve() != flow.OPTIMAL:
        msg = "an orientation into halves always exists"
        raise AssertionError(msg)
    chosen: Marks = np.asarray(flow.flows(outward), dtype=np.int64) > 0
    return chosen
