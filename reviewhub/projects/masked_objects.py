"""A reader through which everything of a repository comes masked: files, and the names of files and folders.

Ids stay those of git; whatever is kept under an id must be kept under the `identity` of its reader as well.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from reviewhub.github.git import GitFailed
from reviewhub.github.objects import Blob, Commit, Entry, Header, Kind, Objects
from reviewhub.github.raw import Name
from reviewhub.github.recent import Recent
from reviewhub.projects.masking import Mask

LARGEST_MASKED = 64 << 20
"""Bytes of a text that is held to be masked; a larger one is given to nobody from whom names are hidden."""
HEAD = 8192


class MaskedObjects(Objects):
    """Reads as another reader does, without the names that a mask hides."""

    def __init__(self, bare: Objects, mask: Mask) -> None:
        """Read what `bare` reads."""
        super().__init__(bare.repository)
        self.bare = bare
        self.mask = mask

    @property
    def identity(self) -> tuple[Hashable, ...]:
        """The repository and the mask."""
        return (*self.bare.identity, self.mask.digest)

    def headers(self, oids: Iterable[str]) -> dict[str, Header]:
        """Kind and size of many objects; a size is that of the file as it was pushed."""
        return self.bare.headers(oids)

    def pieces(self, oid: str) -> Iterator[bytes]:
        """A masked file in pieces. GitFailed where it is a text that is too large to be masked."""
        content = self.whole(oid)
        if content is not None:
            yield content
            return
        pieces = self.bare.pieces(oid)
        first = next(pieces, b"")
        if first and b"\0" not in first[:HEAD]:
            msg = "This text is too large for names to be hidden in it, so it is not given out."
            raise GitFailed(msg, code=0, said="")
        yield first
        yield from pieces

    def whole(self, oid: str) -> bytes | None:
        """A masked file as it is given to readers; None where it is too large to be held."""
        return self.blob(oid, limit_bytes=LARGEST_MASKED).content

    def commit(self, oid: str) -> Commit | None:
        """A commit as it is: nobody shows it where names are hidden."""
        return self.bare.commit(oid)

    def names(self, tree: str) -> tuple[Name, ...] | None:
        """The masked names directly in a tree."""
        return self._masked(tree, self.bare.names(tree))

    def names_of(self, trees: Iterable[str]) -> dict[str, tuple[Name, ...] | None]:
        """The masked names in many trees."""
        return {tree: self._masked(tree, names) for tree, names in self.bare.names_of(trees).items()}

    def real_path(self, tree: str, path: str) -> str:
        """The path that a masked one stands for; the same where there is none."""
        parts = []
        for part in path.split("/"):
            pairs = zip(self.names(tree) or (), self.bare.names(tree) or (), strict=True)
            found = next((bare for masked, bare in pairs if masked.name == part), None)
            if found is None:
                return path
            parts.append(found.name)
            tree = found.oid if found.kind is Kind.FOLDER else ""
        return "/".join(parts)

    def with_sizes(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """The same entries with sizes, as the other reader tells them."""
        return self.bare.with_sizes(entries)

    def _masked(self, tree: str, names: tuple[Name, ...] | None) -> tuple[Name, ...] | None:
        if names is None:
            return None
        key = (self.identity, tree)
        found = _names.get(key)
        if found is None:
            found = tuple(_without_doubles(name._replace(name=self.mask.name(name.name)) for name in names))
            _names.put(key, found, weight=1 + len(found))
        return found

    def _read(self, oid: str, kind: str, limit_bytes: int) -> Blob:
        return self._without_names(self.bare._read(oid, kind, limit_bytes), kind)  # noqa: SLF001 - a reader like this one

    def _contents(self, wanted: Sequence[tuple[str, int]], kind: str) -> list[Blob]:
        return [self._without_names(one, kind) for one in self.bare._contents(wanted, kind)]  # noqa: SLF001 - as above

    def _without_names(self, blob: Blob, kind: str) -> Blob:
        if kind != "blob" or blob.content is None:
            return blob
        content = self.mask.content(blob.content)
        if content is blob.content:
            return blob
        return Blob(oid=blob.oid, size=len(content), content=content, problem=blob.problem)


def mask_behind(objects: Objects) -> Mask | None:
    """The mask of a reader; None where it reads things as they are."""
    return objects.mask if isinstance(objects, MaskedObjects) else None


def _without_doubles(names: Iterable[Name]) -> Iterator[Name]:
    """Names of one folder that became the same get a number."""
    taken: set[str] = set()
    for name in names:
        free, count = name.name, 1
        while free in taken:
            count += 1
            stem, dot, ending = name.name.rpartition(".")
            free = f"{stem}-{count}.{ending}" if dot and stem else f"{name.name}-{count}"
        taken.add(free)
        yield name._replace(name=free)


_names: Recent[tuple[Hashable, str], tuple[Name, ...]] = Recent(60_000)
"""Masked trees, weighed by their names."""
