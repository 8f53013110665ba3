"""The staff's board: the assignment as it stands, dry runs against it, who can be added, which conflicts are stated."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.projects.tables import Project
from reviewhub.reviews.asking import groups_review
from reviewhub.reviews.lookup import grants_for, opening_of, snapshots_of
from reviewhub.reviews.tables import Assignment, AssignmentRun, Finding, Review, ReviewConflict
from reviewhub.reviews.windows import ReviewWindow, window_of


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One assignment with its review's state; `findings` counts those not withdrawn."""

    assignment: Assignment
    review: Review
    project: Project
    reviewer: str
    findings: int
    window: ReviewWindow

    @property
    def state(self) -> tuple[str, str]:
        """The review's state in words, and its tone."""
        if self.assignment.released_at is not None:
            return "released", "plain"
        if self.review.edition:
            return ("handed in" if self.review.edition == 1 else f"handed in, edition {self.review.edition}"), "good"
        return ("begun", "info") if self.review.started_at else ("not begun", "plain")


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One pair of a dry run, and what it changes: new, kept, or dropped."""

    reviewer: str
    project: str
    reason: str
    change: str
    reciprocal: bool


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything the page of assignments shows."""

    rows: tuple[BoardRow, ...]
    released: tuple[BoardRow, ...]
    projects: tuple[Project, ...]
    reviewers: tuple[tuple[str, str], ...]
    """(id, name) of everybody who could review: persons, or groups where groups review."""
    people: tuple[tuple[str, str], ...]
    """(enrolment id, name) of the students."""
    homes: dict[str, str]
    """Reviewer id → the id of the project they develop."""
    runs: tuple[AssignmentRun, ...]
    conflicts: tuple[tuple[ReviewConflict, str, str], ...]
    """Stated conflicts with the person's name and the project's key."""

    @property
    def pairs(self) -> dict[tuple[str, str], str]:
        """For the table of squares: (reviewer, project) → kind of square, of the assignment in force."""
        return {
            (row.assignment.reviewer_id or row.assignment.reviewer_group_id or "", row.project.id): "kept"
            for row in self.rows
        }

    def run_pairs(self, run: AssignmentRun) -> dict[tuple[str, str], str]:
        """The same for a dry run: new, kept, both (ways), or dropped."""
        planned = {(pair["reviewer_id"], pair["project_id"]): pair["reciprocal"] for pair in run.plan}
        now = self.pairs
        kinds = {pair: "both" if both else "kept" if pair in now else "new" for pair, both in planned.items()}
        return kinds | {pair: "dropped" for pair in now if pair not in planned}

    def run_loads(self, run: AssignmentRun) -> list[tuple[int, int]]:
        """How many reviewers a project gets → how many projects get so many."""
        counted = Counter(pair["project_id"] for pair in run.plan)
        return sorted(Counter(counted[project.id] for project in self.projects).items())

    @property
    def seats(self) -> list[tuple[str, str, str | None]]:
        """Reviewer, name and own project of everybody who could review or does, by project key then name."""
        keys = {project.id: project.key for project in self.projects}
        known = dict(self.reviewers) | {
            row.assignment.reviewer_id or row.assignment.reviewer_group_id or "": row.reviewer for row in self.rows
        }
        told = [(who, name, self.homes.get(who)) for who, name in known.items()]
        return sorted(told, key=lambda one: (keys.get(one[2] or "", ""), one[1]))

    @property
    def loads(self) -> list[tuple[str, int]]:
        """Project key → how many review it."""
        return [(project.key, sum(row.project.id == project.id for row in self.rows)) for project in self.projects]

    def run_rows(self, run: AssignmentRun) -> list[RunRow]:
        """A dry run against the assignment as it stands, by reviewer then project; dropped pairs last."""
        names = dict(self.reviewers)
        keys = {project.id: project.key for project in self.projects}
        current = {
            (row.assignment.reviewer_id or row.assignment.reviewer_group_id, row.project.id): row for row in self.rows
        }
        planned = {(pair["reviewer_id"], pair["project_id"]): pair for pair in run.plan}
        rows = [
            RunRow(
                reviewer=names.get(who) or (current[who, project_id].reviewer if (who, project_id) in current else "—"),
                project=keys.get(project_id, "—"),
                reason=pair["reason"],
                change="kept" if (who, project_id) in current else "new",
                reciprocal=pair["reciprocal"],
            )
            for (who, project_id), pair in planned.items()
        ]
        dropped = [
            RunRow(
                reviewer=row.reviewer,
                project=row.project.key,
                reason="Not in this plan.",
                change="dropped",
                reciprocal=False,
            )
            for pair, row in current.items()
            if pair not in planned
        ]
        return sorted(rows, key=lambda row: (row.reviewer, row.project)) + sorted(
            dropped, key=lambda row: (row.reviewer, row.project)
        )


def load_board(session: Session, course: Course) -> Board:
    """Load the board in a fixed number of queries."""
    projects = session.scalars(
        select(Project)
        .where(Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_(None))
        .order_by(Project.key)
    ).all()
    by_groups = groups_review(course)
    groups = {group.id: group.name for group in session.scalars(select(Group).where(Group.course_id == course.id))}
    people = {
        enrollment_id: (name, role, left_at)
        for enrollment_id, name, role, left_at in session.execute(
            select(Enrollment.id, User.name, Enrollment.role, Enrollment.left_at)
            .join(User, User.id == Enrollment.user_id)
            .where(Enrollment.course_id == course.id)
        )
    }
    names = groups | {enrollment_id: row[0] for enrollment_id, row in people.items()}
    rows = _rows(session, course, names)
    students = {who: name for who, (name, role, left_at) in people.items() if role == "student" and left_at is None}
    reviewers = groups if by_groups else students
    runs = session.scalars(
        select(AssignmentRun)
        .where(AssignmentRun.course_id == course.id)
        .order_by(AssignmentRun.made_at.desc(), AssignmentRun.id)
        .limit(10)
    ).all()
    conflicts = session.scalars(
        select(ReviewConflict)
        .where(ReviewConflict.course_id == course.id, ReviewConflict.revoked_at.is_(None))
        .order_by(ReviewConflict.stated_at, ReviewConflict.id)
    ).all()
    keys = {project.id: project.key for project in projects}
    return Board(
        rows=tuple(row for row in rows if row.assignment.released_at is None),
        released=tuple(row for row in rows if row.assignment.released_at is not None),
        projects=tuple(projects),
        reviewers=tuple(sorted(reviewers.items(), key=lambda row: row[1])),
        people=tuple(sorted(students.items(), key=lambda row: row[1])),
        homes=_homes(session, course, list(projects), by_groups=by_groups),
        runs=tuple(runs),
        conflicts=tuple((row, names.get(row.enrollment_id, "—"), keys.get(row.project_id, "—")) for row in conflicts),
    )


def review_progress(rows: tuple[BoardRow, ...], now: datetime) -> dict[str, int]:
    """How many reviews are handed in, begun, not begun, and overdue."""
    active = [row for row in rows if not row.assignment.practice]
    return {
        "handed_in": sum(row.review.edition > 0 for row in active),
        "begun": sum(row.review.edition == 0 and row.review.started_at is not None for row in active),
        "not_begun": sum(row.review.edition == 0 and row.review.started_at is None for row in active),
        "overdue": sum(
            row.review.edition == 0 and row.window.due_at is not None and row.window.due_at < now for row in active
        ),
    }


def _rows(session: Session, course: Course, names: dict[str, str]) -> list[BoardRow]:
    found = session.execute(
        select(Assignment, Review, Project)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, or_(Project.removed_at.is_(None), Review.edition > 0))
    ).all()
    assignments = [assignment for assignment, _, _ in found]
    snapshots = snapshots_of(session, {project.id for _, _, project in found})
    grants = grants_for(session, course.id, assignments)
    numbers = session.execute(
        select(Finding.review_id, func.count())
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Finding.withdrawn_at.is_(None))
        .group_by(Finding.review_id)
    )
    counted = dict(numbers.all())
    rows = [
        BoardRow(
            assignment=assignment,
            review=review,
            project=project,
            reviewer=names.get(assignment.reviewer_id or assignment.reviewer_group_id or "", "—"),
            findings=counted.get(review.id, 0),
            window=window_of(
                course.policy,
                opened_at=opening_of(snapshots, project.id),
                grants=grants.get(assignment.id, ()),
                practice_until=project.practice_until,
            ),
        )
        for assignment, review, project in found
    ]
    return sorted(rows, key=lambda row: (row.reviewer, row.project.key, row.assignment.assigned_at))


def _homes(session: Session, course: Course, projects: list[Project], *, by_groups: bool) -> dict[str, str]:
    of_group = {project.group_id: project.id for project in projects if project.group_id}
    if by_groups:
        return {group_id: project_id for group_id, project_id in of_group.items() if group_id}
    rows = session.execute(
        select(Membership.enrollment_id, Membership.group_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.course_id == course.id, Membership.left_at.is_(None))
    )
    return {enrollment_id: of_group[group_id] for enrollment_id, group_id in rows if group_id in of_group}
