"""Bring objects over from a repository on this disk that git itself refuses to serve.

Real mirrors have holes: one missing file makes a whole fetch fail. Here everything that is there is packed and
copied, and what is missing stays missing, which every reader can live with.
"""

import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from reviewhub.github.catfile import ChildEnded, pool
from reviewhub.github.git import GitFailed, GitTooSlow, command, git_environment, last_words, run_git, stop


def copy_objects(source: Path, mirror: Path, tips: Iterable[str], *, limit_seconds: float) -> int:
    """Copy all that is reachable from `tips` in `source` and not yet in `mirror`; return how many objects came.

    GitFailed where even the histories cannot be walked, or where an object that is there is malformed.
    """
    reachable = run_git(
        source,
        *("rev-list", "--objects", "--no-object-names", "--missing=allow-any", "--stdin"),
        send="".join(f"{tip}\n" for tip in present(source, tips)).encode("ascii"),
        limit_seconds=limit_seconds,
    )
    wanted = present(source, reachable.decode("ascii").split())
    new = sorted(set(wanted) - set(present(mirror, wanted)))
    if new:
        try:
            _send_pack(source, mirror, new, limit_seconds=limit_seconds)
        except GitFailed:
            sound = _sound_ones(source, new)
            if len(sound) == len(new):
                raise
            _send_pack(source, mirror, sound, limit_seconds=limit_seconds)
            return len(sound)
    return len(new)


def _sound_ones(source: Path, oids: list[str]) -> list[str]:
    """Those of the objects that can be read to their end. A damaged one ends the child that reads it."""
    sound: list[str] = []
    left = oids
    while left:
        read = _read_through(source, left)
        sound += read
        rest = left[len(read) :]
        # The first that was not read is asked for alone, because a child may end with answers still unsent.
        sound += _read_through(source, rest[:1])
        left = rest[1:]
    return sound


def _read_through(source: Path, oids: list[str]) -> list[str]:
    """Read objects one after the other, up to the first that cannot be read."""
    read: list[str] = []
    with suppress(ChildEnded), pool().lend(source) as child:
        child.ask(*(("contents", oid) for oid in oids))
        for oid in oids:
            header = child.header()
            if header is None:
                raise ChildEnded
            for _ in child.pieces(header[1]):
                pass
            read.append(oid)
    return read


def present(repository: Path, oids: Iterable[str]) -> list[str]:
    """Those of the object ids that the repository really has, in order."""
    asked = list(oids)
    out = run_git(
        repository,
        *("cat-file", "--buffer", "--batch-check=%(objectname)"),
        send="".join(f"{oid}\n" for oid in asked).encode("ascii"),
    )
    return [oid for oid, line in zip(asked, out.decode("ascii", "replace").splitlines(), strict=True) if line == oid]


def _send_pack(source: Path, mirror: Path, oids: list[str], *, limit_seconds: float) -> None:
    environment = git_environment()
    packing = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
        command(source, ["pack-objects", "--stdout", "-q"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    receiving = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
        command(mirror, ["index-pack", "--stdin", "--fsck-objects"]),
        stdin=packing.stdout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        assert packing.stdin is not None
        packing.stdin.write("".join(f"{oid}\n" for oid in oids).encode("ascii"))
        packing.stdin.close()
        _, err = receiving.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired as slow:
        msg = f"Copying the objects took longer than {limit_seconds:g} seconds and was stopped."
        raise GitTooSlow(msg) from slow
    finally:
        stop(packing)
        stop(receiving)
    if receiving.returncode != 0:
        said = last_words(err)
        msg = f"The objects could not be copied: {said}"
        raise GitFailed(msg, code=receiving.returncode, said=said)
