"""Texts and notebooks beside each other as HTML: rows, folds, places, what is shown of outputs."""

import re

import pytest
from markupsafe import Markup

from reviewhub.notebooks import LinkMaker, RenderCache, read_notebook, render_notebook
from reviewhub.notebooks.beside import Lines, difference_table, gap_rows
from reviewhub.notebooks.choice import Choice
from reviewhub.notebooks.compared_cells import CellFold, ComparedCells, MovedAway, ShownCell
from reviewhub.notebooks.compared_outputs import OutputFold, ShownOutput
from reviewhub.notebooks.comparing import compare_notebooks
from reviewhub.notebooks.differences import diff_texts
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png, stream
from tests.notebooks.safety import faults_in
from tests.notebooks.test_hostile import MARKDOWN_VECTORS, VECTORS

LONG = "".join(f"line {number}\n" for number in range(1, 201))


def table(old: str, new: str, choice: Choice) -> str:
    sides = [Lines(html=text.split("\n"), prefix=f"{side}-") for side, text in (("old", old), ("new", new))]
    return difference_table(diff_texts(old, new), *sides, choice)


def kinds(html: str) -> list[str]:
    return re.findall(r'class="d-(\w+)"', html.partition("<tbody>")[2])


def test_unchanged_lines_are_folded_with_links_that_open_them() -> None:
    html = table(LONG, LONG.replace("line 100\n", "line one hundred\n"), Choice())

    assert kinds(html) == ["gap", *["same"] * 3, "changed", *["same"] * 3, "gap"]
    assert 'href="?open=new-L77-L96#new-L77" hx-get="?part=new-L1-L96&amp;open=new-L77-L96"' in html
    assert 'data-fold="new-L104-L200"' in html
    assert ("Show 20 more below" in html, "Show 20 more above" in html) == (True, True)


@pytest.mark.parametrize("is_split", [True, False])
def test_opened_lines_are_shown_and_the_rest_stays_folded(is_split: bool) -> None:
    new = LONG.replace("line 100\n", "line one hundred\n")
    choice = Choice(is_split=is_split, opened=frozenset({"new-L10-L12", "new-L0", "old-L50", "nonsense", "new-L9-Lx"}))
    html = table(LONG, new, choice)
    assert re.findall(r'<a id="new-L(\d+)"', html) == ["10", "11", "12", *map(str, range(97, 104))]
    assert kinds(html).count("gap") == 3


def test_rows_of_a_fold_take_its_place() -> None:
    sides = [Lines(html=LONG.split("\n"), prefix=f"{side}-") for side in ("old", "new")]
    choice = Choice(opened=frozenset({"new-L10-L12"}))
    rows = gap_rows(diff_texts(LONG, LONG), *sides, choice, first=5, last=20)
    assert kinds(f"<tbody>{rows}") == ["gap", "same", "same", "same", "gap"]
    assert 'data-fold="new-L5-L9"' in rows
    assert gap_rows(diff_texts(LONG, LONG), *sides, choice, first=500, last=600) == ""


def test_chosen_places_show_themselves_with_some_lines_around() -> None:
    new = LONG.replace("line 100\n", "line one hundred\n").replace("line 20\n", "")
    html = table(LONG, new, Choice(places=("old-L100-L101", "new-cell-3-L7")))
    assert re.findall(r'<a [^>]*?id="old-L(\d+)"', html) == [str(number) for number in range(95, 107)]
    assert "94 lines not shown here, 1 of them changed" in html


def test_rows_of_one_change_carry_one_mark_to_jump_to() -> None:
    assert table("a\nb\nc\n", "x\ny\nc\nd\n", Choice()).count("data-change") == 2
    assert table("a\nb\nc\n", "x\ny\nc\nd\n", Choice(is_split=False)).count("data-change") == 2


def test_rows_end_where_the_page_would_become_too_large() -> None:
    html = table("", LONG * 20, Choice())
    assert (html.count('id="new-L'), kinds(html)[-1]) == (3000, "gap")
    assert "The page would become too large: the rest is not shown." in html


def items(old: bytes, new: bytes, choice: Choice, cache: RenderCache, links: LinkMaker) -> tuple[object, ...]:
    return compared(old, new, choice, cache, links).all()


def compared(old: bytes, new: bytes, choice: Choice, cache: RenderCache, links: LinkMaker) -> ComparedCells:
    books = [render_notebook(raw, cache=cache, blob_id=f"{hash(raw):x}", link=links) for raw in (old, new)]
    return ComparedCells(
        comparison=compare_notebooks(read_notebook(old), read_notebook(new)),
        old=books[0].cells,
        new=books[1].cells,
        language="python",
        choice=choice,
    )


OLD = notebook(
    [
        markdown("# Title", cell_id="a"),
        code("import torch_and_everything_else", cell_id="m"),
        code("x = 1", stream("loss 1\n"), cell_id="b"),
        code("y = 1", display({"image/png": as_base64(png(5, 4, 1))}), cell_id="c"),
        code("z = 1", cell_id="d"),
        code("w = 1", cell_id="e"),
    ]
)
NEW = notebook(
    [
        markdown("# Title", cell_id="a"),
        code("x = 2", stream("loss 2\n"), cell_id="b"),
        code("y = 1", display({"image/png": as_base64(png(5, 4, 2))}), cell_id="c"),
        code("z = 1", cell_id="d"),
        code("w = 1", cell_id="e"),
        code("import torch_and_everything_else", cell_id="m"),
    ]
)


def test_notebook_shows_what_changed_and_folds_the_rest(cache: RenderCache, links: LinkMaker) -> None:
    found = items(OLD, NEW, Choice(), cache, links)

    assert [type(one).__name__ for one in found] == [
        "CellFold", "MovedAway", "ShownCell", "ShownCell", "CellFold", "ShownCell",
    ]  # fmt: skip
    fold, moved, changed, outputs_only, rest, arrived = found
    assert isinstance(fold, CellFold)
    assert isinstance(rest, CellFold)
    assert (fold.token, fold.words, fold.places) == ("new-cells-0-0", "1 cell unchanged", ("old-cell-0", "new-cell-0"))
    assert rest.words == "2 cells unchanged"
    assert moved == MovedAway(number=2, new_number=6, new_place="new-cell-5")
    assert isinstance(changed, ShownCell)
    assert isinstance(outputs_only, ShownCell)
    assert isinstance(arrived, ShownCell)
    assert (changed.old_place, changed.new_place, changed.added, changed.removed) == ("old-cell-2", "new-cell-1", 1, 1)
    assert changed.why == "Known to be the same cell by its id in both versions."
    picture = outputs_only.outputs[0]
    assert isinstance(picture, ShownOutput)
    assert (picture.old_facts[:5], picture.new_place, picture.words) == (
        "5 × 4",
        "new-cell-2-output-0",
        "Changed picture",
    )


def test_marked_and_opened_cells_are_not_folded(cache: RenderCache, links: LinkMaker) -> None:
    for choice in (Choice(marks={"new-cell-3-L1": Markup("x")}), Choice(opened=frozenset({"new-cells-4-4"}))):
        found = items(OLD, NEW, choice, cache, links)
        assert [one.words for one in found if isinstance(one, CellFold)] == ["1 cell unchanged"] * 2


def test_chosen_places_show_only_their_cells(cache: RenderCache, links: LinkMaker) -> None:
    found = items(OLD, NEW, Choice(places=("old-cell-3-output-0", "new-cell-4")), cache, links)
    assert [one.new_place if isinstance(one, ShownCell) else one.words for one in found] == [  # type: ignore[attr-defined]
        "2 cells not shown here, 1 of them changed",
        "new-cell-2",
        "1 cell not shown here",
        "new-cell-4",
        "1 cell not shown here",
    ]


def test_parts_are_what_stands_behind_their_tokens(cache: RenderCache, links: LinkMaker) -> None:
    cells = compared(OLD, NEW, Choice(), cache, links)
    assert [one.new_place for one in cells.part("new-cells-3-9")] == ["new-cell-3", "new-cell-4", "new-cell-5"]  # type: ignore[union-attr]
    (output,) = cells.part("old-cell-2-output-0")  # type: ignore[misc]
    assert isinstance(output, ShownOutput)
    assert output.difference
    for wrong in ("", "x", "new-cell-99", "new-cell-1-output-9", "new-cell-1-L5-L9", "new-cells-80-90", "cell-1"):
        assert cells.part(wrong) is None


def test_outputs_beyond_the_budget_are_folded_once(cache: RenderCache, links: LinkMaker) -> None:
    def book(count: int) -> bytes:
        return notebook([code("fit()", *(display({"text/plain": f"{n}"}) for n in range(count)), cell_id="f")])

    found = items(book(1), book(400), Choice(), cache, links)
    (cell,) = found
    assert isinstance(cell, ShownCell)
    *shown, fold = cell.outputs
    assert isinstance(fold, OutputFold)
    assert len(shown) < 40
    assert fold.words.endswith("more outputs")


OURS = re.compile(
    r"<(col|colgroup|ins|del)>|<(tr data-change|td data-differs|th data-differs|a data-fold|a hx-\w+)>"
    r"|<a (id=|href=#)(old|new)-cell-[\w-]+>|<a href=\?open=[\w-]+#[\w-]+>"
)


@pytest.mark.parametrize("is_split", [True, False])
def test_nothing_hostile_comes_through_a_comparison(cache: RenderCache, links: LinkMaker, is_split: bool) -> None:
    vectors = [*VECTORS, *MARKDOWN_VECTORS]

    def book(more: str) -> bytes:
        cells = []
        for number, vector in enumerate(vectors):
            evil = f"{vector}{more}"
            outputs = [
                stream(evil),
                display({"text/plain": evil}),
                display({"text/html": f"{evil}<table><tr><td>{evil}"}),
            ]
            cells += [markdown(evil, cell_id=f"m{number}"), code(evil, *outputs, cell_id=f"c{number}")]
        return notebook(cells)

    cells = compared(book(""), book("<b> more"), Choice(is_split=is_split), cache, links)
    shown = [one for one in cells.all() if isinstance(one, ShownCell)]
    pieces = [piece for one in shown for piece in (one.source, one.old_html, one.new_html)]
    for number in range(len(shown)):
        for output in cells.part(f"new-cell-{number}-outputs-0-9") or ():
            assert isinstance(output, ShownOutput)
            pieces += [output.difference, output.old_html, output.new_html]

    assert len(shown) == 2 * len(vectors)
    assert [fault for piece in pieces for fault in faults_in(piece) if not OURS.fullmatch(fault)] == []


def test_notebook_that_is_not_rendered_yet_still_compares_its_texts(cache: RenderCache, links: LinkMaker) -> None:
    bare = ComparedCells(
        comparison=compare_notebooks(read_notebook(OLD), read_notebook(NEW)), old=(), new=(), language="python",
        choice=Choice(),
    )  # fmt: skip
    changed = [one for one in bare.all() if isinstance(one, ShownCell)]
    assert "<ins>2</ins>" in changed[0].source
    text, picture = changed[0].outputs[0], changed[1].outputs[0]
    assert isinstance(text, ShownOutput)
    assert isinstance(picture, ShownOutput)
    assert "loss" in text.difference
    assert "still being prepared" in picture.old_html
