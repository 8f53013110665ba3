"""Notebooks that no page renders itself: the page asks and waits, the worker prepares them in a limited child.

What is prepared is only a cache, kept by content: it needs no row, a lost hint is sent again by whoever still waits,
and many readers of one notebook cause one preparation.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.github.objects import Objects
from reviewhub.notebooks import LinkMaker, NotebookRefused, RenderCache, RenderedNotebook, render_notebook
from reviewhub.notebooks.apart import prepare_apart
from reviewhub.notebooks.caching import renderer_version
from reviewhub.notebooks.exports import has_export, kept_export
from reviewhub.notebooks.orders import Ending, Order, Wanted
from reviewhub.notebooks.preparations import Preparation, Preparations
from reviewhub.notebooks.rendering import TooMuchHere, kept_notebook
from reviewhub.projects.known_names import masked
from reviewhub.projects.masked_objects import MaskedObjects
from reviewhub.projects.masking import DIGEST_LENGTH
from reviewhub.projects.tables import Project
from reviewhub.projects.unpacking import objects_of_project
from reviewhub.storage import Database
from reviewhub.wake import wake_for_page

JOB = "prepare_notebook"
TOLD_EVERY_SECONDS = 0.2
MOST_TRIES = 3
ENDED_TOO_OFTEN = "Preparing this notebook was ended from outside several times, so it is not shown."

_BLOB = re.compile(rf"([0-9a-f]{{40,64}})(?:-([0-9a-f]{{{DIGEST_LENGTH}}}))?")
"""The id of a file, and where names are hidden from its readers the digest of the mask."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """Where pages ask for a notebook: the settings, the way to the worker, and what was rendered before."""

    settings: Settings
    database: Database
    cache: RenderCache

    @property
    def preparations(self) -> Preparations:
        """What the worker is at."""
        return Preparations(self.settings.files.data)


@dataclass(frozen=True, kw_only=True)
class NotebookSource:
    """A notebook of a project: its blob, its size in bytes, and how to get its bytes (only called where needed).

    `earlier_blob_id` is what stood at its place in the version before: its unchanged cells are not rendered again.
    """

    project_id: str
    blob_id: str
    size: int
    read: Callable[[], bytes]
    earlier_blob_id: str = ""


def notebook_or_wait(workshop: Workshop, source: NotebookSource, *, link: LinkMaker) -> RenderedNotebook | Preparation:
    """The notebook if it was rendered before or costs little; else ask the worker, and say how far it is.

    Raises NotebookRefused, with a sentence for the reader, where there is nothing to show.
    """
    limits = workshop.settings.notebooks
    state = workshop.preparations.find(source.blob_id, Wanted.PAGE)
    if state is None and source.size <= limits.render_here_megabytes << 20:
        try:
            return render_notebook(
                source.read,
                cache=workshop.cache,
                blob_id=source.blob_id,
                link=link,
                earlier_blob_id=source.earlier_blob_id,
                budget_seconds=limits.render_here_seconds,
            )
        except TooMuchHere:
            return _ask(workshop, source, Wanted.PAGE, state)
    kept = kept_notebook(cache=workshop.cache, blob_id=source.blob_id, link=link)
    return kept or _ask(workshop, source, Wanted.PAGE, state)


def export_or_wait(workshop: Workshop, source: NotebookSource, wanted: Wanted) -> bytes | Preparation:
    """The notebook as a file to download if it was made before; else ask the worker, and say how far it is.

    Raises NotebookRefused as above.
    """
    kept = kept_export(workshop.cache.content, source.blob_id, wanted)
    if kept is not None:
        return kept
    return _ask(workshop, source, wanted, workshop.preparations.find(source.blob_id, wanted))


def look_again(workshop: Workshop, source: NotebookSource, wanted: Wanted) -> Preparation | None:
    """How far it is, for a page that waits; None once it is there. Raises NotebookRefused as above."""
    if _is_kept(workshop.cache, source.blob_id, wanted):
        return None
    return _ask(workshop, source, wanted, workshop.preparations.find(source.blob_id, wanted))


def _ask(workshop: Workshop, source: NotebookSource, wanted: Wanted, state: Preparation | None) -> Preparation:
    """Ask the worker, unless it was asked just now or is at it."""
    largest = workshop.settings.limits.notebook_megabytes
    if source.size > largest << 20:
        size = f"{source.size / (1 << 20):,.1f} MB"
        raise NotebookRefused(f"This notebook is {size}; notebooks above {largest} MB are not opened.")
    if state is not None and state.is_refused:
        raise NotebookRefused(state.why)
    if state is not None and workshop.preparations.is_under_way(source.blob_id, wanted):
        return state
    asked = workshop.preparations.ask(source.blob_id, wanted)
    wake_for_page(workshop.database, JOB, f"{source.project_id} {source.blob_id} {wanted}")
    return asked


def prepare_notebook(database: Database, settings: Settings, *, cache: RenderCache, key: str) -> None:
    """The worker's part: make what the key names, unless somebody has made it meanwhile.

    Raises NotFound for a key that names nothing (any more).
    """
    project_id, blob_id, wanted = _parts_of(key)
    preparations = Preparations(settings.files.data)
    preparations.forget_old()
    with preparations.alone(blob_id, wanted):
        if _is_kept(cache, blob_id, wanted) or not _prepare(database, settings, project_id, blob_id, wanted):
            preparations.forget(blob_id, wanted)


def _prepare(database: Database, settings: Settings, project_id: str, blob_id: str, wanted: Wanted) -> str:
    """Prepare it; the sentence for the reader where nothing was kept."""
    with database.reading() as session:
        project = session.get(Project, project_id)
        if project is None:
            raise NotFound("There is no such project.")
        course = session.scalars(select(Course).where(Course.id == project.course_id)).one()
        objects: Objects = objects_of_project(session, settings, course, project)
        oid, _, digest = blob_id.partition("-")
        if digest:
            objects = masked(session, course, project, objects)
            if objects.mask.digest != digest:
                raise NotFound("Since this was asked for, other names are known to be hidden; the page asks again.")
    size, pieces = _read(objects, oid)
    preparations = Preparations(settings.files.data)
    order = _order(settings, blob_id, wanted, size)
    told = _Told(preparations, blob_id, wanted)
    for _ in range(MOST_TRIES):
        report = prepare_apart(order, pieces(), on_progress=told)
        if report.ending is not Ending.KILLED:  # by whom, nobody knows: that says nothing about the notebook
            return told.end(report.why)
    return told.end(ENDED_TOO_OFTEN)


def _read(objects: Objects, oid: str) -> tuple[int, Callable[[], Iterable[bytes]]]:
    """The size of a file in bytes and how to get it; NotFound where there is none."""
    header = objects.headers([oid])[oid]
    if header is None or header[0] != "blob":
        raise NotFound("There is no such file.")
    if not isinstance(objects, MaskedObjects):
        return header[1], lambda: objects.pieces(oid)
    content = objects.whole(oid) or b""
    return len(content), lambda: [content]


def _order(settings: Settings, blob_id: str, wanted: Wanted, size: int) -> Order:
    limits = settings.notebooks
    return Order(
        wanted=wanted,
        blob_id=blob_id,
        objects=settings.files.objects,
        renderer=renderer_version(),
        size=size,
        memory_megabytes=limits.memory_megabytes,
        cell_seconds=limits.cell_seconds,
        wall_seconds=limits.wall_seconds,
    )


class _Told:
    """Notes the progress of one preparation, a few times a second at most."""

    def __init__(self, preparations: Preparations, blob_id: str, wanted: Wanted) -> None:
        self._preparations, self._blob_id, self._wanted = preparations, blob_id, wanted
        self._state = preparations.begin(blob_id, wanted)
        self._at = 0.0

    def __call__(self, done: int, total: int) -> None:
        self._state = replace(self._state, done=done, total=total)
        if time.monotonic() - self._at > TOLD_EVERY_SECONDS:
            self._at = time.monotonic()
            self._tell()

    def end(self, why: str) -> str:
        """Note why nothing was kept, if so."""
        if why:
            self._state = replace(self._state, why=why)
            self._tell()
        return why

    def _tell(self) -> None:
        self._preparations.tell(self._blob_id, self._wanted, self._state)


def _is_kept(cache: RenderCache, blob_id: str, wanted: Wanted) -> bool:
    if wanted is Wanted.PAGE:
        return cache.has_notebook(blob_id)
    return has_export(cache.content, blob_id, wanted)


def _parts_of(key: str) -> tuple[str, str, Wanted]:
    project_id, _, rest = key.partition(" ")
    blob_id, _, wanted = rest.partition(" ")
    if not _BLOB.fullmatch(blob_id) or wanted not in set(Wanted):
        raise NotFound("There is no such notebook.")
    return project_id, blob_id, Wanted(wanted)
