"""Charts drawn on the server as SVG: no script, no inline style, coloured by css/charts.css.

Each function takes plain numbers and returns `Markup`. Every chart carries a <title> and a <desc> for those
who do not see it, and the larger ones the same numbers as a table that opens below. All text is escaped in
`_mark`, whatever it holds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup, escape

Number = int | float | Decimal

WIDTH = 480
HEIGHT = 200
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 18, 26
NAMES = 130
ROW = 26
SERIES = 5
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_LABELS = 8
MOST_NUMBERS = 16
# Narrower than the others, so that its words are read on a phone.
FALL_WIDTH = 380
FALL_NAMES = 152
AMOUNTS = 48
_HUNDREDTH = Decimal("0.01")


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
    """Draw lines over ordered labels, with a gap where a value is None and a dot on each value."""
    top = _nice_top([value for one in series for value in one.values if value is not None])
    marks = [_scale(top)]
    for place, one in enumerate(series):
        spots = [
            None if value is None else (_x(index, len(labels)), _y(value, top))
            for index, value in enumerate(one.values)
        ]
        lines = [_mark("polyline", class_="chart-line", points=_joined(run)) for run in _runs(spots)]
        dots = [
            _dot(*spot, f"{one.name}: {_shown(value)}{unit}")
            for spot, value in zip(spots, one.values, strict=True)
            if spot is not None
        ]
        marks.append(_mark("g", *lines, *dots, class_=f"series-{place % SERIES + 1}"))
    marks.append(_labels_below(labels, [_x(index, len(labels)) for index in range(len(labels))]))
    rows = [(label, *(_told(one.values[index], unit) for one in series)) for index, label in enumerate(labels)]
    legend = [(f"series-{place % SERIES + 1}", one.name, "") for place, one in enumerate(series)]
    table = _table(title, ["", *(one.name for one in series)], rows)
    return _figure(title, marks, HEIGHT, rows, [_legend(legend) if len(series) > 1 else "", table])


def bar_chart(
    title: str, labels: Sequence[str], values: Sequence[Number], *, unit: str = "", tone: str = "1"
) -> Markup:
    """Draw upright bars, one per label, each with its number above it where there is room."""
    top = _nice_top(values)
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    thick = min(slot * 0.68, 48.0)
    middles = [_x(index, len(values)) for index in range(len(values))]
    bars = []
    for middle, label, value in zip(middles, labels, values, strict=True):
        y = _y(value, top)
        told = _mark("title", f"{label}: {_shown(value)}{unit}")
        size = {"width": thick, "height": max(0.0, HEIGHT - BOTTOM - y)}
        bars.append(_mark("rect", told, class_="chart-bar", x=middle - thick / 2, y=y, rx=2, **size))
        if value and len(values) <= MOST_NUMBERS:
            bars.append(_text("value", middle, y - 4, _shown(value)))
    rows = [(label, _told(value, unit)) for label, value in zip(labels, values, strict=True)]
    marks = [_scale(top), _mark("g", *bars, class_=f"series-{tone}"), _labels_below(labels, middles)]
    return _figure(title, marks, HEIGHT, rows, [_table(title, ["", title], rows)])


def dot_chart(title: str, spread: Sequence[tuple[str, Sequence[Number]]], *, maximum: Number, unit: str = "") -> Markup:
    """Draw a row of dots per name on one scale from 0 to `maximum`: how marks spread, person by person."""
    height = TOP + ROW * len(spread) + BOTTOM
    whole = float(maximum) or 1.0
    step = (WIDTH - NAMES - RIGHT) / whole
    marks = []
    for share in QUARTERS:
        x = NAMES + share * whole * step
        marks.append(_mark("line", class_="chart-grid", x1=x, x2=x, y1=TOP, y2=height - BOTTOM))
        marks.append(_text("tick", x, height - 8, _shown(share * whole)))
    for index, (name, values) in enumerate(spread):
        y = TOP + ROW * (index + 0.5)
        marks.append(_text("value", NAMES - 10, y + 4, _short(name, 16), "end"))
        dots = [_dot(NAMES + float(value) * step, y, f"{name}: {_shown(value)}{unit}", 5) for value in values]
        marks.append(_mark("g", *dots, class_="series-1"))
    rows = [(name, ", ".join(_told(value, unit) for value in values)) for name, values in spread]
    return _figure(title, marks, height, rows, [_table(title, ["", "Values"], rows)])


def waterfall(title: str, start: tuple[str, Number], steps: Sequence[tuple[str, Number]], end: str) -> Markup:
    """Draw how `start` becomes its sum with the steps, row under row: what each step takes off or adds, out of 100."""
    height = ROW * (len(steps) + 2) + TOP
    step = (FALL_WIDTH - FALL_NAMES - AMOUNTS) / 100
    marks, at = [_fall(0, start[0], 0.0, float(start[1]), step, "1", _shown(start[1]))], float(start[1])
    for row, (name, amount) in enumerate(steps, start=1):
        after = at + float(amount)
        tone = "bad" if amount < 0 else "good"
        marks.append(_fall(row, name, at, after, step, tone, _shown_signed(amount)))
        at = after
    total = sum((Decimal(str(amount)) for _, amount in steps), Decimal(str(start[1])))
    marks.append(_fall(len(steps) + 1, end, 0.0, at, step, "1", _shown(total)))
    told = [(start[0], _shown(start[1])), *((name, _shown_signed(amount)) for name, amount in steps)]
    told.append((end, _shown(total)))
    return _figure(title, marks, height, told, [_table(title, ["", "Points"], told)], width=FALL_WIDTH)


def _fall(row: int, name: str, before: float, after: float, step: float, tone: str, number: str) -> Markup:
    """One row of a waterfall: its name, its bar from `before` to `after`, its number."""
    y = TOP / 2 + ROW * row
    low, high = (max(0.0, min(100.0, value)) for value in sorted((before, after)))
    size = {"width": max(2.0, (high - low) * step), "height": float(ROW - 10)}
    bar = _mark(
        "rect", _mark("title", f"{name}: {number}"), class_="chart-bar", x=FALL_NAMES + low * step, y=y, rx=2, **size
    )
    edge = FALL_NAMES + max(0.0, min(100.0, after)) * step
    line = _mark("line", class_="chart-grid", x1=edge, x2=edge, y1=y + ROW - 10, y2=y + ROW)
    label, value = (
        _text("value", FALL_NAMES - 10, y + 12, _short(name, 22), "end"),
        _text("value", FALL_WIDTH, y + 12, number, "end"),
    )
    return _mark("g", line, bar, label, value, class_=f"series-{tone}")


def histogram(title: str, bins: Sequence[tuple[int, int, int]], *, own: Number | None = None) -> Markup:
    """Draw how many lie where, from 0 to 100: (from, to, count). Bins may differ in width, so areas show the counts.

    `own` marks the reader's place.
    """
    densest = max((count / (high - low) for low, high, count in bins), default=0.0) or 1.0
    step, floor = (WIDTH - LEFT - RIGHT) / 100, HEIGHT - BOTTOM
    marks = [_mark("line", class_="chart-axis", x1=LEFT, x2=WIDTH - RIGHT, y1=floor, y2=floor)]
    for low, high, count in bins:
        tall = (floor - TOP - 24) * count / (high - low) / densest
        x, told = LEFT + low * step, _mark("title", f"{low}–{high}: {count}")
        size = {"width": max(1.0, (high - low) * step - 2), "height": float(tall)}
        marks.append(
            _mark(
                "g", _mark("rect", told, class_="chart-bar", x=x + 1, y=floor - tall, rx=2, **size), class_="series-1"
            )
        )
        if count:
            marks.append(_text("value", LEFT + (low + high) / 2 * step, floor - tall - 4, str(count)))
    marks += [_text("tick", LEFT + edge * step, HEIGHT - 8, str(edge)) for edge in range(0, 101, 20)]
    rows = [(f"{low}–{high}", str(count)) for low, high, count in bins]
    if own is not None:
        x = LEFT + max(0.0, min(100.0, float(own))) * step
        anchor = "end" if x > WIDTH / 2 else "start"
        marks.append(_mark("line", class_="chart-own", x1=x, x2=x, y1=4, y2=floor))
        marks.append(_text("own-value", x + (-6 if anchor == "end" else 6), 13, f"you: {_shown(own)}", anchor))
        rows.append(("you", _shown(own)))
    return _figure(title, marks, HEIGHT, rows, [_table(title, ["Points", "Students"], rows)])


def slope_chart(title: str, pairs: Sequence[tuple[str, Number, Number]], *, sides: tuple[str, str]) -> Markup:
    """Draw who moves from where to where: (name, before, after), a line each between two axes.

    The axes go from one ten below everybody to one above, so that small steps are seen.
    """
    values = [float(value) for _, *both in pairs for value in both] or [0.0]
    low, high = 10 * math.floor(min(values) / 10), 10 * (math.floor(max(values) / 10) + 1)
    left, right, floor = LEFT, WIDTH - LEFT, HEIGHT - BOTTOM
    marks = []
    for share in QUARTERS:
        y = floor - (floor - TOP) * share
        marks.append(_mark("line", class_="chart-grid", x1=left, x2=right, y1=y, y2=y))
        marks.append(_text("tick", left - 6, y + 4, _shown(low + share * (high - low)), "end"))
    marks += [_mark("line", class_="chart-axis", x1=x, x2=x, y1=TOP, y2=floor) for x in (left, right)]
    marks += [_text("tick", x, HEIGHT - 8, side) for x, side in zip((left, right), sides, strict=True)]
    for name, before, after in pairs:
        told = _mark("title", f"{name}: {_shown(before)} → {_shown(after)}")
        ends = [floor - (floor - TOP) * (float(value) - low) / (high - low) for value in (before, after)]
        tone = "good" if after > before else "bad" if after < before else "plain"
        dashes = "" if after >= before else "5 3"
        points = _joined(zip((left, right), ends, strict=True))
        line = _mark("polyline", told, class_="chart-line", points=points, stroke_dasharray=dashes)
        marks.append(_mark("g", line, class_=f"series-{tone}"))
    rows = [(name, _shown(before), _shown(after)) for name, before, after in pairs]
    return _figure(title, marks, HEIGHT, rows, [_table(title, ["", *sides], rows)])


def sparkline(values: Sequence[Number], label: str) -> Markup:
    """Draw a line the height of a word, for table cells; `label` is read to those who do not see it."""
    if not values:
        return _mark("span", "—", class_="quiet")
    low = float(min(values))
    spread = (float(max(values)) - low) or 1.0
    last = len(values) - 1 or 1
    spots = [(index * 92 / last + 2, 20 - (float(value) - low) / spread * 16) for index, value in enumerate(values)]
    line = _mark("polyline", class_="chart-line", points=_joined(spots))
    end = _mark("circle", class_="chart-dot", cx=spots[-1][0], cy=spots[-1][1], r=3)
    told = f"{label}: {', '.join(_shown(value) for value in values)}"
    return _mark("svg", line, end, class_="sparkline series-1", viewBox="0 0 96 24", role="img", aria_label=told)


def stacked_meter(title: str, parts: Sequence[Part]) -> Markup:
    """Draw one bar cut into parts, with a legend that carries the numbers: how findings were decided."""
    total = sum(float(part.value) for part in parts)
    marks, x = [_mark("rect", class_="meter-ground", width=WIDTH, height=12, rx=3)], 0.0
    for part in parts:
        width = WIDTH * float(part.value) / total if total else 0.0
        if width:
            told = _mark("title", f"{part.name}: {_shown(part.value)}")
            # A hair of paper between neighbours tells parts apart without colour.
            size = {"width": max(1.0, width - 2), "height": 12}
            marks.append(_mark("rect", told, class_=f"chart-part series-{part.tone}", x=x, rx=2, **size))
        x += width
    legend = _legend([(f"series-{part.tone}", part.name, _shown(part.value)) for part in parts])
    return _figure(title, marks, 12, [(part.name, _shown(part.value)) for part in parts], [legend])


def _mark(tag: str, *inside: str, **attributes: str | float) -> Markup:
    """Make one element: text and attributes escaped, floats at one decimal, `class_` becomes `class`."""
    given = Markup("").join(
        Markup(' {}="{}"').format(
            name.rstrip("_").replace("_", "-"), f"{value:.1f}" if isinstance(value, float) else value
        )
        for name, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(tag, given, Markup("").join(escape(one) for one in inside))


def _dot(x: float, y: float, told: str, radius: float = 3.5) -> Markup:
    return _mark("circle", _mark("title", told), class_="chart-dot", cx=x, cy=y, r=radius)


def _text(kind: str, x: float, y: float, text: str, anchor: str = "middle") -> Markup:
    return _mark("text", text, class_=f"chart-{kind}", x=x, y=y, text_anchor=anchor)


def _shown(value: Number | None) -> str:
    """Write a number as short as it can be without lying at two places; points are rounded half up, as everywhere."""
    if value is None:
        return "—"
    if isinstance(value, Decimal):
        value = value.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
    return (f"{value:.2f}".rstrip("0").rstrip(".") or "0").replace("-", "−")


def _shown_signed(value: Number) -> str:
    return _shown(value) if value <= 0 else f"+{_shown(value)}"


def _told(value: Number | None, unit: str) -> str:
    return _shown(value) if value is None else _shown(value) + unit


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _nice_top(values: Sequence[Number]) -> float:
    """Find a round number not below any value, whose quarters read well; of whole numbers they are whole."""
    highest = max((float(value) for value in values), default=0.0)
    if all(isinstance(value, int) for value in values) and values:
        return 4.0 * _whole_quarter(math.ceil(highest / 4))
    if not highest > 0 or math.isinf(highest):
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next((step * power for step in (1.0, 2.0, 4.0, 6.0, 8.0) if step * power >= highest), 10.0 * power)


def _whole_quarter(least: int) -> int:
    """Find the smallest 1, 2, 3, 5 or 10 times a power of ten not below `least`: what is counted has no halves."""
    power: int = 10 ** max(0, len(str(max(1, least))) - 1)
    return min(step * power for step in (1, 2, 3, 5, 10) if step * power >= least)


def _x(index: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / max(1, count)


def _y(value: Number, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(0.0, float(value)) / top


def _joined(spots: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)


def _runs(spots: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Cut a line into its unbroken stretches of two spots or more."""
    runs: list[list[tuple[float, float]]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if len(run) > 1]


def _scale(top: float) -> Markup:
    """Draw the lines across and their numbers, at every quarter of `top`."""
    marks = []
    for share in QUARTERS:
        y = _y(share * top, top)
        kind = "chart-grid" if share else "chart-axis"
        marks.append(_mark("line", class_=kind, x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y))
        marks.append(_text("tick", LEFT - 6, y + 4, _shown(share * top), "end"))
    return Markup("").join(marks)


def _labels_below(labels: Sequence[str], middles: Sequence[float]) -> Markup:
    """Write the labels under the axis; of many only every n-th, so that none overlap."""
    every = max(1, math.ceil(len(labels) / MOST_LABELS))
    named = list(zip(middles, labels, strict=True))[::every]
    return Markup("").join(_text("tick", middle, HEIGHT - 8, _short(label, 10)) for middle, label in named)


def _legend(items: Iterable[tuple[str, str, str]]) -> Markup:
    marks = [_mark("li", f"{name} ", _mark("strong", number), class_=kind) for kind, name, number in items]
    return _mark("ul", *marks, class_="chart-legend")


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    top = _mark("thead", _mark("tr", *(_mark("th", text, scope="col") for text in head)))
    body = [_mark("tr", _mark("th", row[0], scope="row"), *(_mark("td", cell) for cell in row[1:])) for row in rows]
    table = _mark("table", top, _mark("tbody", *body), class_="table")
    wrap = _mark("div", table, class_="table-wrap", tabindex=0, role="region", aria_label=title)
    return _mark("details", _mark("summary", "As a table"), wrap, class_="more chart-table")


def _figure(
    title: str,
    marks: list[Markup],
    height: int,
    rows: Iterable[Sequence[str]],
    below: Iterable[str],
    *,
    width: int = WIDTH,
) -> Markup:
    told = "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in rows) or "nothing yet"
    labelled = (_mark("title", title), _mark("desc", told))
    svg = _mark("svg", *labelled, *marks, viewBox=f"0 0 {width} {height}", role="img", aria_label=title)
    narrow = "chart-canvas" if width == WIDTH else "chart-canvas chart-narrow"
    return _mark("figure", _mark("figcaption", title), _mark("div", svg, class_=narrow), *below, class_="chart")
