"""Who reviews what: the question (roster, projects, conflicts), the rules a pair must keep, and the plan's values.

`planning.py` answers the question, `flow.py` holds the optimiser, `blocking.py` says why there is no answer.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """What can forbid a pair or block a plan, in the words the reader sees."""

    OWN_PROJECT = "nobody reviews their own project"
    FORMER_PROJECT = "nobody reviews a project they used to belong to"
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
    reciprocal: int


@dataclass(frozen=True, kw_only=True)
class AssignmentPlan:
    """The answer: pairs sorted by reviewer then project, loads by project id, and what it was made from."""

    pairs: tuple[PlannedPair, ...]
    loads: Mapping[str, int]
    statistics: LoadStatistics
    seed: int
    input_digest: str


def input_digest(question: AssignmentQuestion) -> str:
    """Return the sha256 (hex) of the canonical JSON of the question, seed included, in any order of the roster."""
    content: dict[str, Any] = {
        "each": question.each,
        "seed": question.seed,
        "projects": sorted([project.project_id, project.key] for project in question.projects),
        "forbidden": sorted([pair.reviewer_id, pair.project_id] for pair in question.forbidden),
        "fixed": sorted([pair.reviewer_id, pair.project_id] for pair in question.fixed),
        "reviewers": sorted(
            [
                reviewer.reviewer_id,
                sorted(reviewer.own),
                sorted(reviewer.former),
                sorted(reviewer.conflicts),
                sorted([project_id, wish.value] for project_id, wish in reviewer.wishes.items()),
            ]
            for reviewer in question.reviewers
        ),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def rules_against(question: AssignmentQuestion, reviewer: Reviewer, project_id: str) -> tuple[Rule, ...]:
    """Return every rule that forbids the pair, in the order of Rule."""
    pair = Pair(reviewer_id=reviewer.reviewer_id, project_id=project_id)
    checks = (
        (Rule.OWN_PROJECT, project_id in reviewer.own),
        (Rule.FORMER_PROJECT, project_id in reviewer.former),
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
