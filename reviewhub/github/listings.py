"""Walk everything below a tree, in git's order, however absurd the tree is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from reviewhub.github.raw import Entry, Kind, Name

DEPTH_LIMIT = 200
TREES_AT_ONCE = 5_000

Names = tuple[Name, ...] | None
"""The names in a tree; None where it cannot be read."""


class Trees(Protocol):
    """Whoever can read trees: one, or many in one go."""

    def names(self, tree: str) -> Names:
        """The names directly in a tree."""

    def names_of(self, trees: Iterable[str]) -> dict[str, Names]:
        """The names in many trees."""


@dataclass(kw_only=True)
class Walk:
    """What a walk found: at most `limit` names with their paths, and the folders that could not be read."""

    limit: int
    found: list[tuple[str, Name]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    visited: int = 0
    cut_off: bool = False

    def take(self, trees: Trees, tree: str) -> None:
        """Walk below a tree; a tree that stands in several places is read once and walked in each."""
        known = _read_below(trees, tree, self.limit)
        for path, name in self._below(trees, known, tree):
            if len(self.found) >= self.limit:
                self.cut_off = True
                return
            self.found.append((path, name))

    def _below(self, trees: Trees, known: dict[str, Names], tree: str) -> Iterator[tuple[str, Name]]:
        top = self._open(trees, known, tree, "")
        waiting = [("", iter(top))]
        while waiting:
            prefix, names = waiting[-1]
            for name in names:
                path = prefix + name.name
                if name.kind is not Kind.FOLDER:
                    yield path, name
                    continue
                if self.visited >= self.limit:
                    self.cut_off = True
                    return
                if len(waiting) > DEPTH_LIMIT:
                    self.unread.append(path)
                    continue
                waiting.append((f"{path}/", iter(self._open(trees, known, name.oid, path))))
                break
            else:
                waiting.pop()

    def _open(self, trees: Trees, known: dict[str, Names], tree: str, path: str) -> tuple[Name, ...]:
        self.visited += 1
        names = known[tree] if tree in known else trees.names(tree)
        if names is None:
            self.unread.append(path)
        return names or ()


def count_paths(trees: Trees, tree: str, known: dict[str, int]) -> int:
    """How many paths stand below a tree, without walking them: each tree is read once, wherever it stands.

    `known` has the counts of trees that were counted before, and is added to. What cannot be read counts nothing.
    """
    waiting = [tree]
    while waiting:
        names = () if waiting[-1] in known else trees.names(waiting[-1]) or ()
        folders = [name.oid for name in names if name.kind is Kind.FOLDER]
        open_ones = [oid for oid in folders if oid not in known]
        if open_ones:
            waiting += open_ones
            continue
        done = waiting.pop()
        known.setdefault(done, len(names) - len(folders) + sum(known[oid] for oid in folders))
    return known[tree]


def sized_entry(path: str, name: Name, headers: dict[str, tuple[str, int] | None]) -> Entry:
    """A name of a walk as an entry, with its size where it has one."""
    header = None if name.kind is Kind.SUBMODULE else headers[name.oid]
    return Entry(
        path=path,
        kind=name.kind,
        oid=name.oid,
        size=None if header is None else header[1],
        executable=name.executable,
        missing=header is None and name.kind is not Kind.SUBMODULE,
    )


def _read_below(trees: Trees, tree: str, limit: int) -> dict[str, Names]:
    """The trees below a tree, a level at a time; of an absurd repository only a part, the rest is read when walked."""
    found: dict[str, Names] = {}
    level = [tree]
    names = 0
    for _ in range(DEPTH_LIMIT):
        if not level or len(found) > limit or names > limit:
            break
        read = trees.names_of(level[:TREES_AT_ONCE])
        found.update(read)
        names += sum(len(inner or ()) for inner in read.values())
        below = (name.oid for inner in read.values() for name in inner or () if name.kind is Kind.FOLDER)
        level = [*level[TREES_AT_ONCE:], *(oid for oid in dict.fromkeys(below) if oid not in found)]
    return found
