"""From bytes to cells: every format, every fault a notice, stable ids."""

import json

import pytest

from reviewhub.notebooks import CellKind, NotebookRefused, NoticeKind, OutputKind, StreamPart, read_notebook
from tests.notebooks.builders import code, display, error, markdown, notebook, old_notebook, raw_cell, result, stream


def test_notebook_with_ids_keeps_them() -> None:
    read = read_notebook(notebook([markdown("# AWGAN", cell_id="intro"), code("x = 1", stream("1"), cell_id="train")]))

    assert [(cell.index, cell.cell_id, cell.kind) for cell in read.cells] == [
        (0, "intro", CellKind.MARKDOWN),
        (1, "train", CellKind.CODE),
    ]
    assert read.notices == ()
    assert read.language == "python"


def test_colab_id_is_used_where_nbformat_has_none() -> None:
    cell = code("x = 1", cell_id=None, metadata={"id": "q3Zz_-1"})

    assert read_notebook(notebook([cell], minor=0)).cells[0].cell_id == "q3Zz_-1"


def test_equal_sources_without_ids_get_ids_that_tell_them_apart() -> None:
    first = read_notebook(
        notebook([code("a", cell_id=None), code("b", cell_id=None), code("a", cell_id=None)], minor=2)
    )
    moved = read_notebook(
        notebook([markdown("new", cell_id=None), code("a", cell_id=None), code("b", cell_id=None)], minor=2)
    )

    ids = [cell.cell_id for cell in first.cells]
    assert len(set(ids)) == 3
    assert [cell.cell_id for cell in moved.cells[1:]] == ids[:2]


def test_duplicate_ids_are_used_for_neither_cell() -> None:
    read = read_notebook(notebook([code("a", cell_id="same"), code("b", cell_id="same")]))

    assert all(cell.cell_id.startswith("source-") for cell in read.cells)
    assert len({cell.cell_id for cell in read.cells}) == 2


def test_reading_twice_gives_equal_notebooks() -> None:
    for raw in (old_notebook(2), old_notebook(3), notebook([code("a", stream("x"), cell_id=None)], minor=1)):
        assert read_notebook(raw) == read_notebook(raw)


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_format_reads_without_a_notice(minor: int) -> None:
    cell_id = "" if minor == 5 else None
    cells = [markdown("# A", cell_id=cell_id), code("1 + 1", result({"text/plain": "2"}), cell_id=cell_id)]

    read = read_notebook(notebook(cells, minor=minor))

    assert read.notices == ()
    assert read.cells[1].outputs[0].media == {"text/plain": "2"}


def test_format_three_becomes_cells_with_outputs() -> None:
    read = read_notebook(old_notebook(3))

    assert [cell.kind for cell in read.cells] == [CellKind.MARKDOWN, CellKind.MARKDOWN, CellKind.CODE]
    assert read.cells[1].source == "## Results"
    assert [output.kind for output in read.cells[2].outputs] == [
        OutputKind.STREAM,
        OutputKind.RESULT,
        OutputKind.DISPLAY,
        OutputKind.ERROR,
    ]
    assert [notice.text for notice in read.notices] == ["An old notebook (format 3); it was converted to be shown."]


def test_format_two_becomes_cells_with_outputs() -> None:
    read = read_notebook(old_notebook(2))

    assert read.cells[1].source == "print('hello')\n1 + 1"
    assert len(read.cells[1].outputs) == 4


def test_old_notebook_that_cannot_be_converted_keeps_its_text() -> None:
    raw = json.dumps(
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1", "outputs": 5}]}]}
    ).encode()

    read = read_notebook(raw)

    assert [cell.source for cell in read.cells] == ["x = 1"]
    assert len(read.notices) == 3  # old, not following its format, never run


def test_neighbouring_streams_become_one_output() -> None:
    cell = code(
        "x", stream("a"), stream(["b\n", "c"]), stream("warn", "stderr"), display({"text/plain": "d"}), stream("e")
    )

    outputs = read_notebook(notebook([cell])).cells[0].outputs

    assert [(output.ordinal, output.kind) for output in outputs] == [
        (0, OutputKind.STREAM),
        (1, OutputKind.DISPLAY),
        (2, OutputKind.STREAM),
    ]
    assert outputs[0].parts == (StreamPart(name="stdout", text="ab\nc"), StreamPart(name="stderr", text="warn"))


def test_output_hash_does_not_depend_on_chunks_or_counts() -> None:
    one = read_notebook(notebook([code("x", stream("ab"), result({"text/plain": "1"}, count=1))])).cells[0]
    two = read_notebook(notebook([code("x", stream("a"), stream("b"), result({"text/plain": "1"}, count=9))])).cells[0]

    assert [output.output_hash for output in one.outputs] == [output.output_hash for output in two.outputs]


def test_traceback_and_raw_cell_are_read() -> None:
    read = read_notebook(notebook([raw_cell("---"), code("x", error(traceback=["Traceback", "ValueError: bad"]))]))

    assert read.cells[0].kind is CellKind.RAW
    assert read.cells[1].outputs[0].text == "Traceback\nValueError: bad"


def test_widgets_without_state_are_only_a_notice() -> None:
    metadata = {"widgets": {"application/vnd.jupyter.widget-state+json": {"a1": {"model_name": "FloatProgressModel"}}}}

    read = read_notebook(notebook([markdown("# A")], metadata=metadata))

    assert [notice.kind for notice in read.notices] == [NoticeKind.WIDGETS]
    assert len(read.cells) == 1


def test_cells_run_out_of_order_are_named() -> None:
    read = read_notebook(notebook([code("a", stream("1"), count=3), code("b", count=1), code("c", count=4)]))

    assert [notice.text for notice in read.notices] == [
        "Cells were not run from top to bottom; run before a cell that stands above them: cell 2."
    ]


def test_cells_not_run_are_counted() -> None:
    read = read_notebook(notebook([code("a", stream("1"), count=1), markdown("# B"), code("c", count=None)]))

    assert [(notice.kind, notice.text, notice.cell_index) for notice in read.notices] == [
        (NoticeKind.NOT_RUN, "1 of 2 code cells were not run: cell 3.", 2)
    ]


def test_notebook_without_outputs_says_so() -> None:
    never = read_notebook(notebook([code("a", count=None)]))
    cleared = read_notebook(notebook([code("a", count=1)]))

    assert never.notices[0].text == "No cell of this notebook was run: it carries no outputs."
    assert cleared.notices[0].text == "The cells were run, but their outputs were not saved."


def test_missing_keys_are_a_notice_and_the_rest_is_shown() -> None:
    raw = json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "cells": [{"source": "hi"}, 7, None, {"cell_type": "code"}]}
    ).encode()

    read = read_notebook(raw)

    assert [cell.source for cell in read.cells] == [
        "hi",
        "(This cell cannot be read.)",
        "(This cell cannot be read.)",
        "",
    ]
    assert read.notices[0].kind is NoticeKind.FORMAT


def test_nan_and_lone_surrogates_are_read() -> None:
    raw = b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {"x": NaN}, "cells": [{"cell_type": "markdown", "metadata": {}, "source": "a\\ud800b"}]}'

    assert read_notebook(raw).cells[0].source == "a\ufffdb"


def test_too_many_cells_are_cut_with_a_notice() -> None:
    read = read_notebook(notebook([code(f"x{i}", count=i + 1) for i in range(4000)], minor=4))

    assert len(read.cells) == 3000
    assert "Only the first 3,000 of 4,000 cells are shown." in [notice.text for notice in read.notices]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "This file is empty."),
        (b"not json", "This file is not a notebook: its JSON is broken (line 1, column 1)."),
        (b'{"nbformat": 4, "cells": [', "This file is not a notebook: its JSON is broken (line 1, column 27)."),
        (b'{"a": 1}', "This file is JSON but no notebook: it has no cells."),
        (b"[1, 2]", "This file is JSON but no notebook: it has no cells."),
        (b"[" * 200_000, "This file is nested too deeply to be read."),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Only a Git LFS pointer was pushed here; the notebook itself is not in the repository."),
        (b" " * (64 * 1024 * 1024 + 1), "This notebook is 64 MB; notebooks above 64 MB are not opened."),
    ],
    ids=["empty", "words", "cut short", "object", "list", "nested", "pointer", "large"],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_a_reason(raw: bytes, message: str) -> None:
    with pytest.raises(NotebookRefused) as refused:
        read_notebook(raw)

    assert refused.value.message == message
