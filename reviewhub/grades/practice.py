"""What a practice review would have been worth: the rules of points, on a project whose mistakes are known.

Pure. A practice review stands alone: what it did not note nobody noted, whichever way the course shares penalties.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades.evidence import AssignmentFact, Decision, MatchFact, ProjectFact
from reviewhub.grades.penalties import ZERO, Coverage, Loss, coverage_of, losses_of, noted_mistakes, reckoning


@dataclass(frozen=True, kw_only=True)
class PracticeScore:
    """How one practice review did. There are no quality marks in it: nobody reads it for a mark."""

    coverage: Coverage
    losses: tuple[Loss, ...]
    lost: Decimal
    """What missing the others would have cost, 0 or more, never more than the cap."""
    right: int
    """Findings that name a known mistake."""
    judged: int
    """Findings that could: remarks and questions do not count."""


def practice_score(
    project: ProjectFact,
    assignment: AssignmentFact,
    policy: Policy,
    suggested: Iterable[MatchFact] = (),
) -> PracticeScore:
    """Score one practice review of `project`.

    The staff's decisions stand; `suggested` matches count for findings nobody decided on, so that a score is there
    as soon as the review is handed in.
    """
    alone = replace(assignment, held_to_account=True)
    said = alone.review.findings if alone.review else ()
    open_findings = {one.finding_id for one in said if one.decision is None}
    matches = [*project.matches, *(one for one in suggested if one.finding_id in open_findings)]
    only = replace(project, assignments=(alone,), matches=tuple(matches))
    with reckoning():
        noted = noted_mistakes(only, policy.points)
        losses = tuple(losses_of(alone, only, noted, policy.points))
        return PracticeScore(
            coverage=coverage_of(alone, only, noted, policy.points),
            losses=losses,
            lost=min(policy.points.cap, sum((one.amount for one in losses), ZERO)),
            right=len({one.finding_id for one in matches} & {one.finding_id for one in said if one.notes}),
            judged=sum(one.notes for one in said if one.decision is not Decision.QUESTION_ACCEPTED),
        )
