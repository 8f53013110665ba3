"""Which received pushes somebody should look at.

Those that reach into another group's folder, rewrite history, delete a project, or add a file over the limit.

Authors of commits are what the commits say, so a flag is a hint for people and costs nobody a point. Nothing is flagged
in the first push of a branch: that is what was there before anybody looked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1_000_000
NAMED = 3
"""Files and projects told by name; the others are counted."""


class FlagKind(StrEnum):
    """What is the matter with a push."""

    FOREIGN = "another group's folder"
    REWRITTEN = "history rewritten"
    DELETED = "project deleted"
    LARGE = "large file"


class Staff(StrEnum):
    """Whoever is no member of a group, as the owner of a commit."""

    STAFF = "staff"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A project and its place."""

    key: str
    branch: str
    folder: str
    group_id: str | None


@dataclass(frozen=True, kw_only=True)
class ChangedFile:
    """A path that a commit changed, as it is shown; `size` in bytes where the file is there afterwards and known."""

    path: str
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Work:
    """One commit that a push brought to its branch; merges have no files of their own."""

    commit: str
    author: tuple[str, str]
    files: tuple[ChangedFile, ...]


@dataclass(frozen=True, kw_only=True)
class ReceivedPush:
    """One received push with what it did. `held` has the projects that its branch held before and after, by key."""

    number: int
    ref: str
    is_first: bool
    is_forced: bool
    held_before: frozenset[str]
    held_after: frozenset[str]
    touched: frozenset[str]
    """Projects whose folder differs before and after."""
    works: tuple[Work, ...]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something about a push that its people should look at, in one sentence."""

    number: int
    kind: FlagKind
    keys: tuple[str, ...]
    """The projects it concerns."""
    sentence: str


OwnerOf = Callable[[tuple[str, str]], str | None]
"""The group of a commit's author (name, address); `Staff.STAFF` for the staff, None where nobody knows."""


def flag_push(push: ReceivedPush, places: Sequence[Placed], owner_of: OwnerOf, *, limit_mb: int) -> tuple[Flag, ...]:
    """Everything about one push that somebody should look at."""
    here = {place.folder: place for place in places if place.branch == push.ref}
    flags = [*_deleted(push), *_rewritten(push), *_large(push, here, limit_mb)]
    if not push.is_first:
        flags += _foreign(push, here, owner_of)
    return tuple(flags)


def _deleted(push: ReceivedPush) -> Iterator[Flag]:
    gone = sorted(push.held_before - push.held_after)
    if gone:
        what = f"the folder{'' if len(gone) == 1 else 's'} of {_listed(gone)}"
        yield _flag(push, FlagKind.DELETED, gone, f"Deleted {what}. What was received stays here.")


def _rewritten(push: ReceivedPush) -> Iterator[Flag]:
    if push.is_forced and push.touched:
        keys = sorted(push.touched)
        name = push.ref.removeprefix("refs/heads/").removeprefix("refs/")
        yield _flag(
            push,
            FlagKind.REWRITTEN,
            keys,
            f"Rewrote the history of {name}, which changed {_listed(keys)}. The earlier commits stay here.",
        )


def _large(push: ReceivedPush, here: Mapping[str, Placed], limit_mb: int) -> Iterator[Flag]:
    for work in push.works:
        large = [file for file in work.files if file.size is not None and file.size > limit_mb * MEGABYTE]
        if large:
            keys = sorted({place.key for file in large if (place := place_of(file.path, here)) is not None})
            named = _listed([f"{file.path} ({(file.size or 0) / MEGABYTE:.0f} MB)" for file in large])
            yield _flag(
                push, FlagKind.LARGE, keys, f"Commit {work.commit[:7]} adds {named}; the limit is {limit_mb} MB a file."
            )


def _foreign(push: ReceivedPush, here: Mapping[str, Placed], owner_of: OwnerOf) -> Iterator[Flag]:
    for work in push.works:
        counts: dict[str, int] = {}
        owners: dict[str, str] = {}
        for file in work.files:
            place = place_of(file.path, here)
            if place is not None and place.group_id is not None:
                counts[place.key] = counts.get(place.key, 0) + 1
                owners[place.key] = place.group_id
        author = owner_of(work.author) if counts else None
        if author == Staff.STAFF:
            continue
        own = sorted(key for key, group_id in owners.items() if group_id == author)
        foreign = sorted(key for key in owners if key not in own)
        if author is not None and foreign:
            files = sum(counts[key] for key in foreign)
            whose = f" by the group of {own[0]}" if own else " by another group"
            yield _flag(
                push,
                FlagKind.FOREIGN,
                [*own, *foreign],
                f"Commit {work.commit[:7]}{whose} changes {_count(files, 'file')} of {_listed(foreign)}.",
            )
        elif author is None and len(set(owners.values())) > 1:
            yield _flag(
                push, FlagKind.FOREIGN, foreign, f"Commit {work.commit[:7]} changes {_listed(foreign)} at once."
            )


def place_of(path: str, here: Mapping[str, Placed]) -> Placed | None:
    """The project whose folder a path lies in; `here` has the projects of one branch by their folder."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in here:
            return here[folder]
    return None


def _flag(push: ReceivedPush, kind: FlagKind, keys: Iterable[str], sentence: str) -> Flag:
    return Flag(number=push.number, kind=kind, keys=tuple(keys), sentence=sentence)


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
