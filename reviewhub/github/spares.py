"""A reader with a spare: what a repository lacks is read from a second one, which is fetched only once it is needed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from reviewhub.github.git import GitFailed
from reviewhub.github.objects import Objects
from reviewhub.github.raw import Blob, Problem

FetchSpare = Callable[[], Path | None]
"""Make the second repository ready and say where it lies; None where there is none."""


class SparedObjects(Objects):
    """Reads a repository, and a missing or damaged object of it from its spare. Which of the two it was shows nowhere.

    Objects are named by their content, so whatever the spare has under an id is the very same thing.
    """

    def __init__(self, repository: Path, fetch_spare: FetchSpare) -> None:
        """Read from `repository` first; `fetch_spare` is asked at most once."""
        super().__init__(repository)
        self._fetch_spare = fetch_spare
        self._spare: Objects | None = None
        self._asked = False

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int] | None]:
        """Kind and size of many objects, None for those that neither has."""
        found = super().headers(oids)
        missing = [oid for oid, header in found.items() if header is None]
        spare = self._get_spare() if missing else None
        return found if spare is None else {**found, **spare.headers(missing)}

    def pieces(self, oid: str) -> Iterator[bytes]:
        """A file's bytes in pieces; nothing where neither has it."""
        if super().headers([oid])[oid] is not None:
            try:
                # Damage is found before the first piece is given: a file is read whole before that.
                yield from super().pieces(oid)
            except GitFailed:
                if self._get_spare() is None:
                    raise
            else:
                return
        if (spare := self._get_spare()) is not None:
            yield from spare.pieces(oid)

    def _read(self, oid: str, kind: str, limit_bytes: int) -> Blob:
        found = super()._read(oid, kind, limit_bytes)
        if found.problem not in {Problem.MISSING, Problem.DAMAGED}:
            return found
        spare = self._get_spare()
        return found if spare is None else spare._read(oid, kind, limit_bytes)  # noqa: SLF001 - a reader like this one

    def _contents(self, wanted: Sequence[tuple[str, int]], kind: str) -> list[Blob]:
        """Many at once only from the repository itself; with a spare in use, each from where it is."""
        if self._spare is None:
            return super()._contents(wanted, kind)
        return [self._read(oid, kind, size) for oid, size in wanted]

    def _get_spare(self) -> Objects | None:
        if not self._asked:
            self._asked = True
            place = self._fetch_spare()
            self._spare = None if place is None else Objects(place)
        return self._spare
