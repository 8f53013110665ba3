"""Who reviews whom, as a picture: projects on a circle, an arrow from a reviewer's own project to the reviewed one."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup

SIZE = 560
RADIUS = 190
NODE = 7
ARROW = 7
LABEL_GAP = 14
LONGEST_LABEL = 18
NOWHERE = "Without a project"


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
    short = key if len(key) <= LONGEST_LABEL else key[: LONGEST_LABEL - 1] + "…"
    return Markup(
        '<g class="circle-node"><circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"/><title>{key}: {told}</title>'
        '<text x="{lx:.1f}" y="{ly:.1f}" text-anchor="{anchor}" dominant-baseline="middle">{short}</text></g>'
    ).format(
        x=x, y=y, r=NODE, key=key, told=f"{load} reviewers" if load != 1 else "1 reviewer", lx=label_x, ly=label_y,
        anchor=anchor, short=short,
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
