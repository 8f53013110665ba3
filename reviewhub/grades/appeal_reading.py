"""What the pages of appeals read: the staff all of them with who said what, a student what is theirs to know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.appeal_context import Context, contexts_of
from reviewhub.grades.appeal_mails import OUTCOME_WORDS
from reviewhub.grades.appeal_tables import Appeal, AppealShare
from reviewhub.grades.appealable import GroundKind
from reviewhub.grades.tables import Release
from reviewhub.projects.tables import Project

TONES = {"granted": "good", "partly": "warn", "denied": "bad"}


@dataclass(frozen=True, kw_only=True)
class AppealView:
    """One appeal as its reader may see it: what the reader may not know is empty."""

    appeal_id: str
    title: str
    key: str
    """The project's, or "" for a part of the course grade."""
    side: str
    """Whose grade it is about, in words."""
    release: int
    filed_at: datetime
    withdrawn_at: datetime | None
    decided_at: datetime | None
    outcome: str
    reason: str
    earlier: tuple[Mapping[str, str], ...]
    said: tuple[str, ...] = ()
    text: str = ""
    filed_by: str = ""
    decided_by: str = ""
    is_own: bool = False
    context: tuple[Context, ...] = ()
    """For the staff: what it is about, with its place and who said what."""
    anchor: str = ""
    """Where the desk shows it."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.decided_at is None and self.withdrawn_at is None

    @property
    def state(self) -> str:
        """How it stands, in a word or three."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return OUTCOME_WORDS.get(self.outcome, "open")

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return "plain" if self.withdrawn_at else TONES.get(self.outcome, "accent")


def read_all_appeals(session: Session, course: Course, *, appeal_id: str | None = None) -> tuple[AppealView, ...]:
    """Every appeal of the course (or one), the open ones first and of them the oldest: for the staff."""
    rows = _rows(session, course, appeal_id)
    contexts = contexts_of(session, [row for row, *_ in rows])
    return _in_order(
        _view(row, key, sequence, names, is_own=True, context=contexts.get(row.id, ()), is_staff=True)
        for row, key, sequence, names in rows
    )


def read_own_appeals(
    session: Session, course: Course, enrollment: Enrollment, *, appeal_id: str | None = None
) -> tuple[AppealView, ...]:
    """The appeals of this person's sides, and the decided ones that concern them beside."""
    shares = {
        share.appeal_id: share.own
        for share in session.scalars(select(AppealShare).where(AppealShare.enrollment_id == enrollment.id))
    }
    if not shares:
        return ()
    rows = [row for row in _rows(session, course, appeal_id) if row[0].id in shares]
    return _in_order(
        _view(row, key, sequence, names, is_own=shares[row.id])
        for row, key, sequence, names in rows
        if shares[row.id] or row.decided_at is not None
    )


def _rows(session: Session, course: Course, appeal_id: str | None) -> list[tuple[Appeal, str, int, dict[str, str]]]:
    wanted = (
        select(Appeal, Project.key, Release.sequence)
        .join(Release, Release.id == Appeal.release_id)
        .outerjoin(Project, Project.id == Appeal.project_id)
        .where(Appeal.course_id == course.id)
    )
    found = session.execute(wanted.where(Appeal.id == appeal_id) if appeal_id else wanted).all()
    people = {one for row, *_ in found for one in (row.filed_by_id, row.decided_by_id) if one}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all()) if people else {}
    return [(row, key or "", sequence, names) for row, key, sequence in found]


def _view(
    row: Appeal,
    key: str,
    sequence: int,
    names: Mapping[str, str],
    *,
    is_own: bool,
    context: tuple[Context, ...] = (),
    is_staff: bool = False,
) -> AppealView:
    return AppealView(
        appeal_id=row.id,
        title=row.title,
        key=key,
        side=_say_side(row.side, key),
        release=sequence,
        filed_at=row.filed_at,
        withdrawn_at=row.withdrawn_at,
        decided_at=row.decided_at,
        outcome=row.outcome,
        reason=row.reason,
        earlier=tuple(row.earlier),
        said=tuple(row.said) if is_own else (),
        text=row.text if is_own else "",
        filed_by=names.get(row.filed_by_id, "") if is_own else "",
        decided_by=names.get(row.decided_by_id or "", "") if is_staff else "",
        is_own=is_own,
        context=context,
        anchor=row.finding_id if row.kind == GroundKind.FINDING else row.mistake_id or row.finding_id,
    )


def _say_side(side: str, key: str) -> str:
    """Whose grade an appeal is about, without a name."""
    kind = side.partition(":")[0]
    return {"project": f"the developers of {key}", "assignment": f"a reviewer of {key}"}.get(kind, "one student")


def _in_order(views: Iterable[AppealView]) -> tuple[AppealView, ...]:
    found = list(views)
    waiting = sorted((one for one in found if one.is_open), key=lambda one: (one.filed_at, one.appeal_id))
    done = sorted((one for one in found if not one.is_open), key=_last_moment, reverse=True)
    return (*waiting, *done)


def _last_moment(one: AppealView) -> tuple[datetime, str]:
    return one.decided_at or one.withdrawn_at or one.filed_at, one.appeal_id
