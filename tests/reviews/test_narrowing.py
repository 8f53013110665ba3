"""The list of findings: narrowed and sorted."""

import pytest

from reviewhub.reviews.narrowing import Narrowing, is_wanted, order_of
from reviewhub.reviews.places import Anchor, Place, read_place
from reviewhub.reviews.submitted import SubmittedFinding

FILES = {"main.ipynb": 0, "model.py": 1}


def finding(number: int, severity: str, text: str, *places: tuple[str, str], kind: str = "mistake") -> SubmittedFinding:
    anchors = tuple(Anchor(place=read_place(token, path)) for token, path in places)
    return SubmittedFinding(
        finding_id=f"f{number}", number=number, kind=kind, severity=severity, category="", text=text, withdrawn=False,
        anchors=anchors,
    )  # fmt: skip


RATE = finding(1, "minor", "The learning rate is too large.", ("L7", "model.py"), ("cell-2", "main.ipynb"))
SEED = finding(2, "critical", "No seed is set.", ("cell-2-output-0", "main.ipynb"), kind="missing")
WHOLE = finding(3, "major", "Where is the licence?", ("project", ""), kind="question")
ALL = (RATE, SEED, WHOLE)


@pytest.mark.parametrize(
    ("narrowing", "numbers"),
    [
        (Narrowing(), [1, 2, 3]),
        (Narrowing(kind="missing"), [2]),
        (Narrowing(severity="minor"), [1]),
        (Narrowing(path="main.ipynb"), [1, 2]),
        (Narrowing(words="LARGE rate"), [1]),
        (Narrowing(words="seed", kind="mistake"), []),
    ],
)
def test_only_what_is_asked_for_is_shown(narrowing: Narrowing, numbers: list[int]) -> None:
    assert [one.number for one in ALL if is_wanted(one, narrowing)] == numbers


@pytest.mark.parametrize(
    ("order", "numbers"),
    [("number", [1, 2, 3]), ("severity", [2, 3, 1]), ("place", [3, 2, 1]), ("nonsense", [1, 2, 3])],
)
def test_order(order: str, numbers: list[int]) -> None:
    assert [one.number for one in sorted(ALL, key=lambda one: order_of(one, order, FILES))] == numbers


def test_place_of_a_file_that_is_gone_comes_last() -> None:
    gone = finding(4, "minor", "x", ("L1", "old.py"))
    assert sorted((gone, RATE), key=lambda one: order_of(one, "place", FILES)) == [RATE, gone]
    assert Place(kind=RATE.anchors[0].place.kind, path="model.py", first_line=7, last_line=7) == RATE.anchors[0].place
