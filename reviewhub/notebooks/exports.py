"""A notebook as a file to download, made by nbconvert's exporters; never part of a page of ours.

Made in the worker, in a limited child, and kept below `exported/` by what it was made of. The HTML stands alone: its
policy lets it run nothing and load nothing wherever it is opened, what authors wrote is cleaned, formulas stay TeX.
"""

import hashlib
import warnings
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import nh3
import obstore
from obstore.exceptions import NotFoundError

from reviewhub.notebooks.cells import NotebookRefused
from reviewhub.notebooks.content import ContentStore
from reviewhub.notebooks.orders import Wanted
from reviewhub.notebooks.reading import read_notebook

_WIDGETS = "application/vnd.jupyter.widget-state+json"
_STANDING_ALONE = """\
{%- extends 'lab/index.html.j2' -%}
{%- block html_head -%}
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'">
{{ super() }}
{%- endblock html_head -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block jupyter_widgets -%}{%- endblock jupyter_widgets -%}
{%- block html_head_js_mathjax -%}{%- endblock html_head_js_mathjax -%}
{%- block html_head_js_mermaidjs -%}{%- endblock html_head_js_mermaidjs -%}
"""
# nbconvert's own cleaning turns headings and paragraphs into text.
_CLEANER = nh3.Cleaner(
    tags=set(nh3.ALLOWED_TAGS),
    attributes={tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {"*": {"class", "id", "title"}},
    url_schemes={"http", "https", "mailto", "data"},
    link_rel="noopener noreferrer nofollow",
)


def export_notebook(raw: bytes, wanted: Wanted, *, store: ContentStore, blob_id: str) -> None:
    """Make the file and keep it. Raises NotebookRefused for what is no notebook, and whatever nbconvert raises."""
    text = _exported(_node(raw), wanted)
    obstore.put(store.objects, _path(blob_id, wanted), text.encode("utf-8", "replace"), use_multipart=False)


def kept_export(store: ContentStore, blob_id: str, wanted: Wanted) -> bytes | None:
    """The file that was made of the notebook of this blob, or None where it was not made yet."""
    try:
        return bytes(obstore.get(store.objects, _path(blob_id, wanted)).bytes())
    except (NotFoundError, FileNotFoundError):
        return None


def has_export(store: ContentStore, blob_id: str, wanted: Wanted) -> bool:
    """Whether the file was made already."""
    try:
        obstore.head(store.objects, _path(blob_id, wanted))
    except (NotFoundError, FileNotFoundError):
        return False
    return True


def _node(raw: bytes) -> Any:
    read_notebook(raw)  # refuses, in a sentence for the reader, what is no notebook
    try:
        node = nbformat.reads(raw.decode("utf-8-sig", "replace"), as_version=4)  # type: ignore[no-untyped-call]
    except Exception as fault:
        raise NotebookRefused("This notebook does not follow its format, so it cannot be converted.") from fault
    saved = node.metadata.get("widgets", {}).get(_WIDGETS, {})
    if "state" not in saved:
        node.metadata.pop("widgets", None)  # Colab leaves it half, and nbconvert stumbles over it
    return node


def _exported(node: Any, wanted: Wanted) -> str:
    # Only the worker's child exports; the pages look here for what is kept, and these cost them a second to load.
    from nbconvert.exporters import HTMLExporter, MarkdownExporter, PythonExporter  # noqa: PLC0415

    exporter: Any
    if wanted is Wanted.PYTHON:
        exporter = PythonExporter()  # type: ignore[no-untyped-call]
    elif wanted is Wanted.MARKDOWN:
        # Pictures stay in the one file instead of becoming files beside it.
        exporter = MarkdownExporter(default_preprocessors=[])  # type: ignore[no-untyped-call]
    else:
        filters = {"clean_html": _clean}
        exporter = HTMLExporter(raw_template=_STANDING_ALONE, sanitize_html=True, filters=filters)  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without IPython, its magic lines stay as they are
        text, _ = exporter.from_notebook_node(node)
    return str(text)


def _clean(html: str | bytes) -> str:
    return _CLEANER.clean(html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html))


@cache
def _folder() -> str:
    digest = hashlib.sha256(f"{version('nbconvert')} {version('nbformat')}".encode())
    digest.update(Path(__file__).read_bytes())
    return f"exported/{digest.hexdigest()[:16]}"


def _path(blob_id: str, wanted: Wanted) -> str:
    return f"{_folder()}/{hashlib.sha256(blob_id.encode()).hexdigest()}.{wanted}"
