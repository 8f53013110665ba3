"""What one release changed for the whole course: what was decided anew, and whose grades moved. For the staff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.policy_changes import PolicyChange, compare_policies
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.grades.appeal_reading import read_all_appeals
from reviewhub.grades.granting import component_titles, granted_between
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.lines import Component, SubjectKind
from reviewhub.grades.penalties import ZERO
from reviewhub.grades.reading import names_of
from reviewhub.grades.release_differences import SheetChange, changes_between
from reviewhub.grades.released import facts_of_releases
from reviewhub.grades.tables import Release
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.tables import Assignment

_TOTALS = {Component.DEVELOPER: "developer", Component.REVIEWER: "reviewer", Component.COURSE: "course"}


@dataclass(kw_only=True)
class Moved:
    """One student whose grades moved: by grade (developer, reviewer, course) old → new."""

    enrollment_id: str
    name: str
    grades: dict[str, list[SheetChange]] = field(default_factory=dict)

    @property
    def size(self) -> Decimal:
        """How much moved at most, for the order of the page."""
        return max((abs(one.amount) for changes in self.grades.values() for one in changes), default=ZERO)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One release beside the one before it; `before` None: it was the first."""

    release: Release
    before: Release | None
    causes: tuple[tuple[str, SheetChange], ...] = ()
    """What was decided anew: whose it is (a reviewer, a student; "" for a project), and the change."""
    moved: tuple[Moved, ...] = ()
    rules: tuple[PolicyChange, ...] = ()


def compare_releases(session: Session, course: Course, sequence: int) -> Compared:
    """What release number `sequence` changed; NotFound where there is none."""
    rows = session.scalars(
        select(Release)
        .where(Release.course_id == course.id, Release.sequence.in_([sequence, sequence - 1]))
        .order_by(Release.sequence.desc())
    ).all()
    if not rows or rows[0].sequence != sequence:
        msg = "There is no such release."
        raise NotFound(msg)
    if len(rows) == 1:
        return Compared(release=rows[0], before=None)
    release, before = rows
    (new, policy), (old, old_policy) = facts_of_releases(session, rows)
    changes = changes_between(
        ledger_of(old, old_policy),
        ledger_of(new, policy),
        old=old,
        new=new,
        granted=granted_between(read_all_appeals(session, course), before.at, release.at),
        titles=component_titles(policy),
    )
    names = _names(session, course, changes)
    return Compared(
        release=release,
        before=before,
        causes=tuple((_whose(one, names), one) for one in changes if not one.is_derived),
        moved=_moved(changes, names),
        rules=compare_policies(old_policy, policy),
    )


def _whose(change: SheetChange, names: Mapping[str, str]) -> str:
    return "" if change.subject.kind is SubjectKind.PROJECT else names.get(change.subject.subject_id, "—")


def _moved(changes: Iterable[SheetChange], names: Mapping[str, str]) -> tuple[Moved, ...]:
    found: dict[str, Moved] = {}
    for one in changes:
        if one.component in _TOTALS and one.amount:
            of = one.subject.subject_id
            row = found.setdefault(of, Moved(enrollment_id=of, name=names.get(of, "—")))
            row.grades.setdefault(_TOTALS[one.component], []).append(one)
    return tuple(sorted(found.values(), key=lambda one: (-one.size, one.name, one.enrollment_id)))


def _names(session: Session, course: Course, changes: Iterable[SheetChange]) -> dict[str, str]:
    """Names of students by enrolment, and of reviewers by assignment."""
    told = list(changes)
    ids = {one.subject.subject_id for one in told if one.subject.kind in {SubjectKind.MEMBER, SubjectKind.PERSON}}
    assigned = {one.subject.subject_id for one in told if one.subject.kind is SubjectKind.ASSIGNMENT}
    rows = session.scalars(select(Assignment).where(Assignment.id.in_(assigned)))
    return names_of(session, course, ids) | reviewer_names(session, rows)
