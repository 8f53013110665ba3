"""An anchor is found again after edits, or is honestly gone."""

import random
from dataclasses import replace

import pytest

from reviewhub.errors import BadInput
from reviewhub.reviews.anchors import CarriedState, carry, drop_anchor
from reviewhub.reviews.places import Cell, Content, Notebook, Sealed, Text, read_place

TRAIN = (
    "import torch",
    "",
    "def train(model, data):",
    "    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)",
    "    for images, _ in data:",
    "        loss = model.loss(images)",
    "        loss.backward()",
    "        optimiser.step()",
    "    return model",
    "",
    "def sample(model, count):",
    "    noise = torch.randn(count, 128)",
    "    return model.decode(noise)",
)
OLD = Text(blob="old", lines=TRAIN)


def text_of(lines: list[str]) -> Text:
    return Text(blob="new", lines=tuple(lines))


def carried(token: str, new: Content | None, old: Content = OLD) -> tuple[str, str | None]:
    result = carry(drop_anchor(read_place(token, "train.py"), old), old, new)
    return result.state.value, result.place.token if result.place else None


def test_lines_of_an_unchanged_file_are_the_same() -> None:
    assert carried("L7-L8", OLD) == ("same", "L7-L8")


def test_lines_after_inserted_ones_are_moved() -> None:
    assert carried("L7-L8", text_of(["# a", "# b", *TRAIN])) == ("moved", "L9-L10")


def test_line_before_inserted_ones_is_the_same() -> None:
    assert carried("L4", text_of([*TRAIN[:6], "        print(loss)", *TRAIN[6:]])) == ("same", "L4")


def test_edited_line_is_changed_at_its_place() -> None:
    lines = list(TRAIN)
    lines[3] = "    optimiser = torch.optim.Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.9))"
    assert carried("L4", text_of(["# one more", *lines])) == ("changed", "L5")


def test_range_with_a_line_put_into_it_is_changed_and_grows() -> None:
    lines = [*TRAIN[:6], "        optimiser.zero_grad()", *TRAIN[6:]]
    assert carried("L5-L8", text_of(lines)) == ("changed", "L5-L9")


def test_function_moved_elsewhere_is_found_by_its_text() -> None:
    assert carried("L12-L13", text_of([*TRAIN[10:], "", *TRAIN[:10]])) == ("moved", "L2-L3")


def test_deleted_lines_are_gone() -> None:
    assert carried("L12", text_of(list(TRAIN[:10]))) == ("gone", None)


def test_replaced_by_something_else_is_gone_and_not_guessed() -> None:
    lines = [*TRAIN[:3], "    pass", *TRAIN[8:]]
    assert carried("L4", text_of(lines)) == ("gone", None)


def test_one_of_two_equal_lines_is_told_apart_by_its_neighbours() -> None:
    old = Text(blob="old", lines=("a = 1", "call(everything)", "b = 2", "c = 3", "call(everything)", "d = 4"))
    new = text_of(["c = 3", "call(everything)", "d = 4", "x", "y", "a = 1", "call(everything)", "b = 2"])
    assert carried("L2", new, old) == ("moved", "L7")


def test_file_that_is_not_there_is_gone() -> None:
    assert carried("L4", None) == ("gone", None)


def test_whole_file_edited_is_changed() -> None:
    assert carried("file", text_of(["x"])) == ("changed", "file")


def test_project_stays_the_same() -> None:
    assert carry(drop_anchor(read_place("project", ""), None), None, None).state is CarriedState.SAME


def test_file_of_another_name_with_the_same_content_is_moved() -> None:
    result = carry(drop_anchor(read_place("L4", "train.py"), OLD), OLD, OLD, new_path="src/train.py")
    assert (result.state, result.place and result.place.path) == (CarriedState.MOVED, "src/train.py")


@pytest.mark.parametrize(
    ("token", "content", "sentence"),
    [
        ("L14", OLD, "The file has 13 lines, so line 14 is not in it."),
        ("cell-0", OLD, "This file is not a notebook, so it has no cells."),
        (
            "L1",
            Sealed(blob="image"),
            "This file has no lines to point at; make it a finding about the whole file.",
        ),
        ("L1", None, "There is no file “train.py” in this version."),
        (
            "cell-1",
            Notebook(blob="n", cells=(Cell(cell_id="", kind="code", source="a"),)),
            "The notebook has 1 cell, so there is no cell 2.",
        ),
        (
            "cell-0-output-0",
            Notebook(blob="n", cells=(Cell(cell_id="", kind="code", source="a"),)),
            "Cell 1 has 0 outputs, so there is no output 1.",
        ),
        (
            "cell-0-L2",
            Notebook(blob="n", cells=(Cell(cell_id="", kind="code", source="a"),)),
            "Cell 1 has 1 line, so line 2 is not in it.",
        ),
    ],
)
def test_place_outside_its_file_is_refused_with_the_reason(token: str, content: Content | None, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        drop_anchor(read_place(token, "train.py"), content)
    assert refusal.value.message == sentence


def test_anchor_keeps_the_quoted_text_and_two_lines_around() -> None:
    anchor = drop_anchor(read_place("L7", "train.py"), OLD)
    assert (anchor.quoted, anchor.before, anchor.after) == (
        TRAIN[6],
        "\n".join(TRAIN[4:6]),
        "\n".join(TRAIN[7:9]),
    )


CELLS = (
    Cell(cell_id="a1", kind="markdown", source="# DCGAN\nWe follow section 3."),
    Cell(cell_id="a2", kind="code", source="import torch\nfrom model import Generator", outputs=()),
    Cell(
        cell_id="a3",
        kind="code",
        source="generator = Generator(100)\ntrain(generator, epochs=5)",
        outputs=("epoch 1\nepoch 2", "image:aa"),
    ),
    Cell(cell_id="a4", kind="code", source="show(generator.sample(16))", outputs=("image:bb",)),
)
NOTEBOOK = Notebook(blob="old", cells=CELLS)


def notebook_of(*cells: Cell) -> Notebook:
    return Notebook(blob="new", cells=cells)


def without_ids(notebook: Notebook) -> Notebook:
    return replace(notebook, cells=tuple(replace(cell, cell_id="") for cell in notebook.cells))


@pytest.mark.parametrize("forget", [False, True])
def test_cell_after_an_inserted_one_is_moved(forget: bool) -> None:
    old, new = NOTEBOOK, notebook_of(CELLS[0], Cell(cell_id="x", kind="code", source="print(1)"), *CELLS[1:])
    if forget:
        old, new = without_ids(old), without_ids(new)
    assert carried("cell-2", new, old) == ("moved", "cell-3")


@pytest.mark.parametrize("forget", [False, True])
def test_edited_cell_is_changed_and_its_untouched_line_is_not(forget: bool) -> None:
    edited = replace(CELLS[2], source="generator = Generator(100)\ntrain(generator, epochs=50)")
    old, new = NOTEBOOK, notebook_of(*CELLS[:2], edited, CELLS[3])
    if forget:
        old, new = without_ids(old), without_ids(new)
    assert carried("cell-2", new, old) == ("changed", "cell-2")
    assert carried("cell-2-L1", new, old) == ("same", "cell-2-L1")
    assert carried("cell-2-L2", new, old) == ("changed", "cell-2-L2")


def test_line_of_a_moved_cell_is_moved() -> None:
    assert carried("cell-2-L1", notebook_of(CELLS[2], *CELLS[:2]), NOTEBOOK) == ("moved", "cell-0-L1")


def test_output_is_found_by_its_content_then_by_its_number() -> None:
    rerun = replace(CELLS[2], outputs=("image:aa", "epoch 1\nepoch 3"))
    new = notebook_of(*CELLS[:2], rerun, replace(CELLS[3], outputs=()))
    assert carried("cell-2-output-1", new, NOTEBOOK) == ("moved", "cell-2-output-0")
    assert carried("cell-2-output-0", new, NOTEBOOK) == ("changed", "cell-2-output-0")
    assert carried("cell-3-output-0", new, NOTEBOOK) == ("gone", None)


def test_deleted_cell_is_gone() -> None:
    assert carried("cell-0", notebook_of(*CELLS[1:]), NOTEBOOK) == ("gone", None)


def random_line(dice: random.Random) -> str:
    word = dice.choice(["loss", "model", "images", "noise", "score", "labels", "hidden", "weights"])
    return f"    {word}_{dice.randrange(1000)} = {dice.choice(['torch', 'nn', 'self'])}.{word}({dice.randrange(10**6)})"


def test_lines_moved_and_edited_around_are_found_in_98_of_100_cases() -> None:
    dice = random.Random(7)
    right = 0
    for _ in range(400):
        lines = [random_line(dice) for _ in range(60)]
        target = dice.randrange(60)
        tagged: list[tuple[str, bool]] = [(line, index == target) for index, line in enumerate(lines)]
        for _ in range(12):
            spot = dice.randrange(len(tagged))
            if dice.random() < 0.5 and not tagged[spot][1]:
                tagged[spot] = (random_line(dice), False)
            elif dice.random() < 0.5:
                tagged.insert(spot, (random_line(dice), False))
            elif not tagged[spot][1]:
                del tagged[spot]
        truth = next(index for index, (_, wanted) in enumerate(tagged) if wanted) + 1
        old = Text(blob="old", lines=tuple(lines))
        result = carry(
            drop_anchor(read_place(f"L{target + 1}", "a.py"), old), old, text_of([line for line, _ in tagged])
        )
        right += result.place is not None and result.place.first_line == truth
    assert right >= 392
