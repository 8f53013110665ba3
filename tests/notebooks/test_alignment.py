"""Cells of two versions find each other: the five steps, what ids are worth, and that the cost stays bounded."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bench.revising import generated_version, revise, without_ids
from reviewhub.notebooks import read_notebook
from reviewhub.notebooks.alignment import CellMatch, MatchReason, align_cells
from tests.notebooks.builders import code, notebook


@dataclass(frozen=True)
class A:
    source: str
    cell_id: str = ""
    kind: str = "code"


LOSS = "def loss(x, y):\n    return ((x - y) ** 2).mean()"
TRAIN = "for epoch in range(10):\n    optimizer.zero_grad()\n    loss(model(x), y).backward()\n    optimizer.step()"
PLOT = "plt.figure(figsize=(8, 6))\nplt.plot(history)\nplt.xlabel('step')\nplt.show()"
DATA = "train_set = datasets.CIFAR10('data', download=True)\nlen(train_set)"


def found(old: list[A], new: list[A]) -> list[tuple[int, int, str]]:
    return [(match.old, match.new, match.reason.value) for match in align_cells(old, new)]


def test_equal_ids_of_one_type_match_whatever_the_source() -> None:
    assert found([A("a", "1"), A("b", "2")], [A("y", "2"), A("x", "1")]) == [(0, 1, "same-id"), (1, 0, "same-id")]


def test_equal_ids_of_two_types_do_not_match() -> None:
    assert found([A("# Title", "1", "markdown")], [A("print(1)", "1", "code")]) == []


def test_id_that_stands_twice_is_no_id() -> None:
    assert found([A(LOSS, "1"), A(PLOT, "1")], [A(PLOT, "1"), A(LOSS, "1")]) == [
        (0, 1, "same-source"),
        (1, 0, "same-source"),
    ]


def test_ids_numbered_anew_give_way_to_sources() -> None:
    old = [A(LOSS, "cell-0"), A(TRAIN, "cell-1"), A(PLOT, "cell-2")]
    new = [A("import torch", "cell-0"), A(LOSS, "cell-1"), A(TRAIN, "cell-2"), A(PLOT, "cell-3")]

    assert found(old, new) == [(0, 1, "same-source"), (1, 2, "same-source"), (2, 3, "same-source")]


def test_ids_made_of_the_source_are_not_taken_for_ids() -> None:
    cells = read_notebook(notebook([code("x", cell_id=None), code("x", cell_id=None)], minor=0)).cells

    assert [match.reason for match in align_cells(cells, cells)] == [MatchReason.SAME_SOURCE] * 2


def test_equal_source_is_found_wherever_it_went() -> None:
    assert found([A(LOSS), A(TRAIN), A(PLOT)], [A(PLOT), A(LOSS), A(TRAIN)]) == [
        (0, 1, "same-source"),
        (1, 2, "same-source"),
        (2, 0, "same-source"),
    ]


def test_edited_cell_in_its_place_is_similar_and_says_how_much() -> None:
    (first, second, third) = align_cells([A(LOSS), A(TRAIN), A(PLOT)], [A(LOSS), A(TRAIN.replace("10", "50")), A(PLOT)])

    assert (second.new, second.reason) == (1, MatchReason.SIMILAR)
    assert 0.95 < second.similarity < 1
    assert first.similarity == third.similarity == 1


def test_near_copies_stay_in_order() -> None:
    old = [A(f"run_experiment(beta={beta}, epochs=10)") for beta in range(6)]
    new = [A(f"run_experiment(beta={beta}, epochs=20)") for beta in range(6)]

    assert [(match.old, match.new) for match in align_cells(old, new)] == [(index, index) for index in range(6)]


def test_edited_cell_elsewhere_has_moved() -> None:
    assert found([A(TRAIN), A(LOSS), A(PLOT)], [A(LOSS), A(PLOT), A(TRAIN.replace("10", "50"))])[0] == (0, 2, "moved")


def test_short_cell_is_not_sought_elsewhere() -> None:
    assert found([A("x.shape"), A(LOSS), A(PLOT)], [A(LOSS), A(PLOT), A("z.shape")])[0][0] == 1


def test_rewritten_cell_between_two_neighbours_is_theirs() -> None:
    new = "for step in tqdm(range(steps)):\n    loss(model(x), y).backward()\n    scheduler.step()"

    assert (1, 1) in [(old, new) for old, new, _ in found([A(LOSS), A(TRAIN), A(PLOT)], [A(LOSS), A(new), A(PLOT)])]


def test_cell_replaced_by_another_is_gone() -> None:
    assert found([A(LOSS), A(TRAIN), A(PLOT)], [A(LOSS), A("!nvidia-smi"), A(PLOT)]) == [
        (0, 0, "same-source"),
        (2, 2, "same-source"),
    ]


def test_cell_that_grew_is_found_by_its_lines() -> None:
    grown = f"{LOSS}\n\n{PLOT}\n{DATA}\ntorch.save(model.state_dict(), 'model.pt')"

    assert found([A(DATA), A(LOSS)], [A(DATA), A(grown), A(TRAIN)])[-1] == (1, 1, "similar")


def test_cell_without_its_id_is_gone_where_all_others_kept_theirs() -> None:
    old = [A(LOSS, "1"), A("run(beta=1, steps=10, name='first')", "2"), A(PLOT, "3"), A(DATA, "4")]
    new = [A(LOSS, "1"), A("run(seed=7, size=99, title='x')", "8"), A("!nvidia-smi", "9"), A(PLOT, "3"), A(DATA, "4")]

    assert 1 not in [match.old for match in align_cells(old, new)]


def test_empty_cells_stand_in_nobodys_way() -> None:
    assert found([A(LOSS), A(""), A(PLOT)], [A(LOSS), A(""), A(PLOT.replace("8", "9"))])[1:] == [
        (1, 1, "same-source"),
        (2, 2, "similar"),
    ]


def test_long_cells_that_differ_only_in_the_middle_are_not_called_equal() -> None:
    text = "\n".join(f"line {number}" for number in range(5000))
    (match,) = align_cells([A(text)], [A(text.replace("line 2500", "another"))])

    assert match.similarity < 1


SOURCES = some.text(alphabet="ab \n", max_size=12)
CELLS = some.lists(
    some.builds(A, SOURCES, some.sampled_from(["", "1", "2", "3"]), some.sampled_from(["code", "markdown"])),
    max_size=12,
)


@given(CELLS, CELLS)
def test_every_cell_is_matched_at_most_once_and_never_across_types(old: list[A], new: list[A]) -> None:
    matches = align_cells(old, new)

    assert len({match.old for match in matches}) == len({match.new for match in matches}) == len(matches)
    assert [match.old for match in matches] == sorted(match.old for match in matches)
    assert all(old[match.old].kind == new[match.new].kind for match in matches)
    assert all(0 < match.similarity <= 1 for match in matches if match.reason is not MatchReason.SAME_ID)
    assert all(old[match.old].source == new[match.new].source for match in matches if match.similarity == 1)


@given(CELLS)
def test_version_against_itself_is_matched_cell_for_cell(cells: list[A]) -> None:
    found = {match.old: match.new for match in align_cells(cells, cells)}

    assert all(cells[old].source == cells[new].source for old, new in found.items())
    assert len(found) == len(cells)


def many(count: int, mark: str) -> list[A]:
    """Cells of eight lines of their own; `mark` stands in every other line."""
    chance = random.Random(8)
    words = [[f"{chance.getrandbits(40):010x}" for _ in range(8)] for _ in range(count)]
    return [
        A("\n".join(f"{word} = {mark if place % 2 else 'conv'}({word[::-1]})" for place, word in enumerate(row)))
        for row in words
    ]


def test_ten_thousand_cells_with_none_equal_are_matched_in_their_places() -> None:
    matches = align_cells(many(10_000, "pool"), many(10_000, "norm"))

    assert sum(match.old == match.new for match in matches) > 9_900


def test_ten_thousand_shuffled_and_edited_cells_are_found_by_their_rare_lines() -> None:
    old = many(10_000, "pool")
    order = list(range(10_000))
    random.Random(5).shuffle(order)
    new = [A(old[row].source.replace("pool", "norm")) for row in order]

    matches = align_cells(old, new)

    assert sum(order[match.new] == match.old for match in matches) > 9_900


def test_cells_of_a_megabyte_are_matched_by_beginning_and_end() -> None:
    old = [A(f"# part {row}\n" + f"value_{row} = {row}\n" * 60_000) for row in range(12)]
    new = [A(cell.source.replace("value", "number", 50)) for cell in old]

    assert [(match.old, match.new) for match in align_cells(old, new)] == [(row, row) for row in range(12)]


@pytest.mark.parametrize(("hidden", "right", "wrong"), [(False, 0.995, 0.002), (True, 0.98, 0.005)])
def test_map_of_cells_after_a_revision_of_two_cells_in_five(hidden: bool, right: float, wrong: float) -> None:
    chance = random.Random(3)
    said = {"right": 0, "wrong": 0, "missed": 0}
    for _ in range(60):
        revision = revise(generated_version(chance), 0.4, chance)
        revision = without_ids(revision) if hidden else revision
        found = {match.old: match.new for match in align_cells(revision.old, revision.new)}
        for row in range(len(revision.old)):
            wanted = revision.cells_of(row)
            joined = any(len(revision.new[place].was) > 1 and place in found.values() for place in wanted)
            if row in found:
                said["right" if found[row] in wanted else "wrong"] += 1
            else:
                said["right" if not wanted or joined else "missed"] += 1
    whole = sum(said.values())

    assert said["right"] / whole >= right
    assert said["wrong"] / whole <= wrong


def test_match_keeps_its_reason_and_similarity() -> None:
    assert align_cells([A(LOSS, "1")], [A(LOSS, "1")]) == (
        CellMatch(old=0, new=0, reason=MatchReason.SAME_ID, similarity=1.0),
    )
