"""Pack a folder of the repository as a zip that is safe to unpack anywhere, piece by piece.

Names come from strangers: what could leave the folder, or what another system cannot write, is spelled otherwise.
Links are written as small text files with their target. What could not be packed is listed in the archive itself.
"""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from reviewhub.github.git import GitFailed
from reviewhub.github.objects import Entry, Kind, Listing, Objects

NAME_BYTES = 200
PATH_BYTES = 800
PACKED = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".zip", ".gz", ".pt", ".pth", ".npz", ".mp4", ".h5")
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)", re.IGNORECASE)
# Signs no system writes, lone surrogates, and signs one cannot see: some systems leave those out (".g\u200cit").
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"\\|?*\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]'
)
_GIT = frozenset({".git", "git~1"})
_LEFT_OUT = "NOT-IN-THIS-ARCHIVE.txt"


def zip_pieces(objects: Objects, listing: Listing, *, top: str, at: datetime) -> Iterator[bytes]:
    """The zip of a listing under the folder `top`, as pieces of bytes; every entry carries the moment `at`.

    The same listing gives the same bytes. Files that are missing or damaged are named in one text file at the end.
    """
    stream = _Stream()
    moment = max(at, at.replace(year=1980)).timetuple()[:6]
    left_out = [f"{entry.path}: {_reason(entry)}" for entry in listing.entries if _reason(entry)]
    left_out += [f"{folder}/: this folder cannot be read" for folder in listing.unread]
    left_out += ["and more: the folder has too many files"] if listing.cut_off else []
    packable = [entry for entry in listing.entries if not _reason(entry)]
    damaged = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for entry, name in zip(packable, safe_names(entry.path for entry in packable), strict=True):
            meta = zipfile.ZipInfo(f"{safe_part(top)}/{name}", date_time=moment)
            meta.compress_type = zipfile.ZIP_STORED if name.lower().endswith(PACKED) else zipfile.ZIP_DEFLATED
            meta.external_attr = (0o755 if entry.executable else 0o644) << 16
            meta.file_size = entry.size or 0
            pieces = objects.pieces(entry.oid)
            try:
                first = next(pieces, b"")
            except GitFailed:
                damaged.append(f"{entry.path}: this file is damaged in the repository")
                continue
            with archive.open(meta, "w") as file:
                for piece in chain([first], pieces):
                    file.write(piece)
                    yield from stream.take()
            yield from stream.take()
        left_out += damaged
        if left_out:
            meta = zipfile.ZipInfo(f"{safe_part(top)}/{_LEFT_OUT}", date_time=moment)
            meta.external_attr = 0o644 << 16
            archive.writestr(meta, "\n".join(left_out).encode("utf-8", "backslashreplace") + b"\n")
    yield from stream.take()


def _reason(entry: Entry) -> str:
    if entry.kind is Kind.SUBMODULE:
        return f"this is a submodule (commit {entry.oid[:7]} of another repository)"
    if entry.missing or entry.size is None:
        return "this file is missing in the repository"
    return ""


def safe_names(paths: Iterable[str]) -> Iterator[str]:
    """A name for each path that can be unpacked everywhere: no two are equal, and none is a folder of another's."""
    safe = [(path, safe_path(path)) for path in paths]
    taken = {_folded(_LEFT_OUT)}
    for _, name in safe:
        folded = _folded(name)
        taken.update(folded[:at] for at, sign in enumerate(folded) if sign == "/")
    for path, plain in safe:
        name, count = plain, 0
        while _folded(name) in taken:
            name = _marked(plain, f"{path}{count or ''}")
            count += 1
        taken.add(_folded(name))
        yield name


def _marked(name: str, path: str) -> str:
    """The name with a mark of the path before its ending."""
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    folder, slash, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    return folder + slash + (f"{stem}-{digest}.{ending}" if dot and stem else f"{last}-{digest}")


def safe_path(path: str) -> str:
    """A path without anything that leads out of its folder or that some system cannot write."""
    safe = "/".join(safe_part(part) for part in path.split("/"))
    if len(safe.encode()) <= PATH_BYTES:
        return safe
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"long-names/{digest}-{safe_part(path.rpartition('/')[2])}"


def safe_part(part: str) -> str:
    """One name, made safe: no control or direction signs, no reserved words, not empty or dots alone, not too long."""
    safe = _UNSAFE.sub("_", part).rstrip(" .") or "_"
    if _RESERVED.match(safe) or unicodedata.normalize("NFKC", safe).casefold() in _GIT:
        safe = f"_{safe}"
    if len(safe.encode()) > NAME_BYTES:
        digest = hashlib.sha256(part.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        safe = f"{digest}-{safe.encode()[-NAME_BYTES:].decode('utf-8', 'ignore')}"
    return safe


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


class _Stream:
    """What zipfile writes to: collects bytes until they are taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Zipfile asks for it; there is nothing to push on."""

    def close(self) -> None:
        """Zipfile asks for it; there is nothing to close."""

    def take(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        if pieces:
            yield b"".join(pieces)
