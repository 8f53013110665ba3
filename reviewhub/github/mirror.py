"""Keep a bare mirror of a shared repository: refs go under `refs/mirror/`, our own pins stand beside them.

`refs/mirror/…` follows the remote and is pruned; `refs/reviewhub/pins/…` (frozen versions) and
`refs/reviewhub/seen/…` (tips that a push or a deletion left behind) are ours and no fetch can touch them.
"""

import fcntl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from git import Repo
from git.exc import GitError

from reviewhub.errors import OutsideFailed
from reviewhub.github.copying import copy_objects, present
from reviewhub.github.git import GitFailed, GitTooSlow, ask_git, last_words, quiet_variables, run_git
from reviewhub.github.reflog import LoggedMove, read_reflog
from reviewhub.github.remotes import Remote, way_to

NAMESPACE = "refs/mirror/"
LONGEST_REF = 400
PINS = "refs/reviewhub/pins/"
SEEN = "refs/reviewhub/seen/"
REFSPECS = [
    "+refs/heads/*:refs/mirror/heads/*",
    "+refs/tags/*:refs/mirror/tags/*",
    "+refs/pull/*/head:refs/mirror/pull/*/head",
]
NO_OBJECT = "0" * 40


@dataclass(frozen=True, kw_only=True)
class Move:
    """One ref that differs from what was known: `old` None is a new ref, `new` None a deleted one."""

    ref: str
    old: str | None
    new: str | None
    forced: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one look at the remote showed.

    `known` is what it was compared with, `refs` all it saw, `moves` (in the order of ref names) the difference; `logs`
    has, per moved branch, the remote's own log where it keeps one; `default_branch` is a full ref name or None;
    `seconds` is how long the look took.
    """

    known: Mapping[str, str]
    refs: Mapping[str, str]
    moves: tuple[Move, ...]
    logs: Mapping[str, tuple[LoggedMove, ...]]
    default_branch: str | None
    seconds: float


def look_at(
    mirror: Path, remote: Remote, known: Mapping[str, str], *, limit_seconds: float = 300, token: str = ""
) -> Look:
    """Bring the mirror up to date and say which refs differ from `known` (ref name → commit).

    What was known is compared with what the mirror has afterwards, not with what this fetch moved: a look that was
    killed half-way is told by the next one. Raises OutsideFailed when the remote cannot be read; nothing is lost then.
    """
    began = time.monotonic()
    access = way_to(remote, token=token)
    with only_one(mirror, "fetch", limit_seconds) as lock:
        make_mirror(mirror)
        clear_remains(mirror)
        offered, default_branch = _offered(remote, limit_seconds, access)
        if offered != mirrored_refs(mirror):
            _fetch(mirror, remote, offered, limit_seconds, access, lock)
        current = mirrored_refs(mirror)
        logs = _logs(mirror, remote, [ref for ref in current if known.get(ref) != current[ref]], limit_seconds)
        moves = moves_between(mirror, known, current)
        keep_seen(mirror, [move.old for move in moves if move.old and (move.forced or move.new is None)])
    return Look(
        known=dict(known),
        refs=current,
        moves=moves,
        logs=logs,
        default_branch=default_branch,
        seconds=time.monotonic() - began,
    )


def make_mirror(mirror: Path) -> None:
    """Make the bare repository if it is not there yet."""
    if not (mirror / "HEAD").is_file():
        mirror.mkdir(parents=True, exist_ok=True)
        run_git(None, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", mirror)


def mirrored_refs(mirror: Path) -> dict[str, str]:
    """Every ref the mirror holds of the remote, by the remote's own name."""
    out = run_git(mirror, "for-each-ref", "--format=%(objectname) %(refname)", "--", NAMESPACE)
    refs = (line.partition(b" ") for line in out.split(b"\n") if line)
    return {ref_name(name.replace(NAMESPACE.encode(), b"refs/", 1)): oid.decode("ascii") for oid, _, name in refs}


def ref_name(name: bytes) -> str:
    """A ref's name as text that can be stored and shown.

    Anybody can push a branch with a name of thousands of letters: it is shortened, and told apart by a digest after
    a "~", which no name of git's holds.
    """
    text = name.decode("utf-8", "backslashreplace")
    return text if len(text) <= LONGEST_REF else f"{text[: LONGEST_REF - 17]}~{sha256(name).hexdigest()[:16]}"


def _is_whole(ref: str) -> bool:
    """Whether this is git's own name of the ref, and not one that was shortened or spelled out."""
    return "~" not in ref and "\\" not in ref


def moves_between(mirror: Path, known: Mapping[str, str], current: Mapping[str, str]) -> tuple[Move, ...]:
    """How the refs went from `known` to `current`; a move that is not provably forward counts as forced."""
    moves = []
    for ref in sorted(known.keys() | current.keys()):
        old, new = known.get(ref), current.get(ref)
        if old != new:
            forced = bool(old and new) and not goes_forward(mirror, str(old), str(new))
            moves.append(Move(ref=ref, old=old, new=new, forced=forced))
    return tuple(moves)


def goes_forward(mirror: Path, old: str, new: str) -> bool:
    """Whether `new` continues the history of `old`."""
    return ask_git(mirror, "merge-base", "--is-ancestor", "--end-of-options", old, new).code == 0


def keep_seen(mirror: Path, commits: list[str]) -> None:
    """Keep commits that were received but that no branch holds any more, so that no clean-up removes them."""
    kept = present(mirror, dict.fromkeys(commits))
    lines = "".join(f"update {SEEN}{commit} {commit}\n" for commit in kept)
    if lines:
        run_git(mirror, "update-ref", "--stdin", send=lines.encode("ascii"))


@contextmanager
def only_one(mirror: Path, name: str, limit_seconds: float) -> Iterator[int]:
    """Hold the mirror's lock of this name, and give its open file; the operating system lets go when a worker dies.

    A child that is given the open file holds the lock as well: what a killed worker left running is waited for.
    """
    mirror.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + limit_seconds
    with mirror.with_suffix(f".{name}.lock").open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as held:
                if time.monotonic() > until:
                    raise OutsideFailed("The mirror is being written by another worker.") from held
                time.sleep(0.05)
        yield file.fileno()


def clear_remains(mirror: Path) -> None:
    """Remove what a killed fetch left: half-written packs and the lock files of refs that only fetches write."""
    for remains in (
        *(mirror / "objects" / "pack").glob("tmp_*"),
        *(mirror / "refs" / "mirror").rglob("*.lock"),
        *mirror.glob("*.lock"),
    ):
        remains.unlink(missing_ok=True)


def _offered(remote: Remote, limit_seconds: float, access: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """The refs the remote shows, and the branch its HEAD names: one cheap question before any fetch."""
    try:
        out = run_git(
            None,
            *("ls-remote", "--quiet", "--symref", "--", remote.address),
            limit_seconds=limit_seconds,
            environment=access,
        )
    except GitFailed as failed:
        raise _outside(failed, "read") from failed
    default_branch = None
    refs = {}
    for line in out.split(b"\n"):
        value, _, name = line.partition(b"\t")
        if value.startswith(b"ref: ") and name == b"HEAD":
            default_branch = ref_name(value.removeprefix(b"ref: "))
        elif _is_mirrored(name):
            refs[ref_name(name)] = value.decode("ascii")
    return refs, default_branch if default_branch in refs else None


def _is_mirrored(name: bytes) -> bool:
    is_pull = name.startswith(b"refs/pull/") and name.endswith(b"/head")
    return (is_pull or name.startswith((b"refs/heads/", b"refs/tags/"))) and not name.endswith(b"^{}")


def _fetch(
    mirror: Path, remote: Remote, offered: Mapping[str, str], limit_seconds: float, access: Mapping[str, str], lock: int
) -> None:
    """Fetch; from a repository of this disk that has holes, copy what is there instead."""
    options = ("--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
    try:
        _name_remote(mirror, remote)
        run_git(
            mirror,
            *("fetch", *options, "--", "shared", *REFSPECS),
            limit_seconds=limit_seconds,
            environment=access,
            holds=(lock,),
        )
    except GitFailed as failed:
        if remote.folder is None or not _copy_with_holes(mirror, remote.folder, offered, limit_seconds):
            raise _outside(failed, "fetched") from failed


def _name_remote(mirror: Path, remote: Remote) -> None:
    """Give the mirror its one remote, with the course's present address."""
    try:
        with Repo(mirror, expand_vars=False) as repository:
            repository.git.update_environment(**quiet_variables(), GIT_DIR=str(mirror))
            shared = next((known for known in repository.remotes if known.name == "shared"), None)
            if shared is None:
                repository.create_remote("shared", remote.address)
            elif shared.url != remote.address:
                shared.set_url(remote.address)
    except GitError as failed:
        msg = "The mirror of the shared repository cannot be written."
        raise GitFailed(msg, code=1, said=last_words(str(failed).encode())) from failed


def _copy_with_holes(mirror: Path, source: Path, offered: Mapping[str, str], limit_seconds: float) -> bool:
    """Do a fetch's work by hand; False where even this is not possible."""
    try:
        copy_objects(source, mirror, offered.values(), limit_seconds=limit_seconds)
        there = set(present(mirror, offered.values()))
    except (GitFailed, GitTooSlow):
        return False
    refs = {ref: oid for ref, oid in offered.items() if oid in there}
    gone = mirrored_refs(mirror).keys() - offered.keys()
    lines = [f"delete {_own_name(ref)}\n" for ref in gone if _is_whole(ref)]
    lines += [f"update {_own_name(ref)} {oid}\n" for ref, oid in refs.items() if _is_whole(ref)]
    run_git(mirror, "update-ref", "--stdin", send="".join(lines).encode())
    return True


def _own_name(ref: str) -> str:
    return ref.replace("refs/", NAMESPACE, 1)


def _logs(mirror: Path, remote: Remote, refs: list[str], limit_seconds: float) -> dict[str, tuple[LoggedMove, ...]]:
    """The remote's own logs of the moved branches; commits only they know are brought over as well."""
    if remote.folder is None:
        return {}
    logs = {ref: log for ref in refs if _is_whole(ref) and (log := read_reflog(remote.folder, ref))}
    named = list(dict.fromkeys(move.new for log in logs.values() for move in log))
    lost = present(remote.folder, set(named) - set(present(mirror, named)))
    if lost:
        with suppress(GitFailed, GitTooSlow):
            copy_objects(remote.folder, mirror, lost, limit_seconds=limit_seconds)
            keep_seen(mirror, lost)
    return logs


def _outside(failed: GitFailed, done: str) -> GitFailed:
    """Git's words as a sentence for whoever looks after the course."""
    said = failed.said or "git gave no reason"
    for sign, sentence in _SAID.items():
        if sign in said:
            return GitFailed(f"The shared repository cannot be {done}: {sentence}", code=failed.code, said=said)
    return GitFailed(f"The shared repository cannot be {done}: {said}", code=failed.code, said=said)


_UNTRUSTED = "it asks for a password, and the installation's token is missing, wrong or no longer valid."
_SAID = {
    "could not read Username": _UNTRUSTED,
    "could not read Password": _UNTRUSTED,
    "Authentication failed": _UNTRUSTED,
    "returned error: 401": _UNTRUSTED,
    "returned error: 403": "the installation's token does not allow to read it.",
    "returned error: 404": "there is no such repository, or the installation's token does not allow to see it.",
    "returned error: 30": "it has moved. Name its new address in the course's settings.",
    "Operation too slow": "it sent next to nothing for half a minute.",
}
