"""The history of a version's files: what changed them when, and who wrote which line.

Whoever must not learn the developers' names gets none of it: commits name their authors.
"""

from reviewhub.errors import NotFound
from reviewhub.github.comparing import BlamedLine, blame
from reviewhub.github.histories import Change, changes_of
from reviewhub.github.objects import Kind
from reviewhub.projects.reading import NO_FILE, OpenVersion, find_entry

NO_HISTORY = "The history names who wrote what, so it is not shown here."


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


def _refuse_names(version: OpenVersion) -> None:
    if version.hides_names:
        raise NotFound(NO_HISTORY)
