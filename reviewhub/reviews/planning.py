"""Answer the question who reviews what: check it, solve it, give each pair its reason."""

from collections import Counter

from reviewhub.errors import BadInput
from reviewhub.reviews.arcs import WISH_COST, Grid
from reviewhub.reviews.assignment import (
    AssignmentPlan,
    AssignmentQuestion,
    LoadStatistics,
    Pair,
    PlannedPair,
    Reviewer,
    Wish,
    reciprocal_pairs,
    reciprocal_projects,
    refused_by,
)
from reviewhub.reviews.blocking import explain_refusal
from reviewhub.reviews.question_record import input_digest
from reviewhub.reviews.solving import Solution, solve


def plan_assignment(question: AssignmentQuestion) -> AssignmentPlan:
    """Assign everyone `each` projects evenly and by the rules; raise BadInput naming the rules that block."""
    _check_question(question)
    grid = Grid(question)
    solution = solve(grid)
    if solution is None:
        raise BadInput(explain_refusal(question))
    return _plan(question, solution, _chosen(question, grid, solution))


def _check_question(question: AssignmentQuestion) -> None:
    if question.each < 1:
        raise BadInput("Each reviewer must get at least one project.")
    if not question.projects:
        raise BadInput("There is no project to review yet: confirm the projects first.")
    if not question.reviewers:
        raise BadInput("There is nobody who could review: import the roster first.")
    if len({project.project_id for project in question.projects}) != len(question.projects):
        raise BadInput("A project is listed twice.")
    if len({reviewer.reviewer_id for reviewer in question.reviewers}) != len(question.reviewers):
        raise BadInput("A reviewer is listed twice.")


def _plan(question: AssignmentQuestion, solution: Solution, chosen: frozenset[Pair]) -> AssignmentPlan:
    known = {project.project_id: project.key for project in question.projects}
    counted = Counter(pair.project_id for pair in chosen)
    loads = {project_id: counted[project_id] for project_id in sorted(known)}
    reciprocal = reciprocal_pairs(question, chosen)
    people = {reviewer.reviewer_id: reviewer for reviewer in question.reviewers}
    pairs = tuple(
        PlannedPair(
            reviewer_id=pair.reviewer_id,
            project_id=pair.project_id,
            reason=_reason(question, pair, people.get(pair.reviewer_id), counted, is_reciprocal=pair in reciprocal),
            fixed=pair in question.fixed,
            reciprocal=pair in reciprocal,
        )
        for pair in sorted(chosen)
    )
    statistics = tell_statistics(question, chosen, is_least=solution.is_least)
    return AssignmentPlan(
        pairs=pairs,
        loads=loads,
        statistics=statistics,
        seed=question.seed,
        input_digest=input_digest(question),
    )


def _chosen(question: AssignmentQuestion, grid: Grid, solution: Solution) -> frozenset[Pair]:
    """All pairs of the plan, with the kept ones of those who left."""
    known = {project.project_id for project in question.projects}
    return grid.pairs(solution.codes) | frozenset(pair for pair in question.fixed if pair.project_id in known)


def tell_statistics(question: AssignmentQuestion, chosen: frozenset[Pair], *, is_least: bool = False) -> LoadStatistics:
    """The numbers of any plan for the question; `is_least`: that fewer reciprocal pairs are impossible is proven."""
    counted = Counter(pair.project_id for pair in chosen)
    loads = [counted[project.project_id] for project in question.projects]
    both_ways = len(reciprocal_projects(question, chosen))
    people = {reviewer.reviewer_id: reviewer for reviewer in question.reviewers}
    said = [
        (pair.reviewer_id, people[pair.reviewer_id].wishes.get(pair.project_id, Wish.CAN))
        for pair in chosen
        if pair.reviewer_id in people
    ]
    wishes = Counter(wish for _, wish in said)
    asked = {one.reviewer_id for one in question.reviewers if Wish.WANTS in one.wishes.values()}
    cost = sum(WISH_COST[wish] * times for wish, times in wishes.items())
    return LoadStatistics(
        reviewers=len(people),
        projects=len(loads),
        pairs=len(chosen),
        fewest_per_project=min(loads, default=0),
        most_per_project=max(loads, default=0),
        wanted=wishes[Wish.WANTS],
        unwanted=wishes[Wish.RATHER_NOT],
        asked=len(asked),
        heard=len(asked & {who for who, wish in said if wish is Wish.WANTS}),
        mean_cost=round(cost / 100 / max(1, len(said)), 4),
        reciprocal=both_ways,
        reciprocal_is_least=is_least or both_ways == 0,
    )


def _reason(
    question: AssignmentQuestion,
    pair: Pair,
    reviewer: Reviewer | None,
    loads: Counter[str],
    *,
    is_reciprocal: bool,
) -> str:
    """Say why this pair, in one or two short sentences."""
    if reviewer is None:
        return "Kept: this review was handed in before its author left."
    if pair in question.fixed:
        rule = refused_by(question, reviewer, pair.project_id)
        return "Kept: this review is already begun." + (f" It goes against a rule: {rule.value}." if rule else "")
    wish = reviewer.wishes.get(pair.project_id, Wish.CAN)
    number = loads[pair.project_id]
    words = {
        Wish.WANTS: "Asked for this project",
        Wish.CAN: "Free of conflicts",
        Wish.RATHER_NOT: "Would rather not, but no other even plan was free",
    }[wish]
    return f"{words}; the project gets {number} {'reviewer' if number == 1 else 'reviewers'}." + (
        " Its developers review back: this could not be avoided." if is_reciprocal else ""
    )
