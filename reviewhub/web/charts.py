"""Charts drawn on the server as SVG: no script, no inline style, coloured by css/charts.css.

Each function takes plain numbers and returns `Markup`. Every chart carries a <title> and a <desc> for those who do not see it,
and the larger ones the same numbers as a table that opens below. All text is escaped here, whatever it holds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

Number = int | float | Decimal

WIDTH = 480
HEIGHT = 200
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 26
SERIES = 5


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line of a chart: a name and one number per label, None where there is nothing to draw."""

    name: str
    values: Sequence[Number | None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of a stacked meter; tone as in the macros (good, warn, bad, info, accent, plain)."""

    name: str
    value: Number
    tone: str = "accent"


def line_chart(title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "") -> Markup:
    """Lines over ordered labels; a gap where a value is None. Dots mark each value so that one alone is seen."""
    top = _nice_top([value for one in series for value in one.values if value is not None])
    marks = [_grid(top)]
    for place, one in enumerate(series):
        points = [(_x(index, len(labels)), _y(value, top), value) for index, value in enumerate(one.values) if value is not None]
        runs = _runs(one.values, len(labels), top)
        marks.append(Markup('<g class="{}">').format(_colour(place)))
        marks.extend(Markup('<polyline class="chart-line" points="{}"/>').format(run) for run in runs)
        marks.extend(
            Markup('<circle class="chart-dot" cx="{:.1f}" cy="{:.1f}" r="3.5"><title>{}: {}{}</title></circle>').format(
                x, y, one.name, _shown(value), unit
            )
            for x, y, value in points
        )
        marks.append(Markup("</g>"))
    marks.append(_labels_below(labels, [_x(index, len(labels)) for index in range(len(labels))]))
    return _figure(title, Markup("").join(marks), HEIGHT, labels, series, unit)


def bar_chart(title: str, labels: Sequence[str], values: Sequence[Number], *, unit: str = "", tone: str = "1") -> Markup:
    """Upright bars, one per label, each with its number above it."""
    top = _nice_top(values)
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    thick = min(slot * 0.68, 48.0)
    marks = [_grid(top), Markup('<g class="series-{}">').format(tone)]
    middles = [LEFT + slot * (index + 0.5) for index in range(len(values))]
    for middle, label, value in zip(middles, labels, values, strict=True):
        y = _y(value, top)
        marks.append(
            Markup('<rect class="chart-bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"><title>{}: {}{}</title></rect>').format(
                middle - thick / 2, y, thick, max(0.0, HEIGHT - BOTTOM - y), label, _shown(value), unit
            )
        )
        if len(values) <= 16:  # noqa: PLR2004 - more numbers would touch each other
            marks.append(
                Markup('<text class="chart-value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(middle, y - 4, _shown(value))
            )
    marks += [Markup("</g>"), _labels_below(labels, middles)]
    return _figure(title, Markup("").join(marks), HEIGHT, labels, [Series(name=title, values=values)], unit)


def dot_chart(title: str, rows: Sequence[tuple[str, Sequence[Number]]], *, maximum: Number, unit: str = "") -> Markup:
    """A row of dots per name on one common scale from 0 to `maximum`: how marks spread, person by person or project by project."""
    step, left = 26, 130
    height = TOP + step * len(rows) + BOTTOM
    scale = (WIDTH - left - RIGHT) / (float(maximum) or 1.0)
    marks = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + share * float(maximum) * scale
        marks.append(Markup('<line class="chart-grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(x, TOP, height - BOTTOM))
        marks.append(
            Markup('<text class="chart-tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                x, height - 8, _shown(share * float(maximum))
            )
        )
    for index, (name, values) in enumerate(rows):
        y = TOP + step * (index + 0.5)
        marks.append(Markup('<text class="chart-value" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(left - 10, y + 4, _short(name)))
        marks.extend(
            Markup('<circle class="chart-dot series-1" cx="{:.1f}" cy="{:.1f}" r="5"><title>{}: {}{}</title></circle>').format(
                left + float(value) * scale, y, name, _shown(value), unit
            )
            for value in values
        )
    table = _table(title, ("", "Values"), [(name, ", ".join(_shown(value) + unit for value in values)) for name, values in rows])
    return _wrap(title, _svg(title, _told(rows, unit), Markup("").join(marks), height), Markup(""), table)


def sparkline(values: Sequence[Number], label: str) -> Markup:
    """A line the height of a word, for table cells; `label` says what it shows to those who do not see it."""
    if not values:
        return Markup('<span class="quiet">—</span>')
    low, high = float(min(values)), float(max(values))
    spread = (high - low) or 1.0
    last = len(values) - 1 or 1
    points = [(index * 92 / last + 2, 20 - (float(value) - low) / spread * 16) for index, value in enumerate(values)]
    return Markup(
        '<svg class="sparkline series-1" viewBox="0 0 96 24" role="img" aria-label="{}"><polyline class="chart-line" points="{}"/>'
        '<circle class="chart-dot" cx="{:.1f}" cy="{:.1f}" r="3"/></svg>'
    ).format(f"{label}: {', '.join(_shown(value) for value in values)}", _joined(points), *points[-1])


def stacked_meter(title: str, parts: Sequence[Part]) -> Markup:
    """One bar cut into parts with a legend that carries the numbers: how findings were decided, where reviews stand."""
    total = sum(float(part.value) for part in parts)
    marks, x = [Markup('<rect class="meter-ground" width="480" height="12" rx="3"/>')], 0.0
    for part in parts:
        width = WIDTH * float(part.value) / total if total else 0.0
        if width:
            # A hair of paper between neighbours tells parts apart without colour.
            marks.append(
                Markup('<rect class="chart-part series-{}" x="{:.2f}" width="{:.2f}" height="12" rx="2"><title>{}: {}</title></rect>').format(
                    part.tone, x, max(1.0, width - 2), part.name, _shown(part.value)
                )
            )
        x += width
    legend = Markup('<ul class="chart-legend">{}</ul>').format(
        Markup("").join(
            Markup('<li class="series-{}">{} <strong>{}</strong></li>').format(part.tone, part.name, _shown(part.value)) for part in parts
        )
    )
    told = ", ".join(f"{part.name} {_shown(part.value)}" for part in parts) or "nothing yet"
    return _wrap(title, _svg(title, told, Markup("").join(marks), 12), legend, Markup(""))


def _colour(place: int) -> str:
    return f"series-{place % SERIES + 1}"


def _shown(value: Number) -> str:
    """A number as short as it can be without lying at two places."""
    text = f"{value:.2f}"
    return (text.rstrip("0").rstrip(".") or "0").replace("-", "−")


def _short(name: str, most: int = 18) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _nice_top(values: Sequence[Number]) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below any value, so that grid lines carry round numbers."""
    highest = max((float(value) for value in values), default=0.0)
    if not highest > 0 or math.isinf(highest):
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= highest)


def _x(index: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / max(1, count)


def _y(value: Number, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(0.0, float(value)) / top


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _runs(values: Sequence[Number | None], count: int, top: float) -> list[str]:
    """The unbroken stretches of a line, as `points` attributes."""
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_x(index, count), _y(value, top)))
    return [_joined(run) for run in runs if len(run) > 1]


def _grid(top: float) -> Markup:
    lines = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share * top, top)
        lines.append(
            Markup('<line class="{}" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
                "chart-grid" if share else "chart-axis", LEFT, WIDTH - RIGHT, y=y
            )
        )
        lines.append(
            Markup('<text class="chart-tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(LEFT - 6, y + 4, _shown(share * top))
        )
    return Markup("").join(lines)


def _labels_below(labels: Sequence[str], middles: Sequence[float]) -> Markup:
    """Labels under the axis; of many only every n-th, so that none overlap."""
    every = max(1, math.ceil(len(labels) / 8))
    return Markup("").join(
        Markup('<text class="chart-tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, HEIGHT - 8, _short(label, 10))
        for index, (label, middle) in enumerate(zip(labels, middles, strict=True))
        if index % every == 0
    )


def _told(rows: Sequence[tuple[str, Sequence[Number]]], unit: str) -> str:
    return "; ".join(f"{name}: {', '.join(_shown(value) + unit for value in values)}" for name, values in rows) or "nothing yet"


def _svg(title: str, told: str, marks: Markup, height: float) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title><desc>{}</desc>{}</svg>').format(
        WIDTH, height, title, title, told, marks
    )


def _wrap(title: str, svg: Markup, legend: Markup, table: Markup) -> Markup:
    return Markup('<figure class="chart"><figcaption>{}</figcaption><div class="chart-canvas">{}</div>{}{}</figure>').format(title, svg, legend, table)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    cells = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:]))
        for row in rows
    )
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(text) for text in head)
    return Markup(
        '<details class="more chart-table"><summary>As a table</summary><div class="table-wrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>'
    ).format(title, heads, cells)


def _figure(title: str, marks: Markup, height: int, labels: Sequence[str], series: Sequence[Series], unit: str) -> Markup:
    rows = [
        (label, *("—" if (value := one.values[index]) is None else _shown(value) + unit for one in series))
        for index, label in enumerate(labels)
    ]
    told = "; ".join(
        f"{one.name}: " + ", ".join(f"{label} {'—' if value is None else _shown(value) + unit}" for label, value in zip(labels, one.values, strict=True))
        for one in series
    )
    legend = Markup("")
    if len(series) > 1:
        items = (Markup('<li class="{}">{}</li>').format(_colour(place), one.name) for place, one in enumerate(series))
        legend = Markup('<ul class="chart-legend">{}</ul>').format(Markup("").join(items))
    return _wrap(title, _svg(title, told or "nothing yet", marks, height), legend, _table(title, ("", *(one.name for one in series)), rows))
