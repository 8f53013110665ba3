"""Histories: which commits changed a folder or a file, the shape of a whole history, who wrote which line.

Every answer survives holes in the repository: what cannot be known is None or empty, never an exception.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from reviewhub.errors import OutsideFailed
from reviewhub.github.git import GitFailed, GitTooSlow, read_git, run_git
from reviewhub.github.listings import count_paths
from reviewhub.github.objects import Commit, Objects
from reviewhub.github.raw import moment_of
from reviewhub.github.recent import Recent

LIMIT_SECONDS = 20.0
LIMIT_BYTES = 8 << 20
ABSURD_PATHS = 1_000_000
COMMITS_LOOKED_AT = 500
STEPS_ALONE = 400
"""Commits looked at one by one before git is asked instead."""
_FIELDS = ("%H", "%T", "%P", "%an", "%ae", "%at", "%ct", "%s")
"""Between them stands NUL, the only byte that no name can hold."""
_PLAIN = ("--no-show-signature", "--encoding=UTF-8", "-z", "--format=" + "%x00".join(_FIELDS))
_RAW = ("--raw", "--no-renames", "--no-abbrev", "--root")


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """One path that a commit changed: status A, M, D or T, and the object after it (None: it is gone)."""

    path: str
    status: str
    oid: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A commit with the paths it changed; a merge has none."""

    commit: Commit
    touched: tuple[Touched, ...]


def changes_of(
    objects: Objects,
    commit: str,
    path: str = "",
    *,
    besides: str = "",
    first: int = 0,
    most: int = 200,
    with_paths: bool = True,
) -> tuple[Change, ...]:
    """The commits that changed `path` ("" = any), newest first, from the `first` on, each with what it changed there.

    Those in the history of `besides` are left out. Empty where the history cannot be read.
    """
    raw = _RAW if with_paths else ()
    paths = ["--", path.encode("utf-8", "surrogateescape")] if path else ["--"]
    without = [f"^{besides}"] if besides else []
    window = [f"--skip={first}", f"--max-count={most}"]
    try:
        out = read_git(
            objects.repository,
            *("log", *_PLAIN, *raw, *window, "--end-of-options", commit, *without, *paths),
            limit_seconds=LIMIT_SECONDS,
            limit_bytes=LIMIT_BYTES,
        )
    except OutsideFailed:
        if not with_paths:
            return ()
        plain = changes_of(objects, commit, path, besides=besides, first=first, most=most, with_paths=False)
        found = changes_in(objects, (one.commit.oid for one in plain))
        return tuple(_below(found.get(one.commit.oid, one), path) for one in plain)
    return tuple(_read_changes(out.split(b"\0")))


def _below(change: Change, path: str) -> Change:
    """A change with only what it changed at a path or below it."""
    kept = (one for one in change.touched if not path or one.path == path or one.path.startswith(f"{path}/"))
    return replace(change, touched=tuple(kept))


def changes_in(objects: Objects, commits: Iterable[str]) -> dict[str, Change]:
    """Exactly these commits with the paths they changed; of one that cannot be compared, without them."""
    wanted = list(dict.fromkeys(commits))
    found = {oid: change for oid in wanted if (change := _changes.get((objects.repository, oid))) is not None}
    unknown = [oid for oid in wanted if oid not in found]
    for change in _read_exactly(objects, unknown) if unknown else ():
        found[change.commit.oid] = change
        _changes.put((objects.repository, change.commit.oid), change, weight=1 + len(change.touched))
    return found


def _read_exactly(objects: Objects, commits: list[str]) -> tuple[Change, ...]:
    try:
        out = read_git(
            objects.repository,
            *("log", "--no-walk=unsorted", *_PLAIN, *_RAW, "--stdin"),
            send="".join(f"{oid}\n" for oid in commits).encode("ascii"),
            limit_seconds=LIMIT_SECONDS,
            limit_bytes=LIMIT_BYTES,
        )
    except OutsideFailed:
        return _read_around(objects, commits)
    return tuple(_read_changes(out.split(b"\0")))


def _read_around(objects: Objects, commits: list[str]) -> tuple[Change, ...]:
    """Somewhere is a hole, or a commit of absurdly many paths: what lies beside it is still worth reading."""
    found = objects.commits(commits)
    absurd = _absurd(objects, found)
    without = tuple(Change(commit=found[oid], touched=()) for oid in commits if oid in absurd)
    left = [oid for oid in found if oid not in absurd]
    if absurd:
        return (*without, *(_read_exactly(objects, left) if left else ()))
    middle = len(left) // 2
    if middle:
        return (*_read_exactly(objects, left[:middle]), *_read_exactly(objects, left[middle:]))
    return tuple(Change(commit=found[oid], touched=()) for oid in left)


def _absurd(objects: Objects, commits: Mapping[str, Commit]) -> set[str]:
    """Those of the commits that hold, or whose parents hold, more paths than anybody can compare."""
    counts: dict[str, int] = {}
    parents = objects.commits(parent for commit in commits.values() for parent in commit.parents)

    def is_absurd(commit: Commit | None) -> bool:
        return commit is not None and count_paths(objects, commit.tree, counts) > ABSURD_PATHS

    return {
        oid
        for oid, commit in commits.items()
        if is_absurd(commit) or any(is_absurd(parents.get(parent)) for parent in commit.parents)
    }


def history(objects: Objects, commit: str, folder: str, *, limit: int = 200) -> tuple[Commit, ...]:
    """The commits that changed `folder`, newest first; empty where the history cannot be read."""
    return tuple(change.commit for change in changes_of(objects, commit, folder, most=limit, with_paths=False))


def changed_in(objects: Objects, commit: str, folder: str) -> dict[str, datetime | None]:
    """When each name directly in a folder was last changed, by the commits' own account: of the last commits only."""
    key = (objects.repository, commit, folder)
    found = _changed.get(key)
    if found is None:
        found = {}
        prefix = f"{folder}/" if folder else ""
        for change in changes_of(objects, commit, folder, most=COMMITS_LOOKED_AT):
            for touched in change.touched:
                name = touched.path[len(prefix) :].partition("/")[0]
                found.setdefault(name, change.commit.committed_at)
        if found:  # nothing is what a repository that is away says, too
            _changed.put(key, found, weight=1 + len(found))
    return found


def last_change(objects: Objects, commit: str, folder: str) -> str:
    """The last commit that changed `folder`; the commit itself where the history has holes.

    Walks back as git does: to the first parent with the very same folder, until there is none.
    """
    key = (objects.repository, commit, folder)
    found = _last_changes.get(key)
    if found is None:
        passed = [commit]
        found = _walk_back(objects, commit, folder, passed)
        for one in passed:
            _last_changes.put((objects.repository, one, folder), found)
    return found


def _walk_back(objects: Objects, commit: str, folder: str, passed: list[str]) -> str:
    tree = objects.folder_tree(commit, folder)
    for _ in range(STEPS_ALONE):
        at = objects.commit(passed[-1])
        if at is None or tree is None:
            return commit
        same = next((parent for parent in at.parents if objects.folder_tree(parent, folder) == tree), None)
        if same is None:
            return passed[-1]
        known = _last_changes.get((objects.repository, same, folder))
        if known is not None:
            return known
        passed.append(same)
    paths = ["--", folder.encode("utf-8", "surrogateescape")] if folder else ["--"]
    try:
        out = run_git(objects.repository, "rev-list", "--max-count=1", "--end-of-options", passed[-1], *paths)
    except (GitFailed, GitTooSlow):
        return commit
    return out.decode("ascii").strip() or commit


def parents_of(objects: Objects, tips: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The parents of every commit in the histories of `tips`: commit → its parents, as far as they are there."""
    wanted = [tip for tip, found in objects.headers(tips).items() if found is not None]
    lines = "".join(f"{tip}\n" for tip in wanted).encode("ascii")
    try:
        out = run_git(objects.repository, "rev-list", "--parents", "--stdin", send=lines, limit_seconds=LIMIT_SECONDS)
    except OutsideFailed:
        return dict(_parents_one_by_one(objects, wanted))
    rows = (line.split() for line in out.decode("ascii").splitlines())
    return {commit: tuple(parents) for commit, *parents in rows}


def _parents_one_by_one(objects: Objects, tips: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The same where git gives up: in a history with holes."""
    seen: set[str] = set()
    level = tips
    while level:
        seen.update(level)
        found = objects.commits(level)
        yield from ((oid, commit.parents) for oid, commit in found.items())
        below = (parent for commit in found.values() for parent in commit.parents)
        level = [oid for oid in dict.fromkeys(below) if oid not in seen]


def _read_changes(parts: list[bytes]) -> Iterator[Change]:
    """Each commit is its fields, then a pair for each path: what happened (":" first), and the path."""
    at = 0
    while at + len(_FIELDS) <= len(parts):
        if not parts[at]:
            at += 1
            continue
        fields = parts[at : at + len(_FIELDS)]
        at += len(_FIELDS)
        touched = []
        while at + 1 < len(parts) and parts[at].lstrip(b"\n").startswith(b":"):
            touched.append(_touched(parts[at], parts[at + 1]))
            at += 2
        yield Change(commit=_commit(*(field.decode("utf-8", "replace") for field in fields)), touched=tuple(touched))


def _commit(*fields: str) -> Commit:
    oid, tree, parents, name, email, written, committed, subject = fields
    return Commit(
        oid=oid,
        tree=tree,
        parents=tuple(parents.split()),
        author_name=name[:200],
        author_email=email[:320],
        authored_at=moment_of(written),
        committed_at=moment_of(committed),
        subject=subject.strip()[:500],
    )


def _touched(facts: bytes, path: bytes) -> Touched:
    fields = facts.split(b" ")
    oid, status = fields[3].decode("ascii"), fields[4][:1].decode("ascii")
    return Touched(path=path.decode("utf-8", "surrogateescape"), status=status, oid=None if status == "D" else oid)


_last_changes: Recent[tuple[Path, str, str], str] = Recent(32_768)
_changes: Recent[tuple[Path, str], Change] = Recent(60_000)
_changed: Recent[tuple[Path, str, str], dict[str, datetime | None]] = Recent(20_000)
