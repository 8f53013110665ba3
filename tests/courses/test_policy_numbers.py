"""Numbers of a course file, changed in its text: everything else stays as it was, and mistakes are told."""

import difflib
import tomllib
from decimal import Decimal
from typing import Any

import pytest

from reviewhub.courses.course_file import load_policy, shipped_slugs, shipped_text
from reviewhub.courses.file_editing import set_values
from reviewhub.courses.file_lines import Path
from reviewhub.courses.policy_numbers import edited_file, number_groups
from reviewhub.errors import BadInput


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that differ, with − and + before them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


@pytest.mark.parametrize("slug", shipped_slugs())
def test_every_number_of_the_shipped_files_can_be_changed_alone(slug: str) -> None:
    text = shipped_text(slug)
    for number in (one for group in number_groups(load_policy(text)) for one in group.numbers):
        other = {"choice": '"each"', "length": '"2m"', "percent": '"11%"'}.get(number.kind, "7")
        edited = set_values(text, {number.path: other})
        before, after = tomllib.loads(text), tomllib.loads(edited)

        assert len(changed_lines(text, edited)) <= 3, number.name
        assert _put(before, number.path, tomllib.loads(f"x = {other}")["x"]) == after, number.name


def _put(raw: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    """The file's tables with one value set, the plain way."""
    holder: Any = raw
    for step in path[:-1]:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    holder[path[-1]] = value
    return raw


def test_comments_and_order_stay() -> None:
    edited = edited_file(shipped_text("ceng796"), {"points.share": "0,25", "points.cap": "30"})

    assert changed_lines(shipped_text("ceng796"), edited) == [
        "-share            = 0.5            # part of a missed mistake's points that a reviewer loses",
        "+share            = 0.25            # part of a missed mistake's points that a reviewer loses",
        "-cap              = 40             # the most a reviewer loses for missed mistakes of one project",
        "+cap              = 30             # the most a reviewer loses for missed mistakes of one project",
    ]


def test_late_steps_schemes_and_numbers_that_are_not_there_yet() -> None:
    late = edited_file(
        shipped_text("csci4701"),
        {"lateness.everything.steps.0.off": "12,5 %", "lateness.everything.steps.0.until": "2700s"},
    )
    ways = edited_file(
        shipped_text("dl1"),
        {"bonus.0.at_most": "6.5", "schemes.0.weights.oral": "30", "schemes.0.weights.written": "70"},
    )

    assert changed_lines(shipped_text("csci4701"), late)[1] == '+    { until = "45m", off = "12.5%" },'
    assert load_policy(ways).bonus[0].at_most == Decimal("6.5")
    assert load_policy(ways).schemes[0].weights["oral"] == 30


def test_default_that_the_file_leaves_out_is_written_into_it() -> None:
    text = shipped_text("ceng796").replace("cap              = 40 ", "# cap = 40 ")

    assert load_policy(edited_file(text, {"points.cap": "25"})).points.cap == 25


def test_table_that_the_file_leaves_out_is_added() -> None:
    text = "\n".join(
        line for line in shipped_text("ceng796").splitlines() if line != "[points.severity]"
        and not line.startswith(("critical", "major ", "minor ", "trivial"))
    )  # fmt: skip

    assert load_policy(edited_file(text, {"points.severity.minor": "2"})).points.severity.minor == 2


def test_numbers_that_are_as_they_were_change_nothing() -> None:
    text = shipped_text("ceng796")
    typed = {number.name: number.value for group in number_groups(load_policy(text)) for number in group.numbers}

    assert edited_file(text, typed) == text


@pytest.mark.parametrize("typed", ["abc", "", "1e9", "nan", "--1", "٣", "1" * 40])
def test_what_is_no_number_is_told_by_its_words(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        edited_file(shipped_text("ceng796"), {"points.cap": typed})

    assert refused.value.problems[0].place == "The most a reviewer loses in one project"


def test_unsound_numbers_are_told_like_those_of_a_file() -> None:
    with pytest.raises(BadInput) as refused:
        edited_file(shipped_text("ceng796"), {"rubric.0.points": "20"})

    assert "The points of the rubric sum to 110, not 100." in str(refused.value.problems[0])


def test_unknown_names_change_nothing() -> None:
    assert edited_file(shipped_text("dl1"), {"points.share": "0.1", "__class__": "1"}) == shipped_text("dl1")
