"""A small antialiased rasteriser in pure Python, enough for the plots of the demonstration's notebooks.

Coordinates are pixels with the origin at the top left; colours are (red, green, blue) of 0–255. A *mask* maps a
pixel's index (row · width + column) to its coverage 0–255, so that a long line never darkens where it meets itself.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

Colour = tuple[int, int, int]
Point = tuple[float, float]
Mask = dict[int, int]

WHITE: Colour = (255, 255, 255)


@dataclass(kw_only=True)
class Canvas:
    """A picture of `width` × `height` pixels, eight bits for each of red, green and blue."""

    width: int
    height: int
    background: Colour = WHITE
    pixels: bytearray = field(init=False)

    def __post_init__(self) -> None:
        """Fill the picture with its background."""
        self.pixels = bytearray(bytes(self.background) * (self.width * self.height))

    def paint(self, mask: Mask, colour: Colour, opacity: float = 1.0) -> None:
        """Lay a colour over the covered pixels."""
        pixels = self.pixels
        red, green, blue = colour
        for index, coverage in mask.items():
            share = coverage * opacity / 255
            keep = 1.0 - share
            at = index * 3
            pixels[at] = int(pixels[at] * keep + red * share + 0.5)
            pixels[at + 1] = int(pixels[at + 1] * keep + green * share + 0.5)
            pixels[at + 2] = int(pixels[at + 2] * keep + blue * share + 0.5)

    def fill(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Fill a rectangle, right and bottom excluded; what lies outside the picture is cut off."""
        left, right = max(0, left), min(self.width, right)
        if right <= left:
            return
        row = bytes(colour) * (right - left)
        for y in range(max(0, top), min(self.height, bottom)):
            start = (y * self.width + left) * 3
            self.pixels[start : start + len(row)] = row

    def frame(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Draw the one-pixel border of a rectangle."""
        self.fill(left, top, right, top + 1, colour)
        self.fill(left, bottom - 1, right, bottom, colour)
        self.fill(left, top, left + 1, bottom, colour)
        self.fill(right - 1, top, right, bottom, colour)

    def place(self, tile: bytes | bytearray, size: tuple[int, int], left: int, top: int, scale: int = 1) -> None:
        """Copy a tile of `size` (width, height) here, each of its pixels as a square of `scale` pixels."""
        width, height = size
        for y in range(height):
            narrow = tile[y * width * 3 : (y + 1) * width * 3]
            row = bytearray(len(narrow) * scale)
            for part in range(3 * scale):
                row[part :: 3 * scale] = narrow[part % 3 :: 3]
            for copy in range(scale):
                start = ((top + y * scale + copy) * self.width + left) * 3
                self.pixels[start : start + len(row)] = row

    def stroke(self, points: Sequence[Point], thickness: float, colour: Colour, opacity: float = 1.0) -> None:
        """Draw a line through the points with round ends."""
        self.paint(stroke_mask(points, thickness, (self.width, self.height)), colour, opacity)

    def disc(self, centre: Point, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        """Draw a filled circle."""
        left, top = math.floor(centre[0]), math.floor(centre[1])
        stamp = _disc_pixels(radius, round((centre[0] - left) * 4), round((centre[1] - top) * 4))
        self.paint(
            {
                (top + row) * self.width + left + column: coverage
                for column, row, coverage in stamp
                if 0 <= left + column < self.width and 0 <= top + row < self.height
            },
            colour,
            opacity,
        )

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        return encode_png(self.pixels, self.width, self.height)


@cache
def _disc_pixels(radius: float, right: int, lower: int) -> tuple[tuple[int, int, int], ...]:
    """Return column, row and coverage of the pixels of a disc, its centre moved by quarters of a pixel."""
    side = 2 * math.ceil(radius) + 6
    centre = (side // 2 + right / 4, side // 2 + lower / 4)
    mask = stroke_mask((centre, centre), 2 * radius, (side, side))
    return tuple((index % side - side // 2, index // side - side // 2, coverage) for index, coverage in mask.items())


def stroke_mask(points: Sequence[Point], thickness: float, size: tuple[int, int], mask: Mask | None = None) -> Mask:
    """Return which pixels of a picture of `size` a line of this thickness covers, and how far."""
    covered: Mask = {} if mask is None else mask
    for start, end in pairwise(points):
        _cover_segment(covered, start, end, thickness / 2 + 0.5, size)
    return covered


def _cover_segment(mask: Mask, start: Point, end: Point, reach: float, size: tuple[int, int]) -> None:
    width, height = size
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy or 1e-9
    slant = reach * math.sqrt(squared) / abs(dy) if dy else math.inf
    leftmost, rightmost = min(x0, x1) - reach, max(x0, x1) + reach
    for y in range(max(0, math.floor(min(y0, y1) - reach)), min(height, math.ceil(max(y0, y1) + reach) + 1)):
        low, high = leftmost, rightmost
        if slant < math.inf:
            middle = x0 + (y - y0) * dx / dy
            low, high = max(low, middle - slant), min(high, middle + slant)
        row = y * width
        for x in range(max(0, math.floor(low)), min(width, math.ceil(high) + 1)):
            along = ((x - x0) * dx + (y - y0) * dy) / squared
            along = 0.0 if along < 0 else min(along, 1.0)
            over_x, over_y = x - x0 - along * dx, y - y0 - along * dy
            distance = math.sqrt(over_x * over_x + over_y * over_y)
            if distance < reach:
                coverage = int(min(1.0, reach - distance) * 255)
                if coverage > mask.get(row + x, 0):
                    mask[row + x] = coverage


def encode_png(pixels: bytes | bytearray, width: int, height: int) -> bytes:
    """Return a PNG of eight-bit RGB pixels given row by row (PNG specification, third edition, 2025)."""
    stride = width * 3
    rows = b"".join(b"\0" + bytes(pixels[y * stride : (y + 1) * stride]) for y in range(height))
    chunks: Iterable[tuple[bytes, bytes]] = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
