"""Read a bare repository: trees with sizes and modes, files, commits, all by object id and many at a time.

Names are text decoded with `surrogateescape`, so that every name git allows goes through unchanged.
What is missing or damaged is a value the page can show, never an exception. Histories are in `histories.py`.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import SpooledTemporaryFile

from reviewhub.github.catfile import ChildEnded, pool
from reviewhub.github.git import GitFailed
from reviewhub.github.listings import Walk, sized_entry
from reviewhub.github.raw import Blob, Commit, Entry, Kind, Listing, Name, Problem, parse_commit, parse_tree
from reviewhub.github.recent import Recent

__all__ = ["Blob", "Commit", "Entry", "Kind", "Listing", "Objects", "Problem"]

BATCH = 5_000
BATCH_BYTES = 8 << 20
LISTING_LIMIT = 20_000
TREE_LIMIT_BYTES = 8 << 20
COMMIT_LIMIT_BYTES = 1 << 20
CACHED_NAMES = 2_000
SPOOL_BYTES = 4 << 20
PIECE_BYTES = 1 << 18

Header = tuple[str, int] | None
"""Kind and size of an object; None where it is missing."""


class Objects:
    """A reader of one bare repository; cheap to make, safe to share between threads."""

    def __init__(self, repository: Path) -> None:
        """Read from the bare repository at this path."""
        self.repository = repository

    @property
    def identity(self) -> tuple[Hashable, ...]:
        """What is the same for readers that read the same under the same ids: for the keys of memories."""
        return (self.repository,)

    def headers(self, oids: Iterable[str]) -> dict[str, Header]:
        """Kind and size of many objects, None for the missing ones."""
        wanted = list(dict.fromkeys(oids))
        found: dict[str, Header] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            try:
                with pool().lend(self.repository) as child:
                    child.ask(*(("info", oid) for oid in batch))
                    found.update(zip(batch, child.headers(len(batch)), strict=True))
            except ChildEnded:
                found.update((oid, self._one_header(oid)) for oid in batch if oid not in found)
        return found

    def _one_header(self, oid: str) -> Header:
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

    def blobs(self, oids: Iterable[str], *, limit_bytes: int) -> Iterator[Blob]:
        """Many files, each once and in order, asked for in one go; held in memory a few megabytes at a time."""
        return self._read_many(oids, "blob", limit_bytes)

    def _read(self, oid: str, kind: str, limit_bytes: int) -> Blob:
        size = None
        try:
            with pool().lend(self.repository) as child:
                child.ask(("info", oid))
                header = child.header()
                refused = _refused(oid, header, kind, limit_bytes)
                if refused is not None:
                    return refused
                size = header[1] if header else 0
                child.ask(("contents", oid))
                child.header()
                return Blob(oid=oid, size=size, content=child.content(size))
        except ChildEnded:
            return Blob(oid=oid, size=size, content=None, problem=Problem.DAMAGED)

    def _read_many(self, oids: Iterable[str], kind: str, limit_bytes: int) -> Iterator[Blob]:
        waiting: list[tuple[str, int]] = []
        held = 0
        for oid, header in self.headers(oids).items():
            refused = _refused(oid, header, kind, limit_bytes)
            if refused is None and header is not None:
                waiting.append((oid, header[1]))
                held += header[1]
            if refused is not None or held > BATCH_BYTES or len(waiting) >= BATCH:
                yield from self._contents(waiting, kind)
                waiting, held = [], 0
            if refused is not None:
                yield refused
        yield from self._contents(waiting, kind)

    def _contents(self, wanted: Sequence[tuple[str, int]], kind: str) -> list[Blob]:
        """The bytes of objects that are there, in one go; a damaged one ends the child, so then one by one."""
        if not wanted:
            return []
        found = []
        try:
            with pool().lend(self.repository) as child:
                child.ask(*(("contents", oid) for oid, _ in wanted))
                for oid, size in wanted:
                    child.header()
                    found.append(Blob(oid=oid, size=size, content=child.content(size)))
        except ChildEnded:
            found += [self._read(oid, kind, size) for oid, size in wanted[len(found) :]]
        return found

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

    def commits(self, oids: Iterable[str]) -> dict[str, Commit]:
        """Many commits by their ids, in order; without those that are missing, damaged or no commits."""
        wanted = list(dict.fromkeys(oids))
        known = {oid: found for oid in wanted if (found := _commits.get((self.repository, oid))) is not None}
        for blob in self._read_many((oid for oid in wanted if oid not in known), "commit", COMMIT_LIMIT_BYTES):
            found = None if blob.content is None else parse_commit(blob.oid, blob.content)
            if found is not None:
                known[blob.oid] = found
                _commits.put((self.repository, blob.oid), found)
        return {oid: known[oid] for oid in wanted if oid in known}

    def names(self, tree: str) -> tuple[Name, ...] | None:
        """The names directly in a tree, or None where the tree is missing, damaged or absurdly large."""
        cached = _trees.get((self.repository, tree))
        if cached is None:
            blob = self._read(tree, "tree", TREE_LIMIT_BYTES)
            return self._kept_names(tree, blob.content)
        return cached

    def names_of(self, trees: Iterable[str]) -> dict[str, tuple[Name, ...] | None]:
        """The names in many trees, asked for in one go."""
        wanted = list(dict.fromkeys(trees))
        found = {tree: _trees.get((self.repository, tree)) for tree in wanted}
        unknown = [tree for tree, names in found.items() if names is None]
        for blob in self._read_many(unknown, "tree", TREE_LIMIT_BYTES):
            found[blob.oid] = self._kept_names(blob.oid, blob.content)
        return found

    def _kept_names(self, tree: str, content: bytes | None) -> tuple[Name, ...] | None:
        names = None if content is None else parse_tree(content, oid_bytes=len(tree) // 2)
        if names is not None and len(names) <= CACHED_NAMES:
            _trees.put((self.repository, tree), names, weight=1 + len(names))
        return names

    def folder(self, tree: str) -> tuple[Entry, ...] | None:
        """The names directly in a tree (no sizes), or None where the tree is missing, damaged or absurdly large."""
        names = self.names(tree)
        return None if names is None else tuple([_entry(name) for name in names])

    def folder_tree(self, commit: str, folder: str) -> str | None:
        """The tree id of `folder` ("" is the root) at a commit, or None where there is none."""
        found = self.commit(commit)
        if found is None:
            return None
        entry = self.entry(found.tree, folder)
        return entry.oid if entry is not None and entry.kind is Kind.FOLDER else None

    def entry(self, tree: str, path: str) -> Entry | None:
        """What stands at `path` below a tree, without its size; "" is the tree itself."""
        found = Name("", Kind.FOLDER, tree, False)  # noqa: FBT003 - a named tuple, by place
        for part in path.split("/") if path else ():
            names = self.names(found.oid) if found.kind is Kind.FOLDER else None
            inner = next((name for name in names or () if name.name == part), None)
            if inner is None:
                return None
            found = inner
        return Entry(path=path, kind=found.kind, oid=found.oid, executable=found.executable)

    def with_sizes(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """The same entries with the sizes of files and links, and the missing ones marked."""
        listed = tuple(entries)
        wanted = {entry.oid for entry in listed if entry.kind is not Kind.SUBMODULE}
        headers: dict[str, Header] = {
            oid: header for oid in wanted if (header := _headers.get((self.repository, oid))) is not None
        }
        for oid, header in self.headers(wanted - headers.keys()).items():
            headers[oid] = header
            if header is not None:
                _headers.put((self.repository, oid), header)
        return tuple(_sized(entry, headers) for entry in listed)

    def listing(self, tree: str, *, limit: int = LISTING_LIMIT) -> Listing:
        """Every file, link and submodule below a tree with its size, at most `limit` of them and 200 folders deep.

        Remembered by the tree's id, unless something was missing that may still come.
        """
        key = (self.identity, f"{tree} {limit}")
        found = _listings.get(key)
        if found is None:
            found = self._listing(tree, limit)
            if not found.unread and not any(entry.missing for entry in found.entries):
                _listings.put(key, found, weight=1 + len(found.entries))
        return found

    def _listing(self, tree: str, limit: int) -> Listing:
        walk = Walk(limit=limit)
        walk.take(self, tree)
        headers = self.headers([name.oid for _, name in walk.found if name.kind is not Kind.SUBMODULE])
        entries = [sized_entry(path, name, headers) for path, name in walk.found]
        entries.sort(key=lambda entry: entry.path.encode("utf-8", "surrogateescape"))
        return Listing(entries=tuple(entries), cut_off=walk.cut_off, unread=tuple(walk.unread))


def _entry(name: Name) -> Entry:
    return Entry(path=name.name, kind=name.kind, oid=name.oid, executable=name.executable)


def _refused(oid: str, header: Header, kind: str, limit_bytes: int) -> Blob | None:
    """Why an object with this header is not read, or None where it is."""
    if header is None:
        return Blob(oid=oid, size=None, content=None, problem=Problem.MISSING)
    if header[0] != kind:
        return Blob(oid=oid, size=header[1], content=None, problem=Problem.ANOTHER_KIND)
    if header[1] > limit_bytes:
        return Blob(oid=oid, size=header[1], content=None, problem=Problem.TOO_LARGE)
    return None


def _sized(entry: Entry, headers: dict[str, Header]) -> Entry:
    if entry.kind is Kind.SUBMODULE:
        return entry
    header = headers[entry.oid]
    if header is None:
        return replace(entry, missing=True)
    return entry if entry.kind is Kind.FOLDER else replace(entry, size=header[1])


_headers: Recent[tuple[Path, str], tuple[str, int]] = Recent(8_192)
_commits: Recent[tuple[Path, str], Commit] = Recent(8_192)
# Weighed by names, each of which takes about 250 bytes.
_trees: Recent[tuple[Path, str], tuple[Name, ...]] = Recent(120_000)
_listings: Recent[tuple[Hashable, str], Listing] = Recent(60_000)
