"""Notebooks and code on the screen: from a stranger's bytes to safe, addressable HTML, fast.

Shelves: `cells` (what a notebook is), `reading` with `shapes`, `saved_outputs` and `running` (bytes to cells), `places`
(what one can point at), `rendering` with `markdown`, `highlighting`, `printed`, `outputs`, `sanitizing`, `visible`
(cells to HTML), `drafts`, `slots`, `caching` (what is kept, and how it gets its addresses), `content`, `images`,
`sandboxed`, `content_origin` (files out of line and how they are served), `files` (what kind a file is), `links` (what
the page answers).
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
from reviewhub.notebooks.content_origin import content_address, content_response, kept_file_response, sign_address
from reviewhub.notebooks.files import FileKind, classify_file, decode_text, language_of, why_not_shown
from reviewhub.notebooks.links import LinkMaker, path_inside
from reviewhub.notebooks.markdown import render_markdown
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
from reviewhub.notebooks.reading import read_notebook
from reviewhub.notebooks.rendering import render_code, render_notebook

__all__ = [
    "Cell",
    "CellKind",
    "Content",
    "ContentRef",
    "ContentStore",
    "FileKind",
    "Heading",
    "LinkMaker",
    "Notebook",
    "NotebookRefused",
    "Notice",
    "NoticeKind",
    "Output",
    "OutputKind",
    "RenderCache",
    "RenderedCell",
    "RenderedCode",
    "RenderedNotebook",
    "RenderedOutput",
    "StreamPart",
    "cell_place",
    "classify_file",
    "content_address",
    "content_response",
    "decode_text",
    "kept_file_response",
    "language_of",
    "line_place",
    "output_place",
    "path_inside",
    "read_notebook",
    "render_code",
    "render_markdown",
    "render_notebook",
    "sign_address",
    "why_not_shown",
]
