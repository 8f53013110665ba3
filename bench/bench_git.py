"""Reading a course's repository, beside plain git on the same one.

The peer is one git child from its start to its last byte read. Ours starts with empty caches and gives checked
values. `$REVIEWHUB_BENCH_CORPUS` may be a bare repository, or a folder of some; else one is made.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.course_repository import make_repository
from bench.rows import Row
from reviewhub.github import histories, objects
from reviewhub.github.mirror import look_at, mirrored_refs
from reviewhub.github.remotes import Remote

ROUNDS = 9
BLOBS = 500
COMMITS = 1_000


def run(corpus: Path | None) -> list[Row]:
    """Measure on a made repository, and on every bare one of the corpus."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        places = [make_repository(Path(folder)), *_bare_ones(corpus)]
        for place in places:
            rows += _reading(place)
        rows.append(_no_op_look(places[0], Path(folder)))
    return rows


def _bare_ones(corpus: Path | None) -> list[Path]:
    if corpus is None:
        return []
    return [
        one for one in (corpus, *sorted(corpus.glob("*")), *sorted(corpus.glob("*/repo"))) if (one / "objects").is_dir()
    ]


def _reading(place: Path) -> list[Row]:
    commit = _plain(place, "rev-parse", "HEAD").decode().strip()
    reader = objects.Objects(place)
    tree = reader.folder_tree(commit, "") or ""
    oids = [entry.oid for entry in reader.listing(tree).entries if not entry.missing and entry.size is not None]
    some = list(dict.fromkeys(oids))[:BLOBS]
    asked = "".join(f"{oid}\n" for oid in some).encode()
    name = "made" if place.name == "course.git" else place.parent.name if place.name == "repo" else place.name

    def row(what: str, ours: Callable[[], object], peer: Callable[[], object]) -> Row:
        mine, other = _by_turns(ours, peer)
        return Row(name=f"{name}: {what}", ours=mine, peer=other, unit="ms", ratio=f"{mine / other:.2f} ×")

    return [
        row(
            f"tree of {len(oids):,} files with sizes",
            lambda: reader.listing(tree),
            lambda: _plain(place, "ls-tree", "-r", "-l", commit),
        ),
        row(
            f"{len(some)} files",
            lambda: list(reader.blobs(some, limit_bytes=64 << 20)),
            lambda: _plain(place, "cat-file", "--batch", send=asked),
        ),
        row(
            f"{len(histories.changes_of(reader, commit, most=COMMITS)):,} commits with paths",
            lambda: histories.changes_of(reader, commit, most=COMMITS),
            lambda: _plain(place, "log", "--raw", "--no-renames", f"--max-count={COMMITS}", commit),
        ),
    ]


def _no_op_look(place: Path, folder: Path) -> Row:
    mirror, remote = folder / "mirror.git", Remote(address=str(place), folder=place)
    look_at(mirror, remote, {})
    known = mirrored_refs(mirror)
    ours, peer = _by_turns(lambda: look_at(mirror, remote, known), lambda: _plain(place, "ls-remote", str(place)))
    return Row(name="made: look at which nothing moved", ours=ours, peer=peer, unit="ms", ratio=f"{ours / peer:.2f} ×")


def _by_turns(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """The medians in milliseconds of both, run in turns so that a busy machine slows both alike."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, taken in zip((ours, peer), seconds, strict=True):
            _forget()
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
    return 1000 * median(seconds[0]), 1000 * median(seconds[1])


def _forget() -> None:
    for cache in (objects._commits, objects._trees, objects._listings, histories._last_changes):  # noqa: SLF001
        cache.clear()


def _plain(place: Path, *arguments: str, send: bytes = b"") -> bytes:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", f"--git-dir={place}", *arguments], check=True, input=send, env=environment, stdout=subprocess.PIPE
    )
    return done.stdout
