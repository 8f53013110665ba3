"""A stamp per project: the digest of every row that its grades rest on.

Made of what the rows say, in the database, so that nobody has to remember to mark anything as changed. Two equal stamps
mean equal facts. The content of a review's edition is never changed, so its own digest stands for it.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from reviewhub.courses.tables import Course, Enrollment, Extension, Membership
from reviewhub.grades.tables import Adjustment, FindingDecision, FixVerdict, Match, Mistake, QualityMark
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition

_CELL, _ROW = "\x1f", "\x1e"
_TELLS_NOTHING = frozenset({"undone_at", "at", "decided_by_id"})
"""Who decided and when makes no fact, and a decision made again is another row; what was undone is not read at all."""


def project_stamps(session: Session, course: Course) -> dict[str, str]:
    """Project id → stamp, for every project of the course that counts. Always the same number of queries."""
    common = sha256(course.policy_digest.encode())
    for found in session.execute(
        select(_text(_columns(Extension))).where(Extension.course_id == course.id).order_by(Extension.id)
    ).scalars():
        common.update(f"{found}{_ROW}".encode())
    for found in session.execute(_people(course)).scalars():
        common.update(_sorted(found or "").encode())
    stamps: dict[str, Any] = {}
    # SQLite reads the same rows by the same way; PostgreSQL may take another one while nothing changed.
    comes_in_order = session.get_bind().dialect.name == "sqlite"
    for number, statement in enumerate(_statements(course)):
        for project_id, found in session.execute(statement):
            stamp = stamps.setdefault(project_id, common.copy())
            stamp.update(f"{number}{_CELL}{found if comes_in_order else _sorted(found)}{_ROW}".encode())
    return {project_id: stamp.hexdigest() for project_id, stamp in stamps.items()}


def _sorted(found: str) -> str:
    return _ROW.join(sorted(found.split(_ROW)))


def _people(course: Course) -> Select[str]:
    """Who is in the course and in which group: one text, because a person reviews what others develop."""
    person = _text([Enrollment.id, Enrollment.left_at, Membership.group_id, Membership.left_at])
    return (
        select(func.aggregate_strings(person, _ROW))
        .join_from(Enrollment, Membership, Membership.enrollment_id == Enrollment.id)
        .where(Enrollment.course_id == course.id)
    )


def _statements(course: Course) -> Iterable[Select[str, str]]:
    """One statement a table: project id → all its rows that stand, as one text."""
    chosen = Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_(None)
    edition = [one for one in _columns(ReviewEdition) if one.name != "content"]
    yield select(Project.id, _text(_columns(Project))).where(*chosen)
    for owner, columns, way in (
        (Snapshot.project_id, _columns(Snapshot), [Snapshot]),
        (Mistake.project_id, _columns(Mistake), [Mistake]),
        (Mistake.project_id, _columns(FixVerdict), [FixVerdict, Mistake]),
        (Mistake.project_id, _columns(Match), [Match, Mistake]),
        (Adjustment.project_id, _columns(Adjustment), [Adjustment]),
        (Assignment.project_id, _columns(Assignment), [Assignment]),
        (Assignment.project_id, [Review.id, Review.assignment_id, Review.edition], [Review, Assignment]),
        (Assignment.project_id, edition, [ReviewEdition, Review, Assignment]),
        (Assignment.project_id, _columns(QualityMark), [QualityMark, Review, Assignment]),
        (Assignment.project_id, _columns(FindingDecision), [FindingDecision, Finding, Review, Assignment]),
    ):
        rows = select(owner, func.aggregate_strings(_text(columns), _ROW)).select_from(way[0])
        for table in way[1:]:
            rows = rows.join(table)
        standing = [way[0].undone_at.is_(None)] if hasattr(way[0], "undone_at") else []
        yield rows.where(owner.in_(select(Project.id).where(*chosen)), *standing).group_by(owner)


def _columns(table: Any) -> Sequence[Any]:
    return [one for one in table.__table__.columns if one.name not in _TELLS_NOTHING]


def _text(columns: Iterable[Any]) -> ColumnElement[str]:
    """The columns of a row as one text, as the database holds them."""
    cells = [func.coalesce(_as_text(one), "") if one.nullable else _as_text(one) for one in columns]
    return reduce(lambda left, right: left + literal(_CELL) + right, cells)


def _as_text(column: Any) -> ColumnElement[str]:
    held = getattr(column.type, "impl", column.type)
    return type_coerce(column, Text) if isinstance(held, String) else cast(column, Text)
