"""Whole notebooks to HTML: every kind of output, places, caches."""

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest
from markupsafe import Markup

from reviewhub.notebooks import (
    ContentStore,
    Heading,
    LinkMaker,
    RenderCache,
    RenderedNotebook,
    render_code,
    render_notebook,
)
from tests.notebooks.builders import (
    as_base64,
    code,
    display,
    error,
    markdown,
    notebook,
    pandas_table,
    png,
    raw_cell,
    result,
    stream,
)

Show = Callable[[bytes], RenderedNotebook]


def output_html(shown: RenderedNotebook, cell: int = 0, ordinal: int = 0) -> str:
    return shown.cells[cell].outputs[ordinal].html


def test_code_has_one_line_of_html_per_line(show: Show) -> None:
    cell = show(notebook([code('def f(x):\n    return "<b>"')])).cells[0]

    assert cell.lines == (
        '<span class="k">def </span><span class="nf">f</span>(x):',
        '    <span class="k">return</span> <span class="s">"&lt;b&gt;"</span>',
    )
    assert cell.line_count == 2


def test_numbered_source_carries_places_and_marks(show: Show) -> None:
    cell = show(notebook([markdown("# A"), code("a\nb")])).cells[1]

    assert cell.numbered({"cell-1-L1": Markup("<b>mark</b>")}) == (
        '<pre class="source"><code class="marked" id="cell-1-L1" data-line="1">a\n</code></pre>'
        '<div class="marks" data-marks="cell-1-L1"><b>mark</b></div>'
        '<pre class="source"><code id="cell-1-L2" data-line="2">b\n</code></pre>'
    )


def test_image_is_kept_out_of_line_with_its_size(show: Show, store: ContentStore) -> None:
    body = png(640, 480)
    html = output_html(
        show(notebook([code("plot()", display({"image/png": as_base64(body) + "\n", "text/plain": "<Figure>"}))]))
    )

    sha = html.split("/kept/")[1][:64]
    kept = store.get(sha)
    assert kept is not None
    assert (kept.media_type, kept.body) == ("image/png", body)
    assert html == (
        f'<p class="picture"><img loading="lazy" decoding="async" src="/kept/{sha}" alt="&lt;Figure&gt;" width="640" height="480"></p>'
    )


def test_a_picture_that_cannot_be_written_costs_only_its_cell(tmp_path: Path, links: LinkMaker) -> None:
    store = ContentStore.at(str(tmp_path))
    pictures = [png(seed=seed) for seed in range(2)]
    names = [store.put(picture, "image/png").sha256 for picture in pictures]
    rmtree(tmp_path / "content")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / names[0][0]).write_text("No folder can be made here.")
    cells = [code(f"show({n})", display({"image/png": as_base64(pictures[n])})) for n in range(2)]

    shown = render_notebook(
        notebook(cells), cache=RenderCache(ContentStore.at(str(tmp_path))), blob_id="1" * 40, link=links
    )

    assert names[0][0] != names[1][0]
    assert "could not be rendered" in shown.cells[0].html
    assert shown.cells[0].outputs == ()
    assert f"/kept/{names[1]}" in shown.cells[1].outputs[0].html
    assert ContentStore.at(str(tmp_path)).get(names[1]) is not None


def test_image_of_the_wrong_type_is_kept_as_what_it_is(show: Show, store: ContentStore) -> None:
    html = output_html(show(notebook([code("x", display({"image/jpeg": as_base64(png())}))])))

    kept = store.get(html.split("/kept/")[1][:64])
    assert kept is not None
    assert kept.media_type == "image/png"


@pytest.mark.parametrize("text", ["!!!", as_base64(b"<script>alert(1)</script>"), ""])
def test_image_that_is_none_says_so(show: Show, text: str) -> None:
    html = output_html(show(notebook([code("x", display({"image/png": text}))])))

    assert html == '<p class="output-note">A picture (image/png) that cannot be read.</p>'


def test_image_of_too_many_pixels_is_only_linked(show: Show) -> None:
    html = output_html(show(notebook([code("x", display({"image/png": as_base64(png(100_000, 1))}))])))

    assert "<img" not in html
    assert html.startswith(
        '<p class="output-note">A picture of 100000 × 1 pixels, too large to be shown. </p><a class="whole"'
    )


def test_svg_becomes_a_picture_out_of_line(show: Show, store: ContentStore) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><script>alert(1)</script></svg>'
    html = output_html(show(notebook([code("x", display({"image/svg+xml": [svg]}))])))

    kept = store.get(html.split("/kept/")[1][:64])
    assert kept is not None
    assert kept.media_type == "image/svg+xml"
    assert 'width="20" height="10"' in html
    assert "script" not in html


def test_pandas_table_is_shown_without_its_style(show: Show) -> None:
    html = output_html(show(notebook([code("df", result({"text/html": pandas_table(1), "text/plain": "FID"}))])))

    assert html.startswith('<div class="output-html" tabindex="0"><div>')
    assert '<table class="dataframe">' in html
    assert "<td>0.0</td>" in html
    assert "style" not in html


def test_interactive_output_shows_its_picture_and_a_button(show: Show, store: ContentStore) -> None:
    chart = "<div id='plot'></div><script>Plotly.newPlot('plot', [])</script>"
    shown = show(notebook([code("fig", display({"text/html": chart, "image/png": as_base64(png())}))]))
    html = output_html(shown)

    sha = html.split("http://localhost:8001/")[1][:64]
    kept = store.get(sha)
    assert kept is not None
    assert chart.encode() in kept.body
    assert "<img" in html
    assert (
        f'<button type="button" class="button button-plain" hidden data-run-output="http://localhost:8001/{sha}?right=1">'
        in html
    )
    assert "Plotly" not in html
    assert shown.has_runs


def test_interactive_table_keeps_its_static_form(show: Show) -> None:
    html = output_html(show(notebook([code("df", result({"text/html": pandas_table() + "<script>colab()</script>"}))])))

    assert "<table" in html
    assert "data-run-output" in html


def test_widget_shows_the_text_it_left(show: Show) -> None:
    bundle = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "100%|####| 10/10"}
    html = output_html(show(notebook([code("x", display(bundle))])))

    assert "100%|####| 10/10" in html
    assert "An interactive widget; this is the text it left behind." in html


def test_script_output_never_stands_on_the_page(show: Show) -> None:
    html = output_html(show(notebook([code("x", display({"application/javascript": "alert(1)"}))])))

    assert "alert" not in html
    assert "data-run-output" in html


def test_latex_markdown_and_json_outputs(show: Show) -> None:
    cell = code(
        "x",
        display({"text/latex": "$\\frac{a}{b}<$", "text/plain": "a/b"}),
        display({"text/markdown": "**bold**"}),
        display({"application/json": {"a": [1]}}),
    )
    outputs = show(notebook([cell])).cells[0].outputs

    assert outputs[0].html == '<div class="output-latex"><span class="maths display">$\\frac{a}{b}&lt;$</span></div>'
    assert outputs[1].html == '<div class="markdown"><p><strong>bold</strong></p>\n</div>'
    assert '"a": [\n' in outputs[2].html


def test_unknown_media_type_is_named(show: Show) -> None:
    html = output_html(show(notebook([code("x", display({"application/x-<b>": "1"}))])))

    assert html == '<p class="output-note">An output of a type that cannot be shown here: application/x-&lt;b&gt;.</p>'


def test_traceback_keeps_its_colours(show: Show) -> None:
    html = output_html(show(notebook([code("x", error(traceback=["\x1b[0;31mValueError\x1b[0m: <bad>"]))])))

    assert html == (
        '<pre class="printed traceback" tabindex="0"><span class="ansi-red-fg">ValueError</span>: &lt;bad&gt;</pre>'
    )


def test_streams_keep_their_names_and_last_state(show: Show) -> None:
    html = output_html(show(notebook([code("x", stream("10%\r"), stream("100%\n"), stream("careful", "stderr"))])))

    assert html == (
        '<pre class="printed stdout" tabindex="0">100%\n</pre><pre class="printed stderr" tabindex="0">careful</pre>'
    )


def test_long_text_shows_head_and_tail_and_a_way_to_all(show: Show, store: ContentStore) -> None:
    text = "".join(f"step {number}\n" for number in range(20_000))
    html = output_html(show(notebook([code("x", stream(text))])))

    assert len(html) < 80_000
    assert "step 0\n" in html
    assert "step 19999\n" in html
    kept = store.get(html.split("/kept/")[1][:64])
    assert kept is not None
    assert kept.body == text.encode()
    assert "Show all (" in html


def test_headings_make_the_outline(show: Show) -> None:
    shown = show(notebook([markdown("# A *b* & c\n\ntext\n\n### D"), code("x"), markdown("## E $x$")]))

    assert shown.outline == (
        Heading(level=1, text="A b & c", cell_index=0),
        Heading(level=3, text="D", cell_index=0),
        Heading(level=2, text="E $x$", cell_index=2),
    )
    assert shown.has_maths


def test_link_to_a_heading_leads_to_its_cell(show: Show) -> None:
    html = show(notebook([markdown("[down](#The-loss) [nowhere](#x)"), markdown("## The loss")])).cells[0].html

    assert '<a href="#cell-1" rel="noopener noreferrer nofollow">down</a>' in html
    assert "nowhere" in html


def test_attachment_is_kept_out_of_line(show: Show) -> None:
    cell = markdown(
        "![arch](attachment:a%20b.png) ![gone](attachment:no.png)",
        attachments={"a b.png": {"image/png": as_base64(png(8, 9))}},
    )
    html = show(notebook([cell])).cells[0].html

    assert 'alt="arch" width="8" height="9"' in html
    assert "Picture that cannot be read “gone”" in html


def test_inline_image_of_a_large_markdown_cell_is_kept_out_of_line(show: Show) -> None:
    encoded = as_base64(png(5, 5, noise=200_000))
    html = (
        show(
            notebook(
                [markdown(f"![a](data:image/png;base64,{encoded})\n\n<img src='data:image/png;base64,{encoded}'>")]
            )
        )
        .cells[0]
        .html
    )

    assert html.count('<img loading="lazy"') == 2
    assert len(html) < 1000


def test_raw_cell_is_shown_plain(show: Show) -> None:
    assert show(notebook([raw_cell("import x <b>")])).cells[0].lines == ("import x &lt;b&gt;",)


def test_unchanged_blob_is_not_read_again(cache: RenderCache, links: LinkMaker) -> None:
    raw = notebook([markdown("# A"), code("x", stream("y"))])
    first = render_notebook(raw, cache=cache, blob_id="a1", link=links)

    def never() -> bytes:
        raise AssertionError

    assert render_notebook(never, cache=cache, blob_id="a1", link=links) == first


def test_rendered_notebook_outlives_the_process(store: ContentStore, links: LinkMaker) -> None:
    raw = notebook(
        [markdown("# A"), code("x", stream("y"), count=None), code("z", display({"image/png": as_base64(png())}))]
    )
    first = render_notebook(raw, cache=RenderCache(store), blob_id="a1", link=links)

    assert render_notebook(b"", cache=RenderCache(store), blob_id="a1", link=links) == first


def test_memory_of_the_cache_is_bounded(store: ContentStore, links: LinkMaker) -> None:
    cache = RenderCache(store, memory_bytes=20_000)

    for number in range(50):
        render_notebook(notebook([code(f"x = {number}\n" * 100)]), cache=cache, blob_id=str(number), link=links)

    assert cache.memory_used <= 20_000


def test_addresses_are_made_for_each_reader(cache: RenderCache, links: LinkMaker) -> None:
    raw = notebook([markdown("![a](figures/a.png)")])
    render_notebook(raw, cache=cache, blob_id="a1", link=links)

    html = render_notebook(raw, cache=cache, blob_id="a1", link=LinkMaker()).cells[0].html

    assert "Picture figures/a.png is not in this version" in html


def test_code_file_is_coloured_by_its_name() -> None:
    assert render_code("x = 1\n", name="a/train.py").lines == ('x = <span class="m">1</span>',)
    assert render_code("a: 1\n", name="conf.YAML").language == "yaml"
    assert render_code("def f", name="notes").lines == ("def f",)


def test_code_file_with_long_lines_is_cut_and_says_so() -> None:
    shown = render_code("x" * 100_000 + "\ny", name="a.txt")

    assert len(shown.lines[0]) == 5002
    assert shown.notice == "Lines are cut after 5,000 characters."


def test_string_over_several_lines_is_closed_on_each() -> None:
    assert render_code('a = """b\nc"""', name="a.py").lines == (
        'a = <span class="s">"""b</span>',
        '<span class="s">c"""</span>',
    )
