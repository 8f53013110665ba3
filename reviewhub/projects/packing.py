"""Writing every frozen version to the object store: one self-contained pack, and a list of what it holds and lacks.

Level-triggered and idempotent: a snapshot without a pack is due. The objects are written first and the row after, so a
worker that dies in between leaves nothing but an object nobody names. Both objects are named by their own SHA-256:
whoever writes the same version again, or at the same time, never spoils what a row names already.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore
from sqlalchemy import select, update
from sqlalchemy.orm import Session, contains_eager

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.config import Settings
from reviewhub.courses.facts import course_facts
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.github.objects import Entry, Kind, Objects
from reviewhub.github.packs import Needed, needed_objects, write_pack
from reviewhub.notebooks import FileKind, classify_file
from reviewhub.projects.addresses import shown
from reviewhub.projects.lookup import mirror_path, objects_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.storage import Database
from reviewhub.storage.objects import shared_object_store

FORMAT = 1
ABANDONED_SECONDS = 3600
LARGEST_POINTER = 1024
MODES = {Kind.LINK: "120000", Kind.SUBMODULE: "160000", Kind.FOLDER: "040000"}


@dataclass(frozen=True, kw_only=True)
class WrittenPack:
    """A pack in the object store: SHA-256 and size in bytes, and the SHA-256 of its list."""

    sha256: str
    size: int
    manifest: str


def pack_path(sha256: str) -> str:
    """Where a pack lies in the object store."""
    return f"packs/{sha256[:2]}/{sha256}.pack"


def manifest_path(sha256: str) -> str:
    """Where the list of a pack lies in the object store."""
    return f"packs/{sha256[:2]}/{sha256}.json"


def fault_of_pack(store: ObjectStore, sha256: str, size: int, *, thorough: bool) -> str:
    """What is wrong with a pack in the object store, as the rest of a sentence; "" where nothing is.

    Looks at its size only; `thorough` reads all of it.
    """
    try:
        found = obstore.head(store, pack_path(sha256))["size"]
        if found != size:
            return f"has {found} bytes instead of {size}."
        if not thorough:
            return ""
        digest = hashlib.sha256()
        for piece in obstore.get(store, pack_path(sha256)).stream():
            digest.update(piece)
    except (NotFoundError, FileNotFoundError):
        return "is gone from the object store."
    return "" if digest.hexdigest() == sha256 else "is not what was written."


def snapshots_to_pack(session: Session) -> list[str]:
    """The ids of the snapshots whose pack is not written yet, the oldest first."""
    return list(session.scalars(select(Snapshot.id).where(Snapshot.pack.is_(None)).order_by(Snapshot.frozen_at)))


def pack_version(
    database: Database, settings: Settings, *, actor: Actor, now: datetime, snapshot_id: str
) -> WrittenPack | None:
    """Write the pack of a snapshot and name it in its row; None where that is done already.

    Opens its own transactions, because a large version takes minutes. GitFailed where the mirror has lost the commit.
    """
    with database.reading() as session:
        snapshot, project, course = _find(session, snapshot_id)
        require(Action.FREEZE_VERSION, course_facts(session, actor, now, course=course.slug))
    if snapshot.pack is not None:
        return None
    with _workshop(settings, snapshot_id) as folder:
        written, lacks = _write(settings, snapshot, project, course, folder / "version.pack")
    with database.writing() as session:
        named = session.execute(
            update(Snapshot)
            .where(Snapshot.id == snapshot_id, Snapshot.pack.is_(None))
            .values(pack=written.sha256, pack_size=written.size, manifest=written.manifest)
        )
        if not named.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
            return None
        record_event(
            session,
            actor=actor,
            now=now,
            action=f"packed version {snapshot.version}",
            course_id=course.id,
            subject=snapshot,
            after={"project": project.key, "pack": written.sha256, "bytes": written.size, "missing": lacks},
        )
    return written


def _find(session: Session, snapshot_id: str) -> tuple[Snapshot, Project, Course]:
    found = session.execute(
        select(Snapshot, Project, Course)
        .join(Project, Project.id == Snapshot.project_id)
        .join(Course, Course.id == Project.course_id)
        .where(Snapshot.id == snapshot_id)
        .options(contains_eager(Snapshot.project))
    ).first()
    if found is None:
        msg = "There is no such frozen version."
        raise NotFound(msg)
    return found[0], found[1], found[2]


def _write(
    settings: Settings, snapshot: Snapshot, project: Project, course: Course, file: Path
) -> tuple[WrittenPack, int]:
    objects = objects_of(settings.mirrors, course)
    wanted = needed_objects(objects, commit=snapshot.commit, folder=snapshot.folder, tree=snapshot.tree)
    held = write_pack(mirror_path(settings.mirrors, course), wanted, file)
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    size = file.stat().st_size
    files, missing = describe_files(objects, snapshot.tree, held)
    manifest = {
        "format": FORMAT,
        "course": course.slug,
        "project": project.key,
        "version": snapshot.version,
        "sequence": snapshot.sequence,
        "snapshot": snapshot.id,
        "commit": snapshot.commit,
        "tree": snapshot.tree,
        "folder": shown(snapshot.folder),
        "pack": {"sha256": sha256, "size": size, "objects": len(held.oids)},
        "files": files,
        "missing": missing,
    }
    listed = json.dumps(manifest, indent=1, sort_keys=True).encode("ascii")
    named = hashlib.sha256(listed).hexdigest()
    store = shared_object_store(settings.files.objects)
    obstore.put(store, pack_path(sha256), file)
    obstore.put(store, manifest_path(named), listed, use_multipart=False)
    return WrittenPack(sha256=sha256, size=size, manifest=named), len(missing)


def describe_files(objects: Objects, tree: str, held: Needed) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a version has (path, mode, size, git's id, SHA-256), and what it lacks, each with the reason."""
    listing = objects.listing(tree)
    files: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for entry in listing.entries:
        named = {**_path(entry.path), "mode": _mode(entry), "id": entry.oid}
        why = _why_missing(entry, held)
        if why:
            missing.append({**named, "why": why})
            continue
        files.append({**named, "size": entry.size, "sha256": _sha256(objects, entry.oid)})
        pointer = _lfs_pointer(objects, entry)
        if pointer:
            missing.append({**named, "why": f"only a Git LFS pointer was pushed: {pointer}"})
    folder_mode = MODES[Kind.FOLDER]
    missing += [{**_path(path), "mode": folder_mode, "why": "this folder cannot be read"} for path in listing.unread]
    if listing.cut_off:
        missing.append({"path": "", "why": "too many files to list them all; the pack holds the others as well"})
    return files, missing


def _lfs_pointer(objects: Objects, entry: Entry) -> str:
    """What a Git LFS pointer points to, in its own words; "" for every other file."""
    content = objects.blob(entry.oid, limit_bytes=LARGEST_POINTER).content if entry.kind is Kind.FILE else None
    if content is None or classify_file(entry.name, content, len(content)) is not FileKind.LFS_POINTER:
        return ""
    return ", ".join(shown(line) for line in content.decode("utf-8", "replace").splitlines()[1:])


def _why_missing(entry: Entry, held: Needed) -> str:
    if entry.kind is Kind.SUBMODULE:
        return f"a submodule: commit {entry.oid} of another repository, which is not followed"
    return held.left_out.get(entry.oid, "missing in the repository" if entry.missing else "")


def _mode(entry: Entry) -> str:
    return MODES.get(entry.kind, "100755" if entry.executable else "100644")


def _path(path: str) -> dict[str, str]:
    """A path as text, and its very bytes beside it where the text is not the path itself."""
    text = shown(path)
    return {"path": text} if text == path else {"path": text, "bytes": path.encode("utf-8", "surrogateescape").hex()}


def _sha256(objects: Objects, oid: str) -> str:
    digest = hashlib.sha256()
    for piece in objects.pieces(oid):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _workshop(settings: Settings, snapshot_id: str) -> Iterator[Path]:
    """A folder to work in; what a killed worker left in another one is removed once it is an hour old."""
    place = settings.files.data / "packing"
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(mkdtemp(prefix=f"{snapshot_id}-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
