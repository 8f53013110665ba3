"""What must always be true of the rows of this room; `reviewhub check` and the tests ask each of these."""

from collections.abc import Callable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from reviewhub.courses.tables import Membership
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.editions import digest_of
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.tables import Assignment, Finding, FindingAnchor, Response, Review, ReviewEdition

Invariant = Callable[[Session], list[str]]


def anchors_are_of_the_reviewed_version_1(session: Session) -> list[str]:
    """Every anchor is of a version-1 snapshot of the project its review is about."""
    rows = session.execute(
        select(FindingAnchor.id, Finding.number, Finding.review_id)
        .join(Finding, Finding.id == FindingAnchor.finding_id)
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Snapshot, Snapshot.id == FindingAnchor.snapshot_id)
        .where(or_(Snapshot.project_id != Assignment.project_id, Snapshot.version != 1))
    )
    return [f"Anchor {anchor_id} of finding {number} in review {review_id} is not of the reviewed version 1."
            for anchor_id, number, review_id in rows]  # fmt: skip


def every_finding_has_a_place(session: Session) -> list[str]:
    """Every finding has at least one anchor."""
    rows = session.execute(
        select(Finding.id)
        .outerjoin(FindingAnchor, FindingAnchor.finding_id == Finding.id)
        .where(FindingAnchor.id.is_(None))
    )
    return [f"Finding {finding_id} has no place." for (finding_id,) in rows]


def editions_count_without_gaps(session: Session) -> list[str]:
    """A review's editions are 1 … n, and n stands on the review with the time of the last."""
    rows = session.execute(
        select(
            Review.id, Review.edition, func.count(ReviewEdition.id), func.max(ReviewEdition.edition),
            Review.submitted_at, func.max(ReviewEdition.submitted_at),
        )
        .outerjoin(ReviewEdition, ReviewEdition.review_id == Review.id)
        .group_by(Review.id, Review.edition, Review.submitted_at)
    )  # fmt: skip
    return [
        f"Review {review_id} says edition {edition}, but has {count} editions up to {highest or 0}."
        for review_id, edition, count, highest, submitted_at, last_at in rows
        if not (edition == count == (highest or 0) and submitted_at == last_at)
    ]


def editions_keep_their_digest(session: Session) -> list[str]:
    """The content of every edition still has the digest on its receipt."""
    rows = session.execute(
        select(ReviewEdition.review_id, ReviewEdition.edition, ReviewEdition.content, ReviewEdition.digest)
    )
    return [f"Edition {edition} of review {review_id} was changed after it was handed in."
            for review_id, edition, content, digest in rows if digest_of(content) != digest]  # fmt: skip


def nobody_reviews_their_own_project(session: Session) -> list[str]:
    """No active reviewer is, while assigned, a member of the project's group; no group reviews itself."""
    rows = session.execute(
        select(Assignment.id, Project.key)
        .join(Project, Project.id == Assignment.project_id)
        .outerjoin(
            Membership,
            (Membership.group_id == Project.group_id)
            & (Membership.enrollment_id == Assignment.reviewer_id)
            & Membership.left_at.is_(None),
        )
        .where(
            Assignment.released_at.is_(None),
            or_(Membership.id.is_not(None), Assignment.reviewer_group_id == Project.group_id),
        )
    )
    return [f"Assignment {assignment_id}: a developer of {key} reviews {key}." for assignment_id, key in rows]


def every_assignment_has_its_review(session: Session) -> list[str]:
    """Every assignment has its review."""
    rows = session.execute(
        select(Assignment.id).outerjoin(Review, Review.assignment_id == Assignment.id).where(Review.id.is_(None))
    )
    return [f"Assignment {assignment_id} has no review." for (assignment_id,) in rows]


def every_question_has_its_words(session: Session) -> list[str]:
    """Every clarification begins with a message of the reviewer who asks it."""
    rows = session.execute(
        select(Clarification.id)
        .outerjoin(
            Message,
            (Message.clarification_id == Clarification.id)
            & (Message.number == 1)
            & (Message.assignment_id == Clarification.assignment_id),
        )
        .where(Message.id.is_(None))
    )
    return [f"Question {clarification_id} has no words of who asked it." for (clarification_id,) in rows]


def duplicates_repeat_a_finding_of_their_project(session: Session) -> list[str]:
    """A finding answered as a duplicate repeats another finding of the same project."""
    original, repeated = aliased(Finding), aliased(Finding)
    first, second = aliased(Assignment), aliased(Assignment)
    first_review, second_review = aliased(Review), aliased(Review)
    rows = session.execute(
        select(Response.id)
        .join(repeated, repeated.id == Response.finding_id)
        .join(first_review, first_review.id == repeated.review_id)
        .join(first, first.id == first_review.assignment_id)
        .join(original, original.id == Response.duplicate_of_id)
        .join(second_review, second_review.id == original.review_id)
        .join(second, second.id == second_review.assignment_id)
        .where(or_(first.project_id != second.project_id, Response.finding_id == Response.duplicate_of_id))
    )
    return [f"Response {response_id} repeats no other finding of its project." for (response_id,) in rows]


INVARIANTS: dict[str, Invariant] = {
    "every finding's place is in the version 1 its review is about": anchors_are_of_the_reviewed_version_1,
    "every finding has a place": every_finding_has_a_place,
    "a review's editions count 1, 2, 3 without gaps": editions_count_without_gaps,
    "an edition is as it was handed in": editions_keep_their_digest,
    "nobody reviews their own project": nobody_reviews_their_own_project,
    "every assignment has its review": every_assignment_has_its_review,
    "a clarifying question begins with the words of who asks": every_question_has_its_words,
    "a duplicate repeats another finding of its project": duplicates_repeat_a_finding_of_their_project,
}
