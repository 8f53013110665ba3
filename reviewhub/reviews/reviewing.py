"""Writing a review: filing, editing, withdrawing and restoring findings. `drafting` saves form and summary.

Every verb locks its review first, so that numbers and editions are given out one after the other, and asks the
table of rights inside the same transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Facts, require
from reviewhub.errors import BadInput, Conflict, NotAllowed, TooLate
from reviewhub.github.objects import Objects
from reviewhub.projects.addresses import path_at
from reviewhub.projects.reading import names_developers
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.facts import facts_of_review
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import FindingKind, Severity
from reviewhub.reviews.lookup import ReviewRows, find_finding, find_review
from reviewhub.reviews.places import Anchor, PlaceKind, read_place
from reviewhub.reviews.submitted import anchor_json
from reviewhub.reviews.tables import Finding, FindingAnchor, Review
from reviewhub.reviews.windows import why_closed
from reviewhub.storage import UtcMoment

MOST_FINDINGS = 300
PLACE_COLUMNS = frozenset({"snapshot_id", "kind", "path", "cell_index", "first_line", "last_line", "output"})


def load_for_writing(session: Session, actor: Actor, now: datetime, course: str, review_id: str) -> ReviewRows:
    """Lock and load a review for its reviewer; TooLate (with the sentence) once its time has passed."""
    rows = find_review(session, course, review_id, lock=True)
    _require_writable(facts_of_review(session, actor, now, rows), rows, now)
    return rows


def _require_writable(facts: Facts, rows: ReviewRows, now: datetime) -> None:
    require(Action.READ_REVIEW, facts)  # a stranger learns nothing, not even that it is too late
    closed = why_closed(rows.course.policy, rows.window, edition=rows.review.edition, now=now)
    if facts.is_own_review and closed:
        raise TooLate(closed)
    if facts.is_own_review and rows.assignment.released_at is not None:
        raise NotAllowed("You were released from this review; what you wrote stays here to read and copy.")
    require(Action.WRITE_REVIEW, facts)


def file_finding(  # noqa: PLR0913 - a finding is what, how bad, where
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    objects: Objects,
    path: str,
    place: str,
    kind: str,
    severity: str,
    category: str,
    text: str,
) -> Finding:
    """File a finding at a place of version 1; BadInput where the place or the words are not acceptable.

    The same words at the same place again (a double click, an answer that was lost) are the finding that is there.
    """
    rows = load_for_writing(session, actor, now, course, review_id)
    words = _read_words(rows, kind=kind, severity=severity, category=category, text=text)
    anchor = anchor_in(rows, objects, path=path, place=place)
    already = _same_finding(session, review_id, words, anchor)
    if already is not None:
        return already
    last = session.scalar(select(func.max(Finding.number)).where(Finding.review_id == review_id)) or 0
    if last >= MOST_FINDINGS:
        raise BadInput(f"A review holds at most {MOST_FINDINGS} findings.")
    finding = Finding(review_id=review_id, number=last + 1, filed_at=now, **words)
    session.add(finding)
    session.flush()
    session.add(FindingAnchor(finding_id=finding.id, **anchor_json(anchor)))
    touch(session, review_id, now)
    record_event(
        session, actor=actor, now=now, action="filed finding", course_id=rows.course.id, subject=finding,
        after={"review_id": review_id, "number": finding.number, **words},
    )  # fmt: skip
    return finding


def edit_finding(  # noqa: PLR0913 - everything of a finding that may change
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    kind: str,
    severity: str,
    category: str,
    text: str,
    version: int,
) -> Finding:
    """Change a finding's words; the text before stays in the log and in the editions handed in."""
    rows = load_for_writing(session, actor, now, course, review_id)
    finding = find_finding(session, review_id, finding_id)
    words = _read_words(rows, kind=kind, severity=severity, category=category, text=text)
    before = {name: getattr(finding, name) for name in words}
    if before == words:
        return finding
    if finding.version != version:
        raise Conflict("This finding was changed elsewhere meanwhile (another tab, or another member of your group).")
    for name, value in words.items():
        setattr(finding, name, value)
    finding.edited_at = now
    session.flush()
    touch(session, review_id, now)
    record_event(
        session, actor=actor, now=now, action="edited finding", course_id=rows.course.id, subject=finding,
        before=before, after=words,
    )  # fmt: skip
    return finding


def withdraw_finding(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, finding_id: str
) -> Finding:
    """Withdraw a finding: it stays, struck, and counts no more from the next edition on."""
    return _set_withdrawn(session, actor, now, course, review_id, finding_id, withdrawn_at=now)


def restore_finding(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, finding_id: str
) -> Finding:
    """Take the withdrawal back."""
    return _set_withdrawn(session, actor, now, course, review_id, finding_id, withdrawn_at=None)


def anchor_in(rows: ReviewRows, objects: Objects, *, path: str, place: str) -> Anchor:
    """Pin the place in the version 1 this review is about."""
    if rows.snapshot is None:
        raise Conflict("Version 1 of this project is not frozen yet.")
    found = read_place(place, path)
    review = rows.course.policy.review
    if review is not None and review.anonymity == "double" and names_developers(path_at(found.path)):
        raise BadInput(f"There is no file “{found.path}” in this version.")
    content = None if found.kind is PlaceKind.PROJECT else content_at(objects, rows.snapshot.tree, found.path)
    return replace(drop_anchor(found, content), snapshot_id=rows.snapshot.id)


def touch(session: Session, review_id: str, now: datetime) -> None:
    """Note that the draft was worked on, without counting up its version: that one guards form and summary."""
    session.execute(
        update(Review)
        .where(Review.id == review_id)
        .values(saved_at=now, started_at=func.coalesce(Review.started_at, literal(now, UtcMoment())))
        .execution_options(synchronize_session=False)
    )


def _same_finding(session: Session, review_id: str, words: Mapping[str, Any], anchor: Anchor) -> Finding | None:
    place = {name: value for name, value in anchor_json(anchor).items() if name in PLACE_COLUMNS}
    return session.scalar(
        select(Finding)
        .join(FindingAnchor, (FindingAnchor.finding_id == Finding.id) & (FindingAnchor.position == 0))
        .where(Finding.review_id == review_id, Finding.withdrawn_at.is_(None))
        .where(*(getattr(Finding, name) == value for name, value in words.items()))
        .where(*(getattr(FindingAnchor, name).is_not_distinct_from(value) for name, value in place.items()))
        .limit(1)
    )


def _set_withdrawn(
    session: Session, actor: Actor, now: datetime, course: str, review_id: str, finding_id: str, *,
    withdrawn_at: datetime | None,
) -> Finding:  # fmt: skip
    rows = load_for_writing(session, actor, now, course, review_id)
    finding = find_finding(session, review_id, finding_id)
    if (finding.withdrawn_at is None) == (withdrawn_at is None):
        return finding
    finding.withdrawn_at = withdrawn_at
    session.flush()
    touch(session, review_id, now)
    action = "restored finding" if withdrawn_at is None else "withdrew finding"
    record_event(session, actor=actor, now=now, action=action, course_id=rows.course.id, subject=finding)
    return finding


def _read_words(rows: ReviewRows, *, kind: str, severity: str, category: str, text: str) -> dict[str, Any]:
    """Check what was typed or chosen."""
    if kind not in list(FindingKind):
        raise BadInput("Choose what kind of finding it is: mistake, missing, question or remark.")
    if severity not in list(Severity):
        raise BadInput("Choose a severity: critical, major, minor or trivial.")
    if category and rows.course.policy.criterion(category) is None:
        raise BadInput("Choose a category from the list, or none.")
    clean = check_text(text, "The finding's text")
    if not clean:
        raise BadInput("Say what you found: the text is empty.")
    return {"kind": kind, "severity": severity, "category": category, "text": clean}
