"""The question as numpy arrays: who may review what at which cost, without a loop over all pairs.

Reviewers and projects are counted in the order of their ids, so the order of the roster changes nothing. A pair is one
number, its code: row · projects + column. What the seed decides comes from a hash of seed, row and column
(splitmix64: Steele, Lea and Flood, 2014), which is the same on every machine and with every release of numpy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reviewhub.reviews.assignment import AssignmentQuestion, Pair, ReviewedProject, Reviewer, Rule, Wish

Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]

WISH_COST = {Wish.WANTS: 0, Wish.CAN: 100, Wish.RATHER_NOT: 400}
SCALE = 64  # a cost is multiplied by it, so that the noise decides between equals only
NOISE = 16


@dataclass(frozen=True, kw_only=True)
class Arcs:
    """Pairs that may be chosen: row and column of each, and what it costs."""

    rows: Numbers
    columns: Numbers
    costs: Numbers

    def only(self, marks: Marks) -> "Arcs":
        """Those that are marked."""
        return Arcs(rows=self.rows[marks], columns=self.columns[marks], costs=self.costs[marks])


@dataclass(frozen=True)
class Grid:
    """The question with its reviewers as rows and its projects as columns."""

    question: AssignmentQuestion

    @cached_property
    def reviewers(self) -> tuple[Reviewer, ...]:
        """Row → reviewer."""
        return tuple(sorted(self.question.reviewers, key=lambda one: one.reviewer_id))

    @cached_property
    def projects(self) -> tuple[ReviewedProject, ...]:
        """Column → project."""
        return tuple(sorted(self.question.projects, key=lambda one: one.project_id))

    @cached_property
    def _row(self) -> dict[str, int]:
        return {one.reviewer_id: row for row, one in enumerate(self.reviewers)}

    @cached_property
    def _column(self) -> dict[str, int]:
        return {one.project_id: column for column, one in enumerate(self.projects)}

    def _codes(self, pairs: Iterable[tuple[int, str]]) -> Numbers:
        width = len(self.projects)
        codes = [row * width + self._column[one] for row, one in pairs if one in self._column]
        return sorted_set(np.array(codes, dtype=np.int64))

    def _codes_of_pairs(self, pairs: Iterable[Pair]) -> Numbers:
        return self._codes((self._row[pair.reviewer_id], pair.project_id) for pair in pairs
                           if pair.reviewer_id in self._row)  # fmt: skip

    @cached_property
    def own(self) -> Numbers:
        """Codes of everybody with their own projects."""
        return self._codes((row, one) for row, reviewer in enumerate(self.reviewers) for one in reviewer.own)

    @cached_property
    def refused(self) -> dict[Rule, Numbers]:
        """The codes that each rule about pairs forbids."""
        people = list(enumerate(self.reviewers))
        return {
            Rule.OWN_PROJECT: self.own,
            Rule.FORMER_PROJECT: self._codes((row, one) for row, person in people for one in person.former),
            Rule.LAST_PARTNER: self._codes((row, one) for row, person in people for one in person.partners),
            Rule.DECLARED_CONFLICT: self._codes((row, one) for row, person in people for one in person.conflicts),
            Rule.FORBIDDEN_PAIR: self._codes_of_pairs(self.question.forbidden),
        }

    @cached_property
    def fixed(self) -> Numbers:
        """The codes of the pairs that are kept and whose reviewer is still there."""
        return self._codes_of_pairs(self.question.fixed)

    @cached_property
    def held(self) -> Numbers:
        """Column → how many reviewers are kept, those who left counted too."""
        columns = [self._column[pair.project_id] for pair in self.question.fixed if pair.project_id in self._column]
        return np.bincount(np.array(columns, dtype=np.int64), minlength=len(self.projects)).astype(np.int64)

    def needs(self, fixed: Numbers) -> Numbers:
        """Row → how many projects the reviewer still gets."""
        kept = np.bincount(fixed // len(self.projects), minlength=len(self.reviewers))
        return np.maximum(0, self.question.each - kept).astype(np.int64)

    @cached_property
    def _wishes(self) -> tuple[Numbers, Numbers]:
        """Sorted codes of the pairs somebody said something about, and their costs."""
        width = len(self.projects)
        said = {
            row * width + self._column[one]: WISH_COST[wish]
            for row, person in enumerate(self.reviewers)
            for one, wish in person.wishes.items()
            if one in self._column
        }
        codes = np.array(sorted(said), dtype=np.int64)
        return codes, np.array([said[int(code)] for code in codes], dtype=np.int64)

    def costs_of(self, codes: Numbers) -> Numbers:
        """The cost of each pair by what its reviewer said, in hundredths."""
        costs = np.full(len(codes), WISH_COST[Wish.CAN], dtype=np.int64)
        said, prices = self._wishes
        if len(said):
            place = np.minimum(np.searchsorted(said, codes), len(said) - 1)
            costs = np.where(said[place] == codes, prices[place], costs)
        return costs

    def forbidden(self, without: frozenset[Rule] = frozenset()) -> Numbers:
        """The codes no plan may choose, some rules left aside."""
        parts = [self.fixed[:0], *(codes for rule, codes in self.refused.items() if rule not in without)]
        refused = sorted_set(np.concatenate(parts))
        if Rule.KEPT_WORK in without:  # then a kept pair is no must, but it still may be
            return refused[~are_among(refused, self.fixed)]
        return sorted_set(np.concatenate((refused, self.fixed)))

    def arcs(self, *, most: int | None = None, without: frozenset[Rule] = frozenset()) -> Arcs:
        """Every pair that may be chosen; with `most`, so many for each reviewer: the wanted ones, then a draw.

        A draw is an arithmetic sequence around the circle of projects, with start and step of the reviewer's own: no
        project comes twice, and each is drawn about equally often.
        """
        people, width = len(self.reviewers), len(self.projects)
        rows = np.arange(people, dtype=np.int64)[:, None]
        if most is None or most >= width:
            codes = np.arange(people * width, dtype=np.int64)
        else:
            steps = _coprime_to(width)
            step = steps[(mixed(self.question.seed, rows, 1) % np.uint64(len(steps))).astype(np.int64)]
            start = (mixed(self.question.seed, rows, 2) % np.uint64(width)).astype(np.int64)
            drawn = (start + step * np.arange(most, dtype=np.int64)[None, :]) % width
            codes = sorted_set(np.concatenate(((rows * width + drawn).ravel(), self._wishes[0])))
        codes = codes[~are_among(codes, self.forbidden(without))]
        arcs = Arcs(rows=codes // width, columns=codes % width, costs=self.costs_of(codes))
        return arcs if most is None or most >= width else _cheapest(arcs, most, self.noise(arcs, 0))

    def noise(self, arcs: Arcs, salt: int) -> Numbers:
        """A small number for each pair, by which the seed decides between equals."""
        drawn = mixed(self.question.seed * 1000 + salt, arcs.rows, arcs.columns + 3)
        return (drawn % np.uint64(NOISE)).astype(np.int64)

    def pairs(self, codes: Numbers) -> frozenset[Pair]:
        """The pairs with these codes."""
        width = len(self.projects)
        return frozenset(
            Pair(
                reviewer_id=self.reviewers[code // width].reviewer_id, project_id=self.projects[code % width].project_id
            )
            for code in codes.tolist()
        )


def sorted_set(codes: Numbers) -> Numbers:
    """The different codes in order; sorting them is several times faster here than numpy's table of hashes."""
    ordered = np.sort(codes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def are_among(codes: Numbers, known: Numbers) -> Marks:
    """Mark the codes that occur in `known`, which is sorted."""
    if not len(known):
        return np.zeros(len(codes), dtype=np.bool_)
    return np.asarray(known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes)


def mixed(seed: int, rows: Numbers, columns: Numbers | int) -> NDArray[np.uint64]:
    """Hash seed, row and column to 64 bits, the same everywhere and for ever."""
    state = np.asarray(rows).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = _splitmix(state + np.uint64(seed % 2**64))
    return _splitmix(state + np.asarray(columns).astype(np.uint64) * np.uint64(0xD1B54A32D192ED03))


def _splitmix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def _coprime_to(width: int) -> Numbers:
    numbers = np.arange(1, width, dtype=np.int64)
    coprime: Numbers = numbers[np.gcd(numbers, width) == 1]
    return coprime


def _cheapest(arcs: Arcs, most: int, noise: Numbers) -> Arcs:
    """Keep so many of each row, the cheapest first; between equals the noise decides."""
    order = np.lexsort((noise, arcs.costs, arcs.rows))
    rows = arcs.rows[order]
    first = np.searchsorted(rows, rows, side="left")
    kept = np.zeros(len(rows), dtype=np.bool_)
    kept[order[np.arange(len(rows)) - first < most]] = True
    return arcs.only(kept)
