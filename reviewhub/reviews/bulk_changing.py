"""Changing many reviews at once: dry run, doing exactly what it showed, undoing; one transaction each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.reviews import bulk_extending, bulk_reassigning, bulk_releasing, bulk_reminding, bulk_showing
from reviewhub.reviews.asking import NO_REVIEWS
from reviewhub.reviews.bulk_plans import WORDS, BulkAct, BulkPlan, BulkWish, PlannedLine
from reviewhub.reviews.bulk_tables import BulkChange, StaffLook
from reviewhub.reviews.lookup import user_id_of
from reviewhub.reviews.progress import BoardChoice, ReviewProgress, choose_rows
from reviewhub.reviews.progress_board import load_progress

LONGEST_TEXT = 2000
CHANGED = "Something changed since this dry run, so nothing was done. Look at it again: this is how it is now."
NO_CHANGE = "There is no such change in this course."


class ActVerbs(Protocol):
    """What each act brings: its module."""

    def plan(
        self, session: Session, course: Course, rows: Sequence[ReviewProgress], every: Sequence[ReviewProgress],
        wish: BulkWish, now: datetime, /,
    ) -> list[PlannedLine]:  # fmt: skip
        """Say what would change; `every` are all reviews, `rows` the chosen ones in their order."""

    def do(
        self, session: Session, *, actor: Actor, now: datetime, course: Course, line: PlannedLine, wish: BulkWish,
        reason: str, change: BulkChange,
    ) -> dict[str, Any]:  # fmt: skip
        """Do one line, and return what undoing it needs."""

    def hindrance(self, session: Session, change: BulkChange, course: Course, /) -> str:
        """Say why it cannot be undone, "" where it can."""

    def undo(self, session: Session, *, actor: Actor, now: datetime, course: Course, change: BulkChange) -> None:
        """Undo every line."""


ACTS: Mapping[BulkAct, ActVerbs] = {
    BulkAct.REMIND: bulk_reminding,
    BulkAct.EXTEND: bulk_extending,
    BulkAct.REASSIGN: bulk_reassigning,
    BulkAct.RELEASE: bulk_releasing,
    BulkAct.SHOW: bulk_showing,
}
NEEDED: Mapping[BulkAct, Action] = {
    BulkAct.REMIND: Action.CHANGE_TOGETHER,
    BulkAct.EXTEND: Action.GRANT_EXTENSION,
    BulkAct.REASSIGN: Action.ASSIGN_REVIEWERS,
    BulkAct.RELEASE: Action.ASSIGN_REVIEWERS,
    BulkAct.SHOW: Action.RELEASE_REVIEWS,
}


class Outdated(Conflict):
    """What the dry run showed is no longer so."""


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A change that was made, with who made it and why it cannot be undone ("" where it can)."""

    change: BulkChange
    by: str
    hindrance: str = ""


def plan_change(session: Session, *, actor: Actor, now: datetime, course: str, wish: BulkWish) -> BulkPlan:
    """A dry run: what the act would do to the reviews chosen, or to all that the board shows. Nothing is changed."""
    found = _allowed(session, actor, now, course, wish.act)
    every = load_progress(session, found, now)
    if wish.chosen is None:
        rows = choose_rows(every, wish.choice)
    else:
        rows = [row for row in choose_rows(every, _order_of(wish.choice)) if row.assignment_id in (wish.chosen or ())]
    if not rows:
        raise BadInput("Choose at least one review first.")
    if wish.act is BulkAct.EXTEND:
        wish = bulk_extending.fill_in(found, rows, wish, now)
    lines = ACTS[wish.act].plan(session, found, rows, every, wish, now)
    named = {one for line in lines for one in line.assignment_ids}
    idle = sum(row.assignment_id not in named for row in rows) if wish.act is BulkAct.REMIND else 0
    return BulkPlan(wish=wish, number=_next_number(session, found), lines=tuple(lines), idle=idle)


def make_change(
    session: Session, *, actor: Actor, now: datetime, course: str, wish: BulkWish, number: int, digest: str,
    reason: str = "",
) -> BulkChange:  # fmt: skip
    """Do what the dry run with this number and digest showed, all of it or nothing; the same again does nothing more.

    Outdated where anything it showed is different by now.
    """
    found = _allowed(session, actor, now, course, wish.act)
    made = session.scalar(select(BulkChange).where(BulkChange.course_id == found.id, BulkChange.number == number))
    if made is not None and made.digest == digest:
        return made
    words = reason.strip()[:LONGEST_TEXT]
    if WORDS[wish.act].needs_reason and not words:
        raise BadInput("Say why, for the staff: nobody else reads it.")
    plan = plan_change(session, actor=actor, now=now, course=course, wish=wish)
    if (plan.number, plan.digest) != (number, digest):
        raise Outdated(CHANGED)
    if not plan.doable:
        raise BadInput("Nothing would change, so nothing was done.")
    change = BulkChange(
        course_id=found.id, number=number, act=wish.act.value, digest=digest, reason=words, items=[], made_at=now,
        made_by_id=user_id_of(actor),
    )  # fmt: skip
    session.add(change)
    session.flush()
    verbs = ACTS[wish.act]
    change.items = [
        line.told
        | verbs.do(session, actor=actor, now=now, course=found, line=line, wish=plan.wish, reason=words, change=change)
        for line in plan.doable
    ]
    record_event(
        session, actor=actor, now=now, action=f"changed many reviews: {wish.act}", course_id=found.id, subject=change,
        after={"number": number, "lines": [[line.who, line.project, line.after] for line in plan.doable]}, reason=words,
    )  # fmt: skip
    return change


def undo_change(session: Session, *, actor: Actor, now: datetime, course: str, change_id: str) -> BulkChange:
    """Take a whole change back where nothing happened since; Conflict says what did."""
    change = find_change(session, find_course(session, course), change_id)
    act = BulkAct(change.act)
    found = _allowed(session, actor, now, course, act)
    hindrance = ACTS[act].hindrance(session, change, found) if change.undone_at is None else ""
    if hindrance:
        raise Conflict(f"This cannot be undone any more. {hindrance}")
    done = session.execute(
        update(BulkChange)
        .where(BulkChange.id == change.id, BulkChange.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("This was undone already.")
    ACTS[act].undo(session, actor=actor, now=now, course=found, change=change)
    record_event(
        session, actor=actor, now=now, action=f"undid many changes: {act}", course_id=found.id, subject=change,
        before={"number": change.number},
    )  # fmt: skip
    return change


def mark_read(session: Session, *, actor: Actor, now: datetime, course: str, choice: BoardChoice) -> int:
    """Say that the staff have read the messages about the reviews shown; return about how many reviews there were."""
    require(Action.CHANGE_TOGETHER, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    rows = [row for row in choose_rows(load_progress(session, found, now), choice) if row.unread]
    ids = [row.assignment_id for row in rows]
    looks = {
        look.assignment_id: look for look in session.scalars(select(StaffLook).where(StaffLook.assignment_id.in_(ids)))
    }
    for assignment_id in ids:
        look = looks.get(assignment_id) or StaffLook(assignment_id=assignment_id)
        look.read_until, look.read_by_id = now, user_id_of(actor)
        session.add(look)
    if ids:
        record_event(
            session, actor=actor, now=now, action="read messages", course_id=found.id, subject=found,
            after={"assignments": ids},
        )  # fmt: skip
    return len(ids)


def show_change(session: Session, *, course: Course, change_id: str) -> ShownChange:
    """One change as its page shows it."""
    change = find_change(session, course, change_id)
    by = session.scalar(select(User.name).where(User.id == change.made_by_id)) or "—"
    hindrance = "" if change.undone_at else ACTS[BulkAct(change.act)].hindrance(session, change, course)
    return ShownChange(change=change, by=by, hindrance=hindrance)


def last_changes(session: Session, course: Course, most: int = 5) -> list[ShownChange]:
    """The newest changes with who made them; whether each can be undone is asked on its own page."""
    rows = session.execute(
        select(BulkChange, User.name)
        .join(User, User.id == BulkChange.made_by_id)
        .where(BulkChange.course_id == course.id)
        .order_by(BulkChange.number.desc())
        .limit(most)
    )
    return [ShownChange(change=change, by=name) for change, name in rows]


def find_change(session: Session, course: Course, change_id: str) -> BulkChange:
    """The change of this course; NotFound otherwise."""
    change = session.get(BulkChange, change_id)
    if change is None or change.course_id != course.id:
        raise NotFound(NO_CHANGE)
    return change


def _allowed(session: Session, actor: Actor, now: datetime, course: str, act: BulkAct) -> Course:
    facts = course_facts(session, actor, now, course=course)
    require(Action.CHANGE_TOGETHER, facts)
    require(NEEDED[act], facts)
    found = find_course(session, course)
    if found.policy.review is None:
        raise BadInput(NO_REVIEWS)
    return found


def _order_of(choice: BoardChoice) -> BoardChoice:
    return replace(BoardChoice(), sort=choice.sort, down=choice.down)


def _next_number(session: Session, course: Course) -> int:
    last = session.scalar(select(func.max(BulkChange.number)).where(BulkChange.course_id == course.id))
    return (last or 0) + 1
