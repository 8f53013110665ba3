"""The content of a file in a snapshot, as the anchor rules see it. Paths are addresses (see projects/addresses.py)."""

from collections.abc import Hashable

from reviewhub.github.objects import Kind, Objects
from reviewhub.github.recent import Recent
from reviewhub.notebooks import (
    FileKind,
    NotebookRefused,
    Output,
    OutputKind,
    classify_file,
    decode_text,
    read_notebook,
)
from reviewhub.notebooks.files import HEAD
from reviewhub.notebooks.printed import apply_controls
from reviewhub.notebooks.saved_outputs import text_of
from reviewhub.projects.addresses import path_at
from reviewhub.reviews.places import Cell, Content, Notebook, Sealed, Text

LARGEST_FILE = 64 * 1024 * 1024
HASH_SHOWN = 12
LONGEST_CELL_ID = 64
"""Of nbformat; a longer one is no identity but something that was made to break readers."""
LINED = {FileKind.CODE, FileKind.MARKDOWN, FileKind.TEXT, FileKind.TABLE, FileKind.EMPTY}


def content_at(objects: Objects, tree: str, path: str) -> Content | None:
    """The content of the file at this address below a tree; None where there is no such file."""
    entry = objects.entry(tree, path_at(path))
    if entry is None or entry.kind is Kind.FOLDER or not path:
        return None
    if entry.kind is not Kind.FILE:
        return Sealed(blob=entry.oid)
    key = (objects.identity, entry.oid, entry.name)
    found = _contents.get(key)
    if found is None:
        raw = objects.blob(entry.oid, limit_bytes=LARGEST_FILE).content
        if raw is None:
            return Sealed(blob=entry.oid)
        found = _content_of(raw, entry.oid, name=entry.name)
        _contents.put(key, found)
    return found


_contents: Recent[tuple[Hashable, str, str], Content] = Recent(64)
"""Files that were read: the same id always holds the same bytes."""


def _content_of(raw: bytes, oid: str, *, name: str) -> Content:
    """A file's bytes as content. Lines are cut as the page shows them."""
    kind = classify_file(name, raw[:HEAD], len(raw))
    if kind is FileKind.NOTEBOOK:
        return _notebook_of(oid, raw)
    if kind not in LINED:
        return Sealed(blob=oid)
    text = _tidy(decode_text(raw)[0].removesuffix("\n"))
    return Text(blob=oid, lines=tuple(text.split("\n")))


def _notebook_of(oid: str, raw: bytes) -> Content:
    try:
        notebook = read_notebook(raw)
    except NotebookRefused:
        return Sealed(blob=oid)
    cells = tuple(
        Cell(
            cell_id=cell.cell_id if len(cell.cell_id) <= LONGEST_CELL_ID and cell.cell_id.isprintable() else "",
            kind=cell.kind.value,
            source=_tidy(cell.source),
            outputs=tuple(_tidy(signature_of(output)) for output in cell.outputs),
        )
        for cell in notebook.cells
    )
    return Notebook(blob=oid, cells=cells)


def _tidy(text: str) -> str:
    """Plain line ends, and a visible sign for NUL: what is quoted from here must be text that every database keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "␀")


def signature_of(output: Output) -> str:
    """What makes an output the same output: its text, or its text form and the hash of what else it holds."""
    if output.kind is OutputKind.STREAM:
        return apply_controls("".join(part.text for part in output.parts)).rstrip()
    if output.kind is OutputKind.ERROR:
        return output.text.rstrip()
    plain = text_of(output.media.get("text/plain")).strip()
    others = sorted(kind for kind in output.media if kind != "text/plain")
    if not others:
        return plain
    return f"{plain}\n[{', '.join(others)} {output.output_hash[:HASH_SHOWN]}]".strip()
