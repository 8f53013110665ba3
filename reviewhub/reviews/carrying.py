"""Carrying anchors from one frozen tree to another: which file is which, what it holds, where each place went.

What was found is kept by content: the same place between the same two files is looked for once.
"""

from collections.abc import Hashable, Mapping

from reviewhub.github.objects import Entry, Objects
from reviewhub.github.recent import Recent
from reviewhub.projects.addresses import address_of, path_at
from reviewhub.projects.comparing import differences_between
from reviewhub.reviews.anchors import Carried, carry
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.places import Anchor, Content, Place, Sealed

MOST_KEPT = 20_000

_Key = tuple[tuple[Hashable, ...], Place, str, str, str]
_carried: Recent[_Key, Carried] = Recent(MOST_KEPT)


class Carrier:
    """Finds the anchors of one project again in `new_tree`. `trees`: snapshot id → the tree they were dropped in."""

    def __init__(self, objects: Objects, trees: Mapping[str, str], new_tree: str) -> None:
        """Read nothing yet."""
        self._objects = objects
        self._trees = trees
        self._new_tree = new_tree
        self._files: dict[tuple[str, str], tuple[Entry | None, float]] = {}

    def carry(self, anchor: Anchor) -> Carried | None:
        """Where the anchor is now; None where the tree it was dropped in is not known."""
        place, old_tree = anchor.place, self._trees.get(anchor.snapshot_id)
        if old_tree is None:
            return None
        if not place.path:
            return carry(anchor, None, None)
        entry, alike = self._file(old_tree, path_at(place.path))
        if entry is None:
            return carry(anchor, None, None)
        path = address_of(entry.path)
        if entry.oid == anchor.blob:
            same = Sealed(blob=anchor.blob)
            return carry(anchor, same, same, new_path=path)
        key = (self._objects.identity, place, anchor.blob, entry.oid, path)
        found = _carried.get(key)
        if found is None:
            old, new = self._content(old_tree, place.path), self._content(self._new_tree, path)
            found = carry(anchor, old, new, new_path=path, alike=alike)
            _carried.put(key, found)
        return found

    def _content(self, tree: str, path: str) -> Content | None:
        return content_at(self._objects, tree, path)

    def _file(self, old_tree: str, path: str) -> tuple[Entry | None, float]:
        """The file in the new tree and how sure that is: by its path, else by its content, whole or mostly equal."""
        known = self._files.get((old_tree, path))
        if known is None:
            entry = self._objects.entry(self._new_tree, path)
            known = (entry, 1.0) if entry is not None else self._renamed(old_tree, path)
            self._files[old_tree, path] = known
        return known

    def _renamed(self, old_tree: str, path: str) -> tuple[Entry | None, float]:
        for one in differences_between(self._objects, old_tree, self._new_tree):
            if one.old is not None and one.old.path == path:
                return one.new, 1.0 if one.similarity is None else one.similarity
        return None, 0.0
