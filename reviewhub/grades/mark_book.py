"""What the pages of marks read: the students as lists name them, the marks that stand, the lists they came with."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.members import name_order
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.mark_differences import Spot, StandingMark
from reviewhub.grades.mark_reading import Student
from reviewhub.grades.mark_tables import Mark, MarkList
from reviewhub.grades.mark_targets import Target, targets_of
from reviewhub.grades.penalties import reckoning
from reviewhub.grades.student_facts import per_cent

_HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class ItemSummary:
    """How far one item of a target is: how many have a mark, what it is out of, the mean in per cent (points)."""

    item: int
    name: str
    marked: int
    out_of: Decimal
    mean: Decimal | None


@dataclass(frozen=True, kw_only=True)
class TargetSummary:
    """One thing marks are given for, with its items so far."""

    target: Target
    items: tuple[ItemSummary, ...]
    marked: int
    """Students with at least one mark."""


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A list that was saved, or what was typed at once."""

    list_id: str
    file_name: str
    digest: str
    new: int
    changed: int
    taken: int
    at: datetime
    by: str


def students_of(session: Session, course: Course) -> tuple[Student, ...]:
    """The course's present students by name."""
    rows = session.execute(
        select(Enrollment.id, Enrollment.student_number, User.name, User.email)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None))
    )
    found = [
        Student(enrollment_id=row.id, name=row.name, email=row.email, student_number=row.student_number or "")
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (name_order(one.name), one.email)))


def standing_marks(session: Session, course: Course, *, component: str | None = None) -> dict[Spot, StandingMark]:
    """Every mark that stands in the course, or those of one component."""
    chosen = (
        select(
            Mark.id,
            Mark.enrollment_id,
            Mark.component,
            Mark.item,
            Mark.points,
            Mark.out_of,
            Mark.received_at,
            Mark.due_at,
        )
        .join(Enrollment, Enrollment.id == Mark.enrollment_id)
        .where(Enrollment.course_id == course.id, Mark.undone_at.is_(None))
    )
    if component is not None:
        chosen = chosen.where(Mark.component == component)
    return {
        (row.enrollment_id, row.component, row.item): StandingMark(
            mark_id=row.id,
            points=row.points,
            out_of=row.out_of,
            received_at=row.received_at,
            due_at=row.due_at,
        )
        for row in session.execute(chosen)
    }


def saved_lists(session: Session, course: Course, *, holds: str = "marks", most: int = 20) -> tuple[ListRow, ...]:
    """The last lists that were saved, the newest first."""
    rows = session.execute(
        select(MarkList, User.name)
        .outerjoin(User, User.id == MarkList.by_id)
        .where(MarkList.course_id == course.id, MarkList.holds == holds)
        .order_by(MarkList.at.desc(), MarkList.id)
        .limit(most)
    )
    return tuple(
        ListRow(
            list_id=row.id,
            file_name=row.file_name,
            digest=row.digest,
            new=row.new,
            changed=row.changed,
            taken=row.taken,
            at=row.at,
            by=name or "a command",
        )
        for row, name in rows
    )


def summarise(course: Course, standing: Mapping[Spot, StandingMark]) -> tuple[TargetSummary, ...]:
    """How far every target of the course is."""
    found: dict[str, dict[int, list[StandingMark]]] = defaultdict(lambda: defaultdict(list))
    students: dict[str, set[str]] = defaultdict(set)
    for (enrollment_id, component, item), mark in standing.items():
        found[component][item].append(mark)
        students[component].add(enrollment_id)
    return tuple(
        TargetSummary(
            target=target,
            items=tuple(
                ItemSummary(
                    item=item,
                    name=target.named(item),
                    marked=len(marks),
                    out_of=usual_scale(marks, target),
                    mean=mean_of(marks, target),
                )
                for item, marks in sorted(found[target.key].items())
            ),
            marked=len(students[target.key]),
        )
        for target in targets_of(course.policy)
    )


def usual_scale(marks: Sequence[StandingMark], target: Target) -> Decimal:
    """What most of the marks are out of; the target's own scale where there are none."""
    if not marks:
        return target.highest
    return Counter(mark.out_of for mark in marks).most_common(1)[0][0]


def mean_of(marks: Sequence[StandingMark], target: Target) -> Decimal | None:
    """The mean, in per cent (a bonus: in points); None where there is no mark."""
    if not marks:
        return None
    with reckoning():
        values = [mark.points if target.is_bonus else per_cent(mark.points, mark.out_of) for mark in marks]
        return sum(values, Decimal(0)) / len(values)


@dataclass(frozen=True, kw_only=True)
class PastMark:
    """A mark that stood before: what took its place (None: nothing), when, and by whom."""

    name: str
    item: int
    before: StandingMark
    after: StandingMark | None
    at: datetime
    by: str
    file_name: str


def past_marks(session: Session, course: Course, component: str, *, most: int = 50) -> tuple[PastMark, ...]:
    """The last marks of a component that were replaced or taken away, the newest first; one query."""
    after, by = aliased(Mark), aliased(User)
    is_successor = (
        (after.list_id == Mark.undone_by_list_id)
        & (after.enrollment_id == Mark.enrollment_id)
        & (after.component == Mark.component)
        & (after.item == Mark.item)
    )
    rows = session.execute(
        select(Mark, after, User.name, MarkList.at, MarkList.file_name, by.name.label("by"))
        .join(Enrollment, Enrollment.id == Mark.enrollment_id)
        .join(User, User.id == Enrollment.user_id)
        .join(MarkList, MarkList.id == Mark.undone_by_list_id)
        .outerjoin(after, is_successor)
        .outerjoin(by, by.id == MarkList.by_id)
        .where(Enrollment.course_id == course.id, Mark.component == component)
        .order_by(MarkList.at.desc(), Mark.id)
        .limit(most)
    )
    return tuple(
        PastMark(
            name=name,
            item=mark.item,
            before=_as_standing(mark),
            after=_as_standing(successor) if successor else None,
            at=at,
            by=who or "a command",
            file_name=file_name,
        )
        for mark, successor, name, at, file_name, who in rows
    )


def _as_standing(row: Mark) -> StandingMark:
    return StandingMark(
        mark_id=row.id, points=row.points, out_of=row.out_of, received_at=row.received_at, due_at=row.due_at
    )
