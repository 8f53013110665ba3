"""Reading the files of a frozen version: who may open it, what stands where, and its folders with sizes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, Facts, require
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.github.histories import changed_in
from reviewhub.github.objects import Entry, Kind, Listing, Objects
from reviewhub.projects.addresses import address_of, shown
from reviewhub.projects.arrivals import arrivals_on
from reviewhub.projects.facts import names_are_hidden, project_facts
from reviewhub.projects.known_names import INFO_FILES, masked_for
from reviewhub.projects.lookup import NO_PROJECT, current_snapshot, find_project, objects_of, snapshots_by_project
from reviewhub.projects.masked_objects import MaskedObjects, mask_behind
from reviewhub.projects.masking import Mask
from reviewhub.projects.moves import moves_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.projects.unpacking import objects_of_versions

LARGEST_SHOWN = 64 << 20
POINTER_BYTES = 1024
POINTER = "Git LFS pointer: the file itself was not pushed"
HUGE = "too large to be shown"
NO_FILE = "There is no such file in this version of the project."
LATEST = 0
"""Stands for a version's number where the latest push is read."""
READS = {LATEST: Action.READ_PUSHES, 1: Action.READ_VERSION_1, 2: Action.READ_VERSION_2}


@dataclass(frozen=True, kw_only=True)
class LatestPush:
    """The last state received on a project's place, where a frozen version would have its snapshot."""

    commit: str
    tree: str
    folder: str
    due_at: datetime
    """When it was received."""
    version: int = LATEST


@dataclass(frozen=True, kw_only=True)
class OpenVersion:
    """A frozen version, or the latest push, that the reader may read.

    `hides_names`: files that name the developers are left out, nothing tells who wrote what, and `objects` are masked.
    """

    course: Course
    project: Project
    snapshot: Snapshot | LatestPush
    objects: Objects
    hides_names: bool
    earlier: Snapshot | None = None
    """The version frozen before this one."""

    def __post_init__(self) -> None:
        """Nobody from whom names are hidden reads files as they are."""
        if self.hides_names and not isinstance(self.objects, MaskedObjects):
            msg = "names are hidden from this reader, so the objects must be masked"
            raise TypeError(msg)

    @property
    def mask(self) -> Mask | None:
        """What hides the developers' names from this reader; None where nothing does."""
        return mask_behind(self.objects)

    def kept_id(self, oid: str) -> str:
        """The id under which what was made of a file is kept: made of a masked file, it is another thing."""
        return f"{oid}-{self.mask.digest}" if self.mask else oid

    @property
    def name(self) -> str:
        """What the version is called in file names: "AWGAN-version-1"."""
        return f"{self.project.key}-{self.title.lower().replace(' ', '-')}"

    @property
    def title(self) -> str:
        """What it is called on pages."""
        return f"Version {self.snapshot.version}" if self.snapshot.version else "Latest push"

    def whole_path(self, path: str) -> str:
        """Where a path of the version stands in the repository."""
        return "/".join(filter(None, (self.snapshot.folder, path)))

    def listing(self) -> Listing:
        """Every file the reader may see, with sizes."""
        whole = self.objects.listing(self.snapshot.tree)
        if not self.hides_names:
            return whole
        seen = tuple(entry for entry in whole.entries if not names_developers(entry.path))
        return Listing(entries=seen, cut_off=whole.cut_off, unread=whole.unread)


@dataclass(frozen=True, kw_only=True)
class FolderRow:
    """One name in a folder, as it is shown: `size` in bytes (of all files in a folder), `note` what is special."""

    name: str
    address: str
    kind: str
    size: int | None
    note: str = ""
    changed_at: datetime | None = None
    """When a commit last changed it, by the commit's own account."""


def open_version(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    version: int,
    settings: Settings,
    facts: Facts | None = None,
) -> OpenVersion:
    """Open a version for reading, frozen or latest; NotFound where there is none, or the reader may not know of it.

    `facts` are the actor's at the project, for a caller who has just loaded them.
    """
    if version not in READS:
        raise NotFound(NO_PROJECT)
    facts = facts or project_facts(session, actor, now, course=course, key=key)
    require(READS[version], facts)
    row = find_course(session, course)
    project = find_project(session, row, key)
    if version == LATEST:
        objects = objects_of(settings.mirrors, row)
        arrivals = arrivals_on(objects, moves_of(session, row), project)
        if not arrivals:
            raise NotFound(NO_PROJECT)
        last = arrivals[-1]
        latest = LatestPush(commit=last.commit, tree=last.tree, folder=project.folder, due_at=last.receipt.received_by)
        return OpenVersion(course=row, project=project, snapshot=latest, objects=objects, hides_names=False)
    snapshots = snapshots_by_project(session, [project.id]).get(project.id, [])
    snapshot = current_snapshot(snapshots, version)
    if snapshot is None:
        raise NotFound(NO_PROJECT)
    earlier = current_snapshot(snapshots, version - 1)
    objects = objects_of_versions(settings, row, [snapshot, earlier] if earlier else [snapshot])
    return OpenVersion(
        course=row,
        project=project,
        snapshot=snapshot,
        objects=masked_for(session, row, project, objects, facts),
        hides_names=names_are_hidden(row, facts),
        earlier=earlier,
    )


def find_entry(version: OpenVersion, path: str) -> Entry:
    """What stands at `path` of the version; NotFound where nothing does, or where it would name the developers."""
    entry = version.objects.entry(version.snapshot.tree, path)
    if entry is None or (version.hides_names and names_developers(path)):
        raise NotFound(NO_FILE)
    return version.objects.with_sizes([entry])[0]


def names_developers(path: str) -> bool:
    """Whether a file is one that names the developers: an info file."""
    return PurePosixPath(path).name.lower() in INFO_FILES


def read_folder(version: OpenVersion, folder: str) -> list[FolderRow]:
    """The names directly in a folder: folders first, each with the size of all its files."""
    prefix = f"{folder}/" if folder else ""
    sizes: dict[str, int] = {}
    counts: dict[str, int] = {}
    files: list[tuple[str, FolderRow]] = []
    files_here: list[Entry] = []
    listing = version.listing()
    for entry in listing.entries:
        if not entry.path.startswith(prefix):
            continue
        name, slash, _ = entry.path[len(prefix) :].partition("/")
        if slash:
            sizes[name] = sizes.get(name, 0) + (entry.size or 0)
            counts[name] = counts.get(name, 0) + 1
        else:
            files.append((prefix + name, _row(prefix + name, entry)))
            files_here.append(entry)
    for unread in listing.unread:
        name = unread[len(prefix) :] if unread.startswith(prefix) else ""
        if name and "/" not in name:
            sizes.setdefault(name, 0)
    folders = [_folder_row(prefix + name, sizes[name], counts.get(name, 0)) for name in sorted(sizes)]
    pointers = _lfs_pointers(version.objects, files_here)
    changed = changed_in(version.objects, version.snapshot.commit, version.whole_path(folder))
    rows = [replace(row, note=POINTER) if path in pointers else row for path, row in files]
    names = [*sorted(sizes), *(path.rpartition("/")[2] for path, _ in files)]
    return [replace(row, changed_at=changed.get(name)) for name, row in zip(names, [*folders, *rows], strict=True)]


def _lfs_pointers(objects: Objects, entries: Iterable[Entry]) -> set[str]:
    """The paths of files that are only Git LFS pointers."""
    small = {one.oid: one.path for one in entries if one.kind is Kind.FILE and 0 < (one.size or 0) < POINTER_BYTES}
    pointers = {
        blob.oid
        for blob in objects.blobs(small, limit_bytes=POINTER_BYTES)
        if blob.content is not None and blob.content.startswith(b"version https://git-lfs")
    }
    return {one.path for one in entries if one.oid in pointers}


def _folder_row(path: str, size: int, count: int) -> FolderRow:
    note = f"{count} file{'' if count == 1 else 's'}" if count else "cannot be read"
    name = shown(path.rpartition("/")[2])
    return FolderRow(name=name, address=address_of(path), kind="folder", size=size, note=note)


def _row(path: str, entry: Entry) -> FolderRow:
    kind = "notebook" if entry.kind is Kind.FILE and path.lower().endswith(".ipynb") else str(entry.kind)
    notes = {Kind.LINK: "link", Kind.SUBMODULE: f"submodule at {entry.oid[:7]}"}
    is_huge = (entry.size or 0) > LARGEST_SHOWN
    note = "missing in the repository" if entry.missing else notes.get(entry.kind, HUGE if is_huge else "")
    return FolderRow(
        name=shown(path.rpartition("/")[2]), address=address_of(path), kind=kind, size=entry.size, note=note
    )


def readme_of(rows: Iterable[FolderRow]) -> FolderRow | None:
    """The README among the rows of a folder."""
    return next((row for row in rows if row.kind == "file" and row.name.lower().startswith("readme.")), None)
