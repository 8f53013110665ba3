"""The history of a version's files: what changed them when, who wrote which line, how two versions differ.

Whoever must not learn the developers' names gets none of it: commits name their authors.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.config import Settings
from reviewhub.errors import NotFound
from reviewhub.github.comparing import BlamedLine, Difference, DiffLine, blame, compare_trees, diff_lines
from reviewhub.github.histories import Change, changes_of
from reviewhub.github.objects import Kind
from reviewhub.projects.reading import NO_FILE, OpenVersion, find_entry, names_developers, open_version

NO_HISTORY = "The history names who wrote what, so it is not shown here."


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Version 1 beside version 2: the files that differ."""

    old: OpenVersion
    new: OpenVersion
    differences: tuple[Difference, ...]


def read_history(version: OpenVersion, path: str, *, first: int, most: int) -> tuple[tuple[Change, ...], bool]:
    """The commits that changed a file or folder, newest first, and whether there are more; NotFound where hidden."""
    _refuse_names(version)
    find_entry(version, path)
    whole = version.whole_path(path)
    found = changes_of(version.objects, version.snapshot.commit, whole, first=first, most=most + 1)
    return found[:most], len(found) > most


def read_blame(version: OpenVersion, path: str) -> tuple[BlamedLine, ...] | None:
    """Who wrote each line of a file; None where nobody can tell. NotFound where hidden, and for what is no file."""
    _refuse_names(version)
    if find_entry(version, path).kind is not Kind.FILE:
        raise NotFound(NO_FILE)
    return blame(version.objects, version.snapshot.commit, version.whole_path(path))


def compare_versions(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, settings: Settings
) -> Comparison:
    """Version 1 beside version 2, for whoever may read both; NotFound otherwise."""
    old, new = (
        open_version(session, actor=actor, now=now, course=course, key=key, version=version, settings=settings)
        for version in (1, 2)
    )
    found = compare_trees(new.objects, old.snapshot.tree, new.snapshot.tree)
    if new.hides_names:
        found = tuple(one for one in found if not _names_somebody(one))
    return Comparison(old=old, new=new, differences=found)


def compare_file(comparison: Comparison, path: str) -> tuple[Difference, tuple[DiffLine, ...] | None]:
    """How one file differs, line by line; no lines where it is no text. NotFound where the file does not differ."""
    found = next((one for one in comparison.differences if one.path == path), None)
    if found is None:
        raise NotFound(NO_FILE)
    sides = [
        one.oid if one is not None and one.kind is not Kind.SUBMODULE and not one.missing else None
        for one in (found.old, found.new)
    ]
    if any(one is not None and one.missing for one in (found.old, found.new)) or sides == [None, None]:
        return found, None
    return found, diff_lines(comparison.new.objects, sides[0], sides[1])


def _names_somebody(difference: Difference) -> bool:
    return any(one is not None and names_developers(one.path) for one in (difference.old, difference.new))


def _refuse_names(version: OpenVersion) -> None:
    if version.hides_names:
        raise NotFound(NO_HISTORY)
