"""The recorded moves of a course as values: loaded once and remembered, because nothing ever changes or deletes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.github.histories import parents_of
from reviewhub.github.objects import Objects
from reviewhub.github.recent import Recent
from reviewhub.projects.tables import RefMove


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """One recorded move of a ref; its fields are those of `RefMove`."""

    id: str
    number: int
    ref: str
    old: str | None
    new: str | None
    forced: bool
    received_from: datetime | None
    received_by: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Every recorded move of a course, in the order they were received. `mark` names exactly this set of them."""

    mark: str
    pushes: tuple[Push, ...]


def moves_of(session: Session, course: Course) -> Moves:
    """Every recorded move of the course; only what a look has added since is read from the database."""
    last_id = session.scalar(
        select(RefMove.id).where(RefMove.course_id == course.id).order_by(RefMove.number.desc()).limit(1)
    )
    if last_id is None:
        return Moves(mark="", pushes=())
    known = _moves.get(last_id)
    if known is None:
        known = Moves(mark=last_id, pushes=_load(session, course))
        _moves.put(last_id, known, weight=len(known.pushes))
    return known


def _load(session: Session, course: Course) -> tuple[Push, ...]:
    columns = [getattr(RefMove, name) for name in Push.__slots__]
    rows = session.execute(select(*columns).where(RefMove.course_id == course.id).order_by(RefMove.number))
    return tuple(Push(**row) for row in rows.mappings())


def bringers(objects: Objects, moves: Moves) -> Mapping[str, tuple[Push, ...]]:
    """Which pushes first brought each commit: the very first, and the first on another ref than that.

    Commits of histories that cannot be walked are not in it.
    """
    key = (objects.repository, moves.mark)
    found = _bringers.get(key)
    if found is None:
        found = _bring(objects, moves)
        _bringers.put(key, found, weight=1 + len(found))
    return found


def _bring(objects: Objects, moves: Moves) -> dict[str, tuple[Push, ...]]:
    pushes = [push for push in moves.pushes if push.new is not None]
    parents = parents_in(objects, moves)
    found: dict[str, tuple[Push, ...]] = {}
    for push in pushes:
        waiting = [push.new or ""]
        while waiting:
            commit = waiting.pop()
            before = found.get(commit, ())
            # What this ref, or two others, brought before, it brought with all of its history.
            if commit not in parents or len(before) > 1 or (before and before[0].ref == push.ref):
                continue
            found[commit] = (*before, push)
            waiting.extend(parents[commit])
    return found


def parents_in(objects: Objects, moves: Moves) -> Mapping[str, tuple[str, ...]]:
    """The parents of every commit that was ever received."""
    key = (objects.repository, moves.mark)
    found = _parents.get(key)
    if found is None:
        found = parents_of(objects, [push.new for push in moves.pushes if push.new is not None])
        _parents.put(key, found, weight=1 + len(found))
    return found


def brought_to(objects: Objects, moves: Moves, ref: str) -> dict[int, list[str]]:
    """The commits that each push first brought to this ref, by the push's number."""
    parents = parents_in(objects, moves)
    seen: set[str] = set()
    found: dict[int, list[str]] = {}
    for push in moves.pushes:
        waiting = [push.new] if push.ref == ref and push.new is not None else []
        while waiting:
            commit = waiting.pop()
            if commit not in seen and commit in parents:
                seen.add(commit)
                found.setdefault(push.number, []).append(commit)
                waiting.extend(parents[commit])
    return found


_parents: Recent[tuple[Path, str], Mapping[str, tuple[str, ...]]] = Recent(200_000)
_moves: Recent[str, Moves] = Recent(100_000)
_bringers: Recent[tuple[Path, str], Mapping[str, tuple[Push, ...]]] = Recent(200_000)
