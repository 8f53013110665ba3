"""The picture of who reviews whom: a circle for a small course, a table of squares above, nothing where none can be read."""

from xml.etree import ElementTree as ET

import pytest

from reviewhub.reviews.drawing import draw_assignment

SVG = "{http://www.w3.org/2000/svg}"


def course(people: int, projects: int) -> tuple[list[tuple[str, str]], list[tuple[str, str, str | None]]]:
    keys = [(f"p{number}", f"Project <{number}>") for number in range(projects)]
    return keys, [(f"r{number}", f"Person & {number}", f"p{number % projects}") for number in range(people)]


def parse(text: str) -> ET.Element:
    return ET.fromstring(str(text).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_small_course_is_a_circle_with_an_arrow_for_each_direction() -> None:
    projects, seats = course(5, 5)
    drawn = parse(
        draw_assignment(projects, seats, {("r0", "p1"): "new", ("r1", "p0"): "both", ("r2", "p3"): "dropped"})
    )
    assert drawn.get("class") == "review-circle"
    assert [one.get("class") for one in drawn.iter(f"{SVG}g")].count("circle-edge edge-mutual") == 2
    assert len([one for one in drawn.iter(f"{SVG}g") if "circle-edge" in (one.get("class") or "")]) == 2
    assert len([one for one in drawn.iter(f"{SVG}g") if one.get("class") == "circle-node"]) == 5


def test_course_of_sixty_is_a_table_of_squares_that_says_every_pair() -> None:
    projects, seats = course(60, 24)
    pairs = {(f"r{number}", f"p{(number + 1) % 24}"): "kept" for number in range(60)} | {("r0", "p5"): "dropped"}
    drawn = parse(draw_assignment(projects, seats, pairs))
    told = [one.findtext(f"{SVG}title") for one in drawn.iter(f"{SVG}rect") if "square " in (one.get("class") or "")]
    assert len(told) == 61
    assert told[:2] == ["Person & 0 reviews Project <1>: as it is", "Person & 0 reviews Project <5>: no longer"]
    assert sum(one.get("class") == "square-own" for one in drawn.iter(f"{SVG}rect")) == 60
    boxes = [(float(one.get("x", 0)), float(one.get("y", 0))) for one in drawn.iter(f"{SVG}rect")]
    assert all(x < float(drawn.get("width", 0)) and y < float(drawn.get("height", 0)) for x, y in boxes)


@pytest.mark.parametrize(("people", "projects"), [(1000, 400), (151, 20), (60, 81)])
def test_course_too_large_for_a_picture_has_none(people: int, projects: int) -> None:
    assert draw_assignment(*course(people, projects), {}) == ""


def test_pair_of_a_project_that_is_gone_is_left_out() -> None:
    projects, seats = course(20, 20)
    drawn = parse(draw_assignment(projects, seats, {("r0", "gone"): "kept", ("nobody", "p1"): "kept"}))
    assert not [one for one in drawn.iter(f"{SVG}rect") if "square " in (one.get("class") or "")]
