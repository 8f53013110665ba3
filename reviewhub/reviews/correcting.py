"""Places pointed at by hand: where a place of version 1 really is in version 2, by the reviewer or the staff."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.github.objects import Objects
from reviewhub.projects.addresses import path_at
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.reading import names_developers
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.checking import NOTHING_TO_CHECK, standing_finding
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.correction_tables import PlaceCorrection
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.lookup import NO_FINDING, current_snapshot, find_review
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.reviews.tables import Finding

GONE = "gone"
NO_SUCH_PLACE = "This finding has no such place."

Corrections = dict[tuple[str, int], PlaceCorrection]
"""Finding id and position of the anchor → the correction that stands."""


def correct_place(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    position: int,
    place: Place | None,
    objects: Objects,
) -> PlaceCorrection:
    """Say where the place at `position` of a finding is in version 2, or, with None, that it is gone.

    A later word stands instead of an earlier one, and all are kept. BadInput says what lies outside the file.
    """
    facts = review_facts(session, actor, now, course=course, review_id=review_id)
    require(Action.CORRECT_PLACE, facts)
    rows = find_review(session, course, review_id)
    finding = standing_finding(session, review_id, finding_id)
    if finding.withdrawn:
        raise Conflict(NOTHING_TO_CHECK)
    if not 0 <= position < len(finding.anchors) or finding.anchors[position].place.kind is PlaceKind.PROJECT:
        raise NotFound(NO_SUCH_PLACE)
    version_2 = current_snapshot(rows.snapshots, rows.project.id, 2)
    by = find_enrollment(session, rows.course, actor)
    if version_2 is None or by is None:
        raise NotFound(NO_FINDING)
    if place is not None:
        hidden = names_are_hidden(rows.course, facts) and names_developers(path_at(place.path))
        drop_anchor(place, None if hidden else content_at(objects, version_2.tree, place.path))
    said = _said(session, finding_id, position, version_2.id)
    standing = next((one for one in said if one.undone_at is None), None)
    if standing is not None and place_of(standing) == place:
        return standing
    correction = PlaceCorrection(
        finding_id=finding_id,
        position=position,
        snapshot_id=version_2.id,
        sequence=said[0].sequence + 1 if said else 1,
        **_columns(place),
        by_reviewer=facts.is_own_review,
        by_id=by.id,
        at=now,
    )
    session.add(correction)
    record_event(
        session, actor=actor, now=now, action="corrected place", course_id=rows.course.id, subject=correction,
        after={"finding_id": finding_id, "position": position, "path": correction.path, "place": _word(place)},
    )  # fmt: skip
    return correction


def undo_correction(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, finding_id: str, position: int
) -> None:
    """Take back what stands for a place, once; what stood before stands again, and the program's own answer last."""
    require(Action.CORRECT_PLACE, review_facts(session, actor, now, course=course, review_id=review_id))
    standing_finding(session, review_id, finding_id)
    rows = find_review(session, course, review_id)
    version_2 = current_snapshot(rows.snapshots, rows.project.id, 2)
    said = _said(session, finding_id, position, version_2.id) if version_2 else []
    standing = next((one for one in said if one.undone_at is None), None)
    if standing is None:
        raise BadInput("Nothing was pointed out by hand here, so there is nothing to undo.")
    standing.undone_at = now
    course_id = find_course(session, course).id
    record_event(
        session, actor=actor, now=now, action="took back corrected place", course_id=course_id, subject=standing,
        before={"finding_id": finding_id, "position": position, "path": standing.path, "place": standing.kind},
    )  # fmt: skip


def corrections_of(session: Session, finding_ids: Iterable[str], snapshot_id: str) -> Corrections:
    """What stands of places pointed at by hand in this version 2."""
    rows = session.scalars(
        select(PlaceCorrection)
        .where(
            PlaceCorrection.finding_id.in_(list(finding_ids)),
            PlaceCorrection.snapshot_id == snapshot_id,
            PlaceCorrection.undone_at.is_(None),
        )
        .order_by(PlaceCorrection.sequence)
    )
    return {(row.finding_id, row.position): row for row in rows}


def place_of(correction: PlaceCorrection) -> Place | None:
    """The place that was pointed at; None where it is said to be gone."""
    if correction.kind == GONE:
        return None
    return Place(
        kind=PlaceKind(correction.kind),
        path=correction.path,
        cell=correction.cell_index,
        first_line=correction.first_line,
        last_line=correction.last_line,
        output=correction.output,
    )


def _said(session: Session, finding_id: str, position: int, snapshot_id: str) -> list[PlaceCorrection]:
    """Every word on this place, the newest first, while nobody else says one."""
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    wanted = select(PlaceCorrection).where(
        PlaceCorrection.finding_id == finding_id,
        PlaceCorrection.position == position,
        PlaceCorrection.snapshot_id == snapshot_id,
    )
    return list(session.scalars(wanted.order_by(PlaceCorrection.sequence.desc())))


def _columns(place: Place | None) -> dict[str, object]:
    if place is None:
        return {"kind": GONE}
    return {
        "kind": place.kind.value,
        "path": place.path,
        "cell_index": place.cell,
        "first_line": place.first_line,
        "last_line": place.last_line,
        "output": place.output,
    }


def _word(place: Place | None) -> str:
    return place.token if place else GONE
