"""Who is in a course and in its groups: the lists that pages, commands and other rooms read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.roster import Present
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person's time in a group."""

    membership_id: str
    enrollment_id: str
    user_id: str
    name: str
    email: str
    joined_at: datetime
    left_at: datetime | None
    reason: str
    """For the staff only."""


@dataclass(frozen=True, kw_only=True)
class GroupMembers:
    """A group with its present and its former members, in the order they joined."""

    group_id: str
    name: str
    members: tuple[Member, ...]
    former: tuple[Member, ...]


def list_enrollments(session: Session, course: Course, *, role: Role | None = None) -> Sequence[Enrollment]:
    """Everybody who is in the course now, by name; one role only where asked."""
    wanted = select(Enrollment).where(Enrollment.course_id == course.id, Enrollment.left_at.is_(None))
    if role is not None:
        wanted = wanted.where(Enrollment.role == role)
    return sorted(session.scalars(wanted), key=lambda person: (name_order(person.user.name), person.user.email))


def find_by_email(session: Session, course: Course, email: str) -> Enrollment:
    """The person who is in the course now under this address. Raises NotFound."""
    wanted = select(Enrollment).join(User).where(Enrollment.course_id == course.id, Enrollment.left_at.is_(None))
    found = session.scalar(wanted.where(User.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"There is nobody with the address {email} in this course.")
    return found


def present_membership(session: Session, person: Enrollment) -> Membership:
    """The person's membership of the group they are in now. Raises NotFound."""
    wanted = select(Membership).where(Membership.enrollment_id == person.id, Membership.left_at.is_(None))
    found = session.scalar(wanted)
    if found is None:
        raise NotFound(f"{person.user.name} is in no group.")
    return found


def list_groups(session: Session, course: Course) -> tuple[GroupMembers, ...]:
    """Every group of the course by name, with its members; two queries, however many there are."""
    groups = session.scalars(select(Group).where(Group.course_id == course.id)).all()
    rows = session.execute(
        select(Membership, Enrollment)
        .join(Enrollment, Membership.enrollment_id == Enrollment.id)
        .join(Group, Membership.group_id == Group.id)
        .where(Group.course_id == course.id)
    ).all()
    members: dict[str, list[Member]] = {}
    for membership, enrollment in sorted(rows, key=lambda row: (row[0].joined_at, name_order(row[1].user.name))):
        members.setdefault(membership.group_id, []).append(_member(membership, enrollment))
    return tuple(
        GroupMembers(
            group_id=group.id,
            name=group.name,
            members=tuple(member for member in members.get(group.id, ()) if member.left_at is None),
            former=tuple(member for member in members.get(group.id, ()) if member.left_at is not None),
        )
        for group in sorted(groups, key=lambda group: name_order(group.name))
    )


def name_order(name: str) -> str:
    """What names are sorted by: the same in every database, accents and case aside, numbers by their size."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.replace("ı", "i")) if not unicodedata.combining(letter)
    )
    return re.sub(r"\d+", lambda number: number.group().zfill(12), plain.casefold())


def group_names(session: Session, course: Course) -> dict[str, str]:
    """Enrolment id → the name of the group the person is in now."""
    rows = session.execute(
        select(Membership.enrollment_id, Group.name)
        .join(Group, Membership.group_id == Group.id)
        .where(Group.course_id == course.id, Membership.left_at.is_(None))
    )
    return {row.enrollment_id: row.name for row in rows}


def list_present(session: Session, course: Course) -> tuple[Present, ...]:
    """Everybody the course has ever had, as the roster compares them; three queries."""
    elsewhere = aliased(Enrollment)
    is_elsewhere = exists().where(elsewhere.user_id == User.id, elsewhere.course_id != course.id)
    rows = session.execute(
        select(Enrollment, User, is_elsewhere)
        .join(User, Enrollment.user_id == User.id)
        .where(Enrollment.course_id == course.id)
    ).all()
    groups = group_names(session, course)
    return tuple(
        Present(
            enrollment_id=enrollment.id,
            email=user.email,
            name=user.name,
            student_number=enrollment.student_number,
            role=Role(enrollment.role),
            has_left=enrollment.left_at is not None,
            keeps_name=bool(shared) or user.is_administrator,
            group=groups.get(enrollment.id),
        )
        for enrollment, user, shared in rows
    )


def _member(membership: Membership, enrollment: Enrollment) -> Member:
    return Member(
        membership_id=membership.id,
        enrollment_id=enrollment.id,
        user_id=enrollment.user_id,
        name=enrollment.user.name,
        email=enrollment.user.email,
        joined_at=membership.joined_at,
        left_at=membership.left_at,
        reason=membership.reason,
    )
