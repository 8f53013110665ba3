"""Findings that are being typed: kept on the server too, so that another machine can go on, and seen by nobody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput
from reviewhub.reviews.draft_tables import UnfiledFinding
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import FindingKind, Severity
from reviewhub.reviews.lookup import find_finding, user_id_of
from reviewhub.reviews.merging import merge_texts
from reviewhub.reviews.places import read_place
from reviewhub.reviews.reviewing import load_for_writing, touch

MOST_UNFILED = 100
LONGEST_PATH = 4096
MOST_PLACES = 50


def slot_of(path: str, place: str, finding_id: str = "") -> str:
    """Which form the words belong to."""
    return finding_id or sha256(f"{path}\0{place}".encode()).hexdigest()


def keep_unfiled(  # noqa: PLR0913 - where it is, what is typed, what it stood on
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    path: str,
    place: str,
    finding_id: str,
    places: Sequence[str],
    words: Mapping[str, str],
    was: Mapping[str, str],
    kept: str,
) -> str:
    """Keep the words of an open finding form and return the text that is kept; an empty one is forgotten.

    `kept` is the text this form was last known to have here. Where another tab wrote on it meanwhile, both changes
    stay: merged where they do not touch, else one after the other. `was`: the finding's words when its change began.
    """
    load_for_writing(session, actor, now, course, review_id)
    mine = check_text(words.get("text", ""), "The finding's text")
    slot = _checked_slot(session, review_id, path, place, finding_id)
    row = find_unfiled(session, actor, review_id, slot)
    base = find_finding(session, review_id, finding_id).text if finding_id else ""
    stored = row.text if row else base
    text = mine if stored in (kept, mine) else merge_texts(kept, mine, stored).text
    check_text(text, "The finding's text")
    if text in ("", base):
        forget_unfiled(session, actor=actor, review_id=review_id, slot=slot)
        return text
    if row is None:
        row = _new(session, actor, review_id, slot, now)
        row.finding_id, row.path, row.place, row.was = finding_id or None, path, place, dict(was)
        session.add(row)
    row.text, row.places, row.saved_at = text, [place[:LONGEST_PATH] for place in places[:MOST_PLACES]], now
    row.kind = _known(words.get("kind", ""), FindingKind)
    row.severity = _known(words.get("severity", ""), Severity)
    row.category = words.get("category", "")[:60]
    touch(session, review_id, now)
    session.flush()
    return text


def forget_unfiled(session: Session, *, actor: Actor, review_id: str, slot: str) -> None:
    """Forget what was kept of a form: it was filed or saved, or its text is empty."""
    session.execute(
        delete(UnfiledFinding).where(
            UnfiledFinding.review_id == review_id,
            UnfiledFinding.writer_id == user_id_of(actor),
            UnfiledFinding.slot == slot,
        )
    )


def find_unfiled(session: Session, actor: Actor, review_id: str, slot: str) -> UnfiledFinding | None:
    """What the actor left in this form."""
    return session.scalar(
        select(UnfiledFinding).where(
            UnfiledFinding.review_id == review_id,
            UnfiledFinding.writer_id == actor.user_id,
            UnfiledFinding.slot == slot,
        )
    )


def own_unfiled(session: Session, actor: Actor, review_id: str) -> list[UnfiledFinding]:
    """Everything the actor left unfinished in this review, the newest first."""
    return list(
        session.scalars(
            select(UnfiledFinding)
            .where(UnfiledFinding.review_id == review_id, UnfiledFinding.writer_id == actor.user_id)
            .order_by(UnfiledFinding.saved_at.desc(), UnfiledFinding.id)
        )
    )


def _checked_slot(session: Session, review_id: str, path: str, place: str, finding_id: str) -> str:
    if finding_id:
        return find_finding(session, review_id, finding_id).id
    if len(path) > LONGEST_PATH:
        raise BadInput("That is no file of this version: its name is too long.")
    return slot_of(path, read_place(place, path).token)


def _new(session: Session, actor: Actor, review_id: str, slot: str, now: datetime) -> UnfiledFinding:
    writer_id = user_id_of(actor)
    count = session.scalar(
        select(func.count(UnfiledFinding.id)).where(
            UnfiledFinding.review_id == review_id, UnfiledFinding.writer_id == writer_id
        )
    )
    if (count or 0) >= MOST_UNFILED:
        raise BadInput(f"{MOST_UNFILED} findings are begun and not saved; save or empty some of them first.")
    return UnfiledFinding(review_id=review_id, writer_id=writer_id, slot=slot, saved_at=now)


def _known(word: str, words: type[FindingKind] | type[Severity]) -> str:
    return word if word in list(words) else ""
