"""A quick look whether a notebook follows format 4, before nbformat's own validator is asked.

nbformat tries every cell and output against every kind there is, which takes a third of the time an unchanged
notebook needs. This look only ever says yes to what follows the format; whatever is unusual goes to the validator,
which alone names a fault.
"""

import re
from collections.abc import Mapping
from typing import Any

_MAJOR = 4
_STRINGS = frozenset({str})
_ID_SINCE = 5
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JSON = re.compile(r"application/(?:.*\+)?json")
_KERNEL = {"name": "", "display_name": ""}
# What the format describes inside a cell's metadata; all else there is free.
_DESCRIBED = frozenset({"execution", "format", "jupyter", "name", "scrolled", "tags"})
_KEYS = {
    "markdown": frozenset({"cell_type", "metadata", "source"}),
    "raw": frozenset({"cell_type", "metadata", "source"}),
    "code": frozenset({"cell_type", "metadata", "source", "outputs", "execution_count"}),
}
_OUTPUT_KEYS = {
    "stream": frozenset({"output_type", "name", "text"}),
    "display_data": frozenset({"output_type", "data", "metadata"}),
    "execute_result": frozenset({"output_type", "data", "metadata", "execution_count"}),
    "error": frozenset({"output_type", "ename", "evalue", "traceback"}),
}


def is_plainly_valid(content: Mapping[str, Any], minor: int) -> bool:
    """Whether the notebook certainly follows format 4 of this minor version; False: it may or may not."""
    metadata, cells = content.get("metadata"), content.get("cells")
    if content.keys() != {"nbformat", "nbformat_minor", "metadata", "cells"} or not isinstance(cells, list):
        return False
    if (type(content["nbformat"]), type(content["nbformat_minor"])) != (int, int):
        return False
    if (content["nbformat"], content["nbformat_minor"]) != (_MAJOR, minor):
        return False
    # Of the metadata only what the format describes can be wrong; anything unusual there is left to the validator.
    is_plain = isinstance(metadata, dict) and _is_plain_metadata(metadata)
    return is_plain and all(_is_plain_cell(cell, minor) for cell in cells)


def _is_plain_metadata(metadata: Mapping[str, Any]) -> bool:
    if any(key in metadata for key in ("title", "authors", "orig_nbformat")):
        return False
    kernel, language = metadata.get("kernelspec", _KERNEL), metadata.get("language_info", _KERNEL)
    if not isinstance(kernel, dict) or not isinstance(language, dict):
        return False
    mode = language.get("codemirror_mode", "")
    return (
        all(isinstance(kernel.get(key), str) for key in ("name", "display_name"))
        and isinstance(language.get("name"), str)
        and isinstance(mode, str | dict)
        and all(isinstance(value, str) for key, value in language.items() if key != "codemirror_mode")
    )


def _is_plain_cell(cell: Any, minor: int) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    keys = _KEYS.get(cell["cell_type"])
    if minor >= _ID_SINCE:
        cell = dict(cell)
        cell_id = cell.pop("id", None)
        if not isinstance(cell_id, str) or not _ID.fullmatch(cell_id):
            return False
    if cell.keys() != keys or not isinstance(cell["metadata"], dict) or not _is_text(cell["source"]):
        return False
    metadata = cell["metadata"]
    if not _DESCRIBED.isdisjoint(metadata) or not isinstance(metadata.get("collapsed", False), bool):
        return False
    return cell["cell_type"] != "code" or _is_plain_code(cell)


def _is_plain_code(cell: Mapping[str, Any]) -> bool:
    outputs = cell["outputs"]
    return (
        _is_count(cell["execution_count"]) and isinstance(outputs, list) and all(_is_plain_output(o) for o in outputs)
    )


def _is_plain_output(output: Any) -> bool:
    if not isinstance(output, dict) or not isinstance(output.get("output_type"), str):
        return False
    keys = _OUTPUT_KEYS.get(output["output_type"])
    if keys is None or output.keys() != keys:
        return False
    match output["output_type"]:
        case "stream":
            return isinstance(output["name"], str) and _is_text(output["text"])
        case "error":
            return (
                isinstance(output["ename"], str)
                and isinstance(output["evalue"], str)
                and _is_lines(output["traceback"])
            )
        case _:
            return _is_plain_bundle(output) and _is_count(output.get("execution_count"))


def _is_plain_bundle(output: Mapping[str, Any]) -> bool:
    data, metadata = output["data"], output["metadata"]
    return (
        isinstance(data, dict)
        and isinstance(metadata, dict)
        and all(_is_text(content) or _JSON.fullmatch(media_type) for media_type, content in data.items())
    )


def _is_count(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or _is_lines(value)


def _is_lines(value: Any) -> bool:
    # The parsers make exact strings, so that the set of types is enough: a third of the time.
    return isinstance(value, list) and set(map(type, value)) <= _STRINGS
