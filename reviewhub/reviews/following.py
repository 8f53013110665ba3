"""Following findings to version 2: every released finding with its place then and now, answers and verdicts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.github.objects import Objects
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.anchors import CarriedState
from reviewhub.reviews.checking import CarriedAnchor, carry_anchor, tree_of
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.reading import Answered, ShownReview, answers_to, read_reviews
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import ReviewEdition


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A finding with its place carried to version 2; `carried` is None before version 2 is frozen."""

    answered: Answered
    carried: CarriedAnchor | None

    @property
    def is_unchanged_claim(self) -> bool:
        """Whether the developers say "fixed" although nothing at the place has changed."""
        response = self.answered.response
        same = self.carried is not None and self.carried.carried.state in {CarriedState.SAME, CarriedState.MOVED}
        kind = self.answered.finding.anchors[0].place.kind if self.answered.finding.anchors else "project"
        return same and kind != "project" and response is not None and response.kind == ResponseKind.FIXED


@dataclass(frozen=True, kw_only=True)
class FollowedReview:
    """One review with its findings followed."""

    reviewer: str
    number: int
    edition: ReviewEdition
    findings: tuple[Followed, ...]


@dataclass(frozen=True, kw_only=True)
class Following:
    """What the developers see: the released reviews, the frozen versions, and what is left to answer."""

    reviews: tuple[FollowedReview, ...]
    version_1: Snapshot | None
    version_2: Snapshot | None

    @property
    def standing(self) -> list[Followed]:
        """All findings that are not withdrawn."""
        return [one for review in self.reviews for one in review.findings if not one.answered.finding.withdrawn]

    @property
    def left(self) -> int:
        """How many of them nobody answered yet."""
        return sum(one.answered.response is None for one in self.standing)


def follow_project(session: Session, course: Course, project: Project, *, objects: Objects, now: datetime) -> Following:
    """Load what the developers of a project see now."""
    snapshots = snapshots_of(session, [project.id])
    version_2 = current_snapshot(snapshots, project.id, 2)
    reviews = read_reviews(session, course, project, snapshots, now)
    return Following(
        reviews=tuple(_follow(objects, snapshots, version_2, review) for review in reviews),
        version_1=current_snapshot(snapshots, project.id, 1),
        version_2=version_2,
    )


def follow_edition(
    session: Session, edition: ReviewEdition, snapshots: list[Snapshot], version_2: Snapshot | None, *, objects: Objects
) -> tuple[Followed, ...]:
    """The findings of one review's edition, for its own reviewer."""
    findings = findings_in(edition.content)
    responses, checks = answers_to(session, [one.finding_id for one in findings])
    answered = [
        Answered(
            finding=one,
            label=str(one.number),
            responses=tuple(responses.get(one.finding_id, ())),
            checks=tuple(checks.get(one.finding_id, ())),
        )
        for one in findings
    ]
    return tuple(_one(objects, snapshots, version_2, one) for one in answered)


def _follow(
    objects: Objects, snapshots: list[Snapshot], version_2: Snapshot | None, review: ShownReview
) -> FollowedReview:
    return FollowedReview(
        reviewer=review.reviewer,
        number=review.number,
        edition=review.edition,
        findings=tuple(_one(objects, snapshots, version_2, one) for one in review.findings),
    )


def _one(objects: Objects, snapshots: list[Snapshot], version_2: Snapshot | None, answered: Answered) -> Followed:
    anchors = answered.finding.anchors
    old_tree = tree_of(snapshots, anchors[0]) if anchors else None
    if version_2 is None or old_tree is None:
        return Followed(answered=answered, carried=None)
    return Followed(answered=answered, carried=carry_anchor(objects, anchors[0], old_tree, version_2.tree))
