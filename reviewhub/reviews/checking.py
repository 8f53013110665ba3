"""The reviewer's look at version 2: where a finding's place went, and the verdict on its fix."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.github.objects import Objects
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.anchors import Carried, carry
from reviewhub.reviews.contents import content_at, moved_path
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import FixVerdict
from reviewhub.reviews.lookup import NO_FINDING
from reviewhub.reviews.places import Anchor
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.submitting import last_edition
from reviewhub.reviews.tables import Finding, FixCheck


@dataclass(frozen=True, kw_only=True)
class CarriedAnchor:
    """An anchor of version 1 with where it is in version 2."""

    anchor: Anchor
    carried: Carried


def carry_anchor(objects: Objects, anchor: Anchor, old_tree: str, new_tree: str) -> CarriedAnchor:
    """Find an anchor of one frozen tree in another; a renamed file is found by its bytes."""
    path = anchor.place.path
    if not path:
        return CarriedAnchor(anchor=anchor, carried=carry(anchor, None, None))
    new_path = moved_path(objects, path, anchor.blob, new_tree)
    new = content_at(objects, new_tree, new_path) if new_path else None
    carried = carry(anchor, content_at(objects, old_tree, path), new, new_path=new_path)
    return CarriedAnchor(anchor=anchor, carried=carried)


def tree_of(snapshots: list[Snapshot], anchor: Anchor) -> str | None:
    """The tree of the snapshot an anchor was dropped in."""
    return next((snapshot.tree for snapshot in snapshots if snapshot.id == anchor.snapshot_id), None)


def check_fix(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    verdict: str,
    text: str = "",
) -> FixCheck:
    """Record the reviewer's verdict on a finding in version 2; a later one stands instead, and all are kept."""
    require(Action.CHECK_FIX, review_facts(session, actor, now, course=course, review_id=review_id))
    edition = last_edition(session, review_id)
    finding = next(
        (one for one in findings_in(edition.content) if one.finding_id == finding_id) if edition else iter(()),
        None,
    )
    if finding is None:
        raise NotFound(NO_FINDING)
    if finding.withdrawn:
        raise Conflict("This finding is withdrawn, so there is nothing to check.")
    if verdict not in list(FixVerdict):
        raise BadInput("Choose a verdict: fixed, partly, not fixed, or no longer applies.")
    clean = check_text(text, "Your remark")
    found = find_course(session, course)
    by = find_enrollment(session, found, actor)
    if by is None:
        raise NotFound(NO_FINDING)
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    last = session.scalars(
        select(FixCheck).where(FixCheck.finding_id == finding_id).order_by(FixCheck.sequence.desc()).limit(1)
    ).one_or_none()
    if last is not None and (last.verdict, last.text) == (verdict, clean):
        return last
    check = FixCheck(
        finding_id=finding_id,
        sequence=last.sequence + 1 if last else 1,
        verdict=verdict,
        text=clean,
        by_id=by.id,
        at=now,
    )
    session.add(check)
    record_event(
        session, actor=actor, now=now, action="checked fix", course_id=found.id, subject=check,
        after={"finding_id": finding_id, "verdict": verdict},
    )  # fmt: skip
    return check
