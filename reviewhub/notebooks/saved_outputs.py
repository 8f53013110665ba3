"""Reads the outputs a notebook file carries; anything of the wrong shape becomes an output that says so."""

import json
from collections.abc import Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any

import orjson

from reviewhub.notebooks.cells import Output, OutputKind, StreamPart

MOST_OUTPUTS = 1000

_KINDS = {
    "stream": OutputKind.STREAM,
    "display_data": OutputKind.DISPLAY,
    "update_display_data": OutputKind.DISPLAY,
    "execute_result": OutputKind.RESULT,
    "error": OutputKind.ERROR,
}


def text_of(value: object) -> str:
    """A text that may be saved as a list of lines; anything else is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        try:
            return "".join(value)
        except TypeError:
            return "".join(part for part in value if isinstance(part, str))
    return ""


def read_outputs(saved: object) -> tuple[Output, ...]:
    """The outputs of one cell in order, neighbouring streams as one; numbered from 0."""
    outputs: list[Output] = []
    streams: list[StreamPart] = []
    for output in saved if isinstance(saved, list) else []:
        fields: Mapping[str, Any] = output if isinstance(output, dict) else {}
        output_type = fields.get("output_type")
        kind = _KINDS.get(output_type, OutputKind.UNREADABLE) if isinstance(output_type, str) else OutputKind.UNREADABLE
        if kind is OutputKind.STREAM:
            name = "stderr" if fields.get("name") == "stderr" else "stdout"
            streams.append(StreamPart(name=name, text=text_of(fields.get("text"))))
            continue
        if streams:
            outputs.append(_stream(len(outputs), streams))
            streams = []
        outputs.append(_rich(len(outputs), kind, fields))
    if streams:
        outputs.append(_stream(len(outputs), streams))
    return tuple(outputs)


def canonical_bytes(value: object) -> bytes:
    """The same bytes for the same JSON value, whatever the order of its keys."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Integers beyond 64 bits and keys with lone surrogates, which only the standard parser lets in.
        return json.dumps(value, sort_keys=True, default=str).encode()


def _stream(ordinal: int, chunks: list[StreamPart]) -> Output:
    # Chunks are an accident of timing: neighbours of one stream become one part, and the hash is of the whole text.
    parts = tuple(
        StreamPart(name=name, text="".join(chunk.text for chunk in neighbours))
        for name, neighbours in groupby(chunks, key=lambda chunk: chunk.name)
    )
    output_hash = _hash(OutputKind.STREAM, "".join(part.text for part in parts))
    return Output(ordinal=ordinal, kind=OutputKind.STREAM, output_hash=output_hash, parts=parts)


def _rich(ordinal: int, kind: OutputKind, fields: Mapping[str, Any]) -> Output:
    if kind is OutputKind.ERROR:
        text = _traceback(fields)
        return Output(ordinal=ordinal, kind=kind, output_hash=_hash(kind, text), text=text)
    saved, metadata = fields.get("data"), fields.get("metadata")
    media = {name: item for name, item in saved.items() if isinstance(name, str)} if isinstance(saved, dict) else {}
    return Output(
        ordinal=ordinal,
        kind=kind,
        output_hash=_hash(kind, media),
        media=media,
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _traceback(fields: Mapping[str, Any]) -> str:
    saved = fields.get("traceback")
    lines = [line for line in saved if isinstance(line, str)] if isinstance(saved, list) else []
    if lines:
        return "\n".join(lines)
    return f"{text_of(fields.get('ename')) or 'Error'}: {text_of(fields.get('evalue'))}"


def _hash(kind: OutputKind, content: object) -> str:
    return sha256(kind.encode() + b"\n" + canonical_bytes(content)).hexdigest()
