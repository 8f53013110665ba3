"""Files made of notebook outputs — images, long texts, interactive pages — named by the SHA-256 of their bytes."""

import hashlib
import re
import threading
from contextlib import suppress
from dataclasses import dataclass

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import ObjectStore

from reviewhub.notebooks.images import image_size
from reviewhub.storage.objects import open_object_store

_SHA256 = re.compile(r"[0-9a-f]{64}")
# The object's first line names the media type, so that one read answers both questions.
_MEDIA_TYPE = re.compile(rb"([a-z]+/[a-z0-9.+-]+(?:; charset=utf-8)?)\n")
_REMEMBERED = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentRef:
    """A kept file: its SHA-256 in hex, media type, size in bytes, and pixels when it is an image of known size."""

    sha256: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """The bytes of a kept file and their media type."""

    media_type: str
    body: bytes


class ContentStore:
    """Keeps bytes under their own hash; putting the same bytes twice keeps them once.

    A hash is no permission: whoever serves these files checks the reader's right to the notebook first.
    """

    def __init__(self, objects: ObjectStore) -> None:
        """Keep files in `objects`, below `content/`."""
        self.objects = objects
        self._known: dict[str, None] = {}
        self._lock = threading.Lock()

    @classmethod
    def at(cls, where: str) -> "ContentStore":
        """Open the store at a folder path or URL."""
        return cls(open_object_store(where))

    def put(self, body: bytes, media_type: str) -> ContentRef:
        """Keep bytes; `media_type` is what they will be served as."""
        head = media_type.encode() + b"\n"
        sha256 = hashlib.sha256(head + body).hexdigest()
        if sha256 not in self._known:
            with suppress(AlreadyExistsError):
                obstore.put(self.objects, _path(sha256), head + body, mode="create", use_multipart=False)
            with self._lock:
                if len(self._known) > _REMEMBERED:
                    self._known.clear()
                self._known[sha256] = None
        width, height = image_size(body) if media_type.startswith("image/") else (None, None)
        return ContentRef(sha256=sha256, media_type=media_type, size=len(body), width=width, height=height)

    def get(self, sha256: str) -> Content | None:
        """The kept bytes, or None when there are none of this name (or it is no name at all)."""
        if not _SHA256.fullmatch(sha256):
            return None
        try:
            kept = bytes(obstore.get(self.objects, _path(sha256)).bytes())
        except (NotFoundError, FileNotFoundError):
            return None
        found = _MEDIA_TYPE.match(kept)
        return Content(media_type=found.group(1).decode(), body=kept[found.end() :]) if found else None


def _path(sha256: str) -> str:
    return f"content/{sha256[:2]}/{sha256}"
