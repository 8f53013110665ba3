"""Grids of invented "samples": handwritten digits, small scenes, faces, shapes and fruit, as a generative model paints.

Every tile is drawn from a seed; `blur` and `noise` make it look the way a weak or half-trained model paints it.
"""

import math
import random
from typing import Literal

from pydantic import BaseModel, ConfigDict

from reviewhub.demonstration.lettering import glyph_strokes, write_text
from reviewhub.demonstration.raster import Canvas, Colour, Point, stroke_mask

GUTTER = 2


class SampleGrid(BaseModel):
    """A grid of tiles. `along` lets one property run over the columns: noise fading, or a shape's property turning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["samples"]
    subject: Literal["digits", "scenes", "faces", "shapes", "apples", "oranges", "fruit"]
    title: str = ""
    rows: int = 6
    columns: int = 10
    size: int = 28
    scale: int = 2
    blur: int = 0
    noise: float = 0.0
    along: Literal["", "denoising", "turning", "pairs"] = ""
    sameness: float = 0.0
    captions: tuple[str, ...] = ()
    seed: int = 0


def draw_samples(grid: SampleGrid) -> bytes:
    """Return the PNG of a grid of samples."""
    pitch = grid.size * grid.scale + GUTTER
    top = 34 if grid.title or grid.captions else GUTTER
    left = 96 if grid.captions else GUTTER
    canvas = Canvas(width=left + grid.columns * pitch, height=top + grid.rows * pitch, background=(250, 250, 250))
    if grid.title:
        write_text(canvas, grid.title, (left + grid.columns * pitch / 2, 22), size=10, anchor=0.5, weight=0.15)
    for row in range(grid.rows):
        if row < len(grid.captions):
            write_text(canvas, grid.captions[row], (left - 10, top + row * pitch + pitch / 2 + 4), size=9, anchor=1)
        for column in range(grid.columns):
            tile = _draw_tile(grid, row, column)
            canvas.place(tile, (grid.size, grid.size), left + column * pitch, top + row * pitch, grid.scale)
    return canvas.png()


def _draw_tile(grid: SampleGrid, row: int, column: int) -> bytearray:
    number = row * grid.columns + column
    share = column / max(1, grid.columns - 1)
    blur, noise = grid.blur, grid.noise
    subject = grid.subject
    match grid.along:
        case "denoising":
            number, noise = row, (1 - share) ** 1.3
        case "turning":
            number = row
        case "pairs":
            number = (row // 2) * grid.columns + column
            blur = grid.blur if row % 2 else 0
            noise = grid.noise if row % 2 else 0.0
            subject = "oranges" if subject == "fruit" and row % 2 else "apples" if subject == "fruit" else subject
    chance = random.Random(f"{grid.seed}:{subject if grid.along != 'pairs' else ''}:{number}")
    if chance.random() < grid.sameness:
        chance = random.Random(f"{grid.seed}:the same again")
    canvas = Canvas(width=grid.size, height=grid.size)
    _DRAW[subject](canvas, chance, share if grid.along == "turning" else None)
    pixels = canvas.pixels
    for _ in range(blur):
        pixels = _blurred(pixels, grid.size)
    return _noisy(pixels, noise, chance, grey=subject in {"digits", "shapes"}) if noise else pixels


# Whole pictures are added as one long integer each, a byte per level: no sum may pass 255, so nothing carries over.
_QUARTER = bytes((level + 1) >> 2 for level in range(256))
_HALF = bytes(level >> 1 for level in range(256))


def _added(*pictures: bytes) -> bytearray:
    total = sum(int.from_bytes(picture) for picture in pictures)
    return bytearray(total.to_bytes(len(pictures[0])))


def _blurred(pixels: bytearray, side: int) -> bytearray:
    for step in (3, side * 3):
        quarter = bytes(pixels.translate(_QUARTER))
        before, after = quarter[:step] + quarter[:-step], quarter[step:] + quarter[-step:]
        pixels = _added(before, bytes(pixels.translate(_HALF)), after)
    return pixels


def _noisy(pixels: bytearray, noise: float, chance: random.Random, *, grey: bool) -> bytearray:
    reach = int(min(1.0, noise) * 0.44 * 255)
    kept = bytes(level * (255 - 2 * reach) // 255 for level in range(256))
    grain = bytes(value * reach // 255 for value in range(256))
    grains = [chance.randbytes(len(pixels) // (3 if grey else 1)).translate(grain) for _ in range(2)]
    if grey:
        grains = [bytes(value for value in one for _ in range(3)) for one in grains]
    return _added(bytes(pixels.translate(kept)), *grains)


def _digit(canvas: Canvas, chance: random.Random, turn: float | None) -> None:
    side = canvas.width
    canvas.fill(0, 0, side, side, (0, 0, 0))
    unit, slant = side / 28 * chance.uniform(1.15, 1.4), chance.uniform(-0.08, 0.32)
    lean = chance.uniform(-0.18, 0.18) if turn is None else (turn - 0.5) * 1.3
    narrow, thickness = chance.uniform(0.85, 1.2), side / 28 * chance.uniform(1.7, 3.1)
    mask: dict[int, int] = {}
    for stroke in glyph_strokes(str(chance.randrange(10))):
        points: list[Point] = []
        for x, y in stroke:
            across, down = (x - 3.5) * unit * narrow - (y - 7) * slant * unit, (y - 7) * unit
            across, down = across + chance.gauss(0, 0.16), down + chance.gauss(0, 0.16)
            turned = across * math.cos(lean) - down * math.sin(lean), across * math.sin(lean) + down * math.cos(lean)
            points.append((side / 2 + turned[0], side / 2 + turned[1]))
        stroke_mask(points, thickness, (side, side), mask)
    canvas.paint(mask, (252, 252, 252))


def _ellipse(
    canvas: Canvas, centre: Point, radii: Point, colour: Colour, *, soft: float = 1.0, opacity: float = 1.0
) -> None:
    mask: dict[int, int] = {}
    (cx, cy), (rx, ry) = centre, radii
    edge = min(rx, ry) / soft
    for y in range(max(0, int(cy - ry - 1)), min(canvas.height, int(cy + ry + 2))):
        for x in range(max(0, int(cx - rx - 1)), min(canvas.width, int(cx + rx + 2))):
            inside = (1 - math.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)) * edge + 0.5
            if inside > 0:
                mask[y * canvas.width + x] = int(min(1.0, inside) * 255)
    canvas.paint(mask, colour, opacity)


def _sky(canvas: Canvas, top: Colour, bottom: Colour) -> None:
    for y in range(canvas.height):
        share = y / canvas.height
        red, green, blue = (round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        canvas.fill(0, y, canvas.width, y + 1, (red, green, blue))


def _shift(colour: Colour, chance: random.Random, amount: int = 28) -> Colour:
    red, green, blue = (min(255, max(0, level + chance.randint(-amount, amount))) for level in colour)
    return red, green, blue


def _scene(canvas: Canvas, chance: random.Random, _turn: float | None) -> None:
    side = canvas.width
    skies = (((96, 150, 214), (200, 220, 236)), ((230, 150, 96), (250, 214, 160)), ((120, 128, 140), (206, 208, 210)))
    top, bottom = chance.choice(skies)
    _sky(canvas, _shift(top, chance), _shift(bottom, chance))
    horizon = round(side * chance.uniform(0.5, 0.74))
    ground = chance.choice(((86, 124, 62), (58, 92, 138), (150, 128, 96), (92, 92, 96)))
    for y in range(horizon, side):
        canvas.fill(0, y, side, y + 1, _shift(ground, chance, 8))
    body = _shift(
        chance.choice(((196, 52, 48), (236, 236, 232), (52, 74, 150), (110, 74, 48), (40, 42, 46), (214, 168, 60))),
        chance,
    )
    middle, width = side * chance.uniform(0.4, 0.6), side * chance.uniform(0.2, 0.36)
    base = horizon + side * chance.uniform(0.0, 0.12)
    what = chance.randrange(4)
    if what == 0:
        canvas.fill(int(middle - width), int(base - width * 0.5), int(middle + width), int(base), body)
        canvas.fill(
            int(middle - width * 0.55),
            int(base - width),
            int(middle + width * 0.5),
            int(base - width * 0.5),
            _shift(body, chance),
        )
        for wheel in (-0.6, 0.6):
            _ellipse(canvas, (middle + wheel * width, base), (width * 0.24, width * 0.24), (24, 24, 26))
    elif what == 1:
        _ellipse(canvas, (middle, base - width * 0.5), (width, width * 0.55), body)
        _ellipse(canvas, (middle + width * 0.8, base - width), (width * 0.4, width * 0.38), body)
        for leg in (-0.6, -0.3, 0.35, 0.6):
            canvas.stroke(
                ((middle + leg * width, base - width * 0.3), (middle + leg * width, base + width * 0.5)),
                side / 16,
                body,
            )
    elif what == 2:  # noqa: PLR2004  the third of four subjects
        canvas.stroke(((middle - width, base - width), (middle + width, base - width * 1.35)), side / 8, body)
        canvas.stroke(
            ((middle - width * 0.1, base - width * 1.2), (middle + width * 0.2, base - width * 0.4)), side / 14, body
        )
        canvas.stroke(((middle - width, base - width), (middle - width * 1.05, base - width * 1.6)), side / 16, body)
    else:
        canvas.stroke(((middle - width, base), (middle + width, base)), side / 7, body)
        canvas.fill(int(middle - width * 0.4), int(base - width), int(middle + width * 0.3), int(base), (232, 232, 228))


def _face(canvas: Canvas, chance: random.Random, turn: float | None) -> None:
    side = canvas.width
    _sky(canvas, _shift((150, 150, 156), chance, 70), _shift((110, 112, 120), chance, 60))
    skin = chance.choice(((238, 200, 172), (224, 178, 142), (190, 136, 100), (134, 90, 64), (246, 216, 196)))
    hair = chance.choice(((34, 26, 22), (80, 52, 32), (150, 108, 60), (206, 168, 104), (20, 18, 20), (120, 56, 36)))
    look = (chance.uniform(-0.07, 0.07) if turn is None else (turn - 0.5) * 0.26) * side
    cx, cy, rx, ry = side * 0.5, side * 0.53, side * chance.uniform(0.23, 0.27), side * chance.uniform(0.31, 0.36)
    _ellipse(canvas, (cx, side * 1.14), (side * 0.46, side * 0.34), _shift((90, 70, 96), chance, 70))
    long = chance.random() < 0.5  # noqa: PLR2004
    _ellipse(
        canvas,
        (cx, cy - ry * (0.2 if not long else -0.08)),
        (rx * 1.3, ry * (1.02 if not long else 1.22)),
        hair,
        soft=1.6,
    )
    canvas.fill(int(cx - rx * 0.4), int(cy + ry * 0.5), int(cx + rx * 0.4), int(cy + ry * 1.25), skin)
    _ellipse(canvas, (cx, cy + ry * 0.06), (rx, ry * 0.94), skin, soft=1.4)
    shade: Colour = (int(skin[0] * 0.78), int(skin[1] * 0.72), int(skin[2] * 0.7))
    _ellipse(canvas, (cx - look + rx * 0.62, cy + ry * 0.2), (rx * 0.4, ry * 0.6), shade, soft=3, opacity=0.5)
    for eye in (-0.42, 0.42):
        at = (cx + look + eye * rx, cy - ry * 0.1)
        _ellipse(canvas, at, (rx * 0.21, ry * 0.085), (246, 244, 240))
        _ellipse(canvas, at, (rx * 0.1, ry * 0.085), (44, 32, 26))
        canvas.stroke(((at[0] - rx * 0.22, at[1] - ry * 0.19), (at[0] + rx * 0.22, at[1] - ry * 0.2)), side / 28, hair)
    canvas.stroke(((cx + look, cy), (cx + look * 1.3 + rx * 0.08, cy + ry * 0.26)), side / 30, shade)
    smile = ry * chance.uniform(0.0, 0.07)
    mouth = [(cx + look + at * rx * 0.3, cy + ry * 0.48 - abs(at) * smile) for at in (-1, 0, 1)]
    canvas.stroke(mouth, side / 20, (176, 74, 74))
    _ellipse(canvas, (cx, cy - ry * 0.8), (rx * 1.06, ry * 0.36), hair, soft=1.8)


def _shape(canvas: Canvas, chance: random.Random, turn: float | None) -> None:
    side = canvas.width
    canvas.fill(0, 0, side, side, (0, 0, 0))
    what, radius = chance.randrange(3), side * chance.uniform(0.13, 0.24)
    angle = chance.uniform(0, math.pi) if turn is None or what == 1 else turn * math.pi
    cx = side * (chance.uniform(0.3, 0.7) if turn is None or what != 1 else 0.22 + 0.56 * turn)
    cy = side * chance.uniform(0.35, 0.65)
    if what == 1:
        _ellipse(canvas, (cx, cy), (radius, radius), (255, 255, 255))
        return
    cos, sin, reach = math.cos(angle), math.sin(angle), radius * (0.9 if what == 0 else 0.4)
    canvas.stroke(
        ((cx - cos * reach, cy - sin * reach), (cx + cos * reach, cy + sin * reach)), radius * 1.5, (255, 255, 255)
    )


def _fruit(canvas: Canvas, chance: random.Random, *, orange: bool) -> None:
    side = canvas.width
    _sky(canvas, _shift((206, 200, 186), chance, 34), _shift((140, 116, 92), chance, 34))
    places = [
        (chance.uniform(0.28, 0.72), chance.uniform(0.4, 0.72), chance.uniform(0.2, 0.31))
        for _ in range(chance.randint(1, 3))
    ]
    for x, y, radius in sorted(places, key=lambda place: place[1]):
        centre, size = (x * side, y * side), radius * side
        skin = _shift(
            (236, 142, 30) if orange else chance.choice(((190, 28, 34), (206, 44, 40), (128, 170, 44))), chance, 14
        )
        dark: Colour = (skin[0] * 6 // 10, skin[1] * 5 // 10, skin[2] * 5 // 10)
        _ellipse(
            canvas, (centre[0], centre[1] + size * 0.85), (size * 1.05, size * 0.3), (50, 42, 38), soft=2, opacity=0.5
        )
        _ellipse(canvas, centre, (size, size * (0.97 if orange else 0.92)), dark)
        _ellipse(canvas, (centre[0] - size * 0.1, centre[1] - size * 0.1), (size * 0.92, size * 0.86), skin, soft=2.4)
        _ellipse(
            canvas,
            (centre[0] - size * 0.34, centre[1] - size * 0.38),
            (size * 0.28, size * 0.22),
            (255, 248, 236),
            soft=2.5,
            opacity=0.8,
        )
        if not orange:
            canvas.stroke((centre, (centre[0] + size * 0.1, centre[1] - size * 1.2))[1:] * 2, side / 22, (84, 58, 34))
            canvas.stroke(
                ((centre[0], centre[1] - size * 0.8), (centre[0] + size * 0.12, centre[1] - size * 1.2)),
                side / 22,
                (84, 58, 34),
            )


def _apples(canvas: Canvas, chance: random.Random, _turn: float | None) -> None:
    _fruit(canvas, chance, orange=False)


def _oranges(canvas: Canvas, chance: random.Random, _turn: float | None) -> None:
    _fruit(canvas, chance, orange=True)


_DRAW = {
    "digits": _digit,
    "scenes": _scene,
    "faces": _face,
    "shapes": _shape,
    "apples": _apples,
    "oranges": _oranges,
    "fruit": _apples,
}
