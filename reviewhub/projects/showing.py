"""One file of a frozen version, in the form its kind asks for."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from reviewhub.config import Settings
from reviewhub.github.objects import Entry, Kind, Problem
from reviewhub.notebooks import (
    ContentStore,
    FileKind,
    Inside,
    LinkMaker,
    NotebookRefused,
    RenderCache,
    RenderedCode,
    RenderedNotebook,
    RenderedTable,
    classify_file,
    decode_text,
    look_inside,
    render_code,
    render_document,
    render_table,
    unfold_json,
    why_not_shown,
)
from reviewhub.notebooks.content_origin import PDF
from reviewhub.notebooks.files import HEAD, LARGEST_TEXT
from reviewhub.notebooks.images import image_type, is_too_many_pixels
from reviewhub.notebooks.media import media_type
from reviewhub.notebooks.preparations import Preparation
from reviewhub.projects.addresses import address_of, shown
from reviewhub.projects.preparing import NotebookSource, Workshop, notebook_or_wait
from reviewhub.projects.reading import LARGEST_SHOWN, OpenVersion, find_entry
from reviewhub.storage import Database

LONGEST_TARGET = 500
_KEPT = frozenset({FileKind.IMAGE, FileKind.SOUND, FileKind.VIDEO, FileKind.PDF})


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture file: its address, what it is ("PNG"), and its pixels where the file tells."""

    address: str
    words: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """One file in the form it is shown: one of the forms below, or `why` nothing is shown."""

    name: str
    address: str
    kind: str
    size: int | None
    blob: str
    notebook: RenderedNotebook | None = None
    waiting: Preparation | None = None
    """How far the worker is with the notebook."""
    code: RenderedCode | None = None
    """The lines of the file as they are: a place on them is a place in the file."""
    html: str = ""
    table: RenderedTable | None = None
    unfolded: RenderedCode | None = None
    """JSON put into lines; the lines are not the file's own."""
    picture: Picture | None = None
    played: str = ""
    """The address of a sound or video."""
    pdf: str = ""
    """The address of a PDF on the second origin."""
    inside: Inside | None = None
    """What an array or archive says of itself."""
    why: str = ""
    target: str = ""
    """The address of what a link leads to, where the version has it."""
    can_download: bool = True
    has_source: bool = False
    """Whether it is shown in another form than its text."""


def read_shown_file(
    version: OpenVersion, path: str, *, workshop: Workshop, link: LinkMaker, as_source: bool = False
) -> ShownFile:
    """One file in the form its kind asks for. Whatever cannot be shown says why, and nothing raises but NotFound."""
    entry = find_entry(version, path)
    file = ShownFile(name=shown(path), address=address_of(path), kind=str(entry.kind), size=entry.size, blob=entry.oid)
    if entry.kind is Kind.SUBMODULE:
        why = f"This is a submodule: commit {entry.oid[:7]} of another repository, which is not followed."
        return replace(file, why=why, can_download=False)
    source = None if as_source else notebook_source(version, entry)
    if source is not None:
        return _notebook(file, source, workshop=workshop, link=link)
    blob = version.objects.blob(entry.oid, limit_bytes=LARGEST_SHOWN)
    if blob.content is None:
        why = _why_unreadable(blob.problem, name=path, size=entry.size)
        return replace(file, why=why, can_download=blob.problem is Problem.TOO_LARGE)
    if entry.kind is Kind.LINK:
        return _link(file, blob.content, link)
    return _shown(file, path, blob.content, cache=workshop.cache, link=link, as_source=as_source)


def _link(file: ShownFile, content: bytes, link: LinkMaker) -> ShownFile:
    target = content[:LONGEST_TARGET].decode("utf-8", "surrogateescape")
    inside = "" if target.startswith("/") else link.file(quote(target, errors="surrogateescape")) or ""
    return replace(file, why=f"This is a link to {shown(target)}, which is not followed.", target=inside)


def _shown(
    file: ShownFile, path: str, content: bytes, *, cache: RenderCache, link: LinkMaker, as_source: bool
) -> ShownFile:
    name = path.rpartition("/")[2]
    kind = classify_file(name, content[:HEAD], len(content))
    file = replace(file, kind=str(kind))
    if kind in _KEPT:
        kept = _kept(file, kind, content, cache=cache, link=link)
        is_drawn = kept.picture is not None and kept.picture.words == "SVG"
        if not (is_drawn and as_source):
            return replace(kept, has_source=is_drawn)
    why = why_not_shown(kind, name=name, size=len(content), head=content[:HEAD])
    if why:
        return replace(file, why=why, inside=look_inside(content) if kind is FileKind.BINARY else None)
    text, notice = decode_text(content)
    if not as_source and (other := _other_form(file, kind, text, notice, link=link)):
        return replace(other, has_source=len(content) <= LARGEST_TEXT)
    if len(content) > LARGEST_TEXT:
        return replace(file, why=why_not_shown(FileKind.TOO_LARGE, name=name, size=len(content)))
    return replace(file, code=_code(text, name, notice))


def notebook_source(version: OpenVersion, entry: Entry) -> NotebookSource | None:
    """Where the notebook at this entry comes from; None for what is none by its name. Its bytes are not read here."""
    is_named_so = entry.kind is Kind.FILE and not entry.missing and entry.path.lower().endswith(".ipynb")
    if not is_named_so or not entry.size:
        return None

    def read() -> bytes:
        blob = version.objects.blob(entry.oid, limit_bytes=LARGEST_SHOWN)
        if blob.content is None:
            raise NotebookRefused(_why_unreadable(blob.problem, name=entry.path, size=entry.size))
        return blob.content

    before = version.objects.entry(version.earlier.tree, entry.path) if version.earlier else None
    return NotebookSource(
        project_id=version.project.id,
        blob_id=version.kept_id(entry.oid),
        size=entry.size,
        read=read,
        earlier_blob_id=version.kept_id(before.oid) if before else "",
    )


def _notebook(file: ShownFile, source: NotebookSource, *, workshop: Workshop, link: LinkMaker) -> ShownFile:
    file = replace(file, kind=str(FileKind.NOTEBOOK))
    try:
        made = notebook_or_wait(workshop, source, link=link)
    except NotebookRefused as refused:
        return replace(file, why=refused.message)
    if isinstance(made, Preparation):
        return replace(file, waiting=made)
    return replace(file, notebook=made, has_source=True)


def _kept(file: ShownFile, kind: FileKind, content: bytes, *, cache: RenderCache, link: LinkMaker) -> ShownFile:
    """Pictures, sounds, videos and PDF: kept by their hash, and shown by the browser itself."""
    if kind is FileKind.PDF:
        return replace(file, pdf=link.run(cache.content.put(content, PDF)) or "")
    if kind is not FileKind.IMAGE:
        played = media_type(content[:HEAD]) or "application/octet-stream"
        return replace(file, played=link.content(cache.content.put(content, played)) or "")
    kept = cache.content.put(content, image_type(content[:HEAD]) or "application/octet-stream")
    if is_too_many_pixels(kept.width, kept.height):
        pixels = f"{kept.width:,} × {kept.height:,} pixels"
        return replace(file, why=f"This picture has {pixels}, too many to be shown; it can be downloaded.")
    words = kept.media_type.removeprefix("image/").removesuffix("+xml").upper()
    picture = Picture(address=link.content(kept) or "", words=words, width=kept.width, height=kept.height)
    return replace(file, picture=picture)


def _other_form(file: ShownFile, kind: FileKind, text: str, notice: str, *, link: LinkMaker) -> ShownFile | None:
    """The form of a text that is not read as its lines best; None for most."""
    if kind is FileKind.MARKDOWN:
        return replace(file, html=render_document(text, link=link))
    if kind is FileKind.TABLE:
        table = render_table(text, name=file.name)
        return replace(file, table=table) if table else None
    if file.name.lower().endswith(".json") and (unfolded := unfold_json(text)) is not None:
        return replace(file, unfolded=_code(unfolded, file.name, notice))
    return None


def _code(text: str, name: str, notice: str) -> RenderedCode:
    code = render_code(text, name=name)
    return replace(code, notice=code.notice or notice)


def _why_unreadable(problem: Problem | None, *, name: str, size: int | None) -> str:
    if problem is Problem.TOO_LARGE:
        return why_not_shown(FileKind.TOO_LARGE, name=name, size=size or 0)
    if problem is Problem.DAMAGED:
        return "This file is damaged in the repository, so it cannot be read."
    return "This file is missing in the shared repository, so there is nothing to show."


@lru_cache(maxsize=4)
def render_cache(objects: str) -> RenderCache:
    """The one memory of rendered cells for an object store (`settings.files.objects`) in this program."""
    return RenderCache(ContentStore.at(objects))


def workshop_of(settings: Settings, database: Database) -> Workshop:
    """Where a page of this installation asks for notebooks."""
    return Workshop(settings=settings, database=database, cache=render_cache(settings.files.objects))
