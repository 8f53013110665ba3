"""What kind of file something is, by its name, first bytes and size: decides how, and whether, it is shown."""

import re
from enum import StrEnum
from pathlib import PurePosixPath

from reviewhub.notebooks.delimited import LARGEST_TABLE
from reviewhub.notebooks.images import image_type
from reviewhub.notebooks.media import media_type
from reviewhub.notebooks.recognizing import UNKNOWN, file_words

LARGEST_TEXT = 2 * 1024 * 1024
LARGEST_NOTEBOOK = 64 * 1024 * 1024
LARGEST_IMAGE = 20 * 1024 * 1024
HEAD = 8192


class FileKind(StrEnum):
    """How a file is shown."""

    NOTEBOOK = "notebook"
    CODE = "code"
    MARKDOWN = "markdown"
    TEXT = "text"
    TABLE = "table"
    IMAGE = "image"
    PDF = "pdf"
    SOUND = "sound"
    VIDEO = "video"
    LFS_POINTER = "lfs-pointer"
    EMPTY = "empty"
    BINARY = "binary"
    TOO_LARGE = "too-large"


_LANGUAGES = {
    "bash": "bash", "bat": "", "c": "c", "cc": "cpp", "cfg": "ini", "conf": "ini", "cpp": "cpp", "css": "css",
    "cu": "cuda", "cuh": "cuda", "diff": "diff", "f90": "fortran", "go": "go", "h": "c", "hpp": "cpp",
    "htm": "html", "html": "html", "ini": "ini", "java": "java", "jl": "julia", "js": "javascript", "json": "json",
    "jsonl": "json", "kt": "kotlin", "lua": "lua", "m": "matlab", "mjs": "javascript", "patch": "diff",
    "php": "php", "pl": "perl", "ps1": "powershell", "py": "python", "pyi": "python", "pyw": "python", "r": "r",
    "rb": "ruby", "rs": "rust", "scala": "scala", "sh": "bash", "sql": "sql", "svg": "xml", "swift": "swift",
    "tex": "tex", "toml": "toml", "ts": "typescript", "xml": "xml", "yaml": "yaml", "yml": "yaml", "zsh": "bash",
}  # fmt: skip
_LANGUAGES_BY_NAME = {
    "makefile": "make",
    "dockerfile": "docker",
    "snakefile": "python",
    ".bashrc": "bash",
    "pipfile": "toml",
}
_NOT_UTF8 = "This file is not UTF-8; characters that could not be read are shown as �."
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_POINTER_SIZE = re.compile(rb"^size ([0-9]{1,15})$", re.MULTILINE)


def classify_file(name: str, head: bytes, size: int) -> FileKind:  # noqa: PLR0911 - a table of questions in order
    """The kind of a file; `head` is its first bytes (HEAD of them are enough), `size` its length in bytes."""
    if size == 0:
        return FileKind.EMPTY
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return FileKind.LFS_POINTER
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if suffix == "ipynb":
        return FileKind.NOTEBOOK if size <= LARGEST_NOTEBOOK else FileKind.TOO_LARGE
    if picture := _picture_kind(head, size):
        return picture
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if played := media_type(head):
        return FileKind.VIDEO if played.startswith("video/") else FileKind.SOUND
    if not _is_text(head):
        return FileKind.BINARY
    kind = _text_kind(suffix, name)
    return kind if size <= (LARGEST_TABLE if kind is FileKind.TABLE else LARGEST_TEXT) else FileKind.TOO_LARGE


def language_of(name: str) -> str:
    """The Pygments name of the language a file name tells, or nothing."""
    path = PurePosixPath(name)
    return _LANGUAGES_BY_NAME.get(path.name.lower()) or _LANGUAGES.get(path.suffix.lower().removeprefix("."), "")


def why_not_shown(kind: FileKind, *, name: str, size: int, head: bytes = b"") -> str:
    """One sentence for the reader about a file of which nothing is shown; nothing for one that is."""
    what, in_words = file_words(name, head), size_words(size)
    match kind:
        case FileKind.LFS_POINTER:
            found = _POINTER_SIZE.search(head)
            whole = f" ({size_words(int(found[1]))})" if found else ""
            return f"Only a Git LFS pointer was pushed here; the file itself{whole} is not in the repository."
        case FileKind.EMPTY:
            return "This file is empty."
        case FileKind.BINARY:
            return f"{what[0].upper()}{what[1:]}, {in_words}: not shown here, but it can be downloaded."
        case FileKind.TOO_LARGE if what == UNKNOWN:
            return f"This file ({in_words}) is too large to be shown; it can be downloaded."
        case FileKind.TOO_LARGE:
            return f"{what[0].upper()}{what[1:]}, {in_words}: too large to be shown, but it can be downloaded."
        case _:
            return ""


def size_words(size: int) -> str:
    """A number of bytes as people say it: "824 bytes", "1.5 KB", "3.0 MB"."""
    if size < 1024:  # noqa: PLR2004 - a kilobyte
        return f"{size:,} byte{'' if size == 1 else 's'}"
    amount, units = float(size), ["GB", "MB", "KB"]
    while amount >= 1024 and units:  # noqa: PLR2004
        amount, unit = amount / 1024, units.pop()
    return f"{amount:,.1f} {unit}"


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text of a file, and a sentence when it was not UTF-8."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), ""
    try:
        return raw.decode(), ""
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), _NOT_UTF8


def _picture_kind(head: bytes, size: int) -> FileKind | None:
    if image_type(head) is None:
        return None
    return FileKind.IMAGE if size <= LARGEST_IMAGE else FileKind.TOO_LARGE


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head or head.startswith(tuple(mark for mark, _ in _MARKS))


def _text_kind(suffix: str, name: str) -> FileKind:
    if suffix in ("md", "markdown", "mdown"):
        return FileKind.MARKDOWN
    if suffix in ("csv", "tsv"):
        return FileKind.TABLE
    return FileKind.CODE if language_of(name) else FileKind.TEXT
