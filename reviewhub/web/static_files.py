"""Addresses of static files carry a mark of their content, so that a browser may keep them for good.

Modules that import each other by a relative address have no mark: a browser asks for those again, with their ETag.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask

MARK_LENGTH = 10


def mark_static_files(app: Flask) -> None:
    """Let `url_for("static", filename=…)` add `v`, the mark of the file's content."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def add_mark(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        file = folder / values.get("filename", "")
        if file.is_file():
            values["v"] = sha256(file.read_bytes()).hexdigest()[:MARK_LENGTH]
