"""Looking at the shared repository, and writing down what it received.

The look itself (network, minutes at worst) runs outside any transaction. The one that writes first makes sure that
nothing was recorded since the look began: of two looks at once one is written down, and the other is made again.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.config import Settings
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.phases import deadlines_of
from reviewhub.courses.tables import Course, Extension
from reviewhub.errors import BadInput, Conflict, OutsideFailed
from reviewhub.github.mirror import Look, goes_forward, look_at
from reviewhub.github.remotes import check_remote
from reviewhub.projects.lookup import find_mirror, known_refs, mirror_path
from reviewhub.projects.receipts import ReceivedMove, arrival_order, receive_moves
from reviewhub.projects.tables import Mirror, RefMove
from reviewhub.storage import Database
from reviewhub.wake import wake

# Right after a deadline the repository is looked at again, so that what came at the last moment is seen at once.
AFTER_DEADLINE = (timedelta(seconds=1), timedelta(seconds=90))


@dataclass(frozen=True, kw_only=True)
class LookOutcome:
    """What one look came to: how many moves were recorded, or why the repository could not be read."""

    recorded: int
    failure: str = ""


def mirror_course(database: Database, settings: Settings, *, actor: Actor, now: datetime, course: str) -> LookOutcome:
    """Look at the course's repository at `now` and record every move. A failure is recorded too, as "stale since".

    Opens its own transactions, because a fetch may take minutes. Conflict where the course has no repository.
    """
    with database.reading() as session:
        require(Action.MIRROR_REPOSITORY, course_facts(session, actor, now, course=course))
        row = find_course(session, course)
        known = known_refs(session, row)
    if not row.remote:
        msg = "The course has no shared repository yet."
        raise Conflict(msg)
    try:
        allowed = settings.git
        remote = check_remote(row.remote, local_paths=allowed.local_paths, private_addresses=allowed.private_addresses)
        token = settings.secret(settings.git.token_env)
        path = mirror_path(settings.mirrors, row)
        look = look_at(path, remote, known, limit_seconds=settings.git.wall_seconds, token=token)
    except (OutsideFailed, BadInput) as failed:
        with database.writing() as session:
            record_failure(session, actor=actor, now=now, course=course, failure=failed.message)
        return LookOutcome(recorded=0, failure=failed.message)
    with database.writing() as session:
        recorded = record_look(session, actor=actor, now=now, course=course, look=look, settings=settings)
    return LookOutcome(recorded=recorded)


def record_look(session: Session, *, actor: Actor, now: datetime, course: str, look: Look, settings: Settings) -> int:
    """Write down what a look that began at `now` showed; return how many moves were new.

    Where another look was recorded meanwhile, nothing is written and a new look is asked for: which of the two saw the
    later state cannot be told, and a receipt must never be earlier than the look that proves it.
    """
    require(Action.MIRROR_REPOSITORY, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    mirror = _mirror_row(session, row)
    if known_refs(session, row) != look.known:
        wake(session, "mirror_course", row.slug)
        return 0
    moves = _received(row, mirror, look, now, settings)
    number = session.scalar(select(func.max(RefMove.number)).where(RefMove.course_id == row.id)) or 0
    for offset, move in enumerate(moves, start=1):
        session.add(_move_row(row, number + offset, move, now))
    was_stale = mirror.failed_at is not None
    mirror.remote, mirror.default_branch = row.remote, look.default_branch
    mirror.fetched_at = max(now, mirror.fetched_at or now)
    mirror.tried_at = mirror.fetched_at
    mirror.failed_at, mirror.failure = None, ""
    if moves or was_stale:
        after = {"moves": len(moves), "forced": sum(move.forced for move in moves)}
        record_event(
            session, actor=actor, now=now, action="mirrored repository", course_id=row.id, subject=mirror, after=after
        )
    wake(session, "freeze_due", row.slug)
    return len(moves)


def record_failure(session: Session, *, actor: Actor, now: datetime, course: str, failure: str) -> None:
    """Write down that the repository could not be read; the moment of the first failure is kept."""
    require(Action.MIRROR_REPOSITORY, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    mirror = _mirror_row(session, row)
    mirror.tried_at = now
    if mirror.failed_at is None:
        mirror.failed_at = now
        record_event(
            session,
            actor=actor,
            now=now,
            action="repository failed",
            course_id=row.id,
            subject=mirror,
            after={"failure": failure},
        )
    mirror.failure = failure


def ask_for_look(session: Session, *, actor: Actor, now: datetime, course: str) -> None:
    """Ask the worker to look at the repository at once; Conflict where the course has none."""
    require(Action.MIRROR_REPOSITORY, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    if not row.remote:
        msg = "The course has no shared repository yet."
        raise Conflict(msg)
    mirror = _mirror_row(session, row)
    mirror.asked_at = now
    record_event(session, actor=actor, now=now, action="asked for a look", course_id=row.id, subject=mirror)
    wake(session, "mirror_course", row.slug)


def courses_to_mirror(session: Session, *, now: datetime, poll_minutes: int) -> list[str]:
    """The slugs of the courses whose repository is to be looked at now: by the clock, on demand, after a deadline."""
    rows = session.execute(
        select(Course, Mirror).outerjoin(Mirror, Mirror.course_id == Course.id).where(Course.remote != "")
    )
    return [course.slug for course, mirror in rows if _is_due(session, course, mirror, now, poll_minutes)]


def _is_due(session: Session, course: Course, mirror: Mirror | None, now: datetime, poll_minutes: int) -> bool:
    if mirror is None or mirror.tried_at is None:
        return True
    if mirror.asked_at is not None and mirror.asked_at > mirror.tried_at:
        return True
    if now - mirror.tried_at >= timedelta(minutes=poll_minutes):
        return True
    moments = list(deadlines_of(course.policy).values())
    moments += session.scalars(
        select(Extension.due_at).where(Extension.course_id == course.id, Extension.revoked_at.is_(None))
    )
    return any(mirror.tried_at < moment + after <= now for moment in moments for after in AFTER_DEADLINE)


def _mirror_row(session: Session, course: Course) -> Mirror:
    session.scalar(select(Course.id).where(Course.id == course.id).with_for_update())  # one writer at a time
    mirror = find_mirror(session, course)
    if mirror is None:
        mirror = Mirror(course_id=course.id, remote=course.remote, failure="")
        session.add(mirror)
        session.flush()
    return mirror


def _received(course: Course, mirror: Mirror, look: Look, now: datetime, settings: Settings) -> list[ReceivedMove]:
    """The single moves since what is recorded, with their receipts, in the order they arrived."""
    path = mirror_path(settings.mirrors, course)
    looked_at = now + timedelta(seconds=math.floor(look.seconds))
    looked_before = min(mirror.fetched_at, now) if mirror.fetched_at else None
    received: list[tuple[datetime, ReceivedMove]] = []
    for difference in look.moves:
        moves = receive_moves(
            difference,
            look.logs.get(difference.ref, ()),
            looked_before=looked_before,
            looked_at=looked_at,
            is_forced=lambda old, new: not goes_forward(path, old, new),
        )
        received += zip(arrival_order(moves), moves, strict=True)
    return [move for _, move in sorted(received, key=lambda pair: pair[0])]


def _move_row(course: Course, number: int, move: ReceivedMove, now: datetime) -> RefMove:
    return RefMove(
        course_id=course.id,
        number=number,
        ref=move.ref,
        old=move.old,
        new=move.new,
        forced=move.forced,
        received_from=move.receipt.received_from,
        received_by=move.receipt.received_by,
        source=move.source,
        seen_at=now,
    )
