"""Which files a reviewer has opened, and which they ticked as viewed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.github.objects import Kind, Objects
from reviewhub.projects.addresses import path_at
from reviewhub.projects.reading import names_developers
from reviewhub.reviews.lookup import ReviewRows
from reviewhub.reviews.reviewing import load_for_writing
from reviewhub.reviews.viewed_tables import ViewedFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewed:
    """Object ids of files: those that were opened, and those of them that are ticked."""

    opened: frozenset[str] = frozenset()
    ticked: frozenset[str] = frozenset()


def viewed_files(session: Session, review_id: str) -> Viewed:
    """What was looked at in a review; one query."""
    rows = session.execute(select(ViewedFile.blob, ViewedFile.viewed_at).where(ViewedFile.review_id == review_id)).all()
    return Viewed(
        opened=frozenset(blob for blob, _ in rows),
        ticked=frozenset(blob for blob, viewed_at in rows if viewed_at is not None),
    )


def note_opened(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, objects: Objects, path: str
) -> None:
    """Note that the file at this address was opened; a tick that is there stays."""
    rows = load_for_writing(session, actor, now, course, review_id)
    _row(session, rows, blob_at(rows, objects, path), now)


def tick_file(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, objects: Objects, path: str,
    is_viewed: bool,
) -> None:  # fmt: skip
    """Tick the file at this address as viewed, or take the tick back; twice is once."""
    rows = load_for_writing(session, actor, now, course, review_id)
    row = _row(session, rows, blob_at(rows, objects, path), now)
    if (row.viewed_at is not None) != is_viewed:
        row.viewed_at = now if is_viewed else None


def blob_at(rows: ReviewRows, objects: Objects, path: str) -> str:
    """The object id of a file of the reviewed version 1; BadInput where there is none to this reviewer."""
    if rows.snapshot is None:
        raise Conflict("Version 1 of this project is not frozen yet.")
    review = rows.course.policy.review
    is_hidden = review is not None and review.anonymity == "double" and names_developers(path_at(path))
    entry = None if is_hidden else objects.entry(rows.snapshot.tree, path_at(path))
    if entry is None or entry.kind is Kind.FOLDER or not path:
        raise BadInput(f"There is no file “{path[:200]}” in this version.")
    return entry.oid


def _row(session: Session, rows: ReviewRows, blob: str, now: datetime) -> ViewedFile:
    row = session.scalar(select(ViewedFile).where(ViewedFile.review_id == rows.review.id, ViewedFile.blob == blob))
    if row is None:
        row = ViewedFile(review_id=rows.review.id, blob=blob, opened_at=now)
        session.add(row)
    return row
