"""What must always be true of the rows of this room; `reviewhub check` and the tests ask each of these."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.courses.adding import digest_of
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.tables import Course, Enrollment, Extension, Group, Membership
from reviewhub.errors import BadInput

Invariant = Callable[[Session], list[str]]


def course_files_load(session: Session) -> list[str]:
    """Every course's file has no mistakes, and its digest is that of its text."""
    broken: list[str] = []
    for course in session.scalars(select(Course).order_by(Course.slug)):
        try:
            load_policy(course.policy_text)
        except BadInput as fault:
            broken.append(f"The course file of {course.slug} does not load: {fault.message}")
        if digest_of(course.policy_text) != course.policy_digest:
            broken.append(f"The course file of {course.slug} is not the one its digest names.")
    return broken


def courses_say_what_their_file_says(session: Session) -> list[str]:
    """Title, term and zone of a course's row are those of its file."""
    return [
        f"The row of {course.slug} says another title, term or zone than its course file."
        for course in session.scalars(select(Course).order_by(Course.slug))
        if (course.title, course.term, course.zone) != (course.policy.title, course.policy.term, course.policy.zone)
    ]


def nobody_is_in_two_groups(session: Session) -> list[str]:
    """A person has at most one present membership in a course."""
    rows = session.execute(
        select(Membership.enrollment_id)
        .where(Membership.left_at.is_(None))
        .group_by(Membership.enrollment_id)
        .having(func.count() > 1)
    )
    return [f"The person {enrollment_id} is in several groups at once." for (enrollment_id,) in rows]


def members_are_students_of_the_course(session: Session) -> list[str]:
    """Whoever is in a group now is a student who is in the group's own course now."""
    rows = session.execute(
        select(Membership.id)
        .join(Group, Group.id == Membership.group_id)
        .join(Enrollment, Enrollment.id == Membership.enrollment_id)
        .where(Membership.left_at.is_(None))
        .where(
            or_(
                Enrollment.course_id != Group.course_id,
                Enrollment.left_at.is_not(None),
                Enrollment.role != Role.STUDENT,
            )
        )
    )
    return [f"The member {membership_id} is no present student of the group's course." for (membership_id,) in rows]


def memberships_end_after_they_begin(session: Session) -> list[str]:
    """Nobody has left a group before joining it."""
    rows = session.execute(select(Membership.id).where(Membership.left_at < Membership.joined_at))
    return [f"The member {membership_id} left before joining." for (membership_id,) in rows]


def extensions_are_within_their_course(session: Session) -> list[str]:
    """The group or person that holds an extension is of the extension's course."""
    rows = session.execute(
        select(Extension.id)
        .outerjoin(Group, Group.id == Extension.group_id)
        .outerjoin(Enrollment, Enrollment.id == Extension.enrollment_id)
        .where(func.coalesce(Group.course_id, Enrollment.course_id) != Extension.course_id)
    )
    return [f"The extension {extension_id} is for somebody of another course." for (extension_id,) in rows]


INVARIANTS: Mapping[str, Invariant] = {
    "course files load": course_files_load,
    "courses say what their file says": courses_say_what_their_file_says,
    "nobody is in two groups": nobody_is_in_two_groups,
    "members are students of the course": members_are_students_of_the_course,
    "memberships end after they begin": memberships_end_after_they_begin,
    "extensions are within their course": extensions_are_within_their_course,
}
