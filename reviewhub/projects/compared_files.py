"""One file of two versions in the form that shows best what changed: cells, lines, pictures, or a sentence why not."""

from dataclasses import dataclass, replace
from enum import StrEnum

from reviewhub.errors import NotFound
from reviewhub.github.comparing import Difference
from reviewhub.github.objects import Entry, Kind, Objects, Problem
from reviewhub.notebooks import FileKind, NotebookRefused, classify_file, decode_text
from reviewhub.notebooks.comparing import NotebookComparison
from reviewhub.notebooks.images import image_size
from reviewhub.projects.addresses import shown
from reviewhub.projects.comparing import LARGEST_COMPARED, Comparison, compare_cells, is_notebook
from reviewhub.projects.reading import NO_FILE, names_developers

TEXTS = frozenset(
    {FileKind.CODE, FileKind.MARKDOWN, FileKind.TEXT, FileKind.TABLE, FileKind.EMPTY, FileKind.LFS_POINTER}
)
POINTERS = "Only a Git LFS pointer was pushed; the file itself is not in the repository. These are the pointers."
LARGEST_SOURCE = 2 << 20


class Form(StrEnum):
    """How a file is compared."""

    CELLS = "cells"
    LINES = "lines"
    PICTURES = "pictures"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class FileComparison:
    """A file in both versions. `why` says why nothing is compared; `notices` what the reader should know besides.

    Facts tell the size of each side and, of a picture, its pixels; "" on the side that has no such file.
    """

    difference: Difference
    form: Form
    cells: NotebookComparison | None = None
    old_text: str = ""
    new_text: str = ""
    old_facts: str = ""
    new_facts: str = ""
    why: str = ""
    notices: tuple[str, ...] = ()


def compare_file(comparison: Comparison, path: str, *, as_source: bool = False) -> FileComparison:
    """How one file differs, by its path in the new version, or in the old one where it was removed or renamed.

    NotFound where neither version has it for this reader. `as_source` compares a notebook's JSON as text.
    """
    found = comparison.differences
    here = (one for one in found if one.path == path)
    before = (one for one in found if one.old is not None and one.old.path == path)
    difference = next(here, None) or next(before, None)
    return compare_entries(comparison, difference or _unchanged(comparison, path), as_source=as_source)


def compare_entries(
    comparison: Comparison, difference: Difference, *, as_source: bool = False, reads_same: bool = False
) -> FileComparison:
    """How a file of the old version differs from one of the new version, whatever their paths.

    `reads_same`: a file that is the same in both is read too, for whoever shows a place of it.
    """
    nothing = FileComparison(difference=difference, form=Form.NOTHING, why=_why_nothing(difference))
    if nothing.why and not (reads_same and _is_same_file(difference)):
        return nothing
    nothing = replace(nothing, why="")
    if is_notebook(difference) and not as_source:
        try:
            cells = compare_cells(comparison, difference)
        except NotebookRefused as refused:
            as_text = _by_content(comparison.objects, nothing)
            return replace(as_text, notices=(refused.message, *as_text.notices))
        return replace(nothing, form=Form.CELLS, cells=cells)
    return _by_content(comparison.objects, nothing)


def read_comparison_at(comparison: Comparison, path: str, places: tuple[str, ...]) -> FileComparison | None:
    """What changed at some places ("old-L12", "new-cell-3-output-0") of a file; None where the file is the same.

    The places themselves go into the `Choice` with which the file is shown; NotFound where there is no such file.
    """
    found = compare_file(comparison, path)
    return found if places and found.form is not Form.NOTHING else None


def _unchanged(comparison: Comparison, path: str) -> Difference:
    """A file that is the same in both versions."""
    hides_names = comparison.old.hides_names or comparison.new.hides_names
    entry = comparison.objects.entry(comparison.new.snapshot.tree, path)
    before = comparison.objects.entry(comparison.old.snapshot.tree, path)
    if entry is None or before is None or entry.kind is Kind.FOLDER or (hides_names and names_developers(path)):
        raise NotFound(NO_FILE)
    return Difference(old=before, new=entry)


def _is_same_file(difference: Difference) -> bool:
    old, new = difference.old, difference.new
    return old is not None and new is not None and old.kind is new.kind is Kind.FILE and old.oid == new.oid


def _why_nothing(difference: Difference) -> str:
    old, new = difference.old, difference.new
    if Kind.SUBMODULE in (old and old.kind, new and new.kind):
        return f"{_submodule(old, 'It was')} {_submodule(new, 'It is')}".strip()
    if any(one is not None and one.missing for one in (old, new)):
        return "The file is missing in the shared repository, so it cannot be compared."
    if old is None or new is None or old.kind is not new.kind or old.oid != new.oid:
        return ""
    if old.executable != new.executable:
        return f"Only its permissions differ: it can{'' if new.executable else 'not'} be executed now."
    if old.path != new.path:
        return "Only its name differs; the content is the same."
    return "The file is the same in both versions."


def _submodule(entry: Entry | None, begin: str) -> str:
    if entry is None:
        return ""
    if entry.kind is not Kind.SUBMODULE:
        return f"{begin} a {entry.kind}."
    return f"{begin} a submodule: commit {entry.oid[:7]} of another repository, which is not followed."


def _by_content(objects: Objects, found: FileComparison) -> FileComparison:
    """Compare the bytes by what kind of file they are."""
    difference = found.difference
    sides = [_Side(objects, one) for one in (difference.old, difference.new)]
    found = replace(found, old_facts=sides[0].facts, new_facts=sides[1].facts)
    problem = next((side.problem for side in sides if side.problem), "")
    if problem:
        return replace(found, why=problem)
    there = [side for side in sides if side.is_there]
    if all(side.kind is FileKind.IMAGE for side in there):
        return replace(found, form=Form.PICTURES)
    if not all(side.kind in TEXTS for side in there):
        return replace(found, why="The file is no text, so there are no lines to compare.")
    notices = tuple(dict.fromkeys(notice for side in there if (notice := side.notice)))
    return replace(found, form=Form.LINES, old_text=sides[0].text, new_text=sides[1].text, notices=notices)


class _Side:
    """One side of a file as bytes, and what they are."""

    def __init__(self, objects: Objects, entry: Entry | None) -> None:
        self.is_there = entry is not None
        self.kind, self.text, self.notice, self.problem, self.facts = FileKind.EMPTY, "", "", "", ""
        if entry is None:
            return
        blob = objects.blob(entry.oid, limit_bytes=LARGEST_COMPARED)
        self.facts = _size(blob.size or 0)
        if blob.content is None:
            why = "too large" if blob.problem is Problem.TOO_LARGE else "damaged in the repository"
            self.problem = f"The file is {why} and cannot be compared."
            return
        if entry.kind is Kind.LINK:
            self.kind = FileKind.TEXT
            self.text = shown(blob.content[:4096].decode("utf-8", "surrogateescape"))
            self.notice = "A symbolic link, which is not followed: this is where it points."
            return
        self._read(entry.name, blob.content)

    def _read(self, name: str, content: bytes) -> None:
        self.kind = classify_file(name, content[:8192], len(content))
        if self.kind is FileKind.NOTEBOOK:
            self.kind = FileKind.TEXT if len(content) <= LARGEST_SOURCE else FileKind.TOO_LARGE
        if self.kind is FileKind.TOO_LARGE:
            self.problem = "The file is too large to be compared."
        elif self.kind is FileKind.IMAGE:
            width, height = image_size(content)
            self.facts = f"{width} × {height}, {self.facts}" if width and height else self.facts
        elif self.kind in TEXTS:
            self.text, self.notice = decode_text(content)
        if self.kind is FileKind.LFS_POINTER:
            self.notice = POINTERS


def _size(count: int) -> str:
    if count < 1024:  # noqa: PLR2004 - a KB
        return f"{count} bytes"
    return f"{count / 1024:,.0f} KB" if count < 1 << 20 else f"{count / (1 << 20):,.1f} MB"
