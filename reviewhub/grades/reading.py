"""Who is who on the staff's pages of a whole course, and whether its grades are released."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.facts import grades_are_released, latest_release

__all__ = ["grades_are_released", "latest_release", "names_of"]


def names_of(session: Session, course: Course, ids: Iterable[str]) -> dict[str, str]:
    """Names by enrolment id and by user id, for those asked for."""
    wanted = sorted(set(ids))
    rows = session.execute(
        select(Enrollment.id, User.id, User.name)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, or_(Enrollment.id.in_(wanted), User.id.in_(wanted)))
    )
    return {key: name for enrollment_id, user_id, name in rows for key in (enrollment_id, user_id)}
