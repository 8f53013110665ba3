"""Answer the question who reviews what: check it, solve it, give each pair its reason.

The question is a transport problem and is solved as minimum-cost flows (OR-tools): source → reviewer (k units)
→ project (one unit per allowed pair, cost = wish) → sink (the even load free, one more at a price).
"""

from collections import Counter

from reviewhub.errors import BadInput
from reviewhub.reviews.assignment import (
    AssignmentPlan,
    AssignmentQuestion,
    LoadStatistics,
    Pair,
    PlannedPair,
    Reviewer,
    Wish,
    input_digest,
    reciprocal_pairs,
    refused_by,
)
from reviewhub.reviews.blocking import explain_refusal
from reviewhub.reviews.flow import solve_by_rounds


def plan_assignment(question: AssignmentQuestion) -> AssignmentPlan:
    """Assign everyone `each` projects evenly and by the rules; raise BadInput naming the rules that block."""
    _check_question(question)
    chosen = solve_by_rounds(question)
    if chosen is None:
        raise BadInput(explain_refusal(question))
    return _plan(question, chosen)


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


def _plan(question: AssignmentQuestion, chosen: frozenset[Pair]) -> AssignmentPlan:
    known = {project.project_id: project.key for project in question.projects}
    counted = Counter(pair.project_id for pair in chosen)
    loads = {project_id: counted[project_id] for project_id in sorted(known)}
    reciprocal = reciprocal_pairs(question, chosen)
    people = {reviewer.reviewer_id: reviewer for reviewer in question.reviewers}
    wishes = Counter(
        people[pair.reviewer_id].wishes.get(pair.project_id, Wish.CAN) for pair in chosen if pair.reviewer_id in people
    )
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
    statistics = LoadStatistics(
        reviewers=len(people),
        projects=len(known),
        pairs=len(pairs),
        fewest_per_project=min(loads.values()),
        most_per_project=max(loads.values()),
        wanted=wishes[Wish.WANTS],
        unwanted=wishes[Wish.RATHER_NOT],
        reciprocal=len(reciprocal),
    )
    return AssignmentPlan(
        pairs=pairs,
        loads=loads,
        statistics=statistics,
        seed=question.seed,
        input_digest=input_digest(question),
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
