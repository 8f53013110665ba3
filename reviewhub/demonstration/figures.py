"""Figures of the demonstration's notebooks, described by a few lines of TOML and drawn without a plotting package.

`draw_figure(text)` turns such a description into PNG bytes. The same description always gives the same picture;
curves are exponential approaches with seeded noise, nothing is measured.
"""

import math
import random
import tomllib
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from reviewhub.demonstration.lettering import text_width, write_text
from reviewhub.demonstration.raster import Canvas, Colour, Point
from reviewhub.demonstration.samples import SampleGrid, draw_samples

PALETTE: tuple[Colour, ...] = (
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
    (227, 119, 194),
    (23, 190, 207),
)
INK: Colour = (60, 64, 72)
GRID: Colour = (228, 231, 236)


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Curve(_Spec):
    """One line of a chart: given values, or an approach from `start` to `end` with noise."""

    label: str = ""
    values: tuple[float, ...] = ()
    start: float = 1.0
    end: float = 0.0
    rate: float = 5.0
    noise: float = 0.0
    calm: float = 0.6
    band: float = 0.0
    dashed: bool = False

    def heights(self, points: int, seed: int) -> tuple[float, ...]:
        """Return the line's values from left to right."""
        if self.values:
            return self.values
        chance = random.Random(f"{seed}:{self.label}:{self.start}")
        drift, heights = 0.0, []
        for step in range(points):
            share = step / (points - 1)
            drift = self.calm * drift + chance.gauss(0, self.noise)
            fade = 0.35 + 0.65 * math.exp(-self.rate * share / 2)
            heights.append(self.end + (self.start - self.end) * math.exp(-self.rate * share) + drift * fade)
        return tuple(heights)


class LineChart(_Spec):
    """Curves over a common horizontal axis from `left` to `right`."""

    kind: Literal["lines"]
    title: str = ""
    x: str = "iteration"
    y: str = ""
    left: float = 0.0
    right: float = 1.0
    points: int = 220
    logarithmic: bool = False
    seed: int = 0
    width: int = 720
    height: int = 420
    line: tuple[Curve, ...]


class Cloud(_Spec):
    """One group of points of a scatter plot."""

    label: str = ""
    shape: Literal["moons", "rings", "eight", "swiss", "checkers", "normal"]
    number: int = 500
    noise: float = 0.06
    centre: tuple[float, float] = (0.0, 0.0)
    spread: float = 1.0


class ScatterPlot(_Spec):
    """Groups of points side by side (`apart`) or over each other."""

    kind: Literal["scatter"]
    title: str = ""
    apart: bool = False
    x: str = ""
    y: str = ""
    seed: int = 0
    cloud: tuple[Cloud, ...]


class BarChart(_Spec):
    """Named bars, with the value written above each."""

    kind: Literal["bars"]
    title: str = ""
    y: str = ""
    names: tuple[str, ...]
    values: tuple[float, ...]
    digits: int = 1


class HeatMap(_Spec):
    """A square of seeded values: `codebook` is scattered use, `diagonal` is strongest where row meets column."""

    kind: Literal["heat"]
    title: str = ""
    pattern: Literal["codebook", "diagonal", "triangle"] = "codebook"
    side: int = 24
    x: str = ""
    y: str = ""
    seed: int = 0


_FIGURE: TypeAdapter[LineChart | ScatterPlot | BarChart | HeatMap | SampleGrid] = TypeAdapter(
    Annotated[LineChart | ScatterPlot | BarChart | HeatMap | SampleGrid, Field(discriminator="kind")]
)


def read_figure(text: str) -> LineChart | ScatterPlot | BarChart | HeatMap | SampleGrid:
    """Return the figure described in TOML; pydantic's `ValidationError` where the description is wrong."""
    return _FIGURE.validate_python(tomllib.loads(text))


@cache
def draw_figure(text: str) -> bytes:
    """Return the PNG of a figure described in TOML."""
    figure = read_figure(text)
    match figure:
        case LineChart():
            return _draw_lines(figure)
        case ScatterPlot():
            return _draw_scatter(figure)
        case BarChart():
            return _draw_bars(figure)
        case HeatMap():
            return _draw_heat(figure)
        case SampleGrid():
            return draw_samples(figure)


def ticks_between(low: float, high: float, about: int = 6) -> tuple[float, ...]:
    """Return round numbers that divide a range into about so many parts."""
    rough = (high - low) / about or 1.0
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1))


def decades_between(low: float, high: float) -> tuple[float, ...]:
    """Return the powers of ten between two logarithms, with their doubles and fives where they alone are too few."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    factors = (1, 2, 5) if high - low < 2.5 else (1,)  # noqa: PLR2004  two and a half decades
    values = [factor * 10.0**power for power in powers for factor in factors]
    return tuple(value for value in values if low <= math.log10(value) <= high)


def tick_label(value: float) -> str:
    """Write a tick as a plot would: thousands as k, a true minus sign."""
    if abs(value) >= 1_000_000:  # noqa: PLR2004
        text = f"{value / 1_000_000:g}M"
    elif abs(value) >= 10000:  # noqa: PLR2004  from ten thousand on, digits crowd the axis
        text = f"{value / 1000:g}k"
    elif 0 < abs(value) < 0.001:  # noqa: PLR2004
        text = f"{value:.0e}".replace("e-0", "e-")
    else:
        text = f"{value:g}"
    return text.replace("-", "−")


class _Plane:
    """The axes of a chart: draws frame, grid, ticks and labels, and maps values to pixels."""

    def __init__(
        self,
        canvas: Canvas,
        box: tuple[int, int, int, int],
        xs: tuple[float, float],
        ys: tuple[float, float],
        *,
        logarithmic: bool = False,
    ) -> None:
        self.canvas, self.box, self.xs, self.logarithmic = canvas, box, xs, logarithmic
        self.ys = (math.log10(ys[0]), math.log10(ys[1])) if logarithmic else ys

    def across(self, value: float) -> float:
        left, _, right, _ = self.box
        return left + (value - self.xs[0]) / (self.xs[1] - self.xs[0]) * (right - left)

    def upwards(self, value: float) -> float:
        _, top, _, bottom = self.box
        height = math.log10(max(value, 1e-12)) if self.logarithmic else value
        return bottom - (height - self.ys[0]) / (self.ys[1] - self.ys[0]) * (bottom - top)

    def draw_axes(self, x: str, y: str, title: str, *, named_x: bool = True) -> None:
        left, top, right, bottom = self.box
        if named_x:
            for value in ticks_between(*self.xs):
                column = round(self.across(value))
                self.canvas.fill(column, top, column + 1, bottom, GRID)
                self.canvas.fill(column, bottom, column + 1, bottom + 5, INK)
                write_text(self.canvas, tick_label(value), (column, bottom + 19), size=9, anchor=0.5)
        for value in decades_between(*self.ys) if self.logarithmic else ticks_between(*self.ys, 5):
            row = round(self.upwards(value))
            self.canvas.fill(left, row, right, row + 1, GRID)
            self.canvas.fill(left - 5, row, left, row + 1, INK)
            write_text(self.canvas, tick_label(value), (left - 9, row + 4), size=9, anchor=1)
        self.canvas.frame(left, top, right, bottom + 1, (150, 155, 165))
        write_text(self.canvas, x, ((left + right) / 2, bottom + 42), size=10, anchor=0.5)
        write_text(self.canvas, y, (20, (top + bottom) / 2), size=10, anchor=0.5, upright=True)
        write_text(self.canvas, title, ((left + right) / 2, top - 13), size=11, anchor=0.5, weight=0.15)


def reach_of(values: list[float], *, logarithmic: bool) -> tuple[float, float]:
    """Return where a chart's vertical axis begins and ends so that every value has a little room."""
    low, high = min(values), max(values)
    if logarithmic:
        low = max(low, 1e-6)
        return low / 1.4, high * 1.6
    room = (high - low) * 0.07 or 1.0
    return low - room, high + room


def _draw_lines(chart: LineChart) -> bytes:
    canvas = Canvas(width=chart.width, height=chart.height)
    lines = [curve.heights(chart.points, chart.seed) for curve in chart.line]
    ys = reach_of([value for heights in lines for value in heights], logarithmic=chart.logarithmic)
    box = (78, 40, chart.width - 22, chart.height - 60)
    plane = _Plane(canvas, box, (chart.left, chart.right), ys, logarithmic=chart.logarithmic)
    plane.draw_axes(chart.x, chart.y, chart.title)
    for curve, heights, colour in zip(chart.line, lines, PALETTE, strict=False):
        step = (chart.right - chart.left) / (len(heights) - 1)
        points = [
            (plane.across(chart.left + index * step), plane.upwards(value)) for index, value in enumerate(heights)
        ]
        if curve.band:
            _shade(canvas, points, curve.band * (box[3] - box[1]), colour, box)
        if curve.dashed:
            _dash(canvas, points, colour)
        else:
            canvas.stroke(points, 1.7, colour)
        if curve.values and not curve.dashed:
            for point in points:
                canvas.disc(point, 3.6, colour)
    _draw_legend(
        canvas,
        box,
        [(curve.label, colour) for curve, colour in zip(chart.line, PALETTE, strict=False) if curve.label],
        lines,
    )
    return canvas.png()


def _dash(canvas: Canvas, points: list[Point], colour: Colour) -> None:
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        for start in range(0, int(length), 14):
            first, last = start / length, min(start + 8, length) / length
            ends = ((x0 + (x1 - x0) * first, y0 + (y1 - y0) * first), (x0 + (x1 - x0) * last, y0 + (y1 - y0) * last))
            canvas.stroke(ends, 1.7, colour)


def _shade(canvas: Canvas, points: list[Point], half: float, colour: Colour, box: tuple[int, int, int, int]) -> None:
    mask: dict[int, int] = {}
    for (x0, y0), (x1, y1) in pairwise(points):
        for x in range(math.ceil(x0), math.ceil(x1)):
            middle = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
            for y in range(max(box[1] + 1, round(middle - half)), min(box[3], round(middle + half))):
                mask[y * canvas.width + x] = 255
    canvas.paint(mask, colour, 0.16)


def _draw_legend(
    canvas: Canvas, box: tuple[int, int, int, int], entries: list[tuple[str, Colour]], lines: list[tuple[float, ...]]
) -> None:
    if not entries:
        return
    width = int(max(text_width(label, 9) for label, _ in entries)) + 54
    height = 20 * len(entries) + 12
    falls = sum(heights[-1] for heights in lines) <= sum(heights[0] for heights in lines)
    left, top = box[2] - width - 10, box[1] + 10 if falls else box[3] - height - 10
    canvas.fill(left, top, left + width, top + height, (255, 255, 255))
    canvas.frame(left, top, left + width, top + height, (205, 208, 214))
    for index, (label, colour) in enumerate(entries):
        row = top + 17 + index * 20
        canvas.stroke(((left + 10, row - 1), (left + 32, row - 1)), 2.2, colour)
        write_text(canvas, label, (left + 42, row + 3), size=9)


def _cloud_points(cloud: Cloud, seed: int) -> list[Point]:
    chance = random.Random(f"{seed}:{cloud.shape}:{cloud.label}")
    points: list[Point] = []
    while len(points) < cloud.number:
        angle = chance.uniform(0, 2 * math.pi)
        match cloud.shape:
            case "moons":
                half = chance.random() < 0.5  # noqa: PLR2004
                x, y = math.cos(angle / 2), math.sin(angle / 2)
                x, y = (x - 0.5, y - 0.25) if half else (0.5 - x, 0.25 - y)
            case "rings":
                radius = chance.choice((0.45, 1.1))
                x, y = radius * math.cos(angle), radius * math.sin(angle)
            case "eight":
                corner = chance.randrange(8) * math.pi / 4
                x, y = 1.2 * math.cos(corner), 1.2 * math.sin(corner)
            case "swiss":
                turn = 1.5 * math.pi * (1 + 2 * chance.random())
                x, y = turn * math.cos(turn) / 11, turn * math.sin(turn) / 11
            case "checkers":
                x, y = chance.uniform(-1.6, 1.6), chance.uniform(-1.6, 1.6)
                if (math.floor(x / 0.8) + math.floor(y / 0.8)) % 2:
                    continue
            case "normal":
                x, y = chance.gauss(0, 0.5), chance.gauss(0, 0.5)
        x, y = x + chance.gauss(0, cloud.noise), y + chance.gauss(0, cloud.noise)
        points.append((x * cloud.spread + cloud.centre[0], y * cloud.spread + cloud.centre[1]))
    return points


def _draw_scatter(plot: ScatterPlot) -> bytes:
    clouds = [_cloud_points(cloud, plot.seed) for cloud in plot.cloud]
    side, panels = (260, len(clouds)) if plot.apart else (400, 1)
    canvas = Canvas(width=70 + panels * (side + 24), height=side + 104)
    reach = max(1.8, *(max(abs(x), abs(y)) for points in clouds for x, y in points)) * 1.04
    for index, (cloud, points) in enumerate(zip(plot.cloud, clouds, strict=True)):
        left = 66 + (side + 24) * (index if plot.apart else 0)
        plane = _Plane(canvas, (left, 40, left + side, 40 + side), (-reach, reach), (-reach, reach))
        if plot.apart or index == 0:
            plane.draw_axes(plot.x, plot.y if index == 0 else "", cloud.label if plot.apart else plot.title)
        for x, y in points:
            canvas.disc((plane.across(x), plane.upwards(y)), 2.3, PALETTE[index % len(PALETTE)], 0.62)
    if not plot.apart and any(cloud.label for cloud in plot.cloud):
        entries = [(cloud.label, colour) for cloud, colour in zip(plot.cloud, PALETTE, strict=False)]
        _draw_legend(canvas, (66, 40, 66 + side, 40 + side), entries, [(1.0, 0.0)])
    return canvas.png()


def _draw_bars(chart: BarChart) -> bytes:
    canvas = Canvas(width=720, height=400)
    box = (78, 40, 698, 340)
    plane = _Plane(canvas, box, (0, len(chart.values)), (min(0.0, *chart.values), max(chart.values) * 1.14))
    plane.draw_axes("", chart.y, chart.title, named_x=False)
    for index, (name, value) in enumerate(zip(chart.names, chart.values, strict=True)):
        left, right = round(plane.across(index + 0.2)), round(plane.across(index + 0.8))
        canvas.fill(left, round(plane.upwards(value)), right, box[3], PALETTE[index % len(PALETTE)])
        middle = (left + right) / 2
        write_text(canvas, f"{value:.{chart.digits}f}", (middle, plane.upwards(value) - 6), size=9, anchor=0.5)
        write_text(canvas, name, (middle, box[3] + 20), size=9, anchor=0.5)
    return canvas.png()


def _shaded(share: float) -> Colour:
    stops = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
    at = min(max(share, 0.0), 0.9999) * 4
    low, part = int(at), at - int(at)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(stops[low], stops[low + 1], strict=True))
    return red, green, blue


def _draw_heat(chart: HeatMap) -> bytes:
    chance = random.Random(chart.seed)
    cell = 336 // chart.side
    side = cell * chart.side
    canvas = Canvas(width=side + 170, height=side + 100)
    for row in range(chart.side):
        for column in range(chart.side):
            value = chance.random() ** 5
            if chart.pattern == "diagonal":
                value = math.exp(-abs(row - column) / 1.6) * 0.9 + 0.1 * chance.random()
            elif chart.pattern == "triangle":
                value = 0.0 if column > row else 0.25 + 0.75 * chance.random() ** 2
            left, top = 74 + column * cell, 40 + row * cell
            canvas.fill(left, top, left + cell, top + cell, _shaded(value))
    for step in range(side):
        canvas.fill(74 + side + 22, 40 + step, 74 + side + 38, 41 + step, _shaded(1 - step / side))
    for value in (0.0, 0.5, 1.0):
        write_text(canvas, f"{value:g}", (74 + side + 46, 44 + side * (1 - value)), size=9)
    write_text(canvas, chart.title, (74 + side / 2, 27), size=11, anchor=0.5, weight=0.15)
    write_text(canvas, chart.x, (74 + side / 2, 40 + side + 30), size=10, anchor=0.5)
    write_text(canvas, chart.y, (44, 40 + side / 2), size=10, anchor=0.5, upright=True)
    return canvas.png()
