"""From the bytes of a file to a `Notebook`: whatever is wrong with the file becomes a notice, hardly ever a refusal."""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import nbformat
import orjson
from nbformat.validator import get_validator

from reviewhub.notebooks.cells import Cell, CellKind, Notebook, NotebookRefused, Notice, NoticeKind
from reviewhub.notebooks.running import running_notices
from reviewhub.notebooks.saved_outputs import read_outputs, text_of
from reviewhub.notebooks.shapes import is_plainly_valid

LARGEST_NOTEBOOK = 64 * 1024 * 1024
MOST_CELLS = 3000

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LFS_POINTER = b"version https://git-lfs"
_CURRENT = 4
_NEWEST_MINOR = 5
_LONGEST_INTEGER = 4000
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def read_notebook(raw: bytes) -> Notebook:
    """The notebook in these bytes, of any nbformat from 2 on.

    Raises NotebookRefused, with a sentence for the reader, only when there is nothing to show as cells.
    """
    content = _parse(raw)
    notices: list[Notice] = []
    cells = _upgraded_cells(content, notices)
    if len(cells) > MOST_CELLS:
        notices.append(_shortened(f"Only the first {MOST_CELLS:,} of {len(cells):,} cells are shown."))
        cells = cells[:MOST_CELLS]
    metadata = content.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    notices += _widget_notices(metadata)
    read = _read_cells(cells)
    return Notebook(cells=read, language=_language(metadata), notices=(*notices, *running_notices(read)))


def _parse(raw: bytes) -> dict[str, Any]:
    if len(raw) > LARGEST_NOTEBOOK:
        size = len(raw) / 1024 / 1024
        raise NotebookRefused(
            f"This notebook is {size:,.0f} MB; notebooks above {LARGEST_NOTEBOOK >> 20} MB are not opened."
        )
    if not raw.strip():
        raise NotebookRefused("This file is empty.")
    if raw.startswith(_LFS_POINTER):
        raise NotebookRefused("Only a Git LFS pointer was pushed here; the notebook itself is not in the repository.")
    content = _parse_json(raw.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
        raise NotebookRefused("This file is JSON but no notebook: it has no cells.")
    return content


def _parse_json(raw: bytes) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    # The standard parser also takes NaN, lone surrogates and UTF-16, which real notebooks hold.
    try:
        return _without_surrogates(json.loads(_decoded(raw), parse_int=_integer))
    except RecursionError:
        raise NotebookRefused("This file is nested too deeply to be read.") from None
    except ValueError as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotebookRefused(f"This file is not a notebook: its JSON is broken{place}.") from None


def _integer(digits: str) -> int | str:
    # Python refuses to read an integer of thousands of digits, which is no reason to refuse the notebook.
    return int(digits) if len(digits) < _LONGEST_INTEGER else digits


def _decoded(raw: bytes) -> str:
    return raw.decode(json.detect_encoding(raw), "replace")


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {str(_without_surrogates(name)): _without_surrogates(item) for name, item in value.items()}
    return value


def _upgraded_cells(content: dict[str, Any], notices: list[Notice]) -> list[object]:
    major, minor = content.get("nbformat"), content.get("nbformat_minor")
    major = major if isinstance(major, int) else (3 if "worksheets" in content else _CURRENT)
    if major < _CURRENT and "worksheets" in content:
        notices.append(_format(f"An old notebook (format {major}); it was converted to be shown."))
        return _convert_old(content, major, notices)
    cells = content.get("cells")
    if major > _CURRENT:
        notices.append(_format(f"This notebook says it has format {major}, which is newer than what is known here."))
    else:
        notices += _validation_notices(content, minor if isinstance(minor, int) else 0)
    return cells if isinstance(cells, list) else []


def _convert_old(content: dict[str, Any], major: int, notices: list[Notice]) -> list[object]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
            if major < 3:  # noqa: PLR2004 - format 2 becomes 3, then 4
                node = nbformat.v3.upgrade(node, from_version=2)  # type: ignore[no-untyped-call]
            upgraded = nbformat.v4.upgrade(node, from_version=3)  # type: ignore[no-untyped-call]
            cells: list[object] = list(upgraded.cells)
    except Exception:  # noqa: BLE001 - nbformat's converters raise whatever their input makes them stumble over
        notices.append(
            _format("Parts of this old notebook do not follow its format; only the text of its cells is shown.")
        )
        return list(_bare_old_cells(content))
    for cell in cells:
        # The upgrade gives random ids, which would be other ones at every reading.
        cell.pop("id", None)  # type: ignore[attr-defined]
    return cells


def _bare_old_cells(content: dict[str, Any]) -> Iterable[dict[str, object]]:
    worksheets = content.get("worksheets")
    for worksheet in worksheets if isinstance(worksheets, list) else []:
        cells = worksheet.get("cells") if isinstance(worksheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                is_code = cell.get("cell_type") == "code"
                yield {
                    "cell_type": "code" if is_code else "markdown",
                    "source": cell.get("input" if is_code else "source"),
                }


def _validation_notices(content: dict[str, Any], minor: int) -> list[Notice]:
    if is_plainly_valid(content, minor):
        return []
    try:
        validator = get_validator(_CURRENT, max(0, min(minor, _NEWEST_MINOR)))  # type: ignore[no-untyped-call]
        validator.validate(content)
    except RecursionError:
        return [_format("This notebook is nested too deeply to be checked against its format.")]
    except Exception as error:  # noqa: BLE001 - two validators may stand behind this, each with its own family
        place = str(getattr(error, "message", error)).split(" ", 1)[0][:80]
        where = f" (at {place.removeprefix('data.')})" if place.startswith("data.") else ""
        return [_format(f"This notebook does not follow the notebook format{where}; it is shown as well as it can be.")]
    return []


def _widget_notices(metadata: Mapping[str, object]) -> list[Notice]:
    widgets = metadata.get("widgets")
    if not isinstance(widgets, dict) or not widgets:
        return []
    saved = widgets.get(_WIDGET_STATE)
    if isinstance(saved, dict) and "state" in saved:
        return []
    text = "The notebook has interactive widgets whose state was not saved; their last text is shown instead."
    return [Notice(kind=NoticeKind.WIDGETS, text=text)]


def _language(metadata: Mapping[str, Any]) -> str:
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        described = metadata.get(place)
        if isinstance(described, dict) and isinstance(described.get(key), str) and described[key]:
            return str(described[key])[:40].lower()
    return "python"


def _read_cells(cells: list[object]) -> tuple[Cell, ...]:
    claimed = Counter(_claimed_id(cell) for cell in cells)
    seen: Counter[str] = Counter()
    read = []
    for index, cell in enumerate(cells):
        fields: Mapping[str, Any] = cell if isinstance(cell, dict) else {"source": "(This cell cannot be read.)"}
        source = text_of(fields.get("source"))
        source_hash = sha256(source.encode("utf-8", "replace")).hexdigest()
        cell_id = _claimed_id(cell)
        if not cell_id or claimed[cell_id] > 1:
            cell_id = f"source-{source_hash[:16]}-{seen[source_hash]}"
        seen[source_hash] += 1
        kind = _kind(fields.get("cell_type"))
        count, attachments = fields.get("execution_count"), fields.get("attachments")
        is_count = isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 10**6
        read.append(
            Cell(
                index=index,
                cell_id=cell_id,
                kind=kind,
                source=source,
                source_hash=source_hash,
                execution_count=count if is_count else None,
                outputs=read_outputs(fields.get("outputs")) if kind is CellKind.CODE else (),
                attachments=attachments if isinstance(attachments, dict) else {},
            )
        )
    return tuple(read)


def _claimed_id(cell: object) -> str:
    """Nbformat's id or else Colab's, where it is one; an id that two cells claim is used for neither."""
    if not isinstance(cell, dict):
        return ""
    metadata = cell.get("metadata")
    for claimed in (cell.get("id"), metadata.get("id") if isinstance(metadata, dict) else None):
        if isinstance(claimed, str) and _CELL_ID.fullmatch(claimed):
            return claimed
    return ""


def _kind(cell_type: object) -> CellKind:
    return CellKind(cell_type) if cell_type in ("code", "markdown") else CellKind.RAW


def _format(text: str) -> Notice:
    return Notice(kind=NoticeKind.FORMAT, text=text)


def _shortened(text: str) -> Notice:
    return Notice(kind=NoticeKind.SHORTENED, text=text)
