"""Reading the files of a frozen version: its folders with sizes, and one file in the form its kind asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.github.histories import changed_in
from reviewhub.github.objects import Entry, Kind, Listing, Objects, Problem
from reviewhub.notebooks import (
    ContentStore,
    FileKind,
    LinkMaker,
    NotebookRefused,
    RenderCache,
    RenderedCode,
    RenderedNotebook,
    classify_file,
    decode_text,
    render_code,
    render_markdown,
    render_notebook,
    why_not_shown,
)
from reviewhub.notebooks.images import image_type
from reviewhub.projects.addresses import address_of, shown
from reviewhub.projects.arrivals import arrivals_on
from reviewhub.projects.facts import names_are_hidden, project_facts
from reviewhub.projects.lookup import NO_PROJECT, find_project, find_snapshot, objects_of
from reviewhub.projects.moves import moves_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.projects.unpacking import objects_of_versions

LARGEST_SHOWN = 64 << 20
INFO_FILES = frozenset({"info.json", "info.yaml", "info.yml"})
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

    `hides_names`: files that name the developers are left out, and nothing tells who wrote what.
    """

    course: Course
    project: Project
    snapshot: Snapshot | LatestPush
    objects: Objects
    hides_names: bool

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


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """One file in the form it is shown; exactly one of notebook, code, html and picture, or `why` nothing is shown."""

    name: str
    address: str
    kind: str
    size: int | None
    blob: str
    notebook: RenderedNotebook | None = None
    code: RenderedCode | None = None
    html: str = ""
    picture: str = ""
    """The hash under which the picture is kept."""
    why: str = ""
    can_download: bool = True


def open_version(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, version: int, settings: Settings
) -> OpenVersion:
    """Open a version for reading, frozen or latest; NotFound where there is none, or the reader may not know of it."""
    if version not in READS:
        raise NotFound(NO_PROJECT)
    facts = project_facts(session, actor, now, course=course, key=key)
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
    snapshot = find_snapshot(session, project, version)
    if snapshot is None:
        raise NotFound(NO_PROJECT)
    return OpenVersion(
        course=row,
        project=project,
        snapshot=snapshot,
        objects=objects_of_versions(settings, row, [snapshot]),
        hides_names=names_are_hidden(row, facts),
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
        if unread.startswith(prefix) and "/" not in unread[len(prefix) :]:
            sizes.setdefault(unread[len(prefix) :], 0)
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


def read_shown_file(
    version: OpenVersion, path: str, *, cache: RenderCache, link: LinkMaker, as_source: bool = False
) -> ShownFile:
    """One file in the form its kind asks for. Whatever cannot be shown says why, and nothing raises but NotFound."""
    entry = find_entry(version, path)
    file = ShownFile(name=shown(path), address=address_of(path), kind=str(entry.kind), size=entry.size, blob=entry.oid)
    if entry.kind is Kind.SUBMODULE:
        why = f"This is a submodule: commit {entry.oid[:7]} of another repository, which is not followed."
        return replace(file, why=why, can_download=False)
    blob = version.objects.blob(entry.oid, limit_bytes=LARGEST_SHOWN)
    if blob.content is None:
        return replace(file, why=_why_unreadable(blob.problem), can_download=blob.problem is Problem.TOO_LARGE)
    if entry.kind is Kind.LINK:
        target = shown(blob.content[:500].decode("utf-8", "surrogateescape"))
        return replace(file, why=f"This is a link to {target}, which is not followed.")
    return _shown(file, path, blob.content, cache=cache, link=link, as_source=as_source)


def _shown(
    file: ShownFile, path: str, content: bytes, *, cache: RenderCache, link: LinkMaker, as_source: bool
) -> ShownFile:
    name = path.rpartition("/")[2]
    kind = classify_file(name, content[:8192], len(content))
    file = replace(file, kind=str(kind))
    if kind is FileKind.NOTEBOOK and not as_source:
        try:
            book = render_notebook(content, cache=cache, blob_id=file.blob, link=link)
        except NotebookRefused as refused:
            return replace(file, why=refused.message)
        return replace(file, notebook=book)
    if kind is FileKind.IMAGE:
        kept = cache.content.put(content, image_type(content[:8192]) or "application/octet-stream")
        return replace(file, picture=kept.sha256)
    why = why_not_shown(kind, len(content))
    if why:
        return replace(file, why=why)
    text, notice = decode_text(content)
    if kind is FileKind.MARKDOWN and not as_source:
        return replace(file, html=render_markdown(text, link=link))
    code = render_code(text, name=name)
    return replace(file, code=RenderedCode(lines=code.lines, language=code.language, notice=code.notice or notice))


def _why_unreadable(problem: Problem | None) -> str:
    if problem is Problem.TOO_LARGE:
        return "This file is too large to be shown; it can be downloaded."
    if problem is Problem.DAMAGED:
        return "This file is damaged in the repository, so it cannot be read."
    return "This file is missing in the shared repository, so there is nothing to show."


def readme_of(rows: Iterable[FolderRow]) -> FolderRow | None:
    """The README among the rows of a folder."""
    return next((row for row in rows if row.kind == "file" and row.name.lower().startswith("readme.")), None)


@lru_cache(maxsize=4)
def render_cache(objects: str) -> RenderCache:
    """The one memory of rendered cells for an object store (`settings.files.objects`) in this program."""
    return RenderCache(ContentStore.at(objects))
