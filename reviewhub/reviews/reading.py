"""Reading what was handed in: by the developers (released, reviewers hidden as the policy says), and by the staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.facts import reviewers_are_named, shown_reviews
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, FixCheck, Response, Review, ReviewEdition


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A finding with the last answer and the last verdict on it."""

    finding: SubmittedFinding
    label: str
    """How the finding is called on the page: reviewer's number and its own, such as "1.3"."""
    responses: tuple[Response, ...]
    checks: tuple[FixCheck, ...]

    @property
    def response(self) -> Response | None:
        """The answer that stands."""
        return self.responses[-1] if self.responses else None

    @property
    def check(self) -> FixCheck | None:
        """The verdict that stands."""
        return self.checks[-1] if self.checks else None


@dataclass(frozen=True, kw_only=True)
class ShownReview:
    """A review as its readers see it. `reviewer` is a name only where the policy opens it, else "Reviewer 2"."""

    reviewer: str
    number: int
    edition: ReviewEdition
    findings: tuple[Answered, ...]


def read_reviews(
    session: Session, course: Course, project: Project, snapshots: list[Snapshot], now: datetime
) -> list[ShownReview]:
    """The reviews of a project that its developers see now, with answers and verdicts; five queries, however many."""
    shown = shown_reviews(session, course, project, snapshots, now)
    numbers = reviewer_numbers(session, project)
    is_named = reviewers_are_named(course.policy)
    names = reviewer_names(session, [assignment for assignment, _ in shown]) if is_named else {}
    editions = last_editions(session, [review.id for _, review in shown])
    found = [
        (assignment, numbers[review.id], editions[review.id]) for assignment, review in shown if review.id in editions
    ]
    ids = [finding.finding_id for _, _, edition in found for finding in findings_in(edition.content)]
    responses, checks = answers_to(session, ids)
    return [
        ShownReview(
            reviewer=names.get(assignment.id, f"Reviewer {number}"),
            number=number,
            edition=edition,
            findings=tuple(
                Answered(
                    finding=finding,
                    label=f"{number}.{finding.number}",
                    responses=tuple(responses.get(finding.finding_id, ())),
                    checks=tuple(checks.get(finding.finding_id, ())),
                )
                for finding in findings_in(edition.content)
            ),
        )
        for assignment, number, edition in sorted(found, key=lambda row: row[1])
    ]


def last_editions(session: Session, review_ids: Iterable[str]) -> dict[str, ReviewEdition]:
    """Review id → the edition that counts, for reviews that have one."""
    rows = session.scalars(
        select(ReviewEdition)
        .join(Review, Review.id == ReviewEdition.review_id)
        .where(ReviewEdition.review_id.in_(list(review_ids)), ReviewEdition.edition == Review.edition)
    )
    return {edition.review_id: edition for edition in rows}


def answers_to(
    session: Session, finding_ids: Iterable[str]
) -> tuple[dict[str, list[Response]], dict[str, list[FixCheck]]]:
    """Finding id → answers, and → fix checks, each in order."""
    wanted = list(finding_ids)
    responses: dict[str, list[Response]] = {}
    checks: dict[str, list[FixCheck]] = {}
    for row in session.scalars(
        select(Response).where(Response.finding_id.in_(wanted)).order_by(Response.finding_id, Response.sequence)
    ):
        responses.setdefault(row.finding_id, []).append(row)
    for check in session.scalars(
        select(FixCheck)
        .where(FixCheck.finding_id.in_(wanted), FixCheck.undone_at.is_(None))
        .order_by(FixCheck.finding_id, FixCheck.sequence)
    ):
        checks.setdefault(check.finding_id, []).append(check)
    return responses, checks


def reviewer_numbers(session: Session, project: Project) -> dict[str, int]:
    """Review id → the reviewer's number: the rank of the review's random id, which tells neither name nor time.

    All reviews in force are counted, handed in or not, so that a number stays when another review comes in.
    """
    ids = session.scalars(
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id == project.id, (Assignment.released_at.is_(None)) | (Review.edition > 0))
        .order_by(Review.id)
    )
    return {review_id: number for number, review_id in enumerate(ids, start=1)}
