"""The object store: files in a folder or at a URL such as s3://bucket/prefix, for every room that keeps some."""

from functools import lru_cache
from pathlib import Path

from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url


def open_object_store(where: str) -> ObjectStore:
    """The object store at a folder path or URL (`s3://bucket/prefix`, `memory:///`); a folder is made if missing."""
    if where.startswith("memory:"):
        return MemoryStore()
    if "://" in where:
        return from_url(where)
    Path(where).mkdir(parents=True, exist_ok=True)
    return LocalStore(where)


@lru_cache(maxsize=4)
def shared_object_store(where: str) -> ObjectStore:
    """The same store for everybody in this program who names the same place (`settings.files.objects`)."""
    return open_object_store(where)
