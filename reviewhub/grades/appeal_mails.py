"""The mails of appeals: to the staff when one is filed, to everybody concerned when it is decided. No names in them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appeal_values import OUTCOME_WORDS
from reviewhub.mail.posting import post_mail


def tell_filed(session: Session, course: Course, appeal: Appeal, now: datetime) -> None:
    """Tell the staff that an appeal waits."""
    staff = session.scalars(
        select(User.email)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.role.in_([Role.INSTRUCTOR, Role.ASSISTANT]),
            Enrollment.left_at.is_(None),
        )
        .order_by(User.email)
    ).all()
    text = f"Filed about: {appeal.title}\n\nSign in and open Appeals to read it and to decide.\n"
    for address in staff:
        post_mail(
            session,
            to=address,
            subject=f"An appeal in {course.title}",
            text=text,
            key=f"appeal-filed-{appeal.id}-{address}",
            now=now,
        )


def tell_decided(session: Session, course: Course, appeal: Appeal, now: datetime) -> None:
    """Tell everybody concerned what was decided and why, or that it is open again."""
    concerned = session.execute(
        select(User.email, AppealShare.own)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(AppealShare, AppealShare.enrollment_id == Enrollment.id)
        .where(AppealShare.appeal_id == appeal.id, Enrollment.left_at.is_(None))
        .order_by(User.email)
    ).all()
    said = OUTCOME_WORDS.get(appeal.outcome, "opened again")
    reason = appeal.reason or (appeal.earlier[-1]["why"] if appeal.earlier else "")
    later = "" if appeal.outcome in {"", "denied"} else "Changed grades come with the next release.\n"
    for address, own in concerned:
        whose = "Your appeal" if own else "An appeal that concerns you"
        post_mail(
            session,
            to=address,
            subject=f"{whose} in {course.title}: {said}",
            text=f"About: {appeal.title}\n\nReason: {reason}\n\n{later}Sign in and open Grades to read more.\n",
            key=f"appeal-decided-{appeal.id}-{len(appeal.earlier)}-{appeal.outcome or 'open'}-{address}",
            now=now,
        )
