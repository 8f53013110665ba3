"""The flags of a course's received pushes, and the staff saying that they have seen them.

Derived from the recorded moves and the mirror, and remembered until the next push.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.errors import Conflict
from reviewhub.github.histories import changes_in
from reviewhub.github.objects import Objects
from reviewhub.github.recent import Recent
from reviewhub.projects.addresses import shown
from reviewhub.projects.arrivals import read_ahead
from reviewhub.projects.flags import MEGABYTE, ChangedFile, Flag, OwnerOf, Placed, ReceivedPush, Staff, Work, flag_push
from reviewhub.projects.lookup import find_mirror, living_projects, objects_of
from reviewhub.projects.members import Author, Person, guess_members
from reviewhub.projects.moves import Moves, Push, brought_to, moves_of
from reviewhub.projects.tables import Mirror, Project


@dataclass(frozen=True, kw_only=True)
class FlaggedPush:
    """A flag with the push it is about; `is_new` until the staff have seen it."""

    flag: Flag
    push: Push
    is_new: bool


def flagged_pushes(
    session: Session, course: Course, *, mirrors: Path, projects: Sequence[Project] | None = None
) -> list[FlaggedPush]:
    """Every flag of the course, the newest first; the same few queries however many pushes there are."""
    moves = moves_of(session, course)
    mirror = find_mirror(session, course)
    found = living_projects(session, course) if projects is None else projects
    places = tuple(
        Placed(key=one.key, branch=one.branch, folder=one.folder, group_id=one.group_id)
        for one in sorted(found, key=lambda project: project.key)
    )
    people = _people(session, course)
    objects = objects_of(mirrors, course)
    limit_mb = course.policy.repository.largest_file_mb
    key = (objects.repository, moves.mark, hash((places, people, limit_mb)))
    flags = _flags.get(key)
    if flags is None:
        flags = _derive(objects, moves, places, people, limit_mb)
        _flags.put(key, flags, weight=1 + len(flags))
    by_number = {push.number: push for push in moves.pushes}
    seen = mirror.flags_seen if mirror is not None else 0
    return [FlaggedPush(flag=flag, push=by_number[flag.number], is_new=flag.number > seen) for flag in reversed(flags)]


def see_flags(session: Session, *, actor: Actor, now: datetime, course: str, number: int) -> None:
    """Say that the staff have seen the flags of every push up to this number; Conflict where there is no such push."""
    require(Action.MIRROR_REPOSITORY, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    mirror = find_mirror(session, row)
    if mirror is None or not any(push.number == number for push in moves_of(session, row).pushes):
        raise Conflict("There is no such push.")
    before = mirror.flags_seen
    session.execute(update(Mirror).where(Mirror.id == mirror.id, Mirror.flags_seen < number).values(flags_seen=number))
    record_event(
        session,
        actor=actor,
        now=now,
        action="saw flagged pushes",
        course_id=row.id,
        subject=mirror,
        before={"through": before},
        after={"through": number},
    )


def _people(session: Session, course: Course) -> tuple[Person, ...]:
    """Everybody of the course with their group; of the staff the group is `Staff.STAFF`."""
    rows = session.execute(
        select(Enrollment.id, Enrollment.role, User.name, User.email, Membership.group_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(Membership, (Membership.enrollment_id == Enrollment.id) & (Membership.left_at.is_(None)))
        .where(Enrollment.course_id == course.id)
        .order_by(Enrollment.id)
    )
    return tuple(
        Person(
            enrollment_id=enrollment_id,
            name=name,
            email=email,
            group_id=Staff.STAFF if role in {Role.INSTRUCTOR, Role.ASSISTANT} else group_id,
        )
        for enrollment_id, role, name, email, group_id in rows
    )


def _derive(
    objects: Objects, moves: Moves, places: tuple[Placed, ...], people: tuple[Person, ...], limit_mb: int
) -> tuple[Flag, ...]:
    read_ahead(objects, moves)
    owner_of = _owners(people)
    flags: list[Flag] = []
    for ref in sorted({place.branch for place in places}):
        here = [place for place in places if place.branch == ref]
        works = _works(objects, brought_to(objects, moves, ref), limit_mb)
        for push in moves.pushes:
            if push.ref == ref:
                received = _received(objects, push, here, works.get(push.number, ()))
                flags += flag_push(received, here, owner_of, limit_mb=limit_mb)
    return tuple(sorted(flags, key=lambda flag: flag.number))


def _owners(people: tuple[Person, ...]) -> OwnerOf:
    @lru_cache(maxsize=4096)
    def owner_of(author: tuple[str, str]) -> str | None:
        name, email = author
        guesses = guess_members((), [Author(name=name, email=email, commits=1)], people)
        return guesses[0].person.group_id if guesses else None

    return owner_of


def _works(objects: Objects, brought: dict[int, list[str]], limit_mb: int) -> dict[int, tuple[Work, ...]]:
    """What each push brought; sizes are told only of files over the limit."""
    changes = changes_in(objects, (commit for commits in brought.values() for commit in commits))
    oids = (touched.oid for change in changes.values() for touched in change.touched if touched.oid is not None)
    sizes = {
        oid: header[1]
        for oid, header in objects.headers(oids).items()
        if header is not None and header[0] == "blob" and header[1] > limit_mb * MEGABYTE
    }
    found = {}
    for number, commits in brought.items():
        works = []
        for commit in commits:
            change = changes.get(commit)
            if change is not None:
                files = tuple(
                    ChangedFile(path=shown(one.path), size=sizes.get(one.oid or "")) for one in change.touched
                )
                author = (change.commit.author_name, change.commit.author_email)
                works.append(Work(commit=commit, author=author, files=files))
        found[number] = tuple(works)
    return found


def _received(objects: Objects, push: Push, here: Iterable[Placed], works: tuple[Work, ...]) -> ReceivedPush:
    before = _trees(objects, push.old, here)
    after = _trees(objects, push.new, here)
    return ReceivedPush(
        number=push.number,
        ref=push.ref,
        is_first=push.old is None,
        is_forced=push.forced,
        held_before=frozenset(before),
        held_after=frozenset(after),
        touched=frozenset(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)),
        works=works,
    )


def _trees(objects: Objects, commit: str | None, here: Iterable[Placed]) -> dict[str, str]:
    """The folder of each project at a commit, where it has one."""
    if commit is None:
        return {}
    return {place.key: tree for place in here if (tree := objects.folder_tree(commit, place.folder)) is not None}


_flags: Recent[tuple[Path, str, int], tuple[Flag, ...]] = Recent(20_000)
