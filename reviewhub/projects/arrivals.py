"""What arrived on a project's place, and when: from the recorded moves and the objects of the mirror."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from reviewhub.github.histories import last_change
from reviewhub.github.objects import Objects
from reviewhub.projects.choosing import ReceivedCommit
from reviewhub.projects.receipts import Receipt, Source
from reviewhub.projects.tables import RefMove

OTHER_REFS_LIMIT = 400


class Place(Protocol):
    """Where a project lies: a ref and a folder."""

    branch: str
    folder: str


def arrivals_on(objects: Objects, moves: Sequence[RefMove], place: Place) -> tuple[ReceivedCommit, ...]:
    """The states of the place in the order they were received: one for each push that changed its folder.

    `moves` are all moves of the course in order. What a forced push took away stays in the list, because it was
    received; a deleted branch or folder is no state. A commit that reached the repository earlier on another ref (a
    pull request that was merged later) has its earlier receipt.
    """
    found: list[ReceivedCommit] = []
    for move in moves:
        if move.ref != place.branch or move.new is None:
            continue
        tree = objects.folder_tree(move.new, place.folder)
        if tree is None or (found and found[-1].tree == tree):
            continue
        found.append(_arrival(objects, moves, move, place, tree))
    return tuple(found)


def _arrival(objects: Objects, moves: Sequence[RefMove], move: RefMove, place: Place, tree: str) -> ReceivedCommit:
    assert move.new is not None
    commit = last_change(objects, move.new, place.folder) if place.folder else move.new
    if objects.folder_tree(commit, place.folder) != tree:
        commit = move.new
    written = objects.commit(commit)
    return ReceivedCommit(
        commit=commit,
        tree=tree,
        receipt=first_receipt(objects, moves, commit, not_after=move),
        written_at=written.committed_at if written is not None else None,
    )


def first_receipt(objects: Objects, moves: Iterable[RefMove], commit: str, *, not_after: RefMove) -> Receipt:
    """When `commit` first reached the repository: with the move at hand, or earlier on another ref."""
    others = [
        move
        for move in moves
        if move.new is not None and move.ref != not_after.ref and move.received_by < not_after.received_by
    ]
    for move in others[-OTHER_REFS_LIMIT:]:
        assert move.new is not None
        if objects.is_ancestor(commit, move.new):
            return receipt_of(move)
    return receipt_of(not_after)


def receipt_of(move: RefMove) -> Receipt:
    """The receipt that a recorded move stands for."""
    return Receipt(received_from=move.received_from, received_by=move.received_by, source=Source(move.source))
