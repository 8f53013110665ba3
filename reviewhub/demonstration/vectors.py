"""Line charts as SVG text, as a plotting package with an SVG back end leaves them in a notebook."""

from xml.sax.saxutils import escape

from reviewhub.demonstration.figures import PALETTE, LineChart, reach_of, read_figure, tick_label, ticks_between


def draw_svg(text: str) -> str:
    """Return a line chart described in TOML as SVG text, as a plotting package with an SVG back end writes it."""
    figure = read_figure(text)
    if not isinstance(figure, LineChart):
        message = f"Only a line chart can be drawn as SVG, not {figure.kind}."
        raise TypeError(message)
    lines = [curve.heights(60, figure.seed) for curve in figure.line]
    low, high = reach_of([value for heights in lines for value in heights], logarithmic=False)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360" font-family="Arial">',
        '<rect width="640" height="360" fill="#ffffff"/>',
        f'<text x="340" y="24" text-anchor="middle" font-size="15">{escape(figure.title)}</text>',
    ]
    for value in ticks_between(low, high, 5):
        y = 300 - (value - low) / (high - low) * 260
        parts.append(f'<path d="M70 {y:.1f}H620" stroke="#e4e7ec"/>')
        parts.append(f'<text x="62" y="{y + 4:.1f}" text-anchor="end" font-size="12">{tick_label(value)}</text>')
    for value in ticks_between(figure.left, figure.right):
        x = 70 + (value - figure.left) / (figure.right - figure.left) * 550
        parts.append(f'<text x="{x:.1f}" y="320" text-anchor="middle" font-size="12">{tick_label(value)}</text>')
    for index, (curve, heights) in enumerate(zip(figure.line, lines, strict=True)):
        colour = "#{:02x}{:02x}{:02x}".format(*PALETTE[index])
        steps = 550 / (len(heights) - 1)
        points = " ".join(
            f"{70 + at * steps:.1f},{300 - (value - low) / (high - low) * 260:.1f}" for at, value in enumerate(heights)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<path d="M470 {56 + index * 20}h24" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="502" y="{60 + index * 20}" font-size="12">{escape(curve.label)}</text>')
    parts.append(f'<text x="345" y="348" text-anchor="middle" font-size="13">{escape(figure.x)}</text>')
    parts.append(
        '<text x="18" y="170" text-anchor="middle" font-size="13" transform="rotate(-90 18 170)">'
        f"{escape(figure.y)}</text>"
    )
    parts.append('<rect x="70" y="40" width="550" height="260" fill="none" stroke="#969ba5"/></svg>')
    return "\n".join(parts)
