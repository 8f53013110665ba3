"""Notebooks of every kind there is, odd ones above all: each is shown, with everything in it that can be."""

import json
from collections.abc import Callable

import pytest

from reviewhub.notebooks import CellKind, NotebookRefused, OutputKind, RenderedNotebook, read_notebook
from tests.notebooks.builders import (
    Json,
    as_base64,
    code,
    display,
    error,
    markdown,
    notebook,
    old_notebook,
    png,
    stream,
)
from tests.notebooks.safety import faults_in_notebook

Show = Callable[[bytes], RenderedNotebook]


def as_file(content: object) -> bytes:
    return json.dumps(content).encode()


def plain(**more: object) -> Json:
    """A notebook of format 4.5 with one cell of each kind, and these keys instead of its own (None: without)."""
    content = json.loads(
        notebook(
            [
                markdown("# A"),
                code("x = 1", stream("out")),
                {"cell_type": "raw", "id": "r", "metadata": {}, "source": "raw"},
            ]
        )
    )
    return {key: value for key, value in (content | more).items() if value is not None}


def worksheets(version: int, *cells: Json, **more: object) -> bytes:
    return as_file(
        {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": "x"}, "worksheets": [{"cells": list(cells)}]}
        | more
    )


def old_code(*outputs: Json, **more: object) -> Json:
    return {
        "cell_type": "code",
        "input": "x = 1",
        "language": "python",
        "collapsed": True,
        "prompt_number": 3,
        "outputs": list(outputs),
        "metadata": {},
    } | more


OLD = {
    "format 2": (old_notebook(2), 2),
    "format 3": (old_notebook(3), 3),
    "heading cells of every level": (worksheets(3, *({"cell_type": "heading", "level": level, "source": f"H{level}", "metadata": {}} for level in range(1, 7))), 6),
    "heading of an impossible level": (worksheets(3, {"cell_type": "heading", "level": 99, "source": "H", "metadata": {}}), 1),
    "html cell": (worksheets(3, {"cell_type": "html", "source": "<b>x</b>", "metadata": {}}), 1),
    "two worksheets": (as_file({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [old_code()]}, {"cells": [old_code(), old_code()]}]}), 3),
    "no worksheet": (as_file({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}), 0),
    "pyout in every form": (worksheets(3, old_code({"output_type": "pyout", "prompt_number": 1, "text": ["a\n", "b"], "html": "<b>x</b>", "latex": "$x$", "svg": "<svg/>", "javascript": "1", "json": "{}", "png": as_base64(png()), "jpeg": "", "metadata": {}})), 1),
    "pyerr": (worksheets(3, old_code({"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]})), 1),
    "stream without a name": (worksheets(3, old_code({"output_type": "stream", "text": "x"})), 1),
    "input as lines": (worksheets(3, old_code(input=["a\n", "b"])), 1),
    "no prompt number": (worksheets(3, {"cell_type": "code", "input": "x", "language": "python", "outputs": [], "metadata": {}}), 1),
    "worksheets in a format 4": (worksheets(4, old_code()), 0),
    "outputs are null": (worksheets(3, old_code(outputs=None)), 1),
    "cell is a number": (worksheets(3, 7), 0),
}  # fmt: skip
SHAPES = {
    **{f"minor {minor}": (as_file(plain(nbformat_minor=minor)), 3) for minor in (0, 1, 2, 3, 4, 5, 6, 99, -1, 10**30)},
    **{f"major {major!r}": (as_file(plain(nbformat=major)), 3) for major in (1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 0, "4", "x", 4.0, 4.5, True, None, [4], {"a": 4}, 10**30)},
    **{f"minor {minor!r}": (as_file(plain(nbformat_minor=minor)), 3) for minor in ("5", 5.5, True, None, [5])},
    **{f"metadata {metadata!r}": (as_file(plain(metadata=metadata)), 3) for metadata in (None, [], "x", 7, {}, {"kernelspec": 7}, {"kernelspec": {"language": ["x"]}}, {"language_info": {"name": None}}, {"widgets": {"application/vnd.jupyter.widget-state+json": {}}}, {"widgets": []}, {"orig_nbformat": 2}, {"signature": "sha256:0", "title": 7, "authors": "x"}, {"language_info": {"name": "klingon", "codemirror_mode": {"name": "x"}}})},
    "no cells at all": (notebook([]), 0),
    "cells of no kind": (notebook([{}, {"cell_type": "raw"}, {"cell_type": None}, {"cell_type": ["code"]}, {"cell_type": "video", "source": "x"}]), 5),
    "cells that are none": (notebook([1, None, "x", [], True]), 5),
    "the same id twice": (notebook([code("a", cell_id="x"), code("b", cell_id="x"), code("a", cell_id="x")]), 3),
    "ids of every kind": (notebook([code(f"{n}", cell_id=None) | {"id": name} for n, name in enumerate(("", "a b", "ü", "x" * 65, 7, None, "<b>"))]), 7),
    "ids before 4.5": (notebook([code("a", cell_id="x")], minor=2), 1),
    "no ids in 4.5": (notebook([code("a", cell_id=None)]), 1),
    "sources of every type": (notebook([{"cell_type": kind, "metadata": {}, "source": source} for kind in ("code", "markdown", "raw") for source in (None, 7, {}, ["a\n", 7, "b"], "a\r\nb", [])]), 18),
    "keys left out": (notebook([{key: value for key, value in code("x", stream("y")).items() if key != left} for left in ("cell_type", "metadata", "source", "outputs", "execution_count", "id")]), 6),
    "collapsed, scrolled and tagged": (notebook([code("a", stream("x"), metadata={"collapsed": True, "scrolled": "auto", "tags": ["remove-cell"], "jupyter": {"outputs_hidden": True, "source_hidden": 7}, "execution": 7})]), 1),
    "worksheets left in format 4": (as_file(plain(worksheets=[])), 3),
    "keys nobody knows": (as_file(plain(extra={"a": [1]})), 3),
}  # fmt: skip
ODD_OUTPUTS: dict[str, object] = {
    "no outputs": None,
    "text": "x",
    "an object": {"output_type": "stream"},
    "not objects": [1, None, "x", []],
    "no type": [{}, {"output_type": None}, {"output_type": ["stream"]}, {"output_type": "pyout", "text": "x"}],
    "update_display_data": [{"output_type": "update_display_data", "data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "1"}}],
    "stream as lines": [stream(["a\n", 7, None, "b"]), stream(None), stream({"a": 1}), {"output_type": "stream"}],
    "error without parts": [{"output_type": "error"}, error("E", "v", []), {"output_type": "error", "traceback": "x", "ename": 7, "evalue": []}],
    "bundle of no kind": [display({}), {"output_type": "display_data", "data": []}, {"output_type": "execute_result"}, display({"": "x"}), display({"text/html": None, "text/plain": ["a"]})],
    "JSON of every kind": [display({"application/json": value}) for value in (None, True, 7, 1.5, "x", [], {}, {"a": [1, {"b": None}]}, 10**400)],
    "JSON under other names": [display({"application/geo+json": {"a": 1}}), display({"application/vnd.plotly.v1+json": {"data": []}, "text/plain": "x"}), display({"application/vnd.vegalite.v5+json": {}})],
    "pictures that are none": [display({media_type: content}) for media_type in ("image/png", "image/jpeg", "image/gif", "image/svg+xml", "image/webp") for content in ("", "x", "é", None, 7, "AAAA", as_base64(png())[:40], ["iVBOR", "w0KGgo="])],
    "sizes of every kind": [display({"image/png": as_base64(png())}, **{"image/png": size}) for size in (None, 7, {"width": "9"}, {"width": -1, "height": 0}, {"width": 1e300}, {"width": True}, {"width": [9]}, {"height": 10**30}, {"needs_background": "x"})],
    "LaTeX": [display({"text/latex": tex}) for tex in ("$x$", "$$x$$", "\\begin{align}a&=b\\end{align}", "x<y & z", "\\ş{ü}∑", ["$a", "$"], "$", "$$ $$", "%")],
    "unicode": [stream("日本語 🎉 \u0301 e\u0301 \U0010ffff"), display({"text/html": "<b>ünï</b>"}), error("Ünï", "日本", ["日本"])],
    "PDF": [display({"application/pdf": as_base64(b"%PDF-1.4"), "text/plain": "<Figure>"})],
    "widget": [display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}})],
    "script": [display({"application/javascript": "alert(1)"}), display({"text/javascript": ["a", "b"]})],
    "counts of every kind": [{"output_type": "execute_result", "execution_count": count, "data": {"text/plain": "x"}, "metadata": {}} for count in (None, -1, "x", 1.5, 10**30)],
}  # fmt: skip
TEXTS = {
    "maths that Markdown would spoil": "$a_1 * b_2 * c$ and \\(x_1\\) and \\\\(y_1\\\\) and $\\{a\\}$ and \\$5",
    "maths over lines": "$$\na = b\n\n\\\\\nc\n$$\n\n\\begin{align*}\na &= b \\\\\nc &< d\n\\end{align*}",
    "maths that never ends": "$$ a and \\begin{align} and $x and \\\\[",
    "code with dollars": "`$HOME` and\n\n```sh\necho $PATH $$\n```",
    "table with maths": "| $a|b$ | $|x|$ |\n|--|--|\n| 1 | 2 |",
    "attachments": "![x](attachment:a.png) ![y](attachment:none.png) ![z](attachment:a%20b.png)",
    "HTML blocks": "<div>\n\n**bold**\n\n</div>\n<details><summary>x</summary>y</details>",
    "every break": "a\r\nb\rc\u2028d\u2029e\x0bf\x0cg\x85h",
    "nothing": "",
    "blanks": " \n\t\n ",
}


@pytest.mark.parametrize("name", OLD)
def test_old_notebook_is_converted(show: Show, name: str) -> None:
    raw, count = OLD[name]

    shown = show(raw)

    assert len(shown.cells) == count
    assert faults_in_notebook(shown) == []
    assert shown.notices[0].text.startswith(("An old notebook", "This notebook does not follow"))


@pytest.mark.parametrize("name", SHAPES)
def test_notebook_of_an_odd_shape_is_shown(show: Show, name: str) -> None:
    raw, count = SHAPES[name]

    shown = show(raw)

    assert len(shown.cells) == count
    assert faults_in_notebook(shown) == []
    assert len({cell.cell_id for cell in shown.cells}) == count


@pytest.mark.parametrize("name", ODD_OUTPUTS)
def test_cell_with_odd_outputs_is_shown(show: Show, name: str) -> None:
    outputs = ODD_OUTPUTS[name]

    shown = show(notebook([code("x = 1") | {"outputs": outputs}, markdown("the end")]))

    assert (shown.cells[0].line_count, shown.cells[1].html) == (1, "<p>the end</p>\n")
    assert faults_in_notebook(shown) == []
    if isinstance(outputs, list):
        streams = sum(1 for one in outputs if isinstance(one, dict) and one.get("output_type") == "stream")
        assert len(shown.cells[0].outputs) == len(outputs) - max(0, streams - 1)
    assert all(output.html for output in shown.cells[0].outputs)


@pytest.mark.parametrize("name", TEXTS)
def test_odd_text_is_shown(show: Show, name: str) -> None:
    attached = {
        "a.png": {"image/png": as_base64(png())},
        "a b.png": {"image/png": "x"},
        "c": 7,
        "d": {"image/png": None},
    }

    shown = show(notebook([markdown(TEXTS[name], attachments=attached), markdown(TEXTS[name], attachments=[1])]))

    assert [cell.kind for cell in shown.cells] == [CellKind.MARKDOWN, CellKind.MARKDOWN]
    assert faults_in_notebook(shown) == []


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-32-le", b""),
    ],
)
def test_notebook_in_another_encoding_is_shown(show: Show, encoding: str, mark: bytes) -> None:
    text = json.dumps(plain(), ensure_ascii=False, indent=1).replace("x = 1", "ü = 1").replace("\n", "\r\n")

    assert show(mark + text.encode(encoding)).cells[1].lines == ('ü = <span class="m">1</span>',)


@pytest.mark.parametrize(
    "value", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000, b'"\\ud800"', b'"\\u0000"']
)
def test_value_that_is_no_json_is_shown(show: Show, value: bytes) -> None:
    raw = notebook([code("x", display({"application/json": {"a": 7654321}}), display({"text/plain": "b"}))])

    shown = show(raw.replace(b"7654321", value))

    assert len(shown.cells[0].outputs) == 2
    assert faults_in_notebook(shown) == []


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + "1" + closing * depth


@pytest.mark.parametrize("depth", [100, 900, 5_000, 100_000])
@pytest.mark.parametrize(
    "place", ["cells", "metadata", "cell metadata", "source", "outputs", "data", "json", "attachments"]
)
def test_deep_nesting_is_shown_or_refused(show: Show, place: str, depth: int) -> None:
    deep = "deep"
    cell = code("x", display({"application/json": deep if place == "json" else 1})) | {
        "attachments": {"a": deep if place == "attachments" else 1}
    }
    content: dict[str, object] = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [cell, markdown("the end")],
    }
    match place:
        case "cells":
            content["cells"] = [deep, markdown("the end")]
        case "metadata":
            content["metadata"] = {"a": deep}
        case "cell metadata":
            cell["metadata"] = {"a": deep}
        case "source" | "outputs":
            cell[place] = deep
        case "data":
            cell["outputs"] = [{"output_type": "display_data", "data": deep, "metadata": {}}]
        case _:
            pass
    raw = json.dumps(content).replace('"deep"', nested(depth)).encode()

    try:
        shown = show(raw)
    except NotebookRefused as refused:
        assert depth > 900
        assert refused.message == "This file is nested too deeply to be read."  # noqa: PT017 - one of two right answers
        return
    assert [cell.html for cell in shown.cells][-1] == "<p>the end</p>\n"
    assert faults_in_notebook(shown) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"   ", b"\x00", b"\xff\xfe", b"{", b"[]", b"7", b"null", b'"x"', b"{}", b'{"nbformat": 4}', b"<html>", b"{'cells': []}", b'{"cells": [}', b"\x89PNG", b"version https://git-lfs.github.com/spec/v1\n", nested(200_000).encode()],
)  # fmt: skip
def test_file_that_is_no_notebook_says_so(raw: bytes) -> None:
    with pytest.raises(NotebookRefused) as refused:
        read_notebook(raw)

    assert refused.value.message.startswith(("This file", "Only a Git LFS pointer"))


def test_a_hundred_thousand_cells_are_counted_and_cut(show: Show) -> None:
    shown = show(
        notebook(
            [
                {"cell_type": "code", "metadata": {}, "source": f"{n}", "outputs": [], "execution_count": None}
                for n in range(100_000)
            ],
            minor=4,
        )
    )

    assert len(shown.cells) == 3_000
    assert "Only the first 3,000 of 100,000 cells are shown." in [notice.text for notice in shown.notices]


def test_an_output_of_sixty_megabytes_is_shown_at_both_ends(show: Show) -> None:
    shown = show(notebook([code("x", stream("begin " + "a" * 60_000_000 + " end")), markdown("the end")]))

    html = shown.cells[0].outputs[0].html
    assert (len(html) < 100_000, "begin" in html, " end</pre>" in html, "Show all (57.2 MB)" in html) == (True,) * 4


def test_above_sixty_four_megabytes_nothing_is_parsed() -> None:
    with pytest.raises(NotebookRefused, match="This notebook is 200 MB; notebooks above 64 MB are not opened"):
        read_notebook(b"{" + b" " * (200 << 20))


def test_every_kind_of_output_is_named(show: Show) -> None:
    kinds = [
        output.kind
        for output in show(notebook([code("x", stream("a"), display({}), error(), {"output_type": "x"})]))
        .cells[0]
        .outputs
    ]

    assert kinds == [OutputKind.STREAM, OutputKind.DISPLAY, OutputKind.ERROR, OutputKind.UNREADABLE]
