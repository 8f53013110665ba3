"""Finding the student a grade is about."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import NotFound

_NO_STUDENT = "There is no such student in this course."


def find_student(session: Session, course: Course, enrollment_id: str) -> Enrollment:
    """The student with this enrolment; NotFound otherwise. Those who left keep their grades."""
    student = session.scalar(
        select(Enrollment).where(
            Enrollment.id == enrollment_id, Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT
        )
    )
    if student is None:
        raise NotFound(_NO_STUDENT)
    return student


def find_student_named(session: Session, course: Course, name: str) -> Enrollment:
    """The student with this student number or e-mail address, or with this name where only one has it."""
    wanted = name.strip()
    found = session.scalars(
        select(Enrollment)
        .join(User, User.id == Enrollment.user_id)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.role == Role.STUDENT,
            or_(
                Enrollment.student_number == wanted,
                User.email == wanted.lower(),
                User.name == wanted,
            ),
        )
    ).all()
    if not found:
        msg = f"{_NO_STUDENT.rstrip('.')}: {wanted!r}. Give a student number, an e-mail address or a whole name."
        raise NotFound(msg)
    if len(found) > 1:
        msg = f"More than one student is called {wanted!r}: give the student number or the e-mail address."
        raise NotFound(msg)
    return found[0]
