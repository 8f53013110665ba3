"""Files made of notebook outputs — images, long texts, interactive pages — named by the SHA-256 of their bytes."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import ObjectStore

from reviewhub.notebooks.images import image_size
from reviewhub.storage.objects import open_object_store

_SHA256 = re.compile(r"[0-9a-f]{64}")
# The object's first line names the media type, so that one read answers both questions.
_MEDIA_TYPE = re.compile(rb"([a-z]+/[a-z0-9.+-]+(?:; charset=utf-8)?)\n")
_LONGEST_HEAD = 100
_REMEMBERED = 20_000
PIECE_BYTES = 1 << 20
_WRITERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="kept-files")


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
        ref, kept = _named(body, media_type)
        if ref.sha256 not in self._known:
            self._write(ref.sha256, kept)
        return ref

    @contextmanager
    def putting(self) -> Iterator[Callable[[bytes, str], ContentRef]]:
        """A `put` that names the file at once and writes it meanwhile; all are written when the block ends.

        Half the time of a notebook's pictures is the disk's. Raises what writing raised.
        """
        begun: list[Future[None]] = []

        def put(body: bytes, media_type: str) -> ContentRef:
            ref, kept = _named(body, media_type)
            if ref.sha256 not in self._known:
                begun.append(_WRITERS.submit(self._write, ref.sha256, kept))
            return ref

        try:
            yield put
        finally:
            wait(begun)
        for one in begun:
            one.result()

    def _write(self, sha256: str, kept: bytes) -> None:
        with suppress(AlreadyExistsError):
            obstore.put(self.objects, _path(sha256), kept, mode="create", use_multipart=False)
        with self._lock:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[sha256] = None

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

    def find(self, sha256: str) -> ContentRef | None:
        """What is kept under this name, without reading its bytes (and so without its pixels), or None."""
        if not _SHA256.fullmatch(sha256):
            return None
        try:
            kept = obstore.get(self.objects, _path(sha256), options={"range": (0, _LONGEST_HEAD)})
            found = _MEDIA_TYPE.match(bytes(kept.bytes()))
        except (NotFoundError, FileNotFoundError):
            return None
        if found is None:
            return None
        return ContentRef(sha256=sha256, media_type=found[1].decode(), size=kept.meta["size"] - found.end())

    def pieces(self, ref: ContentRef, *, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to, without, `stop` of a kept file, at most a megabyte at a time."""
        head = len(ref.media_type) + 1
        for at in range(start, stop, PIECE_BYTES):
            end = min(stop, at + PIECE_BYTES)
            yield bytes(obstore.get_range(self.objects, _path(ref.sha256), start=head + at, end=head + end))


def _named(body: bytes, media_type: str) -> tuple[ContentRef, bytes]:
    """What the file will be called, and the bytes that are written."""
    kept = media_type.encode() + b"\n" + body
    width, height = image_size(body) if media_type.startswith("image/") else (None, None)
    sha256 = hashlib.sha256(kept).hexdigest()
    return ContentRef(sha256=sha256, media_type=media_type, size=len(body), width=width, height=height), kept


def _path(sha256: str) -> str:
    # Sixteen folders: on a disk, making one takes longer than writing a picture, so there are not two hundred to make.
    return f"content/{sha256[0]}/{sha256}"
