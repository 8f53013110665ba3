"""Rows of a course: the course itself, who is in it, its groups and its extensions."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import NAME_LENGTH, User
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.deadlines import Way
from reviewhub.courses.policy import Policy
from reviewhub.storage import Row, UtcMoment

SLUG_LENGTH = 60


@lru_cache(maxsize=64)
def _policy(digest: str, policy_text: str) -> Policy:  # noqa: ARG001 - the digest makes the look-up cheap to compare
    return load_policy(policy_text)


class Course(Row):
    """One course in one term, with the text of its course file."""

    __tablename__ = "courses"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    term: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(64))
    policy_text: Mapped[str] = mapped_column(Text)
    policy_digest: Mapped[str] = mapped_column(String(64))
    remote: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    @property
    def policy(self) -> Policy:
        """The course file as a value; parsed once for each text."""
        return _policy(self.policy_digest, self.policy_text)


class Enrollment(Row):
    """A person in a course, in one role; they may leave, and their row stays."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("course_id", "user_id"),
        UniqueConstraint("course_id", "student_number"),
    )

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(String(12))
    student_number: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime] = mapped_column(UtcMoment)
    left_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Group(Row):
    """The developers of one project."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("course_id", "name"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Membership(Row):
    """A person's time in a group. The reason for leaving is for the staff only."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("ix_memberships_enrollment_id_left_at", "enrollment_id", "left_at"),
        # Nobody is in two groups at once, however many requests try it at the same moment.
        Index(
            "uq_memberships_enrollment_id_current",
            "enrollment_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"), index=True)
    enrollment_id: Mapped[str] = mapped_column(ForeignKey("enrollments.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcMoment)
    left_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    reason: Mapped[str] = mapped_column(Text, default="")


class Extension(Row):
    """A later moment for one group or one person. The reason is for the staff only."""

    __tablename__ = "extensions"
    __table_args__ = (CheckConstraint("(group_id IS NULL) <> (enrollment_id IS NULL)", name="one_receiver"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), index=True)
    deadline: Mapped[str] = mapped_column(String(40))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"))
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollments.id"))
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    way: Mapped[Way] = mapped_column(String(6), default=Way.MOVES)
    reason: Mapped[str] = mapped_column(Text)
    granted_by_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcMoment)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
