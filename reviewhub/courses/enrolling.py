"""People join a course, change their role, and leave: by list or one by one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Facts, Role, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.members import list_present
from reviewhub.courses.roster import (
    RosterChange,
    RosterDiff,
    RosterRow,
    compare_roster,
    faults_of_person,
    tidy_email,
    tidy_name,
)
from reviewhub.courses.saving import save_first
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import BadInput, Conflict, NotFound, Problem

_FASTER = "Somebody else changed the people of this course at the same moment; look at the list again."
_STAFF = frozenset({Role.INSTRUCTOR, Role.ASSISTANT})


def preview_roster(session: Session, course: Course, rows: Iterable[RosterRow]) -> RosterDiff:
    """What a list would change in the course. Nothing is written."""
    return compare_roster(rows, list_present(session, course))


def import_roster(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    rows: Sequence[RosterRow],
    seen_digest: str | None = None,
    removed_ids: Iterable[str] = (),
) -> RosterDiff:
    """Bring the course in line with a list and return what was changed.

    `seen_digest` is the digest of the diff that was shown (None: none was); `removed_ids` are the enrolments of
    missing students who leave: nobody leaves unasked. Raises Conflict when the course has changed since the preview,
    NotAllowed where an assistant's list would make or change staff.
    """
    facts = course_facts(session, actor, now, course=course)
    require(Action.MANAGE_PEOPLE, facts)
    row = find_course(session, course)
    diff = preview_roster(session, row, rows)
    if seen_digest is not None and diff.digest != seen_digest:
        msg = "The people of the course have changed since the preview; look at it again."
        raise Conflict(msg)
    if diff.gives_staff_roles:
        require(Action.MANAGE_COURSE, facts)
    for added in diff.added:
        _enroll(session, actor, now, row, added)
    _change(session, actor, now, row, diff.changed)
    missing = {person.enrollment_id for person in diff.missing}
    for enrollment_id in removed_ids:
        if enrollment_id in missing:
            _leave(
                session,
                actor,
                now,
                row,
                find_person(session, row, enrollment_id),
                reason="not in the imported list",
            )
    return diff


def enroll_person(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    email: str,
    name: str,
    role: Role = Role.STUDENT,
    student_number: str | None = None,
) -> Enrollment:
    """Put one person into the course, or back into it. Raises BadInput for a wrong address or name."""
    tidy = tidy_email(email)
    if tidy is None:
        raise _wrong("email", f"“{email[:80]}” is no e-mail address.")
    number = tidy_name(student_number or "") or None
    for fault in faults_of_person(tidy_name(name), number):
        raise _wrong(fault.place, fault.what)
    entry = RosterRow(line=1, email=tidy, name=tidy_name(name), role=role, student_number=number)
    diff = import_roster(session, actor=actor, now=now, course=course, rows=[entry])
    if diff.problems:
        raise _wrong("student_number", diff.problems[0].what)
    session.flush()
    row = find_course(session, course)
    return session.scalars(
        select(Enrollment).join(User).where(Enrollment.course_id == row.id, User.email == tidy)
    ).one()


def change_role(session: Session, *, actor: Actor, now: datetime, course: str, enrollment_id: str, role: Role) -> None:
    """Give a person of the course another role; only an instructor makes or unmakes staff.

    Raises Conflict where the course would lose its last instructor, or a member of a group would be no student.
    """
    facts = course_facts(session, actor, now, course=course)
    require(Action.MANAGE_PEOPLE, facts)
    row = find_course(session, course)
    person = find_person(session, row, enrollment_id)
    before = Role(person.role)
    if before is role:
        return
    _set_role(session, facts, row, person, role)
    record_event(session, actor=actor, now=now, action="changed role", course_id=row.id, subject=person,
                 before={"role": before.value}, after={"role": role.value}, on_behalf_of_id=person.user_id)  # fmt: skip


def leave_course(
    session: Session, *, actor: Actor, now: datetime, course: str, enrollment_id: str, reason: str = ""
) -> None:
    """A person leaves the course, and their group with it; their rows stay. The reason is for the staff only."""
    facts = course_facts(session, actor, now, course=course)
    require(Action.MANAGE_PEOPLE, facts)
    row = find_course(session, course)
    person = find_person(session, row, enrollment_id)
    if person.role in _STAFF:
        require(Action.MANAGE_COURSE, facts)
    _keep_an_instructor(session, facts, row, person)
    _leave(session, actor, now, row, person, reason=reason.strip())


def find_person(session: Session, course: Course, enrollment_id: str) -> Enrollment:
    """The living enrolment with this id in this course."""
    found = session.scalar(select(Enrollment).where(Enrollment.id == enrollment_id, Enrollment.course_id == course.id))
    if found is None or found.left_at is not None:
        msg = "There is no such person in this course."
        raise NotFound(msg)
    return found


def _enroll(session: Session, actor: Actor, now: datetime, course: Course, row: RosterRow) -> None:
    user = session.scalar(select(User).where(User.email == row.email))
    if user is None:
        user = User(email=row.email, name=row.name, created_at=now)
        session.add(user)
        save_first(session, else_say=_FASTER)
    role = row.role or Role.STUDENT
    person = Enrollment(
        course_id=course.id, user_id=user.id, role=role, student_number=row.student_number, joined_at=now
    )
    session.add(person)
    save_first(session, else_say=_FASTER)
    record_event(session, actor=actor, now=now, action="enrolled person", course_id=course.id, subject=person,
                 after={"email": row.email, "role": role.value}, on_behalf_of_id=user.id)  # fmt: skip
    if row.group and role is Role.STUDENT:
        _put_into_group(session, actor, now, course, person, row.group)


def _change(session: Session, actor: Actor, now: datetime, course: Course, changes: Sequence[RosterChange]) -> None:
    people = {change.enrollment_id: session.get_one(Enrollment, change.enrollment_id) for change in changes}
    # Numbers may have been swapped: the old ones go before the new ones come, so that they stay unique throughout.
    for change in changes:
        if "student number" in change.fields:
            people[change.enrollment_id].student_number = None
    session.flush()
    facts = course_facts(session, actor, now, course=course.slug)
    for change in changes:
        person = people[change.enrollment_id]
        if "state" in change.fields:
            person.left_at = None
        if "name" in change.fields:
            person.user.name = change.row.name
        if "student number" in change.fields:
            person.student_number = change.row.student_number
        if "role" in change.fields:
            _set_role(session, facts, course, person, change.row.role or Role.STUDENT)
        session.flush()
        if "group" in change.fields and change.row.group:
            _put_into_group(session, actor, now, course, person, change.row.group)
        after = {field: list(pair) for field, pair in change.fields.items()}
        record_event(session, actor=actor, now=now, action="changed person", course_id=course.id, subject=person,
                     after=after, on_behalf_of_id=person.user_id)  # fmt: skip


def _set_role(session: Session, facts: Facts, course: Course, person: Enrollment, role: Role) -> None:
    if role in _STAFF or person.role in _STAFF:
        require(Action.MANAGE_COURSE, facts)
    _keep_an_instructor(session, facts, course, person)
    is_member = select(Membership.id).where(Membership.enrollment_id == person.id, Membership.left_at.is_(None))
    if role is not Role.STUDENT and session.scalar(is_member.limit(1)) is not None:
        msg = f"{person.user.name} is a member of a group; take them out of it first."
        raise Conflict(msg)
    person.role = role


def _keep_an_instructor(session: Session, facts: Facts, course: Course, person: Enrollment) -> None:
    if person.role != Role.INSTRUCTOR or facts.is_program:
        return
    others = (
        select(func.count())
        .select_from(Enrollment)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.INSTRUCTOR)
        .where(Enrollment.left_at.is_(None), Enrollment.id != person.id)
    )
    if not session.scalar(others):
        msg = f"{person.user.name} is the only instructor of the course; name another one first."
        raise Conflict(msg)


def _put_into_group(
    session: Session, actor: Actor, now: datetime, course: Course, person: Enrollment, name: str
) -> None:
    """The roster is the truth about groups it names, also beyond their bounds: the groups' page shows that."""
    group = session.scalar(select(Group).where(Group.course_id == course.id, func.lower(Group.name) == name.lower()))
    if group is None:
        group = Group(course_id=course.id, name=name, created_at=now)
        session.add(group)
        session.flush()
        record_event(
            session,
            actor=actor,
            now=now,
            action="created group",
            course_id=course.id,
            subject=group,
            after={"name": name},
        )
    membership = Membership(group_id=group.id, enrollment_id=person.id, joined_at=now)
    session.add(membership)
    record_event(session, actor=actor, now=now, action="joined group", course_id=course.id, subject=membership,
                 after={"group": group.name}, on_behalf_of_id=person.user_id)  # fmt: skip


def _leave(session: Session, actor: Actor, now: datetime, course: Course, person: Enrollment, *, reason: str) -> None:
    session.execute(
        update(Membership)
        .where(Membership.enrollment_id == person.id, Membership.left_at.is_(None))
        .values(left_at=now, reason=reason)
    )
    person.left_at = now
    record_event(
        session,
        actor=actor,
        now=now,
        action="left course",
        course_id=course.id,
        subject=person,
        reason=reason,
        on_behalf_of_id=person.user_id,
    )


def _wrong(place: str, what: str) -> BadInput:
    return BadInput(what, (Problem(place=place, what=what),))
