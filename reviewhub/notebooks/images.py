"""What bytes claiming to be an image really are, and how many pixels they have; nothing is ever decoded."""

import re
import struct

SVG = "image/svg+xml"
# A small file may unpack to a picture that eats the reader's memory; larger ones are offered as a download.
MOST_PIXELS = 100_000_000
LONGEST_SIDE = 30_000

_SVG_TAG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_SVG_SIDE = re.compile(rb'\s(width|height)\s*=\s*["\']\s*([0-9.]{1,9})\s*(px|pt)?\s*["\']', re.IGNORECASE)
_POINT_IN_PIXELS = 4 / 3
# Markers of a JPEG that carry the size of the frame (ISO/IEC 10918-1, table B.1: SOF0–SOF15 without DHT, JPG, DAC).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_type(head: bytes) -> str | None:  # noqa: PLR0911 - one question per format
    """The media type of an image by its first bytes, or None when it is none that browsers show."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and len(head) > 26 and head[6:10] == bytes(4):  # noqa: PLR2004 - a BMP's two headers
        return "image/bmp"
    if _SVG_TAG.search(head[:4096]) and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return SVG
    return None


def image_size(body: bytes) -> tuple[int | None, int | None]:
    """Width and height in CSS pixels from the file's header, or (None, None) where it does not say."""
    try:
        size = _raw_size(body)
    except (struct.error, IndexError, ValueError):
        size = None
    return size if size and size[0] > 0 and size[1] > 0 else (None, None)


def is_too_many_pixels(width: int | None, height: int | None) -> bool:
    """Whether showing the picture could exhaust the reader's browser."""
    return (
        width is not None and height is not None and (width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE)
    )


def _raw_size(body: bytes) -> tuple[int, int] | None:
    match image_type(body[:4096]):
        case "image/png":
            width, height = struct.unpack(">II", body[16:24])
        case "image/gif":
            width, height = struct.unpack("<HH", body[6:10])
        case "image/bmp":
            width, height = struct.unpack("<ii", body[18:26])
            height = abs(height)
        case "image/jpeg":
            return _jpeg_size(body)
        case "image/webp":
            return _webp_size(body)
        case "image/svg+xml":
            return _svg_size(body)
        case _:
            return None
    return width, height


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(body):
        if body[at] != 0xFF:  # noqa: PLR2004 - every JPEG marker begins with it
            return None
        marker = body[at + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", body[at + 2 : at + 4])[0]  # noqa: PLR2004
    return None


def _webp_size(body: bytes) -> tuple[int, int] | None:
    match body[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(body[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = struct.unpack("<HH", body[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case _:
            return None


def _svg_size(body: bytes) -> tuple[int, int] | None:
    found = _SVG_TAG.search(body[:4096])
    if not found:
        return None
    tag = body[found.start() : body.find(b">", found.start(), found.start() + 4096) + 1]
    sides = {
        name.decode().lower(): round(float(number) * (_POINT_IN_PIXELS if unit.lower() == b"pt" else 1))
        for name, number, unit in _SVG_SIDE.findall(tag)
    }
    return (sides["width"], sides["height"]) if len(sides) == 2 else None  # noqa: PLR2004 - both sides
