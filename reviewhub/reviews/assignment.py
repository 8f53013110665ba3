"""Who reviews what: the question (roster, projects, conflicts), the rules a pair must keep, and the plan's values.

`planning.py` answers the question: `arcs.py` lays it out as arrays, `orienting.py` decides who may review whom,
`flow.py` solves the transport problem, `least_reciprocal.py` proves what cannot be avoided, `blocking.py` says why
there is no answer. `question_record.py` keeps the question, so that anyone can answer it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """What can forbid a pair or block a plan, in the words the reader sees."""

    OWN_PROJECT = "nobody reviews their own project"
    FORMER_PROJECT = "nobody reviews a project they used to belong to"
    LAST_PARTNER = "nobody reviews the project of a partner of last term"
    DECLARED_CONFLICT = "declared conflicts are respected"
    FORBIDDEN_PAIR = "forbidden pairs are respected"
    EVEN_LOAD = "the numbers of reviewers of any two projects differ by at most one"
    KEPT_WORK = "reviews already begun stay with their reviewer"


class Wish(StrEnum):
    """What a reviewer said about a project before the assignment."""

    WANTS = "wants"
    CAN = "can"
    RATHER_NOT = "rather_not"


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """One reviewing person or group. All sets hold project ids; `wishes` maps project id → wish."""

    reviewer_id: str
    name: str
    own: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    """Projects of people they worked with last term."""
    conflicts: frozenset[str] = frozenset()
    wishes: Mapping[str, Wish] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReviewedProject:
    """One project to be reviewed."""

    project_id: str
    key: str


@dataclass(frozen=True, kw_only=True, order=True)
class Pair:
    """Reviewer → project."""

    reviewer_id: str
    project_id: str


@dataclass(frozen=True, kw_only=True)
class AssignmentQuestion:
    """Everything the answer depends on: the same question and seed give the same plan.

    `fixed` pairs are kept whatever the other rules say (their review is begun or handed in); a fixed pair of somebody
    who is not among the `reviewers` (a drop-out) still counts for its project.
    """

    reviewers: tuple[Reviewer, ...]
    projects: tuple[ReviewedProject, ...]
    each: int
    forbidden: frozenset[Pair] = frozenset()
    fixed: frozenset[Pair] = frozenset()
    seed: int = 0
    avoid_reciprocal: bool = True


@dataclass(frozen=True, kw_only=True)
class PlannedPair:
    """One pair of a plan with the reason it is there, in plain English."""

    reviewer_id: str
    project_id: str
    reason: str
    fixed: bool = False
    reciprocal: bool = False


@dataclass(frozen=True, kw_only=True)
class LoadStatistics:
    """Numbers an instructor looks at before applying a plan."""

    reviewers: int
    projects: int
    pairs: int
    fewest_per_project: int
    most_per_project: int
    wanted: int
    unwanted: int
    asked: int
    """Reviewers who named a project they want."""
    heard: int
    """Those of them who got at least one of these."""
    mean_cost: float
    """Of a pair: 0 where it is wanted, 1 where it is free, 4 where the reviewer would rather not."""
    reciprocal: int
    """Pairs of projects whose developers review each other."""
    reciprocal_is_least: bool
    """Whether it is proven that no plan has fewer of them."""


@dataclass(frozen=True, kw_only=True)
class AssignmentPlan:
    """The answer: pairs sorted by reviewer then project, loads by project id, and what it was made from."""

    pairs: tuple[PlannedPair, ...]
    loads: Mapping[str, int]
    statistics: LoadStatistics
    seed: int
    input_digest: str


def rules_against(question: AssignmentQuestion, reviewer: Reviewer, project_id: str) -> tuple[Rule, ...]:
    """Return every rule that forbids the pair, in the order of Rule."""
    pair = Pair(reviewer_id=reviewer.reviewer_id, project_id=project_id)
    checks = (
        (Rule.OWN_PROJECT, project_id in reviewer.own),
        (Rule.FORMER_PROJECT, project_id in reviewer.former),
        (Rule.LAST_PARTNER, project_id in reviewer.partners),
        (Rule.DECLARED_CONFLICT, project_id in reviewer.conflicts),
        (Rule.FORBIDDEN_PAIR, pair in question.forbidden),
    )
    return tuple(rule for rule, holds in checks if holds)


def refused_by(question: AssignmentQuestion, reviewer: Reviewer, project_id: str) -> Rule | None:
    """Return the first rule that forbids the pair, or None when it is allowed."""
    return next(iter(rules_against(question, reviewer, project_id)), None)


def reciprocal_pairs(question: AssignmentQuestion, chosen: frozenset[Pair]) -> frozenset[Pair]:
    """Return the pairs whose opposite exists too: A's developer reviews B while a developer of B reviews A."""
    own = {reviewer.reviewer_id: reviewer.own for reviewer in question.reviewers}
    directions = {(home, pair.project_id) for pair in chosen for home in own.get(pair.reviewer_id, frozenset())}
    return frozenset(
        pair
        for pair in chosen
        if any((pair.project_id, home) in directions for home in own.get(pair.reviewer_id, frozenset()))
    )


def reciprocal_projects(question: AssignmentQuestion, chosen: frozenset[Pair]) -> frozenset[frozenset[str]]:
    """Return the pairs of projects whose developers review each other."""
    own = {reviewer.reviewer_id: reviewer.own for reviewer in question.reviewers}
    used = {(home, pair.project_id) for pair in chosen for home in own.get(pair.reviewer_id, frozenset())}
    return frozenset(frozenset(way) for way in used if way[0] != way[1] and way[::-1] in used)
