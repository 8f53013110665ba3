"""One folder of a commit as one self-contained git pack, and back: what a version needs to outlive its mirror.

A pack holds the commit and the trees that lead from it to the folder (so that anybody can follow the ids from the one
to the other), and every tree and file below the folder. What the repository itself lacks is told, never guessed.
"""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewhub.github.catfile import CatFile, ChildEnded
from reviewhub.github.git import GitFailed, GitTooSlow, command, git_environment, last_words, run_git, stop
from reviewhub.github.objects import Kind, Objects

LIMIT_SECONDS = 300.0
TREES_LIMIT = 200_000
PACKED_LIMIT_BYTES = 8 << 30
PACK = "pack-{}.pack"


@dataclass(frozen=True, kw_only=True)
class Needed:
    """The objects a pack is to hold, by id, in a fixed order; `left_out` says why for each that it cannot hold."""

    oids: tuple[str, ...]
    left_out: dict[str, str]


def needed_objects(objects: Objects, *, commit: str, folder: str, tree: str) -> Needed:
    """Every object of the folder's tree, and those that lead to it from the commit.

    GitFailed where the commit itself is gone: then nothing of it can be proved from this repository.
    """
    is_there = (objects.repository / "HEAD").is_file() and objects.has(commit)
    found = objects.commit(commit) if is_there else None
    if found is None:
        msg = f"The commit {commit[:7]} is not in the mirror, so its version cannot be packed."
        raise GitFailed(msg, code=0, said="")
    wanted = list(dict.fromkeys([commit, *_way_to(objects, found.tree, folder), *_below(objects, tree)]))
    headers = objects.headers(wanted)
    left_out = {oid: "missing in the repository" for oid, header in headers.items() if header is None}
    held = 0
    for oid, size in sorted(((oid, header[1]) for oid, header in headers.items() if header), key=lambda one: one[1]):
        held += size
        if held > PACKED_LIMIT_BYTES:
            left_out[oid] = "too large to be packed with the rest"
    return Needed(oids=tuple(oid for oid in wanted if oid not in left_out), left_out=left_out)


def _way_to(objects: Objects, root: str, folder: str) -> Iterator[str]:
    """The trees from the commit's own to the one that holds the folder."""
    parts = folder.split("/") if folder else []
    for count in range(len(parts)):
        entry = objects.entry(root, "/".join(parts[:count]))
        if entry is not None:
            yield entry.oid


def _below(objects: Objects, tree: str) -> Iterator[str]:
    """The tree and everything below it, each once, however often a hostile tree repeats it."""
    seen = {tree}
    waiting = [tree]
    yield tree
    while waiting and len(seen) < TREES_LIMIT:
        for name in objects.folder(waiting.pop()) or ():
            if name.oid in seen or name.kind is Kind.SUBMODULE:
                continue
            seen.add(name.oid)
            yield name.oid
            if name.kind is Kind.FOLDER:
                waiting.append(name.oid)


def write_pack(repository: Path, needed: Needed, file: Path, *, limit_seconds: float = LIMIT_SECONDS) -> Needed:
    """Pack the objects into `file` and return what it really holds: a damaged object is left out, and said to be.

    The same objects give the same bytes as long as the repository keeps them in the same way.
    """
    try:
        _pack(repository, needed.oids, file, limit_seconds)
    except GitFailed:
        damaged = dict.fromkeys(_damaged(repository, needed.oids), "damaged in the repository")
        if not damaged:
            raise
        needed = Needed(
            oids=tuple(oid for oid in needed.oids if oid not in damaged), left_out={**needed.left_out, **damaged}
        )
        _pack(repository, needed.oids, file, limit_seconds)
    return needed


def _damaged(repository: Path, oids: Iterable[str]) -> Iterator[str]:
    """Those that cannot be read to their end, by a child of our own: one that ran before may still hold old files."""
    child = CatFile(repository)
    try:
        for oid in oids:
            try:
                child.ask(("contents", oid))
                header = child.header()
                for _ in child.pieces(header[1]) if header is not None else ():
                    pass
            except ChildEnded:
                yield oid
                child.end()
                child = CatFile(repository)
    finally:
        child.end()


def _pack(repository: Path, oids: Iterable[str], file: Path, limit_seconds: float) -> None:
    with file.open("wb") as out:
        child = subprocess.Popen(  # noqa: S603 - argument list, fixed program, own environment
            command(repository, ["pack-objects", "--stdout", "-q", "--threads=1", "--delta-base-offset"]),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.PIPE,
            env=git_environment(),
            start_new_session=True,
        )
        try:
            _, err = child.communicate("".join(f"{oid}\n" for oid in oids).encode("ascii"), timeout=limit_seconds)
        except subprocess.TimeoutExpired as slow:
            msg = f"Packing the version took longer than {limit_seconds:g} seconds and was stopped."
            raise GitTooSlow(msg) from slow
        finally:
            stop(child)
    if child.returncode != 0:
        said = last_words(err)
        msg = f"The version could not be packed: {said}"
        raise GitFailed(msg, code=child.returncode, said=said)


def has_pack(repository: Path, name: str) -> bool:
    """Whether the pack of this name can be read from the repository."""
    return (_packs(repository) / PACK.format(name)).with_suffix(".idx").is_file()


def add_pack(repository: Path, file: Path, name: str, *, limit_seconds: float = LIMIT_SECONDS) -> None:
    """Put a pack into a bare repository under a name of ours; the repository is made where there is none.

    git reads every object of it, by content, before it is put in place: one that is cut short, damaged or not
    self-contained is refused with GitFailed. `file` is moved and must lie on the same disk. Its folders may name
    objects that are not there: the real repositories have such holes, and whoever reads can live with them.
    """
    if not (repository / "HEAD").is_file():
        repository.mkdir(parents=True, exist_ok=True)
        run_git(None, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", repository)
    index = file.with_suffix(".idx")
    run_git(repository, "index-pack", "--no-rev-index", "-o", index, file, limit_seconds=limit_seconds)
    target = _packs(repository) / PACK.format(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    file.replace(target)
    index.replace(target.with_suffix(".idx"))  # last: git takes no notice of a pack without an index


def _packs(repository: Path) -> Path:
    return repository / "objects" / "pack"
