"""Places that went to another file or cell, and several places of one finding told together."""

import pytest

from reviewhub.reviews.anchors import Carried, CarriedState, carry, drop_anchor
from reviewhub.reviews.followed import CHECKED, UNCHECKED, CarriedAnchor, Filter, Followed
from reviewhub.reviews.guesses import guess_places
from reviewhub.reviews.places import Anchor, Cell, Notebook, Place, PlaceKind, Text, read_place
from reviewhub.reviews.reading import Answered
from reviewhub.reviews.submitted import SubmittedFinding
from reviewhub.reviews.tables import FixCheck, Response

PLOT = "<Figure size 640x480>\n[image/png 0011223344aa]"


def book(*cells: tuple[str, str, tuple[str, ...]]) -> Notebook:
    made = tuple(Cell(cell_id=name, kind="code", source=source, outputs=outputs) for name, source, outputs in cells)
    return Notebook(blob=str(hash(made)), cells=made)


def carried(token: str, old: Notebook, new: Notebook) -> tuple[str, str]:
    found = carry(drop_anchor(read_place(token, "main.ipynb"), old), old, new)
    return found.state.value, found.place.token if found.place else ""


TRAIN = "history = train(model)\nplot(history)"
OLD = book(("a", "import torch", ()), ("b", TRAIN, ("epoch 1", PLOT)), ("c", "sample(model)", ("a picture of digits",)))


def test_output_of_a_split_cell_goes_with_the_cell_that_prints_it_now() -> None:
    new = book(
        ("a", "import torch", ()), ("b", "history = train(model)", ("epoch 1",)), ("d", "plot(history)", (PLOT,)),
        ("c", "sample(model)", ("a picture of digits",)),
    )  # fmt: skip
    assert carried("cell-1-output-1", OLD, new) == ("moved", "cell-2-output-0")


def test_output_of_a_removed_cell_is_found_by_its_content() -> None:
    new = book(("a", "import torch", ()), ("c", "sample(model)", ("a picture of digits",)), ("z", "show(9)", (PLOT,)))
    assert carried("cell-1-output-1", OLD, new) == ("moved", "cell-2-output-0")


def test_output_that_stood_elsewhere_before_is_not_taken_for_it() -> None:
    old = book(("a", "plot(1)", (PLOT,)), ("b", "plot(2)", (PLOT, "and the second figure")))
    new = book(("a", "plot(1)", (PLOT,)), ("b", "plot(2)", ("[image/png ffeeddccbbaa]", "and the second figure")))
    assert carried("cell-1-output-0", old, new) == ("changed", "cell-1-output-0")


def test_output_that_two_cells_print_now_is_not_guessed() -> None:
    new = book(("x", "show(1)", (PLOT,)), ("y", "show(2)", (PLOT,)))
    assert carried("cell-1-output-1", OLD, new)[0] != "moved"


def test_short_output_is_no_proof() -> None:
    old = book(("a", "accuracy()", ("0.9",)), ("b", "print(1)", ()))
    new = book(("b", "print(1)", ()), ("c", "something_else_entirely(now)", ("0.9",)))
    assert carried("cell-0-output-0", old, new) == ("gone", "")


def test_place_in_a_renamed_and_edited_file_is_no_surer_than_the_file() -> None:
    lines = tuple(f"line number {number} = {number * number}" for number in range(30))
    old, new = Text(blob="1", lines=lines), Text(blob="2", lines=("# moved", *lines))
    found = carry(drop_anchor(read_place("L7", "a.py"), old), old, new, new_path="src/a.py", alike=0.8)
    assert (found.state, found.place, found.confidence) == (
        CarriedState.MOVED, Place(kind=PlaceKind.LINES, path="src/a.py", first_line=8, last_line=8), 0.8,
    )  # fmt: skip
    whole = carry(drop_anchor(read_place("file", "a.py"), old), old, new, new_path="src/a.py", alike=0.8)
    assert (whole.state, whole.confidence, whole.reason) == (
        CarriedState.CHANGED, 0.8, "the file was changed and is now src/a.py",
    )  # fmt: skip


def followed(*states: str, kind: PlaceKind = PlaceKind.LINES, answer: str = "", verdict: str = "") -> Followed:
    finding = SubmittedFinding(
        finding_id="f", number=1, kind="mistake", severity="major", category="", text="Wrong.", withdrawn=False
    )
    responses = (Response(kind=answer),) if answer else ()
    checks = (FixCheck(verdict=verdict),) if verdict else ()
    place = Place(kind=kind, path="a.py", first_line=1, last_line=1)
    return Followed(
        answered=Answered(finding=finding, label="1", responses=responses, checks=checks),
        places=tuple(
            CarriedAnchor(
                anchor=Anchor(place=place),
                carried=Carried(state=CarriedState(state), place=place, confidence=1.0, reason=""),
            )
            for state in states
        ),
    )


@pytest.mark.parametrize(
    ("states", "together"),
    [
        (("same",), "same"), (("same", "same"), "same"), (("same", "moved"), "moved"), (("moved", "moved"), "moved"),
        (("same", "changed"), "changed"), (("gone", "same"), "changed"), (("gone", "gone"), "gone"), ((), None),
    ],
)  # fmt: skip
def test_several_places_are_told_together(states: tuple[str, ...], together: str | None) -> None:
    assert followed(*states).state == together


@pytest.mark.parametrize(
    ("states", "answer", "kind", "is_claim"),
    [
        (("same",), "fixed", PlaceKind.LINES, True),
        (("same", "moved"), "fixed", PlaceKind.LINES, True),
        (("same", "changed"), "fixed", PlaceKind.LINES, False),
        (("same",), "will_fix", PlaceKind.LINES, False),
        (("same",), "", PlaceKind.LINES, False),
        (("same",), "fixed", PlaceKind.PROJECT, False),
    ],
)
def test_claim_of_a_fix_where_nothing_changed(
    states: tuple[str, ...], answer: str, kind: PlaceKind, is_claim: bool
) -> None:
    assert followed(*states, answer=answer, kind=kind).is_unchanged_claim is is_claim


def test_findings_are_chosen_by_verdict_severity_and_state() -> None:
    findings = [followed("same"), followed("gone", verdict="partly"), followed("changed", verdict="fixed")]

    def chosen(**wanted: str) -> list[int]:
        return [findings.index(one) for one in Filter(**wanted).choose(findings)]

    assert chosen() == [0, 1, 2]
    assert (chosen(check=UNCHECKED), chosen(check=CHECKED), chosen(check="partly")) == ([0], [1, 2], [1])
    assert (chosen(state="gone"), chosen(state="gone", check=UNCHECKED)) == ([1], [])
    assert (chosen(severity="major"), chosen(severity="minor")) == ([0, 1, 2], [])


def test_guesses_are_the_likest_places_elsewhere() -> None:
    old = Text(blob="1", lines=("rate = 0.01", "epochs = 5"))
    new = Text(blob="2", lines=("size = 64", "rate = 0.02", "", "learning_rate = 0.01", "print('done')"))
    found = guess_places(read_place("L1", "a.py"), old, new, path="a.py", found=None)
    assert [(one.place.token, one.text) for one in found[:2]] == [("L2", "rate = 0.02"), ("L4", "learning_rate = 0.01")]
    here = guess_places(read_place("L1", "a.py"), old, new, path="a.py", found=read_place("L2", "a.py"))
    assert here[0].place.token == "L4"


def test_guesses_of_cells_lines_of_cells_and_outputs() -> None:
    new = book(
        ("x", "import torch\nimport numpy", ()), ("y", "plot(history)\nplot(losses)", (PLOT, "a picture of cats"))
    )

    def tokens(token: str) -> list[str]:
        return [one.place.token for one in guess_places(read_place(token, "m"), OLD, new, path="m", found=None)]

    assert tokens("cell-0") == ["cell-0"]
    assert tokens("cell-1-L2")[0] == "cell-1-L1"
    assert tokens("cell-2-output-0") == ["cell-1-output-1"]
    assert guess_places(read_place("cell-0", "m"), OLD, None, path="m", found=None) == []
