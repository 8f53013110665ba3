"""What git stores, as values: names of a folder, files, commits; read from their raw form.

Names are text decoded with `surrogateescape`, so that every name git allows goes through unchanged.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import NamedTuple


class Kind(StrEnum):
    """What a name in a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SUBMODULE = "submodule"


class Problem(StrEnum):
    """Why an object cannot be shown."""

    MISSING = "missing"
    DAMAGED = "damaged"
    TOO_LARGE = "too large"
    ANOTHER_KIND = "another kind"


class Name(NamedTuple):
    """One name of one tree, as it is read in bulk; whoever asks for it gets an `Entry`."""

    name: str
    kind: Kind
    oid: str
    executable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One name of a tree: `path` from the folder that was asked for; `size` in bytes, None where it is not known."""

    path: str
    kind: Kind
    oid: str
    size: int | None = None
    executable: bool = False
    missing: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A whole folder, in git's order.

    `cut_off` where there was more than the limit; `unread` are the folders that could not be read.
    """

    entries: tuple[Entry, ...]
    cut_off: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """One file's bytes, or the problem instead of them."""

    oid: str
    size: int | None
    content: bytes | None
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit. Its dates are what its author's machine said, and prove nothing."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    authored_at: datetime | None
    committed_at: datetime | None
    subject: str


def parse_tree(content: bytes, *, oid_bytes: int) -> tuple[Name, ...] | None:
    """The names in a raw tree object (mode, blank, name, NUL, id), or None where it is malformed."""
    found = _tree_names(oid_bytes).findall(content)
    if sum(map(len, chain.from_iterable(found))) + 2 * len(found) != len(content):
        return None
    return tuple([_name(mode, name.decode("utf-8", "surrogateescape"), oid.hex()) for mode, name, oid in found])


@cache
def _tree_names(oid_bytes: int) -> re.Pattern[bytes]:
    return re.compile(rb"([^ \0]+) ([^\0]+)\0(.{%d})" % oid_bytes, re.DOTALL)


def _name(mode: bytes, name: str, oid: str) -> Name:
    if mode == b"100644":
        return Name(name, Kind.FILE, oid, False)  # noqa: FBT003 - made a hundred thousand times: by place is quicker
    return Name(name, _KINDS.get(mode, Kind.FILE), oid, mode.startswith(b"100") and mode[-3:-2] == b"7")


_KINDS = {b"40000": Kind.FOLDER, b"040000": Kind.FOLDER, b"120000": Kind.LINK, b"160000": Kind.SUBMODULE}


def parse_commit(oid: str, content: bytes) -> Commit | None:
    """The parts of a raw commit object, or None where it has no tree."""
    head, _, message = content.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.decode("utf-8", "replace").partition(" ")
        fields.setdefault(key, []).append(value)
    if "tree" not in fields:
        return None
    name, email, authored_at = _signature(fields.get("author", [""])[0])
    subject = message.decode("utf-8", "replace").strip().partition("\n")[0]
    return Commit(
        oid=oid,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        author_name=name,
        author_email=email,
        authored_at=authored_at,
        committed_at=_signature(fields.get("committer", [""])[0])[2],
        subject=subject[:500],
    )


def _signature(text: str) -> tuple[str, str, datetime | None]:
    who, _, when = text.rpartition("> ")
    name, _, email = who.partition("<")
    return name.strip()[:200], email.strip()[:320], moment_of(when.split(" ")[0])


def moment_of(seconds: str) -> datetime | None:
    """The moment that so many seconds since 1970 name, or None for what is no moment."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
