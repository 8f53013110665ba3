"""Groups: making and naming them, joining and leaving with a date, within the bounds of the course."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.accounts.tables import NAME_LENGTH
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.saving import save_first
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import BadInput, Conflict, NotFound, Problem


def create_group(session: Session, *, actor: Actor, now: datetime, course: str, name: str) -> Group:
    """Make an empty group. Raises BadInput for an empty name, Conflict for one that is taken."""
    require(Action.MANAGE_PEOPLE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    group = Group(course_id=row.id, name=_free_name(session, row, name), created_at=now)
    session.add(group)
    save_first(session, else_say=f"There is a group called {group.name} already.")
    record_event(
        session,
        actor=actor,
        now=now,
        action="created group",
        course_id=row.id,
        subject=group,
        after={"name": group.name},
    )
    return group


def rename_group(session: Session, *, actor: Actor, now: datetime, course: str, group_id: str, name: str) -> None:
    """Give a group another name. Raises BadInput for an empty name, Conflict for one that is taken."""
    require(Action.MANAGE_PEOPLE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    group = find_group(session, row, group_id)
    before = group.name
    if name.strip() == before:
        return
    group.name = _free_name(session, row, name)
    save_first(session, else_say="Somebody else changed this group, or took this name, at the same moment.")
    record_event(session, actor=actor, now=now, action="renamed group", course_id=row.id, subject=group,
                 before={"name": before}, after={"name": group.name})  # fmt: skip


def join_group(
    session: Session, *, actor: Actor, now: datetime, course: str, group_id: str, enrollment_id: str
) -> Membership:
    """Put a student into a group from now on.

    Raises BadInput for a person who is no student, Conflict for one who is in a group already or a group that is full.
    """
    require(Action.MANAGE_PEOPLE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    group = find_group(session, row, group_id, lock=True)
    enrollment = _find_student(session, row, enrollment_id)
    taken = session.scalar(
        select(Group).join(Membership).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    )
    if taken is not None:
        msg = f"{enrollment.user.name} is in {taken.name} already; take them out there first."
        raise Conflict(msg)
    bounds = row.policy.groups
    if bounds is not None and count_members(session, group) >= bounds.max:
        msg = f"{group.name} is full: a group has at most {bounds.max} {'member' if bounds.max == 1 else 'members'}."
        raise Conflict(msg)
    membership = Membership(group_id=group.id, enrollment_id=enrollment.id, joined_at=now)
    session.add(membership)
    save_first(session, else_say=f"{enrollment.user.name} was put into a group by somebody else just now.")
    record_event(session, actor=actor, now=now, action="joined group", course_id=row.id, subject=membership,
                 after={"group": group.name}, on_behalf_of_id=enrollment.user_id)  # fmt: skip
    return membership


def leave_group(
    session: Session, *, actor: Actor, now: datetime, course: str, membership_id: str, reason: str = ""
) -> None:
    """End a membership now; the row stays, with its dates, and `reason` is for the staff only.

    A group may fall below its least size that way: a teammate who withdraws cannot be refused.
    Raises Conflict where it has ended already.
    """
    require(Action.MANAGE_PEOPLE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    membership = session.scalar(
        select(Membership).join(Group).where(Membership.id == membership_id, Group.course_id == row.id)
    )
    if membership is None:
        msg = "There is no such member in this course."
        raise NotFound(msg)
    ended = session.scalar(
        update(Membership)
        .where(Membership.id == membership_id, Membership.left_at.is_(None))
        .values(left_at=now, reason=reason.strip())
        .returning(Membership.id)
    )
    if ended is None:
        msg = "This member has left already."
        raise Conflict(msg)
    record_event(
        session,
        actor=actor,
        now=now,
        action="left group",
        course_id=row.id,
        subject=membership,
        reason=reason.strip(),
    )


def find_group(session: Session, course: Course, group_id: str, *, lock: bool = False) -> Group:
    """The group of this course with this id; locked against others who join, where the database can."""
    wanted = select(Group).where(Group.id == group_id, Group.course_id == course.id)
    group = session.scalar(wanted.with_for_update() if lock else wanted)
    if group is None:
        msg = "There is no such group in this course."
        raise NotFound(msg)
    return group


def count_members(session: Session, group: Group) -> int:
    """How many are in the group now."""
    wanted = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.group_id == group.id, Membership.left_at.is_(None))
    )
    return session.scalar(wanted) or 0


def _free_name(session: Session, course: Course, name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_LENGTH:
        what = "A group needs a name." if not tidy else f"A name has at most {NAME_LENGTH} characters."
        raise BadInput(what, (Problem(place="name", what=what),))
    taken = select(Group.id).where(Group.course_id == course.id, func.lower(Group.name) == tidy.lower())
    if session.scalar(taken.limit(1)) is not None:
        msg = f"There is a group called {tidy} already."
        raise Conflict(msg)
    return tidy


def _find_student(session: Session, course: Course, enrollment_id: str) -> Enrollment:
    found = session.scalar(select(Enrollment).where(Enrollment.id == enrollment_id, Enrollment.course_id == course.id))
    if found is None or found.left_at is not None:
        msg = "There is no such person in this course."
        raise NotFound(msg)
    if found.role != Role.STUDENT:
        msg = f"{found.user.name} is no student of this course, and only students are in groups."
        raise BadInput(msg)
    return found
