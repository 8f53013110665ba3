"""Why no plan exists: the smallest set of rules that block one another, and the plainest cause behind it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from reviewhub.reviews.arcs import Grid, Numbers
from reviewhub.reviews.assignment import AssignmentQuestion, Reviewer, Rule, refused_by
from reviewhub.reviews.flow import solve_transport

LISTED = 3
OFFERED = (
    Rule.FORBIDDEN_PAIR, Rule.LAST_PARTNER, Rule.DECLARED_CONFLICT, Rule.FORMER_PROJECT, Rule.KEPT_WORK, Rule.EVEN_LOAD,
)  # fmt: skip
"""What could be given up, the easiest first; nobody would give up "never one's own project"."""


def explain_refusal(question: AssignmentQuestion) -> str:
    """Return a few sentences: what stands in the way (a person, a project), which rules block, what would help."""
    tried = _Tried(grid=Grid(question))
    rules = _smallest_block(tried)
    if rules:
        verdict = f"No assignment is possible while {_named(rules)} {'holds' if len(rules) == 1 else 'hold together'}."
    else:
        verdict = (
            f"No assignment is possible: everyone must review {question.each} of {len(question.projects)} projects."
        )
    way_out = _smallest_way_out(tried) if rules else ()
    help_ = f" There would be one without {_named(way_out)}." if way_out else ""
    cause = _cause(tried.grid)
    return f"{cause} {verdict}{help_}" if cause else f"{verdict}{help_}"


def blocking_rules(question: AssignmentQuestion) -> tuple[Rule, ...]:
    """Return the smallest set of rules that leave no plan by themselves; () where even none of them leaves one.

    A deletion filter (Chinneck and Dravnieks, 1991) drops one rule after the other while the rest still blocks; what
    is left cannot be made smaller. Then sets of fewer rules are tried, because another one might be smaller still.
    """
    return _smallest_block(_Tried(grid=Grid(question)))


def ways_out(question: AssignmentQuestion) -> tuple[Rule, ...]:
    """Return the smallest set of rules without which there is a plan, own projects never among them; () if none."""
    return _smallest_way_out(_Tried(grid=Grid(question)))


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """Which sets of rules block, each asked once."""

    grid: Grid
    blocks: dict[frozenset[Rule], bool] = field(default_factory=dict)

    def is_blocked_by(self, rules: Collection[Rule]) -> bool:
        held = frozenset(rules)
        if held not in self.blocks:
            self.blocks[held] = not _is_possible(self.grid, without=frozenset(Rule) - held)
        return self.blocks[held]


def _smallest_block(tried: _Tried) -> tuple[Rule, ...]:
    if tried.is_blocked_by(()):
        return ()
    relevant = [rule for rule in Rule if _matters(tried.grid, rule)]
    held = list(relevant)
    for rule in relevant:
        if tried.is_blocked_by(set(held) - {rule}):
            held.remove(rule)
    for size in range(1, len(held)):
        for rules in combinations(relevant, size):
            if tried.is_blocked_by(rules):
                return rules
    return tuple(held)


def _smallest_way_out(tried: _Tried) -> tuple[Rule, ...]:
    offered = [rule for rule in OFFERED if _matters(tried.grid, rule)]
    for size in range(1, len(offered) + 1):
        for rules in combinations(offered, size):
            if not tried.is_blocked_by(frozenset(Rule) - frozenset(rules)):
                return rules
    return ()


def _matters(grid: Grid, rule: Rule) -> bool:
    """Whether leaving the rule aside could change anything."""
    if rule is Rule.EVEN_LOAD:
        return True
    return bool(grid.held.any()) if rule is Rule.KEPT_WORK else len(grid.refused[rule]) > 0


def _is_possible(grid: Grid, *, without: frozenset[Rule]) -> bool:
    arcs = grid.arcs(without=without)
    return solve_transport(grid, arcs, without=without) is not None


def _named(rules: Collection[Rule]) -> str:
    return " and ".join(f"“{rule.value}”" for rule in rules)


def _cause(grid: Grid) -> str:
    """Name the people with too few projects left, else the projects with too few reviewers left."""
    question, width = grid.question, len(grid.projects)
    arcs = grid.arcs()
    open_to = np.bincount(arcs.rows, minlength=len(grid.reviewers))
    short_of = np.flatnonzero(open_to < grid.needs(grid.fixed)).tolist()
    if short_of:
        row = min(short_of, key=lambda one: grid.reviewers[one].name)
        few = f"{grid.reviewers[row].name} may review only {open_to[row]} of the {width} projects"
        return f"{few}, but everyone gets {question.each}{_why(question, grid.reviewers[row])}."
    fewest = len(grid.reviewers) * question.each // width
    reviewers: Numbers = np.bincount(arcs.columns, minlength=width) + grid.held
    short = sorted((grid.projects[one].key, int(reviewers[one])) for one in np.flatnonzero(reviewers < fewest).tolist())
    if not short:
        return ""
    listed = ", ".join(f"{key} ({number})" for key, number in short[:LISTED])
    more = f" and {len(short) - LISTED} more" if len(short) > LISTED else ""
    return f"Each project needs {fewest} reviewers, but too few people may review {listed}{more}."


def _why(question: AssignmentQuestion, reviewer: Reviewer) -> str:
    words = {
        Rule.OWN_PROJECT: "own project",
        Rule.FORMER_PROJECT: "former project",
        Rule.LAST_PARTNER: "partner of last term",
        Rule.DECLARED_CONFLICT: "declared conflict",
        Rule.FORBIDDEN_PAIR: "forbidden pair",
    }
    counted = Counter(refused_by(question, reviewer, project.project_id) for project in question.projects)
    listed = [f"{words[rule]}: {number}" for rule, number in counted.items() if rule is not None]
    return f" ({', '.join(sorted(listed))})" if listed else ""
