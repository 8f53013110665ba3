"""The places of a finding: read from a form, pinned in version 1, changed later. The first one is where it stands."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput
from reviewhub.github.objects import Objects
from reviewhub.reviews.lookup import ReviewRows, find_finding
from reviewhub.reviews.places import Anchor, Place, PlaceKind, read_place
from reviewhub.reviews.reviewing import anchor_in, load_for_writing, touch
from reviewhub.reviews.submitted import anchor_from, anchor_json
from reviewhub.reviews.submitting import ANCHOR_COLUMNS
from reviewhub.reviews.tables import Finding, FindingAnchor

MOST_PLACES = 20


def written_place(place: Place) -> str:
    """A place as one form field holds it: its word, a space, its file."""
    return f"{place.token} {place.path}".rstrip()


def read_places(fields: Sequence[str]) -> tuple[Place, ...]:
    """Read such fields, each place once; BadInput for what is none, and where there are too many or none at all."""
    found = dict.fromkeys(read_place(*_parted(field)) for field in fields if field.strip())
    if not found:
        raise BadInput("A finding needs a place: a line, a cell, an output, a file or the whole project.")
    if len(found) > MOST_PLACES:
        raise BadInput(f"A finding has at most {MOST_PLACES} places; make it one about the file or the project.")
    return tuple(found)


def _parted(field: str) -> tuple[str, str]:
    token, _, path = field.strip().partition(" ")
    return token, "" if token == PlaceKind.PROJECT else path


def point_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    objects: Objects,
    places: Sequence[Place],
) -> Finding:
    """Let a finding stand at these places. A place it has already keeps its pin, whatever version 1 is by now."""
    rows = load_for_writing(session, actor, now, course, review_id)
    finding = find_finding(session, review_id, finding_id)
    old = _anchors(session, finding_id)
    if [anchor.place for anchor in old] == list(places):
        return finding
    kept = {anchor.place: anchor for anchor in old}
    new = [kept.get(place) or _pinned(rows, objects, place) for place in places]
    session.execute(delete(FindingAnchor).where(FindingAnchor.finding_id == finding_id))
    session.add_all(
        FindingAnchor(finding_id=finding_id, position=position, **anchor_json(anchor))
        for position, anchor in enumerate(new)
    )
    finding.edited_at = now
    session.flush()
    session.expire(finding, ["anchors"])
    touch(session, review_id, now)
    record_event(
        session, actor=actor, now=now, action="pointed finding", course_id=rows.course.id, subject=finding,
        before={"places": [written_place(one.place) for one in old]},
        after={"places": [written_place(one) for one in places]},
    )  # fmt: skip
    return finding


def _pinned(rows: ReviewRows, objects: Objects, place: Place) -> Anchor:
    return anchor_in(rows, objects, path=place.path, place=place.token)


def _anchors(session: Session, finding_id: str) -> list[Anchor]:
    rows = session.scalars(
        select(FindingAnchor).where(FindingAnchor.finding_id == finding_id).order_by(FindingAnchor.position)
    )
    return [anchor_from({name: getattr(row, name) for name in ANCHOR_COLUMNS}) for row in rows]
