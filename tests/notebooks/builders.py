"""Small notebooks made on the spot: every kind of cell and output the tests and measurements need."""

import base64
import json
import random
import struct
import zlib
from collections.abc import Sequence

Json = dict[str, object]


def notebook(cells: Sequence[Json], *, minor: int = 5, metadata: Json | None = None) -> bytes:
    """A notebook of format 4 as a file holds it."""
    content = {
        "nbformat": 4,
        "nbformat_minor": minor,
        "metadata": {"language_info": {"name": "python"}} if metadata is None else metadata,
        "cells": list(cells),
    }
    return json.dumps(content).encode()


def code(source: object = "x = 1", *outputs: Json, count: object = 1, cell_id: str | None = "", **more: object) -> Json:
    """A code cell; an empty `cell_id` makes one of the source, None leaves it out."""
    cell: Json = {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }
    return _identified(cell, cell_id) | more


def markdown(source: object, *, cell_id: str | None = "", **more: object) -> Json:
    """A Markdown cell."""
    return _identified({"cell_type": "markdown", "metadata": {}, "source": source}, cell_id) | more


def raw_cell(source: str) -> Json:
    """A raw cell."""
    return _identified({"cell_type": "raw", "metadata": {}, "source": source}, "")


def stream(text: object, name: str = "stdout") -> Json:
    """A chunk of printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def display(bundle: Json, **metadata: object) -> Json:
    """A displayed bundle of media types."""
    return {"output_type": "display_data", "data": bundle, "metadata": metadata}


def result(bundle: Json, count: int = 1) -> Json:
    """The value of a cell."""
    return {"output_type": "execute_result", "data": bundle, "metadata": {}, "execution_count": count}


def error(name: str = "ValueError", value: str = "bad", traceback: Sequence[str] = ()) -> Json:
    """A traceback."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(traceback)}


def png(width: int = 4, height: int = 3, seed: int = 0, noise: int = 0) -> bytes:
    """A real PNG of these pixels; `noise` bytes that do not compress make it as large as wanted."""
    rows = b"".join(b"\x00" + bytes([seed % 256]) * width for _ in range(height))
    chunks = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    if noise:
        chunks += _chunk(b"raNd", random.Random(seed).randbytes(noise))
    return b"\x89PNG\r\n\x1a\n" + chunks + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def as_base64(body: bytes) -> str:
    """Bytes as notebooks write them."""
    return base64.b64encode(body).decode()


def old_notebook(version: int) -> bytes:
    """A notebook of format 2 or 3, with the cells and outputs of its time."""
    heading = {"cell_type": "heading", "level": 2, "source": "Results", "metadata": {}}
    text = {"cell_type": "markdown", "source": "# AWGAN", "metadata": {}}
    outputs = [
        {"output_type": "stream", "stream": "stdout", "text": "hello\n"},
        {"output_type": "pyout", "prompt_number": 1, "text": "2", "metadata": {}},
        {"output_type": "display_data", "png": as_base64(png()), "metadata": {}},
        {"output_type": "pyerr", "ename": "KeyError", "evalue": "'a'", "traceback": ["KeyError: 'a'"]},
    ]
    run = {
        "cell_type": "code",
        "input": "print('hello')\n1 + 1",
        "language": "python",
        "collapsed": False,
        "prompt_number": 1,
        "outputs": outputs,
        "metadata": {},
    }
    cells = [text, run] if version == 2 else [text, heading, run]
    content = {
        "nbformat": version,
        "nbformat_minor": 0,
        "metadata": {"name": "main"},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    return json.dumps(content).encode()


def pandas_table(rows: int = 3) -> str:
    """The HTML pandas writes for a small table."""
    style = "<style scoped>\n    .dataframe tbody tr th {\n        vertical-align: top;\n    }\n</style>\n"
    body = "".join(f"    <tr>\n      <th>{row}</th>\n      <td>{row * 1.5}</td>\n    </tr>\n" for row in range(rows))
    head = (
        '  <thead>\n    <tr style="text-align: right;">\n      <th></th>\n      <th>FID</th>\n    </tr>\n  </thead>\n'
    )
    return f'<div>\n{style}<table border="1" class="dataframe">\n{head}  <tbody>\n{body}  </tbody>\n</table>\n</div>'


def _identified(cell: Json, cell_id: str | None) -> Json:
    if cell_id is None:
        return cell
    made = f"c{zlib.crc32(repr(cell['source']).encode()):08x}"
    return cell | {"id": cell_id or made}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
