"""A stroke alphabet for the labels of plots, and for handwritten digits.

A glyph is a list of strokes parted by `/`; a point is two base-36 digits, column and row, in units of which a capital
is 14 high (row 0 its top, row 14 the base line, row 18 the depth of a `g`). A stroke is straight, `~` is a smooth
curve through its points (Catmull and Rom 1974), `@` a closed one.
"""

import math
from functools import cache

from reviewhub.demonstration.raster import Canvas, Colour, Mask, Point, stroke_mask

CAPITAL = 14
SPACE = 6
GAP = 4

_BOWL = "~77 55 35 16 09 0b 1d 3e 5e 7c"
_BELLY = "~07 25 45 66 79 7b 6d 4e 2e 0c"
_GLYPHS = {
    "A": "0e 40 8e/1a 7a",
    "B": "40 00 0e 4e/07 47/~40 61 73 66 47/~47 78 8a 7d 4e",
    "C": "~83 71 40 21 05 09 2d 4e 7d 8b",
    "D": "30 00 0e 3e/~30 61 85 89 6d 3e",
    "E": "70 00 0e 7e/07 57",
    "F": "70 00 0e/07 57",
    "G": "~83 71 40 21 05 09 2d 4e 7d 8b/8b 88 58",
    "H": "00 0e/80 8e/07 87",
    "I": "10 1e",
    "J": "50 5a/~5a 4d 2e 0d",
    "K": "00 0e/70 09/35 7e",
    "L": "00 0e 6e",
    "M": "0e 00 4a 80 8e",
    "N": "0e 00 8e 80",
    "O": "@40 71 85 89 7d 4e 1d 09 05 11",
    "P": "48 08/0e 00 40/~40 61 74 67 48",
    "Q": "@40 71 85 89 7d 4e 1d 09 05 11/5a 8f",
    "R": "48 08/0e 00 40/~40 61 74 67 48/48 7e",
    "S": "~82 60 30 11 04 26 68 8a 7d 4e 1d 0b",
    "T": "00 80/40 4e",
    "U": "00 09/~09 1d 4e 7d 89/89 80",
    "V": "00 4e 80",
    "W": "00 3e 60 9e c0",
    "X": "00 8e/80 0e",
    "Y": "00 47 80/47 4e",
    "Z": "00 80 0e 8e",
    "a": _BOWL + "/75 7e",
    "b": "00 0e/" + _BELLY,
    "c": "~67 55 35 16 09 0b 1d 3e 5e 6c",
    "d": "70 7e/" + _BOWL,
    "e": "0a 7a/~7a 67 45 35 16 09 0b 1d 3e 5e 7d",
    "f": "~51 30 23/23 2e/05 45",
    "g": "75 7f/~7f 6h 4i 1h/" + _BOWL,
    "h": "00 0e/~08 25 45 66 78/78 7e",
    "i": "15 1e/11 12",
    "j": "35 3f/~3f 2h 1h/31 32",
    "k": "00 0e/65 0b/29 6e",
    "l": "10 1e",
    "m": "05 0e/~08 25 35 56 58/58 5e/~58 75 85 a6 a8/a8 ae",
    "n": "05 0e/~08 25 45 66 78/78 7e",
    "o": "@45 66 79 7b 6d 4e 3e 1d 0b 09 16 35",
    "p": "05 0i/" + _BELLY,
    "q": "75 7i/" + _BOWL,
    "r": "05 0e/~08 25 45",
    "s": "~66 45 25 07 29 5a 6c 4e 2e 0d",
    "t": "21 2b/~2b 3e 5e/05 55",
    "u": "05 0b/~0b 1d 3e 5d 7b/75 7e",
    "v": "05 3e 65",
    "w": "05 2e 56 8e a5",
    "x": "05 6e/65 0e",
    "y": "05 3d/65 2i 0i",
    "z": "05 65 0e 6e",
    "ı": "15 1e",
    "0": "@40 61 74 7a 6d 4e 3e 1d 0a 04 11 30",
    "1": "03 30 3e",
    "2": "~03 11 30 50 72 74 58 2b 0e/0e 7e",
    "3": "~02 20 40 62 64 56 36/~36 57 7a 6d 4e 2e 0c",
    "4": "5e 50 0a 7a",
    "5": "60 10 06/~06 25 45 67 79 7b 6d 4e 2e 0c",
    "6": "~61 40 21 06 0a 1d 3e 5e 7c 7a 67 46 26 09",
    "7": "00 70 3e",
    "8": "@30 40 62 64 46 36 14 12/@36 46 68 7b 5e 2e 0b 18",
    "9": "~1d 3e 5d 78 74 61 40 20 02 04 17 38 58 75",
    ".": "0d 0e",
    ",": "1d 0g",
    "-": "09 59",
    "−": "09 69",
    "+": "09 69/36 3c",
    "=": "07 67/0b 6b",
    "(": "~30 14 06 0a 1d 3h",
    ")": "~00 24 36 3a 2d 0h",
    "[": "30 00 0h 3h",
    "]": "00 30 3h 0h",
    "/": "60 0g",
    ":": "06 07/0d 0e",
    "|": "10 1h",
    "_": "0g 7g",
    "%": "80 0e/@20 32 34 26 14 12/@68 7a 7c 6e 5c 5a",
    "²": "~01 10 30 32 05/05 35",
    "³": "~01 20 31 22 33 25 04",
    "×": "06 6d/66 0d",
    "→": "09 99/66 99 6c",
    "<": "66 09 6c",
    ">": "06 69 0c",
    "?": "~03 11 30 50 72 74 48/48 4a/4d 4e",
    "'": "10 14",
    "α": "~75 5a 3e 1d 0b 08 15 35 5a 6d 7e",
    "β": "0i 03/~03 20 40 52 45 26/~26 57 69 6c 4e 2e 0c",
    "ε": "~56 35 15 07 29/29 49/~29 0b 1e 4e 6d",
    "λ": "~00 20 34 6e/36 0e",
    "σ": "@35 16 09 0b 1d 3e 5d 6b 69 56/35 75",
    "τ": "05 65/35 3c/~3c 4e 5d",
    "∞": "@48 57 79 9b b9 b7 97 79 5b 3b 19 17",
}
_MARKS = {"ç": "c", "Ç": "C", "ğ": "g", "Ğ": "G", "ö": "o", "Ö": "O", "ş": "s", "Ş": "S", "ü": "u", "Ü": "U", "İ": "I"}
_MARK_STROKES = {"cç": "/3e 3g 1g", "sş": "/3e 3g 1g", "gğ": "/~12 33 52", "oö": "/22 23/52 53", "uü": "/22 23/52 53"}


@cache
def glyph_strokes(letter: str) -> tuple[tuple[Point, ...], ...]:
    """Return the strokes of one letter as points in its own units; an unknown letter is a question mark."""
    base = _MARKS.get(letter)
    text = _GLYPHS.get(base or letter, _GLYPHS["?"])
    if base and base.islower():
        text += _MARK_STROKES[base + letter]
    return tuple(_stroke_points(stroke) for stroke in text.split("/"))


def _stroke_points(stroke: str) -> tuple[Point, ...]:
    kind = stroke[0] if stroke[0] in "~@" else ""
    points = [(float(int(pair[0], 36)), float(int(pair[1], 36))) for pair in stroke.lstrip("~@").split()]
    if not kind:
        return tuple(points)
    closed = kind == "@"
    around = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    curve = [_between(around[at : at + 4], step / 4) for at in range(len(around) - 3) for step in range(4)]
    return (*curve, points[0] if closed else points[-1])


def _between(four: list[Point], share: float) -> Point:
    squared, cubed = share * share, share * share * share
    weights = (
        (-cubed + 2 * squared - share) / 2,
        (3 * cubed - 5 * squared + 2) / 2,
        (-3 * cubed + 4 * squared + share) / 2,
        (cubed - squared) / 2,
    )
    return (
        sum(weight * point[0] for weight, point in zip(weights, four, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, four, strict=True)),
    )


def glyph_width(letter: str) -> float:
    """Return how wide a letter is in its own units, the gap after it included."""
    if letter == " ":
        return SPACE
    return max(x for stroke in glyph_strokes(letter) for x, _ in stroke) + GAP


def text_width(text: str, size: float) -> float:
    """Return the width in pixels of a text whose capitals are `size` pixels high."""
    return max(0.0, sum(glyph_width(letter) for letter in text) - GAP) * size / CAPITAL


def write_text(
    canvas: Canvas,
    text: str,
    at: Point,
    *,
    size: float = 10,
    colour: Colour = (60, 64, 72),
    anchor: float = 0.0,
    weight: float = 0.13,
    upright: bool = False,
) -> None:
    """Write a text whose base line starts at a point.

    `anchor` 0, 0.5 or 1 puts the point at the text's start, middle or end; `upright` writes from bottom to top;
    `weight` is the thickness of a stroke as a share of the capital's height.
    """
    along = -anchor * text_width(text, size)
    mask: Mask = {}
    for letter in text:
        if letter != " ":
            x, y = (at[0], at[1] - along) if upright else (at[0] + along, at[1])
            for column, row, coverage in _glyph_pixels(
                letter, size, weight, upright, round(x % 1 * 4), round(y % 1 * 4)
            ):
                across, down = math.floor(x) + column, math.floor(y) + row
                if 0 <= across < canvas.width and 0 <= down < canvas.height:
                    index = down * canvas.width + across
                    mask[index] = max(mask.get(index, 0), coverage)
        along += glyph_width(letter) * size / CAPITAL
    canvas.paint(mask, colour)


@cache
def _glyph_pixels(
    letter: str,
    size: float,
    weight: float,
    upright: bool,  # noqa: FBT001  a cached function takes its arguments by place
    right: int,
    lower: int,
) -> tuple[tuple[int, int, int], ...]:
    """Return column, row and coverage of the pixels of one letter, relative to the pixel of its starting point."""
    side, unit = int(size * 6), size / CAPITAL
    x, y = side // 2 + right / 4, side // 2 + lower / 4
    mask: Mask = {}
    for stroke in glyph_strokes(letter):
        points = [(column * unit, (row - CAPITAL) * unit) for column, row in stroke]
        placed = [(x + row, y - column) if upright else (x + column, y + row) for column, row in points]
        stroke_mask(placed, size * weight, (side, side), mask)
    return tuple((index % side - side // 2, index // side - side // 2, coverage) for index, coverage in mask.items())
