"""The demonstration's shared repository: a real bare git repository made on the spot, its pushes played in time.

All objects are made at once by one `git fast-import`; refs move push by push, and the reflog holds the moment of each,
as it would on a server that received them. Where the play stands is read from the refs themselves.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from reviewhub.demonstration.history import Commit, Link, Move, blob_name, write_history
from reviewhub.demonstration.planted import PLANTED, Planted
from reviewhub.demonstration.semester import Calendar, spring_calendar
from reviewhub.errors import Conflict, Misconfigured

__all__ = [
    "PLANTED",
    "Calendar",
    "Planted",
    "Push",
    "Repository",
    "build_repository",
    "open_repository",
    "spring_calendar",
]

NOTHING = "0" * 40
# The list of pushes lies beside the refs in the bare repository; git takes no notice of it.
PUSHES = "demonstration-pushes.json"
_BUILDING = "refs/heads/building"
_SETTINGS = {
    "core.logAllRefUpdates": "true",
    "gc.auto": "0",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
    "receive.denyDeletes": "true",
    "gc.pruneExpire": "never",
}


@dataclass(frozen=True, kw_only=True)
class Push:
    """One push as the server received it; `by` is a person's key, `project` empty for a push of the staff."""

    moment: datetime
    project: str
    by: str
    name: str
    email: str
    ref: str
    old: str
    new: str
    forced: bool
    title: str


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A made repository and all pushes it will ever receive, in the order of their moments."""

    folder: Path
    pushes: tuple[Push, ...]

    def play_until(self, moment: datetime) -> tuple[Push, ...]:
        """Let every push up to and including a moment arrive that has not yet; return those.

        May be called again with a later moment, also by another process after a crash. `Conflict` where a ref stands at
        a commit that none of the pushes brought.
        """
        behind = self._played()
        arrived = tuple(
            push for index, push in enumerate(self.pushes) if push.moment <= moment and index > behind[push.ref]
        )
        for push in arrived:
            _git(
                self.folder,
                "update-ref",
                "--create-reflog",
                "-m",
                "forced push" if push.forced else "push",
                push.ref,
                push.new,
                push.old,
                environment={
                    "GIT_COMMITTER_NAME": push.name,
                    "GIT_COMMITTER_EMAIL": push.email,
                    "GIT_COMMITTER_DATE": f"{int(push.moment.timestamp())} +0000",
                },
            )
        return arrived

    def played(self) -> tuple[Push, ...]:
        """Return the pushes that have arrived."""
        behind = self._played()
        return tuple(push for index, push in enumerate(self.pushes) if index <= behind[push.ref])

    def _played(self) -> dict[str, int]:
        """Return for each ref the place of the last push that arrived there, −1 where none did."""
        listed = _git(self.folder, "for-each-ref", "--format=%(refname) %(objectname)")
        stands = dict(line.split(" ") for line in listed.splitlines())
        places: dict[str, int] = {}
        for ref in dict.fromkeys(push.ref for push in self.pushes):
            at = stands.get(ref, NOTHING)
            found = [index for index, push in enumerate(self.pushes) if push.ref == ref and push.new == at]
            if not found and at != NOTHING:
                message = f"{ref} of the demonstration's repository stands at {at[:7]}, which is not one of its pushes."
                raise Conflict(message)
            places[ref] = found[-1] if found else -1
        return places


def build_repository(folder: Path, *, calendar: Calendar) -> Repository:
    """Make the shared repository with every object and no push yet played.

    The same calendar gives the same commits. `Conflict` where the folder already holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} is not empty; the demonstration's repository needs a new folder."
        raise Conflict(message)
    commits, moves = write_history(calendar)
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    _git(making, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", ".")
    for name, value in _SETTINGS.items():
        _git(making, "config", name, value)
    names = _import_commits(making, commits)
    pushes = _pushes(moves, names)
    stored = [asdict(push) | {"moment": push.moment.isoformat()} for push in pushes]
    (making / PUSHES).write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    making.rename(folder)
    return Repository(folder=folder, pushes=pushes)


def open_repository(folder: Path) -> Repository:
    """Return a repository made earlier, wherever its play stands; `Conflict` where the folder holds none."""
    try:
        stored = json.loads((folder / PUSHES).read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        message = f"{folder} holds no demonstration repository."
        raise Conflict(message) from missing
    pushes = tuple(Push(**{**one, "moment": datetime.fromisoformat(one["moment"])}) for one in stored)
    return Repository(folder=folder, pushes=pushes)


def _pushes(moves: Iterable[Move], names: Mapping[int, str]) -> tuple[Push, ...]:
    stands: dict[str, str] = {}
    pushes: list[Push] = []
    for move in moves:
        name, email = move.by.name, move.by.email
        pushes.append(
            Push(
                moment=move.moment.astimezone(UTC),
                project=move.project,
                by=move.by.key,
                name=name,
                email=email,
                ref=move.ref,
                old=stands.get(move.ref, NOTHING),
                new=names[move.tip],
                forced=move.forced,
                title=move.title,
            )
        )
        stands[move.ref] = names[move.tip]
    return tuple(pushes)


def _import_commits(folder: Path, commits: tuple[Commit, ...]) -> dict[int, str]:
    """Make all objects and return each commit's name by its mark."""
    marks = folder / "building-marks"
    stream = b"".join(_stream(commits))
    _git(folder, "fast-import", "--quiet", "--force", f"--export-marks={marks}", given=stream)
    _git(folder, "update-ref", "-d", _BUILDING)
    shutil.rmtree(folder / "logs", ignore_errors=True)
    names = dict(line.split(" ") for line in marks.read_text(encoding="ascii").splitlines())
    marks.unlink()
    return {commit.number: names[f":{commit.number}"] for commit in commits}


def _stream(commits: tuple[Commit, ...]) -> Iterable[bytes]:
    """Write the commits in git's fast-import format; blobs get the marks above the commits'."""
    blobs: dict[str, int] = {}
    for commit in commits:
        lines: list[bytes] = []
        for path, entry in sorted(commit.changes.items()):
            if entry is None:
                lines.append(f'D "{path}"\n'.encode())
            elif isinstance(entry, Link):
                lines.append(f'M 160000 {entry.commit} "{path}"\n'.encode())
            else:
                name = blob_name(entry)
                if name not in blobs:
                    blobs[name] = len(commits) + len(blobs) + 1
                    yield b"blob\nmark :%d\ndata %d\n%b\n" % (blobs[name], len(entry), entry)
                mode = "100755" if path.endswith(".sh") else "100644"
                lines.append(f'M {mode} :{blobs[name]} "{path}"\n'.encode())
        yield b"commit %b\nmark :%d\n" % (_BUILDING.encode(), commit.number)
        yield _signed("author", commit.author.signature, commit.authored)
        yield _signed("committer", commit.committer.signature, commit.committed)
        message = (commit.message + "\n").encode()
        yield b"data %d\n%b" % (len(message), message)
        for word, parent in zip(("from", "merge"), commit.parents, strict=False):
            yield b"%b :%d\n" % (word.encode(), parent)
        yield b"".join(lines) + b"\n"


def _signed(role: str, signature: tuple[str, str], moment: datetime) -> bytes:
    name, email = signature
    return f"{role} {name} <{email}> {int(moment.timestamp())} +0300\n".encode()


def _git(
    folder: Path, *arguments: str, given: bytes | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run git in the bare repository, untouched by the settings and the environment of whoever runs us."""
    program = shutil.which("git")
    if program is None:
        message = "The demonstration needs git: install the package git."
        raise Misconfigured(message)
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DIR": str(folder),
        "LC_ALL": "C",
        "TZ": "UTC",
    }
    done = subprocess.run(  # noqa: S603  arguments are our own, no shell
        [program, *arguments],
        cwd=folder,
        env=own | dict(environment or {}),
        input=given,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Conflict(f"git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()
