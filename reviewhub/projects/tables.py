"""Rows of the shared repository and its projects.

`ref_moves` is the course's proof of what arrived when: the database itself refuses to change or delete a row.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewhub.courses.tables import Group
from reviewhub.storage import JsonValue, Row, UtcMoment

COMMIT_LENGTH = 64
REF_LENGTH = 500
FOLDER_LENGTH = 1000
KEY_LENGTH = 60
TITLE_LENGTH = 300
DIGEST_LENGTH = 64


class Mirror(Row):
    """The state of a course's mirror: when it was last looked at, and since when it cannot be."""

    __tablename__ = "mirrors"

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), unique=True)
    remote: Mapped[str] = mapped_column(String(1000))
    default_branch: Mapped[str | None] = mapped_column(String(REF_LENGTH))
    fetched_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the last look that succeeded began."""
    tried_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the last look began, whether it succeeded or not."""
    failed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When looking began to fail; None while it works."""
    failure: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When somebody last asked for a look."""
    flags_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    """The number of the last received push whose flags the staff have seen."""


class RefMove(Row):
    """One move of a ref, as received. Written once; nothing ever updates or deletes it."""

    __tablename__ = "ref_moves"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index("ix_ref_moves_course_id_ref_number", "course_id", "ref", "number"),
        CheckConstraint("old IS NOT NULL OR new IS NOT NULL", name="moves"),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    """Counts the moves of a course from 1, in the order they were received."""
    ref: Mapped[str] = mapped_column(String(REF_LENGTH))
    old: Mapped[str | None] = mapped_column(String(COMMIT_LENGTH))
    """None: the ref is new."""
    new: Mapped[str | None] = mapped_column(String(COMMIT_LENGTH))
    """None: the ref was deleted."""
    forced: Mapped[bool]
    received_from: Mapped[datetime | None] = mapped_column(UtcMoment)
    """The last look without it, or the second of its receipt; None: it was there at the first look."""
    received_by: Mapped[datetime] = mapped_column(UtcMoment)
    """The first look with it, or the second of its receipt."""
    source: Mapped[str] = mapped_column(String(10))
    """poll | reflog | webhook"""
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)


class Project(Row):
    """One re-implementation: a key, its papers, its place in the repository and the group that develops it."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    papers: Mapped[list[dict[str, str]]] = mapped_column(JsonValue, default=list)
    """Each with title, venue, year, authors, link; what is not known is an empty text."""
    branch: Mapped[str] = mapped_column(String(REF_LENGTH))
    """The whole ref name, such as refs/heads/main or refs/pull/7/head."""
    folder: Mapped[str] = mapped_column(String(FOLDER_LENGTH), default="")
    """ "" = the whole branch."""
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"), index=True)
    found: Mapped[dict[str, Any]] = mapped_column(JsonValue, default=dict)
    """What it was recognised by, as sentences, when it was confirmed."""
    practice_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    """Until when practice reviews of it are written; None: a project of the course, not one to practise on."""
    confirmed_at: Mapped[datetime] = mapped_column(UtcMoment)
    removed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    version: Mapped[int] = mapped_column(default=1)

    group: Mapped[Group | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Snapshot(Row):
    """The frozen commit and folder tree that *is* a version. The row with `replaced_at` empty is the one that counts.

    A snapshot never changes; a later one with the next sequence replaces it, and only `replaced_at` is set here. Once
    its pack is written, the three columns that name it are set, together and once.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("project_id", "version", "sequence"),
        CheckConstraint("version IN (1, 2)", name="version"),
    )

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    version: Mapped[int]
    sequence: Mapped[int]
    commit: Mapped[str] = mapped_column(String(COMMIT_LENGTH))
    tree: Mapped[str] = mapped_column(String(COMMIT_LENGTH))
    """The tree of the project's folder at that commit."""
    folder: Mapped[str] = mapped_column(String(FOLDER_LENGTH), default="")
    """Where the project lay in that commit."""
    received_from: Mapped[datetime | None] = mapped_column(UtcMoment)
    received_by: Mapped[datetime] = mapped_column(UtcMoment)
    source: Mapped[str] = mapped_column(String(10), default="poll", server_default="poll")
    """Who says so: poll | reflog | webhook"""
    proved: Mapped[bool]
    """False: the receipt's interval does not tell on which side of the deadline it lies."""
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    """The moment from which its lateness counts."""
    awaited_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    """Until when the group's work was awaited, extensions counted in; None in rows older than this column."""
    lateness_seconds: Mapped[int]
    """Whole seconds after `due_at`; 0 = on time."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """The late policy's answer: on_time, percent_off, points_off, zero, no_bonus, undecided, cost, rule."""
    kind: Mapped[str] = mapped_column(String(10))
    """default: by the rule; chosen: by the group; replaced: by the staff."""
    frozen_at: Mapped[datetime] = mapped_column(UtcMoment)
    frozen_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """None: the program itself."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the staff replaced it; for the staff only."""
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    pack: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    """The SHA-256 of its pack in the object store; None until that is written."""
    pack_size: Mapped[int | None] = mapped_column(BigInteger)
    """In bytes."""
    manifest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    """The SHA-256 of the list of what the pack holds, and of what was missing."""

    project: Mapped[Project] = relationship(lazy="raise")


class ReceiptKey(Row):
    """A public key that signed receipts of this installation. Written once; old receipts are checked with old keys."""

    __tablename__ = "receipt_keys"

    key_id: Mapped[str] = mapped_column(String(16), unique=True)
    public_key: Mapped[str] = mapped_column(String(100))
    """One line of text, as it is given to people."""
    first_used_at: Mapped[datetime] = mapped_column(UtcMoment)
