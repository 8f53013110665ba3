"""What git stores, as values: names of a folder, files, commits; read from their raw form.

Names are text decoded with `surrogateescape`, so that every name git allows goes through unchanged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


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


def parse_tree(content: bytes, *, oid_bytes: int) -> tuple[Entry, ...] | None:
    """The names in a raw tree object (mode, blank, name, NUL, id), or None where it is malformed."""
    entries = []
    at = 0
    while at < len(content):
        blank, end = content.find(b" ", at), content.find(b"\0", at)
        if not at < blank < end or end + 1 + oid_bytes > len(content):
            return None
        mode, name = content[at:blank], content[blank + 1 : end]
        at = end + 1 + oid_bytes
        entries.append(
            Entry(
                path=name.decode("utf-8", "surrogateescape"),
                kind=_kind_of(mode),
                oid=content[end + 1 : at].hex(),
                executable=mode.startswith(b"100") and mode[-3:-2] == b"7",
            )
        )
    return tuple(entries)


def _kind_of(mode: bytes) -> Kind:
    return {b"40000": Kind.FOLDER, b"040000": Kind.FOLDER, b"120000": Kind.LINK, b"160000": Kind.SUBMODULE}.get(
        mode, Kind.FILE
    )


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
    seconds = when.split(" ")[0]
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        at = None
    return name.strip()[:200], email.strip()[:320], at
