"""Who reviews whom, as a picture.

A small course is a circle of projects with an arrow from a reviewer's own project to the reviewed one. A larger one
would be a tangle, so it is a table of squares: a row for each reviewer, a column for each project.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

SIZE = 560
RADIUS = 190
NODE = 7
ARROW = 7
LABEL_GAP = 14
LONGEST_LABEL = 18
NOWHERE = "Without a project"
MOST_ON_CIRCLE = 12
MOST_ROWS = 150
MOST_COLUMNS = 80
CELL = 14
NAMES = 150
HEADS = 110
SLOPE = 64  # how far the head of the last column leans out
WORDS = {"new": "new", "kept": "as it is", "dropped": "no longer", "both": "both ways"}

Seat = tuple[str, str, str | None]  # (reviewer id, name, own project or None)


def draw_assignment(
    projects: Sequence[tuple[str, str]], seats: Sequence[Seat], pairs: Mapping[tuple[str, str], str]
) -> Markup:
    """Draw who reviews whom, in the form that can be read at this size; empty where none can.

    `projects`: (id, key) in order; `pairs`: (reviewer id, project id) → "new", "kept", "dropped" or "both" (ways).
    """
    if len(projects) <= MOST_ON_CIRCLE:
        homes = {who: home for who, _, home in seats}
        return draw_reviews(projects, [(homes.get(who), to) for (who, to), kind in pairs.items() if kind != "dropped"])
    if len(seats) > MOST_ROWS or len(projects) > MOST_COLUMNS:
        return Markup()
    return draw_squares(projects, seats, pairs)


def draw_squares(
    projects: Sequence[tuple[str, str]], seats: Sequence[Seat], pairs: Mapping[tuple[str, str], str]
) -> Markup:
    """Draw the table of squares; a reviewer's own project is shaded, so that the groups stand out."""
    places = {project_id: index for index, (project_id, _) in enumerate(projects)}
    keys = dict(projects)
    width, height = NAMES + len(projects) * CELL + SLOPE, HEADS + len(seats) * CELL + CELL
    heads = Markup().join(_head(index, key) for index, (_, key) in enumerate(projects))
    rows = Markup().join(
        _row(index, seat, [(places[to], keys[to], kind) for (who, to), kind in pairs.items()
                           if who == seat[0] and to in places], places, len(projects))
        for index, seat in enumerate(seats)
    )  # fmt: skip
    title = Markup("<title>Who reviews whom</title><desc>The same pairs stand in the table on this page.</desc>")
    return Markup(
        '<svg class="review-squares" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'aria-label="Who reviews whom">{inside}</svg>'
    ).format(width=width, height=height, inside=title + heads + rows)


def _head(column: int, key: str) -> Markup:
    x = NAMES + column * CELL + CELL / 2
    return Markup(
        '<text class="square-head" x="{x:.1f}" y="{y}" transform="rotate(-60 {x:.1f} {y})">{short}'
        "<title>{key}</title></text>"
    ).format(x=x + 3, y=HEADS - 5, short=_shortened(key), key=key)


def _row(row: int, seat: Seat, chosen: list[tuple[int, str, str]], places: Mapping[str, int], columns: int) -> Markup:
    _, name, home = seat
    own_column = places.get(home) if home else None
    y = HEADS + row * CELL
    line = Markup('<rect class="square-line" x="{x}" y="{y}" width="{width}" height="{height}"/>').format(
        x=NAMES, y=y + 1, width=columns * CELL, height=CELL - 2
    )
    own = (
        Markup(
            '<rect class="square-own" x="{x}" y="{y}" width="{size}" height="{size}">'
            "<title>{name}: own project</title></rect>"
        ).format(x=NAMES + own_column * CELL + 1, y=y + 1, size=CELL - 2, name=name)
        if own_column is not None
        else Markup()
    )  # fmt: skip
    squares = Markup().join(
        Markup(
            '<rect class="square square-{kind}" x="{x}" y="{y}" width="{size}" height="{size}" rx="2">'
            "<title>{name} reviews {key}: {words}</title></rect>"
        ).format(kind=kind, x=NAMES + column * CELL + 1, y=y + 1, size=CELL - 2, name=name, key=key, words=WORDS[kind])
        for column, key, kind in sorted(chosen)
    )
    label = Markup('<text class="square-name" x="{x}" y="{y}" text-anchor="end">{short}</text>').format(
        x=NAMES - 6, y=y + CELL - 4, short=_shortened(name, 22)
    )
    return label + line + own + squares


def _shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def draw_reviews(projects: Sequence[tuple[str, str]], edges: Iterable[tuple[str | None, str]]) -> Markup:
    """Draw the circle. `projects`: (id, key) in order; `edges`: (the reviewer's own project or None, reviewed project).

    Several reviewers of one project on the same other project make one thicker arrow; arrows in both directions
    between two projects are marked.
    """
    counted = Counter(edges)
    spots = _spots([*projects, *([("", NOWHERE)] if any(home is None for home, _ in counted) else [])])
    arrows = Markup().join(
        _arrow(spots[home or ""], spots[to], count, is_mutual=home is not None and (to, home) in counted)
        for (home, to), count in sorted(counted.items(), key=lambda row: (row[0][0] or "", row[0][1]))
        if to in spots and (home or "") in spots
    )
    loads = Counter(to for _, to in counted.elements())
    nodes = Markup().join(
        _node(spots[project_id], key, loads[project_id])
        for project_id, key in [*projects, *([("", NOWHERE)] if "" in spots else [])]
    )
    title = Markup("<title>Who reviews whom</title><desc>The same pairs stand in the table on this page.</desc>")
    return Markup(
        '<svg class="review-circle" viewBox="0 0 {size} {size}" role="img" aria-label="Who reviews whom">{inside}</svg>'
    ).format(size=SIZE, inside=title + arrows + nodes)


def _spots(projects: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float, float]]:
    """Project id → x, y and the angle on the circle, beginning at the top."""
    step = 2 * math.pi / max(1, len(projects))
    middle = SIZE / 2
    return {
        project_id: (
            middle + RADIUS * math.sin(index * step), middle - RADIUS * math.cos(index * step), index * step,
        )
        for index, (project_id, _) in enumerate(projects)
    }  # fmt: skip


def _node(spot: tuple[float, float, float], key: str, load: int) -> Markup:
    x, y, angle = spot
    middle = SIZE / 2
    label_x = middle + (RADIUS + LABEL_GAP) * math.sin(angle)
    label_y = middle - (RADIUS + LABEL_GAP) * math.cos(angle)
    sideways = math.sin(angle)
    anchor = "middle" if abs(sideways) < 0.2 else "start" if sideways > 0 else "end"  # noqa: PLR2004 - top and bottom
    return Markup(
        '<g class="circle-node"><circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"/><title>{key}: {told}</title>'
        '<text x="{lx:.1f}" y="{ly:.1f}" text-anchor="{anchor}" dominant-baseline="middle">{short}</text></g>'
    ).format(
        x=x, y=y, r=NODE, key=key, told=f"{load} reviewers" if load != 1 else "1 reviewer", lx=label_x, ly=label_y,
        anchor=anchor, short=_shortened(key),
    )  # fmt: skip


def _arrow(
    start: tuple[float, float, float], end: tuple[float, float, float], count: int, *, is_mutual: bool
) -> Markup:
    """A curve bent towards the middle, ending with a head just before the node it points at."""
    middle = SIZE / 2
    bend_x = middle + ((start[0] + end[0]) / 2 - middle) * 0.35
    bend_y = middle + ((start[1] + end[1]) / 2 - middle) * 0.35
    heading = math.atan2(end[1] - bend_y, end[0] - bend_x)
    tip_x, tip_y = end[0] - (NODE + 2) * math.cos(heading), end[1] - (NODE + 2) * math.sin(heading)
    base_x, base_y = tip_x - ARROW * math.cos(heading), tip_y - ARROW * math.sin(heading)
    side_x, side_y = ARROW / 2 * math.sin(heading), -ARROW / 2 * math.cos(heading)
    return Markup(
        '<g class="circle-edge{mutual}"><path class="edge-line edge-{weight}" '
        'd="M{sx:.1f},{sy:.1f} Q{bx:.1f},{by:.1f} {ex:.1f},{ey:.1f}"/>'
        '<path class="edge-head" d="M{tx:.1f},{ty:.1f} L{ax:.1f},{ay:.1f} L{cx:.1f},{cy:.1f} Z"/></g>'
    ).format(
        mutual=" edge-mutual" if is_mutual else "", weight=min(count, 3), sx=start[0], sy=start[1], bx=bend_x,
        by=bend_y, ex=base_x, ey=base_y, tx=tip_x, ty=tip_y, ax=base_x + side_x, ay=base_y + side_y, cx=base_x - side_x,
        cy=base_y - side_y,
    )  # fmt: skip
