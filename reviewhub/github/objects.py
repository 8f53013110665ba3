"""Read a bare repository: trees with sizes and modes, files, commits and histories, all by object id.

Names are text decoded with `surrogateescape`, so that every name git allows goes through unchanged.
What is missing or damaged is a value the page can show, never an exception.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar

from reviewhub.github.catfile import ChildEnded, pool
from reviewhub.github.git import GitFailed, ask_git, run_git
from reviewhub.github.raw import Blob, Commit, Entry, Kind, Listing, Problem, parse_commit, parse_tree

__all__ = ["Blob", "Commit", "Entry", "Kind", "Listing", "Objects", "Problem"]

BATCH = 400
LISTING_LIMIT = 20_000
DEPTH_LIMIT = 200
TREE_LIMIT_BYTES = 8 << 20
COMMIT_LIMIT_BYTES = 1 << 20
CACHED_NAMES = 2_000
SPOOL_BYTES = 4 << 20
PIECE_BYTES = 1 << 18

Value = TypeVar("Value")


class Objects:
    """A reader of one bare repository; cheap to make, safe to share between threads."""

    def __init__(self, repository: Path) -> None:
        """Read from the bare repository at this path."""
        self.repository = repository

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int] | None]:
        """Kind and size of many objects, None for the missing ones."""
        wanted = list(dict.fromkeys(oids))
        found: dict[str, tuple[str, int] | None] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            try:
                with pool().lend(self.repository) as child:
                    child.ask(*(("info", oid) for oid in batch))
                    found.update((oid, child.header()) for oid in batch)
            except ChildEnded:
                found.update((oid, self._one_header(oid)) for oid in batch if oid not in found)
        return found

    def _one_header(self, oid: str) -> tuple[str, int] | None:
        try:
            with pool().lend(self.repository) as child:
                child.ask(("info", oid))
                return child.header()
        except ChildEnded:
            return None

    def has(self, oid: str) -> bool:
        """Whether the object is there."""
        return self.headers([oid])[oid] is not None

    def blob(self, oid: str, *, limit_bytes: int) -> Blob:
        """A file's bytes; with a problem instead where it is missing, damaged or larger than `limit_bytes`."""
        return self._read(oid, "blob", limit_bytes)

    def _read(self, oid: str, kind: str, limit_bytes: int) -> Blob:
        size = None
        try:
            with pool().lend(self.repository) as child:
                child.ask(("info", oid))
                header = child.header()
                if header is None:
                    return Blob(oid=oid, size=None, content=None, problem=Problem.MISSING)
                found, size = header
                if found != kind:
                    return Blob(oid=oid, size=size, content=None, problem=Problem.ANOTHER_KIND)
                if size > limit_bytes:
                    return Blob(oid=oid, size=size, content=None, problem=Problem.TOO_LARGE)
                child.ask(("contents", oid))
                child.header()
                return Blob(oid=oid, size=size, content=child.content(size))
        except ChildEnded:
            return Blob(oid=oid, size=size, content=None, problem=Problem.DAMAGED)

    def pieces(self, oid: str) -> Iterator[bytes]:
        """A file's bytes in pieces for streaming; nothing where it is missing. GitFailed where it is damaged.

        The file is read whole before the first piece is given, into a temporary file where it is large: a slow
        download must not hold one of the few children.
        """
        with SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            try:
                with pool().lend(self.repository) as child:
                    child.ask(("contents", oid))
                    header = child.header()
                    for piece in child.pieces(header[1]) if header is not None else ():
                        spool.write(piece)
            except ChildEnded as ended:
                msg = "A file of the repository is damaged."
                raise GitFailed(msg, code=0, said="") from ended
            spool.seek(0)
            while piece := spool.read(PIECE_BYTES):
                yield piece

    def commit(self, oid: str) -> Commit | None:
        """One commit, or None where it is missing, damaged or no commit."""
        cached = _commits.get((self.repository, oid))
        if cached is None:
            blob = self._read(oid, "commit", COMMIT_LIMIT_BYTES)
            cached = None if blob.content is None else parse_commit(oid, blob.content)
            if cached is not None:
                _commits.put((self.repository, oid), cached)
        return cached

    def folder(self, tree: str) -> tuple[Entry, ...] | None:
        """The names directly in a tree (no sizes), or None where the tree is missing, damaged or absurdly large."""
        cached = _trees.get((self.repository, tree))
        if cached is None:
            blob = self._read(tree, "tree", TREE_LIMIT_BYTES)
            cached = None if blob.content is None else parse_tree(blob.content, oid_bytes=len(tree) // 2)
            if cached is not None and len(cached) <= CACHED_NAMES:
                _trees.put((self.repository, tree), cached)
        return cached

    def folder_tree(self, commit: str, folder: str) -> str | None:
        """The tree id of `folder` ("" is the root) at a commit, or None where there is none."""
        found = self.commit(commit)
        if found is None:
            return None
        entry = self.entry(found.tree, folder)
        return entry.oid if entry is not None and entry.kind is Kind.FOLDER else None

    def entry(self, tree: str, path: str) -> Entry | None:
        """What stands at `path` below a tree, without its size; "" is the tree itself."""
        entry = Entry(path="", kind=Kind.FOLDER, oid=tree)
        for part in path.split("/") if path else ():
            names = self.folder(entry.oid) if entry.kind is Kind.FOLDER else None
            found = next((name for name in names or () if name.path == part), None)
            if found is None:
                return None
            entry = found
        return replace(entry, path=path)

    def with_sizes(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """The same entries with the sizes of files and links, and the missing ones marked."""
        listed = tuple(entries)
        headers = self.headers(entry.oid for entry in listed if entry.kind is not Kind.SUBMODULE)
        return tuple(_sized(entry, headers) for entry in listed)

    def listing(self, tree: str, *, limit: int = LISTING_LIMIT) -> Listing:
        """Every file, link and submodule below a tree with its size, at most `limit` of them and 200 folders deep."""
        entries: list[Entry] = []
        unread: list[str] = []
        waiting = [("", tree)]
        visited = 0
        while waiting and len(entries) < limit and visited < limit:
            prefix, oid = waiting.pop()
            visited += 1
            names = self.folder(oid)
            if names is None or prefix.count("/") > DEPTH_LIMIT:
                unread.append(prefix.rstrip("/"))
                continue
            entries.extend(replace(name, path=prefix + name.path) for name in names if name.kind is not Kind.FOLDER)
            waiting.extend((f"{prefix}{name.path}/", name.oid) for name in reversed(names) if name.kind is Kind.FOLDER)
        cut_off = bool(waiting) or len(entries) > limit
        sized = self.with_sizes(entries[:limit])
        in_order = tuple(sorted(sized, key=lambda entry: entry.path.encode("utf-8", "surrogateescape")))
        return Listing(entries=in_order, cut_off=cut_off, unread=tuple(unread))

    def history(self, commit: str, folder: str, *, limit: int = 200) -> tuple[Commit, ...]:
        """The commits that changed `folder`, newest first; empty where the history cannot be read."""
        try:
            oids = self.last_changes(commit, folder, limit=limit)
        except GitFailed:
            return ()
        return tuple(found for oid in oids if (found := self.commit(oid)) is not None)

    def last_changes(self, commit: str, folder: str, *, limit: int) -> tuple[str, ...]:
        """The ids of the last `limit` commits that changed `folder`, newest first."""
        paths = ["--", folder.encode("utf-8", "surrogateescape")] if folder else ["--"]
        out = run_git(self.repository, "rev-list", f"--max-count={limit}", "--end-of-options", commit, *paths)
        return tuple(out.decode("ascii").split())

    def last_change(self, commit: str, folder: str) -> str:
        """The last commit that changed `folder`; the commit itself where the history has holes."""
        key = (self.repository, f"{commit}:{folder}")
        found = _answers.get(key)
        if found is None:
            try:
                found = next(iter(self.last_changes(commit, folder, limit=1)), commit)
            except GitFailed:
                return commit
            _answers.put(key, found)
        return found

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `older` is in the history of `newer`; None where git cannot tell (missing objects)."""
        key = (self.repository, f"{older}..{newer}")
        found = _answers.get(key)
        if found is None:
            answer = ask_git(self.repository, "merge-base", "--is-ancestor", "--end-of-options", older, newer)
            found = {0: "yes", 1: "no"}.get(answer.code)
            if found is None:
                return None
            _answers.put(key, found)
        return found == "yes"


def _sized(entry: Entry, headers: dict[str, tuple[str, int] | None]) -> Entry:
    if entry.kind is Kind.SUBMODULE:
        return entry
    header = headers[entry.oid]
    if header is None:
        return replace(entry, missing=True)
    return entry if entry.kind is Kind.FOLDER else replace(entry, size=header[1])


class _Recent(Generic[Value]):
    """A small cache by object id: what an id stands for never changes, so nothing in it grows stale."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = threading.Lock()
        self._values: OrderedDict[tuple[Path, str], Value] = OrderedDict()

    def get(self, key: tuple[Path, str]) -> Value | None:
        with self._guard:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: tuple[Path, str], value: Value) -> None:
        with self._guard:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)


_commits: _Recent[Commit] = _Recent(4096)
_answers: _Recent[str] = _Recent(8192)
_trees: _Recent[tuple[Entry, ...]] = _Recent(2048)
