"""Notebooks and code on the screen: from a stranger's bytes to safe, addressable HTML, fast.

Shelves: `cells` (what a notebook is), `reading` with `shapes`, `saved_outputs` and `running` (bytes to cells), `places`
(what one can point at), `rendering` with `markdown`, `highlighting`, `curly`, `printed`, `outputs`, `sanitizing`,
`visible` (cells to HTML), `drafts`, `slots`, `caching` (what is kept, and how it gets its addresses), `content`,
`images`, `sandboxed`, `content_origin`, `ranges` (files out of line and how they are served), `files`, `media`,
`recognizing`
(what kind a file is, and what it is called), `delimited`, `unfolding`, `documents`, `peeking` (tables, JSON, Markdown
files, archives), `links` (what the page answers).
Two versions: `comparing` (notebooks) with `alignment`, `cell_likeness`, `output_pairs`, `signatures`, `noise`,
`html_text`; `differences` (texts) with `line_pairs`, `word_ranges`; beneath both `equal_runs`, `readable_runs`,
`likeness`. The same as HTML: `choice` (what the reader asks for), `beside` with `marking` (lines), `compared_cells`,
`compared_outputs`, `table_differences`.
"""

from reviewhub.notebooks.caching import RenderCache
from reviewhub.notebooks.cells import (
    Cell,
    CellKind,
    Notebook,
    NotebookRefused,
    Notice,
    NoticeKind,
    Output,
    OutputKind,
    StreamPart,
)
from reviewhub.notebooks.content import Content, ContentRef, ContentStore
from reviewhub.notebooks.content_origin import (
    content_address,
    content_response,
    is_kept_signed,
    kept_file_response,
    sign_address,
    sign_kept,
)
from reviewhub.notebooks.delimited import RenderedTable, render_table
from reviewhub.notebooks.documents import render_document
from reviewhub.notebooks.files import FileKind, classify_file, decode_text, language_of, why_not_shown
from reviewhub.notebooks.links import LinkMaker, path_inside
from reviewhub.notebooks.markdown import render_markdown
from reviewhub.notebooks.peeking import Inside, look_inside
from reviewhub.notebooks.places import (
    Heading,
    RenderedCell,
    RenderedCode,
    RenderedNotebook,
    RenderedOutput,
    cell_place,
    line_place,
    output_place,
)
from reviewhub.notebooks.ranges import Part, part_wanted
from reviewhub.notebooks.reading import read_notebook
from reviewhub.notebooks.rendering import render_code, render_notebook
from reviewhub.notebooks.unfolding import unfold_json

__all__ = [
    "Cell",
    "CellKind",
    "Content",
    "ContentRef",
    "ContentStore",
    "FileKind",
    "Heading",
    "Inside",
    "LinkMaker",
    "Notebook",
    "NotebookRefused",
    "Notice",
    "NoticeKind",
    "Output",
    "OutputKind",
    "Part",
    "RenderCache",
    "RenderedCell",
    "RenderedCode",
    "RenderedNotebook",
    "RenderedOutput",
    "RenderedTable",
    "StreamPart",
    "cell_place",
    "classify_file",
    "content_address",
    "content_response",
    "decode_text",
    "is_kept_signed",
    "kept_file_response",
    "language_of",
    "line_place",
    "look_inside",
    "output_place",
    "part_wanted",
    "path_inside",
    "read_notebook",
    "render_code",
    "render_document",
    "render_markdown",
    "render_notebook",
    "render_table",
    "sign_address",
    "sign_kept",
    "unfold_json",
    "why_not_shown",
]
