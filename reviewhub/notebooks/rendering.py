"""Notebooks and code files to safe HTML: parse once, render per cell, keep by content, give addresses last."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from html import escape

from obstore.exceptions import BaseError

from reviewhub.notebooks.caching import RenderCache, renderer_version
from reviewhub.notebooks.cells import Cell, CellKind, Notebook, Notice, NoticeKind
from reviewhub.notebooks.costs import characters_to_render
from reviewhub.notebooks.drafts import CellDraft, NotebookDraft, PlacedDraft
from reviewhub.notebooks.files import language_of
from reviewhub.notebooks.highlighting import highlight
from reviewhub.notebooks.links import LinkMaker
from reviewhub.notebooks.markdown import headings_of, markdown_html
from reviewhub.notebooks.outputs import Keep, keep_encoded_image, render_output
from reviewhub.notebooks.places import RenderedCell, RenderedCode, RenderedNotebook, RenderedOutput
from reviewhub.notebooks.reading import read_notebook
from reviewhub.notebooks.saved_outputs import MOST_OUTPUTS, canonical_bytes, text_of
from reviewhub.notebooks.slots import fill_slots, has_runs

_LOG = logging.getLogger(__name__)

# What one page may hold; beyond it cells and lines are named, counted and left out.
MOST_HTML_OF_PAGE = 12 * 1024 * 1024
MOST_LINES = 20_000
# One cell alone may be too much, and the time is only looked at between cells.
MOST_CHARACTERS_IN_BUDGET = 2 * 1024 * 1024
LONGEST_LINE = 5_000


class TooMuchHere(Exception):
    """The notebook takes longer than its caller wants to wait; whoever has more time renders it (see `apart`)."""


def render_notebook(
    raw: bytes | Callable[[], bytes],
    *,
    cache: RenderCache,
    blob_id: str,
    link: LinkMaker,
    earlier_blob_id: str = "",
    budget_seconds: float = float("inf"),
) -> RenderedNotebook:
    """The notebook as safe HTML, every place of it addressable.

    `raw` (the bytes, or how to get them) is only read when the blob of this id was not rendered before. Images and
    interactive outputs are kept in `cache.content` and addressed by `link`. Cells that the notebook of
    `earlier_blob_id` has as well are not rendered again. Raises NotebookRefused, with a sentence for the reader, when
    there is nothing to show; TooMuchHere when the cells take longer than the budget.
    """
    draft = cache.get_notebook(blob_id)
    if draft is None:
        ends_at = time.monotonic() + budget_seconds
        notebook = read_notebook(raw if isinstance(raw, bytes) else raw())
        if earlier_blob_id:
            cache.get_notebook(earlier_blob_id)
        if budget_seconds < float("inf") and characters_to_render(notebook) > MOST_CHARACTERS_IN_BUDGET:
            raise TooMuchHere
        draft = _draft(notebook, cache, ends_at)
        if not any(placed.draft.is_makeshift for placed in draft.cells):
            cache.put_notebook(blob_id, draft)
    return _with_addresses(draft, link)


def kept_notebook(*, cache: RenderCache, blob_id: str, link: LinkMaker) -> RenderedNotebook | None:
    """The notebook of this blob if somebody has rendered it before."""
    draft = cache.get_notebook(blob_id)
    return None if draft is None else _with_addresses(draft, link)


def render_code(source: str, *, name: str) -> RenderedCode:
    """A text file as safe HTML line by line, coloured by the language its name tells."""
    lines, cut = _cut(source.removesuffix("\n"))
    language = language_of(name)
    return RenderedCode(lines=highlight(lines, language), language=language, notice=cut)


def draft_cells(
    notebook: Notebook, cache: RenderCache, *, first: int = 0, keep: Keep | None = None
) -> Iterator[PlacedDraft]:
    """The rendered cells from index `first` on, one by one; `keep` puts their files away (the cache's by default)."""
    for cell in notebook.cells[first:]:
        key = _cell_key(cell, notebook.language)
        draft = cache.get_cell(key)
        if draft is None:
            draft = _render_cell_or_source(cell, notebook.language, keep or cache.content.put)
            if not draft.is_makeshift:
                cache.put_cell(key, draft)
        yield _placed(cell, key, draft)


def plain_cell(cell: Cell, language: str, note: str) -> PlacedDraft:
    """The cell's plain text under a note that says why there is no more; costs next to nothing."""
    # Under another name than the rendered cell's: it may well be rendered another time.
    return _placed(cell, f"plain-{_cell_key(cell, language)}", _makeshift(cell, note))


def draft_of(notebook: Notebook, placed: Iterable[PlacedDraft]) -> NotebookDraft:
    """The notebook of these rendered cells, as far as they fit on one page."""
    kept: list[PlacedDraft] = []
    notices = list(notebook.notices)
    weight = 0
    for one in placed:
        weight += one.draft.weight
        if weight > MOST_HTML_OF_PAGE:
            index = len(kept)
            text = f"The page would become too large: cells from {index + 1} on are not shown."
            notices.append(Notice(kind=NoticeKind.SHORTENED, text=text, cell_index=index))
            break
        kept.append(one)
    return NotebookDraft(cells=tuple(kept), notices=tuple(notices), language=notebook.language)


def _draft(notebook: Notebook, cache: RenderCache, ends_at: float) -> NotebookDraft:
    try:
        with cache.content.putting() as keep:
            return draft_of(notebook, _in_time(draft_cells(notebook, cache, keep=keep), ends_at))
    except (BaseError, OSError):
        # A file could not be written: once more, so that only the cells it belongs to go without it.
        _LOG.exception("a file of a notebook could not be kept")
        cache.forget()
        return draft_of(notebook, _in_time(draft_cells(notebook, cache), ends_at))


def _in_time(placed: Iterable[PlacedDraft], ends_at: float) -> Iterator[PlacedDraft]:
    for one in placed:
        yield one
        if time.monotonic() > ends_at:
            raise TooMuchHere


def _placed(cell: Cell, key: str, draft: CellDraft) -> PlacedDraft:
    return PlacedDraft(key=key, cell_id=cell.cell_id, execution_count=cell.execution_count, draft=draft)


def _render_cell_or_source(cell: Cell, language: str, keep: Keep) -> CellDraft:
    """The rendered cell, or, where a library stumbles over it, its plain source: one cell never stops a page."""
    try:
        return _render_cell(cell, language, keep)
    except Exception:  # noqa: BLE001 - whatever a library raises, the reader gets the other cells
        _LOG.exception("cell could not be rendered", extra={"cell_id": cell.cell_id, "source_hash": cell.source_hash})
        return _makeshift(cell, "This cell could not be rendered; this is its text.")


def _makeshift(cell: Cell, note: str) -> CellDraft:
    kind = CellKind.RAW if cell.kind is CellKind.MARKDOWN else cell.kind
    html = f'<p class="output-note">{escape(note)}</p>'
    lines = highlight(_cut(cell.source)[0], "")
    return CellDraft(kind=kind, html=html, lines=lines, outputs=(), headings=(), is_makeshift=True)


def _cell_key(cell: Cell, language: str) -> str:
    digest = hashlib.sha256(f"{renderer_version()}\n{cell.kind}\n{language}\n{cell.source_hash}\n".encode())
    for output in cell.outputs:
        digest.update(output.output_hash.encode())
        # The split into streams and the size an author chose for a picture are shown, though they are no change.
        parts = [[part.name, len(part.text)] for part in output.parts]
        digest.update(canonical_bytes([output.metadata, parts]))
    if cell.attachments:
        digest.update(canonical_bytes(cell.attachments))
    return digest.hexdigest()


def _render_cell(cell: Cell, language: str, keep: Keep) -> CellDraft:
    if cell.kind is CellKind.MARKDOWN:
        html = markdown_html(
            cell.source,
            keep_image=lambda encoded: keep_encoded_image(encoded, keep),
            attachments=_attached(cell),
        )
        return CellDraft(kind=cell.kind, html=html, lines=(), outputs=(), headings=tuple(headings_of(html)))
    source, notice = _cut(cell.source)
    lines = highlight(source, language if cell.kind is CellKind.CODE else "")
    outputs = [(output.kind, render_output(output, keep)) for output in cell.outputs[:MOST_OUTPUTS]]
    if len(cell.outputs) > MOST_OUTPUTS:
        kind, html = outputs[-1]
        left_out = f'<p class="output-note">{len(cell.outputs) - MOST_OUTPUTS:,} more outputs are not shown.</p>'
        outputs[-1] = (kind, html + left_out)
    note = f'<p class="output-note">{notice}</p>' if notice else ""
    return CellDraft(kind=cell.kind, html=note, lines=lines, outputs=tuple(outputs), headings=())


def _attached(cell: Cell) -> dict[str, str]:
    attached = {}
    for name, bundle in cell.attachments.items():
        if isinstance(bundle, dict):
            images = [text_of(item) for media_type, item in bundle.items() if str(media_type).startswith("image/")]
            attached[name] = next((image for image in images if image), "")
    return attached


def _cut(source: str) -> tuple[str, str]:
    """The source within the page's limits, and a sentence about what is left out, if anything."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    notices = []
    if len(lines) > MOST_LINES:
        notices.append(f"Only the first {MOST_LINES:,} of {len(lines):,} lines are shown.")
        lines = lines[:MOST_LINES]
    longest = max(map(len, lines))
    if longest > LONGEST_LINE:
        notices.append(f"Lines are cut after {LONGEST_LINE:,} characters.")
        lines = [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …" for line in lines]
    return ("\n".join(lines), " ".join(notices)) if notices else (text, "")


def _with_addresses(draft: NotebookDraft, link: LinkMaker) -> RenderedNotebook:
    outline = draft.outline
    # Jupyter's fragment of a heading is its text with hyphens for blanks.
    headings = {heading.text.replace(" ", "-").lower(): heading.place for heading in reversed(outline)}
    cells = []
    has_maths = has_run = False
    for index, placed in enumerate(draft.cells):
        cell = placed.draft
        html = fill_slots(cell.html, link, headings)
        has_maths = has_maths or 'class="maths' in html
        outputs = []
        for ordinal, (kind, kept) in enumerate(cell.outputs):
            has_maths = has_maths or 'class="maths' in kept
            has_run = has_run or has_runs(kept)
            outputs.append(RenderedOutput(ordinal=ordinal, kind=kind, html=fill_slots(kept, link, headings)))
        cells.append(
            RenderedCell(
                index=index,
                cell_id=placed.cell_id,
                kind=cell.kind,
                html=html,
                lines=cell.lines,
                line_count=len(cell.lines),
                execution_count=placed.execution_count,
                outputs=tuple(outputs),
            )
        )
    return RenderedNotebook(
        cells=tuple(cells),
        outline=outline,
        notices=draft.notices,
        language=draft.language,
        has_maths=has_maths,
        has_runs=has_run,
    )
