"""What the pages show of swaps: to a reviewer what they ask and could accept, to the staff what waits for them."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from reviewhub.courses.tables import Course
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import ask_question, taken_pairs
from reviewhub.reviews.assignment import reciprocal_projects
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.swapping import offers_to, reasons_against, swapped_pairs
from reviewhub.reviews.tables import Assignment, AssignmentSwap


@dataclass(frozen=True, kw_only=True)
class MySwaps:
    """Of one review: the swap its reviewer asks or accepted, those they could accept, the projects they could want."""

    asked: AssignmentSwap | None
    asked_for: str
    accepted: AssignmentSwap | None
    accepted_for: str
    offers: tuple[tuple[str, str], ...]
    """(swap id, key of the project one would get)."""
    choices: tuple[tuple[str, str], ...]
    """(project id, key)."""
    refused: AssignmentSwap | None
    """The last one the staff said no to, while nothing newer is asked."""


@dataclass(frozen=True, kw_only=True)
class SwapRow:
    """One swap for the staff, with names and keys."""

    swap: AssignmentSwap
    asker: str
    given: str
    wanted: str
    taker: str
    against: tuple[str, ...]
    """Why it cannot be approved now."""
    makes_reciprocal: bool
    """Whether two groups that do not review each other now would, once it is approved."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided or withdrawn it."""
        return self.swap.decided_at is None and self.swap.withdrawn_at is None

    @property
    def waits(self) -> bool:
        """Whether the staff are to decide now."""
        return self.is_open and self.swap.taken_at is not None

    @property
    def state(self) -> tuple[str, str]:
        """Where it stands, and the tone."""
        if self.swap.undone_at:
            return "undone", "plain"
        if self.swap.decision:
            return self.swap.decision, "good" if self.swap.decision == "approved" else "bad"
        if self.swap.withdrawn_at:
            return "withdrawn", "plain"
        return ("waits for you", "warn") if self.swap.taken_at else ("nobody accepted yet", "info")


def my_swaps(session: Session, course: Course, assignment: Assignment) -> MySwaps:
    """Everything about swapping one's own undone review."""
    rows = session.scalars(
        select(AssignmentSwap)
        .where(or_(AssignmentSwap.given_id == assignment.id, AssignmentSwap.taken_id == assignment.id))
        .order_by(AssignmentSwap.asked_at.desc(), AssignmentSwap.id)
    ).all()
    open_ones = [one for one in rows if one.withdrawn_at is None and one.decided_at is None]
    asked = next((one for one in open_ones if one.given_id == assignment.id), None)
    accepted = next((one for one in open_ones if one.taken_id == assignment.id), None)
    question, taken = ask_question(session, course, each=1, seed=0), taken_pairs(session, course)
    keys = {project.project_id: project.key for project in question.projects}
    given = session.get(Assignment, accepted.given_id) if accepted else None
    last = next((one for one in rows if one.given_id == assignment.id), None)
    return MySwaps(
        asked=asked,
        asked_for=keys.get(asked.wanted_project_id, "—") if asked else "",
        accepted=accepted,
        accepted_for=keys.get(given.project_id, "—") if given else "",
        offers=tuple((swap.id, project.key) for swap, project in offers_to(session, course, assignment)),
        choices=tuple(
            (project.project_id, project.key)
            for project in sorted(question.projects, key=lambda one: one.key)
            if not reasons_against(question, taken, assignment, project.project_id)
        ),
        refused=last if last is not None and last.decision == "refused" else None,
    )


def load_swaps(session: Session, course: Course) -> list[SwapRow]:
    """Every swap of the course for its staff: those that wait first, then the newest."""
    other, wanted = aliased(Assignment), aliased(Project)
    rows = session.execute(
        select(AssignmentSwap, Assignment, Project, other, wanted)
        .join(Assignment, Assignment.id == AssignmentSwap.given_id)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(other, other.id == AssignmentSwap.taken_id)
        .join(wanted, wanted.id == AssignmentSwap.wanted_project_id)
        .where(AssignmentSwap.course_id == course.id)
        .order_by(AssignmentSwap.asked_at.desc(), AssignmentSwap.id)
    ).all()
    if not rows:
        return []
    question, taken = ask_question(session, course, each=1, seed=0), taken_pairs(session, course)
    names = reviewer_names(session, [one for row in rows for one in (row[1], row[3]) if one])
    now_both = reciprocal_projects(question, taken)
    found = [
        SwapRow(
            swap=swap,
            asker=names[given.id],
            given=project.key,
            wanted=sought.key,
            taker=names[taker.id] if taker else "",
            against=()
            if swap.decided_at or swap.withdrawn_at or not taker
            else (
                *reasons_against(question, taken, given, taker.project_id),
                *reasons_against(question, taken, taker, given.project_id),
            ),
            makes_reciprocal=swap.decided_at is None
            and bool(taker)
            and bool(reciprocal_projects(question, swapped_pairs(taken, given, taker)) - now_both),
        )
        for swap, given, project, taker, sought in rows
    ]
    return sorted(found, key=lambda row: row.state[0] != "waits for you")
