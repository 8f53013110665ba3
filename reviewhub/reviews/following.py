"""Following findings to version 2: every finding with its places then and now, answers and verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.github.objects import Objects
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.anchors import Carried, CarriedState, drop_anchor
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.correcting import Corrections, corrections_of, place_of
from reviewhub.reviews.correction_tables import PlaceCorrection
from reviewhub.reviews.followed import CarriedAnchor, Followed
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.places import Anchor, PlaceKind
from reviewhub.reviews.reading import Answered, answers_to, read_reviews
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import ReviewEdition


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
    ids = [one.finding.finding_id for review in reviews for one in review.findings]
    follower = _Follower(session, ids, snapshots, version_2, objects)
    return Following(
        reviews=tuple(
            FollowedReview(
                reviewer=review.reviewer,
                number=review.number,
                edition=review.edition,
                findings=follower.follow(review.findings),
            )
            for review in reviews
        ),
        version_1=current_snapshot(snapshots, project.id, 1),
        version_2=version_2,
    )


def follow_edition(
    session: Session, edition: ReviewEdition, snapshots: list[Snapshot], version_2: Snapshot | None, *, objects: Objects
) -> tuple[Followed, ...]:
    """The findings of one review's edition, for its own reviewer; with no `version_2` their places are not followed."""
    findings = findings_in(edition.content)
    ids = [one.finding_id for one in findings]
    responses, checks = answers_to(session, ids)
    answered = [
        Answered(
            finding=one,
            label=str(one.number),
            responses=tuple(responses.get(one.finding_id, ())),
            checks=tuple(checks.get(one.finding_id, ())),
        )
        for one in findings
    ]
    return _Follower(session, ids, snapshots, version_2, objects).follow(answered)


class _Follower:
    """Carries the places of findings to a version 2, or to nothing while there is none."""

    def __init__(
        self,
        session: Session,
        finding_ids: list[str],
        snapshots: list[Snapshot],
        version_2: Snapshot | None,
        objects: Objects,
    ) -> None:
        self._objects = objects
        self._version_2 = version_2
        self._carrier: Carrier | None = None
        self._corrections: Corrections = {}
        if version_2 is not None and finding_ids:
            self._carrier = Carrier(objects, {one.id: one.tree for one in snapshots}, version_2.tree)
            self._corrections = corrections_of(session, finding_ids, version_2.id)

    def follow(self, findings: Iterable[Answered]) -> tuple[Followed, ...]:
        """The findings with what became of their places."""
        return tuple(Followed(answered=one, places=self._places(one)) for one in findings)

    def _places(self, answered: Answered) -> tuple[CarriedAnchor, ...]:
        finding = answered.finding
        return tuple(
            self._place(anchor, self._corrections.get((finding.finding_id, position)))
            for position, anchor in enumerate(finding.anchors)
        )

    def _place(self, anchor: Anchor, correction: PlaceCorrection | None) -> CarriedAnchor:
        carried = self._carrier.carry(anchor) if self._carrier else None
        if carried is None or correction is None:
            return CarriedAnchor(anchor=anchor, carried=carried)
        who = "the reviewer" if correction.by_reviewer else "the staff"
        return CarriedAnchor(
            anchor=anchor,
            carried=self._pointed_at(anchor, carried, correction, f"pointed out by {who}"),
            corrected_by=who,
            corrected_at=correction.at,
        )

    def _pointed_at(self, anchor: Anchor, carried: Carried, correction: PlaceCorrection, reason: str) -> Carried:
        place = place_of(correction)
        if place is None or self._version_2 is None:
            near = carried.near or carried.place
            return Carried(state=CarriedState.GONE, place=None, confidence=1.0, reason=reason, near=near)
        if place == carried.place:
            return replace(carried, confidence=1.0, reason=reason)
        content = content_at(self._objects, self._version_2.tree, place.path)
        quoted = "" if content is None else drop_anchor(place, content).quoted
        is_same = quoted == anchor.quoted and place.kind is not PlaceKind.FILE
        state = CarriedState.MOVED if is_same and place != anchor.place else CarriedState.CHANGED
        return Carried(state=state, place=place, confidence=1.0, reason=reason, quoted=quoted)
