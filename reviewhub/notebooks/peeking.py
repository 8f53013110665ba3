"""What arrays and archives say of themselves: names, sizes, shapes. Nothing is unpacked to be kept, nor unpickled."""

import io
import re
import struct
import zipfile
from dataclasses import dataclass

from reviewhub.notebooks.visible import make_visible

MOST_NAMED = 100
MOST_OF_DIRECTORY = 1024 * 1024
_NPY = b"\x93NUMPY"
_NPY_HEAD = 4096
_DESCR = re.compile(r"'descr':\s*'([^']{1,40})'")
_SHAPE = re.compile(r"'shape':\s*\(([0-9, ]{0,200})\)")
_END = b"PK\x05\x06"
_END_SIZE = 22
_TYPES = {"b1": "bool", "i1": "int8", "u1": "uint8", "O": "Python objects"}
_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file inside an archive: its unpacked size in bytes, and what it says of itself."""

    name: str
    size: int
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """What an array or archive says of itself; `left_out` counts the parts that are not listed."""

    note: str = ""
    parts: tuple[Part, ...] = ()
    left_out: int = 0


def look_inside(content: bytes) -> Inside | None:
    """What a NumPy file or a zip says of itself; None where it is neither, or says nothing that can be read."""
    if content.startswith(_NPY):
        note = npy_note(content[:_NPY_HEAD])
        return Inside(note=note) if note else None
    return _zip_inside(content) if content.startswith((b"PK\x03\x04", _END)) else None


def npy_note(head: bytes) -> str:
    """Shape and type of a NumPy array by the header of its file ("10,000 × 28 × 28, uint8"), or nothing."""
    if not head.startswith(_NPY) or len(head) < 12:  # noqa: PLR2004 - the fixed part of the header
        return ""
    text = head[8:].decode("latin-1")
    shape, descr = _SHAPE.search(text), _DESCR.search(text)
    if shape is None:
        return ""
    sides = [f"{int(side):,}" for side in shape[1].split(",") if side.strip().isdecimal()]
    return f"{' × '.join(sides) or 'a single number'}, {_type_words(descr[1] if descr else '')}"


def _type_words(descr: str) -> str:
    name = descr.lstrip("<>|=")
    if name in _TYPES:
        return _TYPES[name]
    kind, digits = name[:1], name[1:]
    if kind in _KINDS and digits.isdecimal() and len(digits) < 3:  # noqa: PLR2004 - at most 64 bytes a number
        return f"{_KINDS[kind]}{int(digits) * 8}"
    return {"U": "text", "S": "bytes", "M": "dates", "m": "durations"}.get(kind, "records of several fields")


def _zip_inside(content: bytes) -> Inside | None:
    if not _has_small_directory(content):
        return Inside(note="It holds too many files to be listed.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            parts = tuple(_part(archive, entry) for entry in entries[:MOST_NAMED])
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error, OSError, EOFError):
        return None
    count = f"{len(entries):,} file{'' if len(entries) == 1 else 's'}"
    return Inside(note=f"{count} inside", parts=parts, left_out=len(entries) - len(parts))


def _has_small_directory(content: bytes) -> bool:
    """Whether the archive's list of names is short enough to be read: a zip may name a million files."""
    at = content.rfind(_END, max(0, len(content) - _END_SIZE - 0xFFFF))
    if at < 0 or at + _END_SIZE > len(content):
        return True
    size: int = struct.unpack("<L", content[at + 12 : at + 16])[0]
    return size <= MOST_OF_DIRECTORY


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Part:
    return Part(name=make_visible(entry.filename[:300]), size=entry.file_size, note=_array_note(archive, entry))


def _array_note(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if not entry.filename.endswith(".npy") or entry.flag_bits & 1:
        return ""
    try:
        with archive.open(entry) as file:
            return npy_note(file.read(_NPY_HEAD))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, EOFError, RuntimeError):
        return ""
    except Exception as fault:  # noqa: BLE001 - zlib, bz2, lzma each raise their own error
        del fault
        return ""
