"""A second version of a notebook: only the cells that changed are rendered, in this process and in the next."""

import pytest

from reviewhub.notebooks import ContentStore, LinkMaker, RenderCache, read_notebook, render_notebook
from reviewhub.notebooks.rendering import draft_cells
from tests.notebooks.builders import Json, as_base64, code, display, markdown, notebook, png, stream

PICTURE = as_base64(png(64, 48))
CELLS = [
    markdown("# Generator"),
    code("train()", stream("loss 0.4\n"), count=1),
    code("show()", display({"image/png": PICTURE, "text/plain": "<Figure>"}), count=2),
    code("score()", stream("FID 14\n"), count=3),
]


def rendered_again(cache: RenderCache, cells: list[Json]) -> list[int]:
    """The cells of the second version that were not taken from the first."""
    first = {id(placed.draft) for placed in list(draft_cells(read_notebook(notebook(CELLS)), cache))}
    second = draft_cells(read_notebook(notebook(cells)), cache)
    return [index for index, placed in enumerate(second) if id(placed.draft) not in first]


@pytest.mark.parametrize(
    ("cells", "again"),
    [
        (CELLS, []),
        ([CELLS[3], *CELLS[:3]], []),
        ([*CELLS[:3], code("score()", stream("FID 14\n"), count=99)], []),
        ([*CELLS[:3], code("score()", stream("FID 12\n"), count=3)], [3]),
        ([CELLS[0], code("train(2)", stream("loss 0.4\n"), count=1), *CELLS[2:]], [1]),
        ([CELLS[0], markdown("New."), *CELLS[1:]], [1]),
    ],
    ids=["nothing", "order", "count", "output", "source", "added"],
)
def test_only_changed_cells_are_rendered(cache: RenderCache, cells: list[Json], again: list[int]) -> None:
    assert rendered_again(cache, cells) == again


def test_cells_rendered_by_another_process_are_not_rendered_again(store: ContentStore, links: LinkMaker) -> None:
    render_notebook(notebook(CELLS), cache=RenderCache(store), blob_id="first", link=links)
    cache = RenderCache(store)
    changed = notebook([*CELLS[:3], code("score(2)")])

    render_notebook(changed, cache=cache, blob_id="second", link=links, earlier_blob_id="first")

    first, second = cache.get_notebook("first"), cache.get_notebook("second")
    assert first is not None
    assert second is not None
    same = [new.draft is old.draft for new, old in zip(second.cells, first.cells, strict=True)]
    assert same == [True, True, True, False]


def test_pictures_inside_html_go_out_of_line_with_their_size(cache: RenderCache, links: LinkMaker) -> None:
    large = as_base64(png(300, 200, noise=200_000))
    html = f'<table><tr><td>sample</td><td><img src="data:image/png;base64,{large}"></td></tr></table>'

    shown = render_notebook(notebook([code("x", display({"text/html": html}))]), cache=cache, blob_id="a", link=links)

    assert "data:" not in shown.cells[0].outputs[0].html
    assert 'width="300" height="200"' in shown.cells[0].outputs[0].html
    assert "sample" in shown.cells[0].outputs[0].html
