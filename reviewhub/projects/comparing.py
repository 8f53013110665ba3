"""Two versions of a project beside each other: which files differ, which have another name, how notebooks changed."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.config import Settings
from reviewhub.github.comparing import Difference, compare_trees
from reviewhub.github.objects import Entry, Kind, Objects
from reviewhub.github.recent import Recent
from reviewhub.notebooks import Notebook, NotebookRefused, decode_text, read_notebook
from reviewhub.notebooks.comparing import NotebookComparison, compare_notebooks
from reviewhub.notebooks.differences import diff_texts
from reviewhub.projects.known_names import masked
from reviewhub.projects.reading import OpenVersion, names_developers, open_version
from reviewhub.projects.renames import pair_renamed
from reviewhub.projects.tables import Snapshot
from reviewhub.projects.unpacking import objects_of_versions

LARGEST_COMPARED = 32 << 20
"""Bytes of a notebook that is compared cell by cell while somebody waits."""
MOST_COMPARED_AT_ONCE = 24 << 20
"""Bytes of notebooks that the list of files compares before it is shown."""
MOST_RENAME_CANDIDATES = 200
LARGEST_RENAMED = 1 << 20
NOTEBOOK = ".ipynb"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two versions, the files that differ, and how many do not."""

    old: OpenVersion
    new: OpenVersion
    differences: tuple[Difference, ...]
    unchanged: int
    is_cut: bool

    @property
    def objects(self) -> Objects:
        """What reads both versions."""
        return self.new.objects


@dataclass(frozen=True, kw_only=True)
class ComparedFile:
    """A file that differs, for the list of them; `cells` where it is a notebook that was compared."""

    difference: Difference
    cells: NotebookComparison | None = None

    @property
    def is_notebook(self) -> bool:
        """Whether lines say nothing of it."""
        return is_notebook(self.difference)

    @property
    def folder(self) -> str:
        """The folder it is in, "" for the top."""
        return self.difference.path.rpartition("/")[0]


def compare_versions(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    settings: Settings,
    old: int = 1,
    new: int = 2,
) -> Comparison:
    """Two versions beside each other, for whoever may read both; NotFound otherwise."""
    before, after = (
        open_version(session, actor=actor, now=now, course=course, key=key, version=version, settings=settings)
        for version in (old, new)
    )
    frozen = [one.snapshot for one in (before, after) if isinstance(one.snapshot, Snapshot)]
    objects: Objects = objects_of_versions(settings, after.course, frozen)
    hides_names = before.hides_names or after.hides_names
    if hides_names:
        objects = masked(session, after.course, after.project, objects)
    before, after = (replace(one, objects=objects, hides_names=hides_names) for one in (before, after))
    return compare_opened(before, after)


def compare_opened(before: OpenVersion, after: OpenVersion) -> Comparison:
    """Two versions that are open already; both read by the same objects, which are masked where names are hidden."""
    found = differences_between(after.objects, before.snapshot.tree, after.snapshot.tree)
    if after.hides_names:
        found = tuple(one for one in found if not _names_somebody(one))
    listings = before.listing(), after.listing()
    changed = sum(one.new is not None for one in found)
    return Comparison(
        old=before,
        new=after,
        differences=found,
        unchanged=len(listings[1].entries) - changed,
        is_cut=any(listing.cut_off for listing in listings),
    )


def list_files(comparison: Comparison) -> tuple[ComparedFile, ...]:
    """The files that differ, with what changed in their notebooks as far as that is quickly told."""
    left = MOST_COMPARED_AT_ONCE
    found = []
    for one in comparison.differences:
        cells = None
        if is_notebook(one) and one.old is not None and one.new is not None:
            key = (comparison.objects.identity, one.old.oid, one.new.oid)
            size = (one.old.size or 0) + (one.new.size or 0)
            cells = _comparisons.get(key)
            if cells is None and size <= left:
                left -= size
                cells = _cells_or_none(comparison, one)
        found.append(ComparedFile(difference=one, cells=cells))
    return tuple(found)


def compare_cells(comparison: Comparison, difference: Difference) -> NotebookComparison:
    """A notebook cell by cell; a side that is not there has no cells. NotebookRefused where one is none."""
    old, new = (one.oid if one else "" for one in (difference.old, difference.new))
    key = (comparison.objects.identity, old, new)
    found = _comparisons.get(key)
    if found is None:
        books = [_notebook(comparison.objects, one) for one in (difference.old, difference.new)]
        found = compare_notebooks(books[0], books[1])
        size = sum(one.size or 0 for one in (difference.old, difference.new) if one)
        _comparisons.put(key, found, weight=1 + size)
    return found


def is_notebook(difference: Difference) -> bool:
    """Whether each side that is there is a notebook by its name."""
    return all(
        one is None or (one.kind is Kind.FILE and not one.missing and one.path.lower().endswith(NOTEBOOK))
        for one in (difference.old, difference.new)
    )


def differences_between(objects: Objects, old: str, new: str) -> tuple[Difference, ...]:
    """Every file that differs between two trees by folder and name, renamed and edited ones paired.

    Remembered by the trees, unless something was missing that may still come.
    """
    key = (objects.identity, old, new)
    found = _differences.get(key)
    if found is None:
        paired = _with_renames(objects, compare_trees(objects, old, new))
        found = tuple(sorted(paired, key=lambda one: one.path.rpartition("/")[::2]))
        if not any(one is not None and one.missing for pair in found for one in (pair.old, pair.new)):
            _differences.put(key, found, weight=1 + len(found))
    return found


def _with_renames(objects: Objects, differences: Sequence[Difference]) -> list[Difference]:
    """The same differences with removed and new files that are mostly the same text made one."""
    gone = _candidates(one.old for one in differences if one.new is None)
    came = _candidates(one.new for one in differences if one.old is None)
    if not gone or not came:
        return list(differences)
    texts = _texts(objects, [*gone.values(), *came.values()])
    renames = pair_renamed(
        {path: texts[one.oid] for path, one in gone.items() if one.oid in texts},
        {path: texts[one.oid] for path, one in came.items() if one.oid in texts},
    )
    used = {one.old for one in renames}, {one.new for one in renames}
    kept = [
        one
        for one in differences
        if not (one.new is None and one.path in used[0]) and not (one.old is None and one.path in used[1])
    ]
    for rename in renames:
        old, new = gone[rename.old], came[rename.new]
        lines = None if new.path.lower().endswith(NOTEBOOK) else diff_texts(texts[old.oid], texts[new.oid])
        added, removed = (None, None) if lines is None else (lines.added, lines.removed)
        kept.append(Difference(old=old, new=new, added=added, removed=removed, similarity=rename.similarity))
    return kept


def _candidates(entries: Iterable[Entry | None]) -> dict[str, Entry]:
    found = [
        one
        for one in entries
        if one is not None and one.kind is Kind.FILE and not one.missing and 0 < (one.size or 0) <= LARGEST_RENAMED
    ]
    return {one.path: one for one in found[:MOST_RENAME_CANDIDATES]}


def _texts(objects: Objects, entries: Sequence[Entry]) -> dict[str, str]:
    """Object id → text: of a notebook the sources of its cells. Without what is no text."""
    are_notebooks = {one.oid for one in entries if one.path.lower().endswith(NOTEBOOK)}
    found = {}
    for blob in objects.blobs({one.oid for one in entries}, limit_bytes=LARGEST_RENAMED):
        if blob.content is None or b"\0" in blob.content[:8000]:
            continue
        if blob.oid not in are_notebooks:
            found[blob.oid] = decode_text(blob.content)[0]
            continue
        try:
            found[blob.oid] = "\n".join(cell.source for cell in read_notebook(blob.content).cells)
        except NotebookRefused:
            found[blob.oid] = decode_text(blob.content)[0]
    return found


def _cells_or_none(comparison: Comparison, difference: Difference) -> NotebookComparison | None:
    try:
        return compare_cells(comparison, difference)
    except NotebookRefused:
        return None


def _notebook(objects: Objects, entry: Entry | None) -> Notebook:
    if entry is None:
        return Notebook(cells=(), language="")
    content = objects.blob(entry.oid, limit_bytes=LARGEST_COMPARED).content
    if content is None:
        raise NotebookRefused(f"This notebook is too large to be compared cell by cell ({(entry.size or 0) >> 20} MB).")
    return read_notebook(content)


def _names_somebody(difference: Difference) -> bool:
    return any(one is not None and names_developers(one.path) for one in (difference.old, difference.new))


# Weighed by the bytes of the notebooks, which the comparison holds.
_comparisons: Recent[tuple[Hashable, str, str], NotebookComparison] = Recent(64 << 20)
_differences: Recent[tuple[Hashable, str, str], tuple[Difference, ...]] = Recent(20_000)
