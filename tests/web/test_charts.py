import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest

from reviewhub.web.charts import (
    Part,
    Series,
    bar_chart,
    dot_chart,
    histogram,
    line_chart,
    slope_chart,
    sparkline,
    stacked_meter,
    waterfall,
)

HOSTILE = '"><script>alert(1)</script> {0} {x}'


def charts(name: str, values: list[float]) -> list[str]:
    """One of each, with the same name and values everywhere."""
    labels = [f"{name} {place}" for place in range(len(values))]
    return [
        line_chart(
            name,
            labels,
            [Series(name=name, values=values), Series(name="other", values=[None] * len(values))],
        ),
        bar_chart(name, labels, values, unit=name),
        dot_chart(name, [(name, values)], maximum=100),
        stacked_meter(name, [Part(name=name, value=value) for value in values]),
        waterfall(name, (name, 100), [(name, -value) for value in values], name),
        histogram(name, [(10 * place, 10 * place + 10, int(value)) for place, value in enumerate(values)], own=71.5),
        slope_chart(name, [(name, value, 50) for value in values], sides=(name, name)),
    ]


@pytest.mark.parametrize("values", [[], [0], [0, 0], [1], [3.25, 99, 0.001], list(range(60))])
def test_charts_of_any_length_are_well_formed(values: list[float]) -> None:
    for chart in charts("Points", values):
        root = ET.fromstring(chart)
        assert root.find(".//svg/title") is not None
        assert root.find(".//svg/desc") is not None


def test_charts_escape_what_they_are_given() -> None:
    for chart in [*charts(HOSTILE, [1, 2]), sparkline([1, 2], HOSTILE)]:
        assert "<script" not in chart
        assert ET.fromstring(chart) is not None


def test_charts_carry_no_inline_style() -> None:
    assert [chart for chart in charts("Points", [1, 2, 3]) if "style=" in chart] == []


def test_line_chart_breaks_where_a_value_is_missing() -> None:
    chart = line_chart("Filed", ["a", "b", "c", "d", "e"], [Series(name="Filed", values=[1, 2, None, 3, 4])])
    assert chart.count("<polyline") == 2


def test_table_below_a_chart_holds_its_numbers() -> None:
    root = ET.fromstring(bar_chart("Marks", ["low", "high"], [3, 12.5], unit=" %"))
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iterfind(".//tbody/tr")]
    assert rows == [["low", "3 %"], ["high", "12.5 %"]]


def test_sparkline_of_nothing_is_a_dash() -> None:
    assert "—" in sparkline([], "Points")
    assert ET.fromstring(sparkline([5], "Points")).get("aria-label") == "Points: 5"


def test_waterfall_tells_each_step_and_the_sum_to_the_cent() -> None:
    root = ET.fromstring(waterfall("Version 1", ("Start", 100), [("M1", Decimal("-8.10")), ("Floor", 3)], "Grade"))
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iterfind(".//tbody/tr")]
    assert rows == [["Start", "100"], ["M1", "−8.1"], ["Floor", "+3"], ["Grade", "94.9"]]
    assert root.findtext(".//svg/desc") == "Start: 100; M1: −8.1; Floor: +3; Grade: 94.9"


def test_waterfall_adds_up_exact_numbers_and_rounds_half_up_only_what_it_shows() -> None:
    chart = waterfall("Review", ("Quality", Decimal("38.375")), [("Coverage", Decimal("44.625"))], "Review")
    rows = [["".join(cell.itertext()) for cell in row] for row in ET.fromstring(chart).iterfind(".//tbody/tr")]
    assert rows == [["Quality", "38.38"], ["Coverage", "+44.63"], ["Review", "83"]]


def test_waterfall_stays_inside_its_frame_below_nothing() -> None:
    root = ET.fromstring(waterfall("Version 1", ("Start", 10), [("M1", -40), ("Floor", 30)], "Grade"))
    assert all(float(bar.get("x", "")) >= 0 for bar in root.iterfind(".//rect"))


def test_histogram_marks_the_readers_place_and_shows_counts_by_area() -> None:
    root = ET.fromstring(histogram("Class", [(0, 60, 6), (60, 80, 4)], own=71.5))
    wide, narrow = (float(bar.get("width", 0)) * float(bar.get("height", 0)) for bar in root.iterfind(".//rect"))
    assert round(wide / narrow, 1) == 1.5
    assert "you: 71.5" in "".join(root.itertext())


def test_slope_chart_tells_who_moves_from_where_to_where() -> None:
    root = ET.fromstring(slope_chart("Moves", [("Ayşe", 71, 79.5), ("Cem", 80, 62)], sides=("Now", "Then")))
    assert root.findtext(".//svg/desc") == "Ayşe: 71, 79.5; Cem: 80, 62"
    assert [group.get("class") for group in root.iterfind(".//svg/g")] == ["series-good", "series-bad"]
