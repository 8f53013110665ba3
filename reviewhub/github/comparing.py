"""Compare two trees file by file; write down who wrote which line.

Renames are told by content alone: a file that is gone and one that is new with the very same bytes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reviewhub.errors import OutsideFailed
from reviewhub.github.git import read_git
from reviewhub.github.objects import Entry, Objects
from reviewhub.github.raw import moment_of
from reviewhub.github.recent import Recent

LIMIT_SECONDS = 20.0
LARGEST_TEXT = 8 << 20
MOST_LINES = 20_000
# What is larger counts as binary, so that no child ever holds two huge files.
_OID = re.compile(r"[0-9a-f]{40,64}")
_BOUNDED = ("-c", f"core.bigFileThreshold={LARGEST_TEXT}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A path that differs: `old` None is a new file, `new` None a removed one; another path in `old` is a rename.

    `added` and `removed` count lines; None where nobody can count them (binary, too large, missing). `similarity`
    (0 … 1) is told of a file that was renamed and edited.
    """

    old: Entry | None
    new: Entry | None
    added: int | None = None
    removed: int | None = None
    similarity: float | None = None

    @property
    def path(self) -> str:
        """Where it is now, or was."""
        entry = self.new or self.old
        return entry.path if entry is not None else ""

    @property
    def what(self) -> str:
        """What happened, in a word."""
        if self.old is None or self.new is None:
            return "new" if self.old is None else "removed"
        return "changed" if self.old.path == self.new.path else "renamed"


@dataclass(frozen=True, kw_only=True, slots=True)
class BlamedLine:
    """One line of a file with the commit that wrote it; author and moment are the commit's own account."""

    number: int
    text: str
    commit: str
    author: str
    at: datetime | None


def compare_trees(objects: Objects, old: str, new: str) -> tuple[Difference, ...]:
    """Every file that differs between two trees, by path."""
    listings = (objects.listing(old), objects.listing(new))
    before, after = ({entry.path: entry for entry in listing.entries} for listing in listings)
    gone = {path: entry for path, entry in before.items() if path not in after}
    came = {path: entry for path, entry in after.items() if path not in before}
    by_content: dict[str, list[Entry]] = {}
    for entry in gone.values():
        by_content.setdefault(entry.oid, []).append(entry)
    counts = {} if any(listing.cut_off for listing in listings) else _line_counts(objects, old, new)
    found = []
    for path, entry in came.items():
        same = by_content.get(entry.oid, [])
        source = same.pop(0) if same else None
        if source is not None:
            del gone[source.path]
            found.append(Difference(old=source, new=entry, added=0, removed=0))
        else:
            found.append(_counted(None, entry, counts.get(path)))
    found += [_counted(entry, None, counts.get(path)) for path, entry in gone.items()]
    for path in before.keys() & after.keys():
        if (before[path].oid, before[path].executable) != (after[path].oid, after[path].executable):
            found.append(_counted(before[path], after[path], counts.get(path)))
    return tuple(sorted(found, key=lambda one: one.path))


def blame(objects: Objects, commit: str, path: str) -> tuple[BlamedLine, ...] | None:
    """Who wrote each line of a file at a commit's id; None where its history has holes or it is too large."""
    if not _OID.fullmatch(commit):
        return None
    key = (objects.repository, commit, path)
    found = _blames.get(key)
    if found is None:
        try:
            out = read_git(
                objects.repository,
                *(*_BOUNDED, "blame", "--porcelain", "--encoding=UTF-8", commit, "--"),
                path.encode("utf-8", "surrogateescape"),
                limit_seconds=LIMIT_SECONDS,
                limit_bytes=2 * LARGEST_TEXT,
            )
        except OutsideFailed:
            return None
        found = tuple(_read_blame(out))[:MOST_LINES]
        if _is_cut(objects, {line.commit for line in found}):
            return None
        _blames.put(key, found, weight=1 + len(found))
    return found


def _counted(old: Entry | None, new: Entry | None, counts: tuple[int, int] | None) -> Difference:
    added, removed = counts or (None, None)
    return Difference(old=old, new=new, added=added, removed=removed)


def _line_counts(objects: Objects, old: str, new: str) -> dict[str, tuple[int, int]]:
    """Lines added and removed by path; without the files that are no text, and empty where git gives up."""
    try:
        out = read_git(
            objects.repository,
            *(*_BOUNDED, "diff-tree", "-r", "-z", "--numstat", "--no-renames", "--end-of-options", old, new),
            limit_seconds=LIMIT_SECONDS,
            limit_bytes=2 * LARGEST_TEXT,
        )
    except OutsideFailed:
        return {}
    counts = {}
    for row in out.split(b"\0"):
        added, _, rest = row.partition(b"\t")
        removed, _, path = rest.partition(b"\t")
        if added.isdigit() and removed.isdigit():
            counts[path.decode("utf-8", "surrogateescape")] = (int(added), int(removed))
    return counts


def _is_cut(objects: Objects, commits: Iterable[str]) -> bool:
    """Whether one of these has a parent that is missing: git then names it for all that its forefathers wrote."""
    parents = [parent for commit in objects.commits(commits).values() for parent in commit.parents]
    return any(header is None for header in objects.headers(parents).values())


def _read_blame(out: bytes) -> Iterator[BlamedLine]:
    told: dict[str, tuple[str, datetime | None]] = {}
    commit, number, name, at = "", 0, "", None
    is_head = True
    for raw in out.split(b"\n"):
        line = raw.decode("utf-8", "replace")
        if line.startswith("\t"):
            told.setdefault(commit, (name, at))
            author, moment = told[commit]
            yield BlamedLine(number=number, text=line[1:], commit=commit, author=author, at=moment)
            is_head = True
        elif is_head and line:
            commit, _, final, *_ = line.split(" ")
            number, is_head = int(final), False
            name, at = "", None
        elif line.startswith("author "):
            name = line.removeprefix("author ")[:200]
        elif line.startswith("author-time "):
            at = moment_of(line.removeprefix("author-time "))


_blames: Recent[tuple[Path, str, str], tuple[BlamedLine, ...]] = Recent(60_000)
