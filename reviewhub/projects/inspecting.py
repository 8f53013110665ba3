"""Run the checks over a folder of the mirror; remembered by the tree's id, because what it stands for never changes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reviewhub.github.objects import Entry, Kind, Objects
from reviewhub.github.recent import Recent
from reviewhub.notebooks import CellKind, NotebookRefused, NoticeKind, OutputKind, decode_text, read_notebook
from reviewhub.projects.addresses import shown
from reviewhub.projects.checks import Check, CheckedBook, CheckedFile, Folder, check_folder, check_own_folder

MOST_BOOKS = 30
MOST_TEXTS = 300
BOOK_BYTES = 32 << 20
TEXT_BYTES = 1 << 20
_REQUIREMENTS = ("requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "environment.yml", "environment.yaml")
_RUNNING = frozenset({NoticeKind.ORDER, NoticeKind.NOT_RUN, NoticeKind.NO_OUTPUTS})


def inspect_tree(objects: Objects, tree: str, *, limit_mb: int, foreign: Sequence[str] = ()) -> tuple[Check, ...]:
    """Every check of a project's folder as it stands in this tree; `foreign` is what its push did elsewhere."""
    key = (objects.repository, f"{tree} {limit_mb}")
    found = _checks.get(key)
    if found is None:
        folder = _read(objects, tree)
        found = check_folder(folder, limit_mb=limit_mb)
        if not folder.unread and not any(file.missing for file in folder.files):
            _checks.put(key, found, weight=1 + len(found))
    return (*found, *check_own_folder(foreign))


def _read(objects: Objects, tree: str) -> Folder:
    listing = objects.listing(tree)
    entries = listing.entries
    present = [entry for entry in entries if entry.kind is Kind.FILE and not entry.missing]
    books = [entry for entry in present if entry.path.lower().endswith(".ipynb")][:MOST_BOOKS]
    return Folder(
        files=tuple(_file(entry) for entry in entries),
        books=tuple(_book(objects, entry) for entry in books),
        texts=_texts(objects, (entry for entry in present if entry.path.lower().endswith((".md", ".markdown")))),
        unread=tuple(shown(path) for path in listing.unread),
        is_cut=listing.cut_off,
        sources=_texts(objects, (entry for entry in present if entry.path.endswith(".py"))),
        requirements="\n".join(
            _texts(objects, (entry for entry in present if entry.name.lower() in _REQUIREMENTS)).values()
        ),
    )


def _file(entry: Entry) -> CheckedFile:
    return CheckedFile(path=shown(entry.path), kind=str(entry.kind), size=entry.size, missing=entry.missing)


def _texts(objects: Objects, entries: Iterable[Entry]) -> dict[str, str]:
    wanted = list(entries)[:MOST_TEXTS]
    contents = {blob.oid: blob.content for blob in objects.blobs((one.oid for one in wanted), limit_bytes=TEXT_BYTES)}
    return {shown(one.path): decode_text(content)[0] for one in wanted if (content := contents[one.oid]) is not None}


def _book(objects: Objects, entry: Entry) -> CheckedBook:
    path = shown(entry.path)
    content = objects.blob(entry.oid, limit_bytes=BOOK_BYTES).content
    if content is None:
        return CheckedBook(path=path, refused=f"it is larger than {BOOK_BYTES >> 20} MB, or damaged.")
    try:
        book = read_notebook(content)
    except NotebookRefused as refused:
        return CheckedBook(path=path, refused=refused.message)
    failed = [cell.index + 1 for cell in book.cells if any(output.kind is OutputKind.ERROR for output in cell.outputs)]
    return CheckedBook(
        path=path,
        running=tuple(notice.text for notice in book.notices if notice.kind in _RUNNING),
        failed_cells=tuple(failed),
        texts=tuple(cell.source for cell in book.cells if cell.kind is CellKind.MARKDOWN),
        sources=tuple(cell.source for cell in book.cells if cell.kind is CellKind.CODE),
    )


_checks: Recent[tuple[Path, str], tuple[Check, ...]] = Recent(20_000)
