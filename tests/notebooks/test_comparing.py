"""A notebook against its next version: what became of every cell and of every output."""

from reviewhub.notebooks import Notebook, read_notebook
from reviewhub.notebooks.comparing import CellChange, NotebookComparison, OutputForm, compare_notebooks
from tests.notebooks.builders import (
    Json,
    as_base64,
    code,
    display,
    error,
    markdown,
    notebook,
    pandas_table,
    png,
    result,
    stream,
)

LOSS = "def loss(x, y):\n    return ((x - y) ** 2).mean()"
TRAIN = "for epoch in range(10):\n    optimizer.zero_grad()\n    loss(model(x), y).backward()"
PLOT = "plt.figure(figsize=(8, 6))\nplt.plot(history)\nplt.show()"


def book(*cells: Json) -> Notebook:
    return read_notebook(notebook(cells))


def picture(seed: int) -> Json:
    return display({"image/png": as_base64(png(seed=seed)), "text/plain": "<Figure size 640x480 with 1 Axes>"})


def cells_of(comparison: NotebookComparison) -> list[tuple[str, str]]:
    return [(pair.change.value, (pair.new or pair.old).source) for pair in comparison.pairs if pair.new or pair.old]


def outputs_of(old: list[Json], new: list[Json]) -> list[tuple[str, int | None, int | None]]:
    (pair,) = compare_notebooks(book(code(LOSS, *old)), book(code(LOSS, *new))).pairs
    return [
        (one.change.value, one.old.ordinal if one.old else None, one.new.ordinal if one.new else None)
        for one in pair.outputs
    ]


def test_version_against_itself_is_the_same_throughout() -> None:
    one = book(markdown("# Title"), code(TRAIN, stream("a"), picture(1)))
    comparison = compare_notebooks(one, one)

    assert [pair.change for pair in comparison.pairs] == [CellChange.SAME] * 2
    assert (comparison.added, comparison.removed, comparison.changed, comparison.moved, comparison.noise_only) == (
        0,
    ) * 5


def test_counts_and_metadata_are_never_a_change() -> None:
    old = book(code(LOSS, result({"text/plain": "3"}, count=1), count=1))
    new = book(code(LOSS, result({"text/plain": "3"}, count=9), count=9, metadata={"scrolled": True}))

    assert compare_notebooks(old, new).pairs[0].change is CellChange.SAME


def test_removed_cells_stand_in_their_gap_before_what_was_added_there() -> None:
    old = book(code(LOSS), code("!nvidia-smi"), code(PLOT))
    new = book(code(LOSS), code("import numpy as np, os, sys, json"), code(PLOT))

    assert cells_of(compare_notebooks(old, new)) == [
        ("same", LOSS),
        ("removed", "!nvidia-smi"),
        ("added", "import numpy as np, os, sys, json"),
        ("same", PLOT),
    ]


def test_cells_removed_at_both_ends_are_shown_there() -> None:
    old = book(markdown("# First"), code(LOSS), code("!nvidia-smi"))

    assert cells_of(compare_notebooks(old, book(code(LOSS)))) == [
        ("removed", "# First"),
        ("same", LOSS),
        ("removed", "!nvidia-smi"),
    ]


def test_moved_cell_is_said_to_have_moved_and_nothing_else_is() -> None:
    comparison = compare_notebooks(
        book(code(PLOT), code(LOSS), code(TRAIN), code("x = 1")),
        book(code(LOSS), code(TRAIN), code("x = 1"), code(PLOT)),
    )

    assert [(pair.has_moved, pair.new and pair.new.source) for pair in comparison.pairs] == [
        (False, LOSS),
        (False, TRAIN),
        (False, "x = 1"),
        (True, PLOT),
    ]
    assert (comparison.moved, comparison.changed) == (1, 0)


def test_changed_source_is_told_apart_from_changed_outputs() -> None:
    old = book(code(LOSS, stream("1")), code(TRAIN, stream("loss 0.5"), cell_id="b"))
    new = book(code(LOSS + "\n", stream("1"), cell_id=""), code(TRAIN, stream("loss 0.6"), cell_id="b"))
    pairs = compare_notebooks(old, new).pairs

    assert [(pair.source_changed, pair.change) for pair in pairs] == [
        (True, CellChange.CHANGED),
        (False, CellChange.CHANGED),
    ]


def test_noise_alone_is_no_change_but_is_counted() -> None:
    comparison = compare_notebooks(
        book(code(LOSS, stream("loss 0.5, took 3.1 s"))), book(code(LOSS, stream("loss 0.5, took 4.7 s")))
    )

    assert (comparison.changed, comparison.noise_only) == (0, 1)
    assert [pair.change.value for pair in comparison.pairs[0].outputs] == ["noise"]


def test_pasted_picture_of_a_text_is_a_change() -> None:
    old = markdown("![a](attachment:a.png)", attachments={"a.png": {"image/png": "AAAA"}})
    new = markdown("![a](attachment:a.png)", attachments={"a.png": {"image/png": "BBBB"}})
    (pair,) = compare_notebooks(book(old), book(new)).pairs

    assert (pair.change, pair.attachments_changed, pair.source_changed) == (CellChange.CHANGED, True, False)


def test_output_put_in_before_others_leaves_them_the_same() -> None:
    assert outputs_of([picture(1), picture(2)], [stream("warning"), picture(1), picture(2)]) == [
        ("added", None, 0),
        ("same", 0, 1),
        ("same", 1, 2),
    ]


def test_outputs_that_differ_in_noise_find_each_other_among_others() -> None:
    old = [result({"text/plain": "<a at 0x7f0011223344>"}), picture(1)]
    new = [picture(5), result({"text/plain": "<a at 0x7faabbccddee>"}), picture(2)]

    assert outputs_of(old, new) == [("added", None, 0), ("noise", 0, 1), ("changed", 1, 2)]


def test_outputs_of_one_form_are_paired_in_order_from_the_first() -> None:
    assert outputs_of([picture(1), picture(2)], [picture(3), picture(4), picture(5)]) == [
        ("changed", 0, 0),
        ("changed", 1, 1),
        ("added", None, 2),
    ]


def test_error_in_place_of_a_picture_is_no_change_of_it() -> None:
    assert outputs_of([picture(1)], [error()]) == [("removed", 0, None), ("added", None, 0)]


def test_more_of_a_progress_bar_is_noise_and_less_of_it_is_not() -> None:
    done = " 50%|█████     | 5/10 [00:01<00:01]\n100%|██████████| 10/10 [00:02<00:00]\n"

    assert outputs_of([stream(done)], [stream("100%|██████████| 10/10 [00:09<00:00]\n")]) == [("noise", 0, 0)]
    assert outputs_of([stream(done)], [stream(" 50%|█████     | 5/10 [00:01<00:01]\n")]) == [("changed", 0, 0)]


def test_forms_say_how_outputs_can_be_shown_beside_each_other() -> None:
    outputs = [
        stream("a"),
        picture(1),
        result({"text/html": pandas_table(2), "text/plain": "a"}),
        result({"text/plain": "a"}),
        display({"application/vnd.plotly.v1+json": {"data": []}, "text/html": "<div></div>"}),
        error(),
    ]
    (pair,) = compare_notebooks(book(code(LOSS)), book(code(LOSS, *outputs))).pairs

    assert [one.form for one in pair.outputs] == [
        OutputForm.TEXT,
        OutputForm.PICTURE,
        OutputForm.TABLE,
        OutputForm.TEXT,
        OutputForm.OTHER,
        OutputForm.TEXT,
    ]


def test_empty_notebook_against_a_full_one_is_all_added() -> None:
    comparison = compare_notebooks(book(), book(code(LOSS), markdown("a")))

    assert (comparison.added, comparison.removed, len(comparison.pairs)) == (2, 0, 2)
