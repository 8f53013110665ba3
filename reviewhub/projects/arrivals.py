"""What arrived on a project's place, and when: from the recorded moves and the objects of the mirror."""

from pathlib import Path
from typing import Protocol

from reviewhub.github.histories import last_change
from reviewhub.github.objects import Kind, Objects
from reviewhub.github.recent import Recent
from reviewhub.projects.choosing import ReceivedCommit
from reviewhub.projects.moves import Moves, Push, bringers
from reviewhub.projects.receipts import Receipt, Source


class Place(Protocol):
    """Where a project lies: a ref and a folder."""

    branch: str
    folder: str


def arrivals_on(objects: Objects, moves: Moves, place: Place) -> tuple[ReceivedCommit, ...]:
    """The states of the place in the order they were received: one for each push that changed its folder.

    What a forced push took away stays in the list, because it was received; a deleted branch or folder is no state. A
    commit that reached the repository earlier on another ref (a pull request that was merged later) has its earlier
    receipt. Remembered until the next push, unless something was missing that may still come.
    """
    key = (objects.repository, moves.mark, place.branch, place.folder)
    known = _arrivals.get(key)
    if known is not None:
        return known
    read_ahead(objects, moves)
    found: list[ReceivedCommit] = []
    is_sure = True
    for push in moves.pushes:
        if push.ref != place.branch or push.new is None:
            continue
        tree = objects.folder_tree(push.new, place.folder)
        if tree is None:
            is_sure = is_sure and _is_readable(objects, push.new, place.folder)
        elif not found or found[-1].tree != tree:
            found.append(_arrival(objects, moves, push, place, tree))
    if is_sure:
        _arrivals.put(key, tuple(found), weight=1 + len(found))
    return tuple(found)


def read_ahead(objects: Objects, moves: Moves) -> None:
    """Read the commits of all pushes and their top folders in one go; afterwards each is at hand."""
    key = (objects.repository, moves.mark)
    if _read.get(key) is None:
        commits = objects.commits(push.new for push in moves.pushes if push.new is not None)
        parents = objects.commits(parent for commit in commits.values() for parent in commit.parents)
        objects.names_of(commit.tree for commit in (*commits.values(), *parents.values()))
        _read.put(key, True)  # noqa: FBT003 - a mark


def unreadable_pushes(objects: Objects, moves: Moves, place: Place) -> int:
    """How many pushes to the place's branch cannot be read so far that one could tell what they did to the place."""
    pushes = [push for push in moves.pushes if push.ref == place.branch and push.new is not None]
    return sum(not _is_readable(objects, push.new or "", place.folder) for push in pushes)


def _is_readable(objects: Objects, commit: str, folder: str) -> bool:
    found = objects.commit(commit)
    if found is None:
        return False
    tree = found.tree
    for part in folder.split("/") if folder else ():
        names = objects.names(tree)
        if names is None:
            return False
        inner = next((name.oid for name in names if name.name == part and name.kind is Kind.FOLDER), None)
        if inner is None:
            return True
        tree = inner
    return True


def _arrival(objects: Objects, moves: Moves, push: Push, place: Place, tree: str) -> ReceivedCommit:
    assert push.new is not None
    commit = last_change(objects, push.new, place.folder) if place.folder else push.new
    if objects.folder_tree(commit, place.folder) != tree:
        commit = push.new
    written = objects.commit(commit)
    return ReceivedCommit(
        commit=commit,
        tree=tree,
        receipt=first_receipt(objects, moves, commit, not_after=push),
        written_at=written.committed_at if written is not None else None,
    )


def first_receipt(objects: Objects, moves: Moves, commit: str, *, not_after: Push) -> Receipt:
    """When `commit` first reached the repository: with the push at hand, or earlier on another ref."""
    for push in bringers(objects, moves).get(commit, ()):
        if push.ref != not_after.ref and push.received_by < not_after.received_by:
            return receipt_of(push)
    return receipt_of(not_after)


def receipt_of(push: Push) -> Receipt:
    """The receipt that a recorded push stands for."""
    return Receipt(received_from=push.received_from, received_by=push.received_by, source=Source(push.source))


_arrivals: Recent[tuple[Path, str, str, str], tuple[ReceivedCommit, ...]] = Recent(50_000)
_read: Recent[tuple[Path, str], bool] = Recent(64)
