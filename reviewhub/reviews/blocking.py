"""Why no plan exists: the smallest set of rules whose absence would leave one, and the plainest cause behind it."""

from collections import Counter
from itertools import combinations

from reviewhub.reviews.assignment import (
    AssignmentQuestion,
    ReviewedProject,
    Reviewer,
    Rule,
    refused_by,
)
from reviewhub.reviews.flow import solve_flow

LISTED = 3


def explain_refusal(question: AssignmentQuestion) -> str:
    """Return one or two sentences: what stands in the way (a person, a project) and which rules block."""
    rules = blocking_rules(question)
    if rules:
        named = " and ".join(f"“{rule.value}”" for rule in rules)
        verdict = f"No assignment is possible while {named} {'holds' if len(rules) == 1 else 'hold together'}."
    else:
        verdict = (
            f"No assignment is possible: everyone must review {question.each} of {len(question.projects)} projects."
        )
    cause = _cause(question)
    return f"{cause} {verdict}" if cause else verdict


def blocking_rules(question: AssignmentQuestion) -> tuple[Rule, ...]:
    """Return the smallest set of rules whose absence makes a plan possible; () if even that leaves none.

    Nobody would give up "never one's own project", so it is named only when no set of the others is enough.
    """
    others = (
        Rule.FORBIDDEN_PAIR,
        Rule.DECLARED_CONFLICT,
        Rule.EVEN_LOAD,
        Rule.FORMER_PROJECT,
        Rule.KEPT_WORK,
    )
    sets = [rules for size in range(1, len(others) + 1) for rules in combinations(others, size)]
    with_own = [(Rule.OWN_PROJECT,), *((Rule.OWN_PROJECT, *rules) for rules in sets)]
    for rules in [*sets, *with_own]:
        if solve_flow(question, without=frozenset(rules)) is not None:
            return rules
    return ()


def _cause(question: AssignmentQuestion) -> str:
    """Name the people with too few projects left, else the projects with too few reviewers left."""
    kept = Counter(pair.reviewer_id for pair in question.fixed)
    for reviewer in sorted(question.reviewers, key=lambda one: one.name):
        open_to = _open_projects(question, reviewer)
        if open_to + kept[reviewer.reviewer_id] < question.each:
            few = f"{reviewer.name} may review only {open_to} of the {len(question.projects)} projects"
            return f"{few}, but everyone gets {question.each}{_why(question, reviewer)}."
    fewest = len(question.reviewers) * question.each // len(question.projects)
    short = [
        f"{project.key} ({_open_reviewers(question, project)})"
        for project in sorted(question.projects, key=lambda one: one.key)
        if _open_reviewers(question, project) < fewest
    ]
    if not short:
        return ""
    more = f" and {len(short) - LISTED} more" if len(short) > LISTED else ""
    return f"Each project needs {fewest} reviewers, but too few people may review {', '.join(short[:LISTED])}{more}."


def _fixed_here(question: AssignmentQuestion, reviewer: Reviewer) -> set[str]:
    return {pair.project_id for pair in question.fixed if pair.reviewer_id == reviewer.reviewer_id}


def _open_projects(question: AssignmentQuestion, reviewer: Reviewer) -> int:
    fixed = _fixed_here(question, reviewer)
    return sum(
        refused_by(question, reviewer, project.project_id) is None and project.project_id not in fixed
        for project in question.projects
    )


def _open_reviewers(question: AssignmentQuestion, project: ReviewedProject) -> int:
    fixed = {pair.reviewer_id for pair in question.fixed if pair.project_id == project.project_id}
    allowed = {
        reviewer.reviewer_id
        for reviewer in question.reviewers
        if refused_by(question, reviewer, project.project_id) is None
    }
    return len(allowed | fixed)


def _why(question: AssignmentQuestion, reviewer: Reviewer) -> str:
    words = {
        Rule.OWN_PROJECT: "own project",
        Rule.FORMER_PROJECT: "former project",
        Rule.DECLARED_CONFLICT: "declared conflict",
        Rule.FORBIDDEN_PAIR: "forbidden pair",
    }
    counted = Counter(refused_by(question, reviewer, project.project_id) for project in question.projects)
    listed = [f"{words[rule]}: {number}" for rule, number in counted.items() if rule is not None]
    return f" ({', '.join(sorted(listed))})" if listed else ""
