"""Keeps what was rendered: cells by the hash of all they are made of, whole notebooks by the id of their blob.

What is kept holds no addresses (see `slots`), so it is the same for every reader and stays good for ever; a new
version of the renderer looks under new names.
"""

import hashlib
import threading
from collections import OrderedDict
from functools import cache
from importlib.metadata import version
from pathlib import Path

import obstore
import orjson
from obstore.exceptions import NotFoundError

from reviewhub.notebooks.content import ContentStore
from reviewhub.notebooks.drafts import CellDraft, NotebookDraft

_MEMORY = 64 * 1024 * 1024
_LIBRARIES = ("mistune", "nbconvert", "nbformat", "nh3", "pygments")


@cache
def renderer_version() -> str:
    """Names this renderer: a hash of the room's sources and of the versions of the libraries it stands on."""
    digest = hashlib.sha256(" ".join(version(name) for name in _LIBRARIES).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


class RenderCache:
    """A bounded memory of rendered cells and notebooks in this process, before the object store of `content`."""

    def __init__(self, content: ContentStore, *, memory_bytes: int = _MEMORY) -> None:
        """Keep up to about `memory_bytes` of HTML in memory; notebooks also go to the store, below `rendered/`."""
        self.content = content
        self._memory = _Memory(memory_bytes)

    @property
    def memory_used(self) -> int:
        """About how many bytes are remembered in this process."""
        return self._memory.weight

    def get_cell(self, key: str) -> CellDraft | None:
        """The rendered cell with this key, if this process rendered or loaded it not long ago."""
        found = self._memory.get(key)
        return found if isinstance(found, CellDraft) else None

    def put_cell(self, key: str, draft: CellDraft) -> None:
        """Remember a rendered cell."""
        self._memory.put(key, draft, draft.weight)

    def forget(self) -> None:
        """Forget what this process remembers, not what is kept in the store."""
        self._memory.clear()

    def get_notebook(self, blob_id: str) -> NotebookDraft | None:
        """The rendered notebook of this blob, from memory or the store; its cells are remembered too."""
        found = self._memory.get(_path(blob_id))
        if isinstance(found, NotebookDraft):
            return found
        try:
            kept = bytes(obstore.get(self.content.objects, _path(blob_id)).bytes())
            draft = NotebookDraft.from_json(orjson.loads(kept))
        except (NotFoundError, FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            # A file that was cut short by a crash counts as none.
            return None
        self._remember(blob_id, draft)
        return draft

    def has_notebook(self, blob_id: str) -> bool:
        """Whether the notebook of this blob was rendered; cheaper than getting it."""
        if self._memory.get(_path(blob_id)) is not None:
            return True
        try:
            obstore.head(self.content.objects, _path(blob_id))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def put_notebook(self, blob_id: str, draft: NotebookDraft) -> None:
        """Keep the rendered notebook of this blob."""
        obstore.put(self.content.objects, _path(blob_id), orjson.dumps(draft.as_json()), use_multipart=False)
        self._remember(blob_id, draft)

    def _remember(self, blob_id: str, draft: NotebookDraft) -> None:
        for placed in draft.cells:
            if self.get_cell(placed.key) is None:
                self.put_cell(placed.key, placed.draft)
        # The cells are weighed on their own: the notebook only holds references to them.
        self._memory.put(_path(blob_id), draft, 200 * len(draft.cells))


class _Memory:
    """The least recently used go first once the weights (bytes) sum to more than the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.weight = 0
        self._kept: OrderedDict[str, tuple[object, int]] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.weight = 0

    def get(self, key: str) -> object | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: str, value: object, weight: int) -> None:
        with self._lock:
            _, old = self._kept.pop(key, (None, 0))
            self._kept[key] = (value, weight)
            self.weight += weight - old
            while self.weight > self._limit and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self.weight -= gone


@cache
def _folder() -> str:
    return f"rendered/{renderer_version()}"


def _path(blob_id: str) -> str:
    # Blob ids come from git; hashing them once more keeps any other text from choosing a path.
    return f"{_folder()}/{hashlib.sha256(blob_id.encode()).hexdigest()}"
