"""What must always hold in the rows of what comes from elsewhere; `invariants` joins them to the room's own."""

from collections.abc import Callable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Enrollment
from reviewhub.grades.mark_tables import FailDecision, Mark, MarkList, StatusRow


def marks_lie_on_their_scale(session: Session) -> list[str]:
    """A mark is from 0 to what it is out of."""
    rows = session.execute(select(Mark.id, Mark.points, Mark.out_of))
    return [
        f"mark {row.id} is {row.points} out of {row.out_of}"
        for row in rows
        if row.out_of <= 0 or not 0 <= row.points <= row.out_of
    ]


def lists_are_of_their_students_course(session: Session) -> list[str]:
    """A mark or a status belongs to a student of the course its list is of."""
    found = []
    for table in (Mark, StatusRow):
        rows = session.scalars(
            select(table.id)
            .join(Enrollment, Enrollment.id == table.enrollment_id)
            .join(MarkList, MarkList.id == table.list_id)
            .where(Enrollment.course_id != MarkList.course_id)
        )
        found += [f"{table.__tablename__} {row} is of another course than its list" for row in rows]
    return found


def replaced_marks_name_what_replaced_them(session: Session) -> list[str]:
    """A mark that no longer stands names the list that took its place, and no other does."""
    rows = session.scalars(
        select(Mark.id).where(
            or_(
                Mark.undone_at.is_(None) & Mark.undone_by_list_id.is_not(None),
                Mark.undone_at.is_not(None) & Mark.undone_by_list_id.is_(None),
            )
        )
    )
    return [f"mark {row} does not say what took its place" for row in rows]


def fails_have_a_letter_or_a_reason(session: Session) -> list[str]:
    """A confirmed fail has a letter, a dismissed one none, but a reason."""
    rows = session.scalars(
        select(FailDecision.id).where(
            or_(
                FailDecision.confirmed.is_(True) & (FailDecision.letter == ""),
                FailDecision.confirmed.is_(False) & (FailDecision.letter != ""),
                FailDecision.confirmed.is_(False) & (func.trim(FailDecision.reason) == ""),
            )
        )
    )
    return [f"fail decision {row} lacks its letter or its reason" for row in rows]


MARK_INVARIANTS: dict[str, Callable[[Session], list[str]]] = {
    "a mark is from 0 to what it is out of": marks_lie_on_their_scale,
    "a mark or status is of a student of its list's course": lists_are_of_their_students_course,
    "a mark that was replaced names the list that replaced it": replaced_marks_name_what_replaced_them,
    "a confirmed fail has a letter, a dismissed one a reason": fails_have_a_letter_or_a_reason,
}
