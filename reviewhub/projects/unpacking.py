"""Reading frozen versions wherever they are: from the mirror, else from their packs in the object store.

Packs are unpacked into one bare repository per project in the data folder (`versions/`), which is only a memory: it is
bounded, the projects that were read longest ago give way, and all of it can be deleted at any time.
"""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import obstore
import structlog
from obstore.exceptions import BaseError
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.config import Settings
from reviewhub.courses.tables import Course
from reviewhub.errors import OutsideFailed
from reviewhub.github.objects import Objects
from reviewhub.github.packs import add_pack, has_pack
from reviewhub.github.spares import SparedObjects
from reviewhub.projects.lookup import mirror_path
from reviewhub.projects.packing import pack_path
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.storage.objects import shared_object_store

MEMORY_BYTES = 4 << 30
ABANDONED_SECONDS = 3600
UNREADABLE = "The files of this version cannot be read at this moment; nothing is lost. Please try again in a minute."

log = structlog.get_logger()
_one_at_a_time = threading.Lock()


def objects_of_versions(settings: Settings, course: Course, snapshots: Iterable[Snapshot]) -> Objects:
    """A reader of these snapshots of one project (and, where the mirror is there, of everything else in it).

    OutsideFailed where there is neither a mirror nor a pack that can be read.
    """
    mirror = mirror_path(settings.mirrors, course)
    packs = {one.pack: one.project_id for one in snapshots if one.pack is not None}
    if not packs:
        return Objects(mirror)
    if (mirror / "HEAD").is_file():
        return SparedObjects(mirror, partial(_spare, settings, packs))
    try:
        return Objects(unpack_versions(settings, packs))
    except (OutsideFailed, BaseError, OSError) as fault:
        log.exception("version cannot be unpacked")
        raise OutsideFailed(UNREADABLE) from fault


def objects_of_project(session: Session, settings: Settings, course: Course, project: Project) -> Objects:
    """A reader of every version of the project."""
    return objects_of_versions(
        settings, course, session.scalars(select(Snapshot).where(Snapshot.project_id == project.id))
    )


def unpack_versions(settings: Settings, packs: dict[str, str]) -> Path:
    """Make the packs (SHA-256 → project id, all of one project) readable and return the repository they are in."""
    project_id = next(iter(packs.values()))
    place = settings.versions / f"{project_id}.git"
    absent = [sha256 for sha256 in packs if not has_pack(place, sha256)]
    if absent:
        with _one_at_a_time:
            for sha256 in absent:
                if not has_pack(place, sha256):
                    _unpack(settings, sha256, place)
            forget_versions(settings.versions, keep=place)
    with suppress(FileNotFoundError):
        os.utime(place)
    return place


def forget_versions(folder: Path, *, keep: Path, most_bytes: int = MEMORY_BYTES) -> None:
    """Delete the unpacked projects that were read longest ago until the rest fits, and what killed programs left."""
    for left in folder.glob("fetching-*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    found = sorted(folder.glob("*.git"), key=lambda place: place.stat().st_mtime, reverse=True)
    held = 0
    for place in sorted(found, key=lambda place: place.name != keep.name):
        held += sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        if held > most_bytes and place.name != keep.name:
            shutil.rmtree(place, ignore_errors=True)


def _spare(settings: Settings, packs: dict[str, str]) -> Path | None:
    """The unpacked versions beside a mirror that lacks something; without them the gap is shown as one."""
    try:
        return unpack_versions(settings, packs)
    except (OutsideFailed, BaseError, OSError):
        log.exception("version cannot be unpacked")
        return None


def _unpack(settings: Settings, sha256: str, place: Path) -> None:
    """Fetch a pack, and put it into the repository if it is what its row says."""
    settings.versions.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fetching-", dir=settings.versions) as folder:
        file = Path(folder) / "version.pack"
        digest = hashlib.sha256()
        with file.open("wb") as out:
            for piece in obstore.get(shared_object_store(settings.files.objects), pack_path(sha256)).stream():
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != sha256:
            msg = f"The pack {sha256[:12]} in the object store is not what was written."
            raise OutsideFailed(msg)
        add_pack(place, file, sha256)
