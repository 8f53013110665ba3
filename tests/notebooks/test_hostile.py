"""Nothing an author writes runs, loads, leads away by itself, or stops the page."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewhub.notebooks import (
    ContentStore,
    LinkMaker,
    NotebookRefused,
    RenderCache,
    RenderedNotebook,
    read_notebook,
    render_code,
    render_markdown,
    render_notebook,
)
from tests.notebooks.builders import as_base64, code, display, error, markdown, notebook, png, raw_cell, stream
from tests.notebooks.safety import faults_in, faults_in_notebook

Show = Callable[[bytes], RenderedNotebook]

VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math href='javascript:alert(1)'>x</math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x1;javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='//evil.example/x' ping='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='https:evil.example' target=_top>x</a>",
    "<a href=x style='position:fixed;inset:0'>x</a>",
    "<a name=cells id=cell-0>x</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'; body{display:none}</style>",
    "<div style='background:url(//evil.example/x)'>x</div>",
    "<table background='//evil.example/x.png'><tr><td background='//evil.example/x'>x</table>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,x'></object><embed src=//evil.example/x>",
    "<form action=//evil.example><input name=q><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<video src=//evil.example/x poster=//evil.example/y></video><audio src=//evil.example/z autoplay></audio>",
    "<img src=//evil.example/x.png srcset='//evil.example/y 2x'>",
    "<img src='https://evil.example/x.png'>",
    "<img src='\\\\evil.example\\x.png'>",
    "<img src='/\t/evil.example/x.png'>",
    "<picture><source srcset=//evil.example/x><img src=a.png></picture>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<input type=image src=//evil.example/x onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<body onload=alert(1) background=//evil.example/x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<span class='maths' data-run-output='//evil.example'>x</span>",
    "<p class='button' hidden data-cell=1 data-copy=x hx-get=//evil.example hx-trigger=load>x</p>",
    "</div></section></main><h1>Your session has ended</h1>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '\ufdd0x["a","b",1,null,null]\ufdd1',
    '&#xfdd0;i["a","b",1,null,null,""]&#xfdd1;',
    "<a href='&#xfdd0;f[&quot;x&quot;]&#xfdd1;'>x</a>",
    "<img src='reviewhub-inline-image/0'><img src='reviewhub-inline-image/-1'><img src='reviewhub-inline-image/\u0663'>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<a href='\u202ehttps://evil.example'>\u202egnp.exe</a>",
]
MARKDOWN_VECTORS = [
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    '![x](https://evil.example/x.png "y" )',
    '![x" onerror="alert(1)](a.png)',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "```html\n</pre><script>alert(1)</script>\n```",
    '```"><script>\nx\n```',
    "`<script>alert(1)</script>`",
    "$</span><script>alert(1)</script>$",
    "$$\\href{javascript:alert(1)}{x}$$",
    "\\begin{align}</span><img src=x onerror=alert(1)>\\end{align}",
    "| <script>alert(1)</script> |\n|--|\n| x |",
    "# <script>alert(1)</script>",
    "![x](attachment:<script>)",
    "[x](../../../../etc/passwd)",
    "term\n: <iframe src=x>",
]


@pytest.mark.parametrize("vector", VECTORS + MARKDOWN_VECTORS)
def test_vector_is_harmless_in_every_field(show: Show, links: LinkMaker, vector: str) -> None:
    media = ("text/html", "text/plain", "text/markdown", "text/latex", "image/svg+xml", "image/png", "application/json")
    cells = [
        markdown(vector, attachments={vector: {vector: vector}}),
        code(vector, stream(vector), stream(f"\x1b[31m{vector}"), error(vector, vector, [vector])),
        raw_cell(vector),
        code("x", *(display({media_type: vector}) for media_type in media), display({vector: vector})),
        code("x", display({"image/png": as_base64(png()), "text/plain": vector}, **{"image/png": {"width": vector}})),
        markdown(vector, cell_id=vector),
    ]

    shown = show(notebook(cells, metadata={"language_info": {"name": vector}}))

    assert len(shown.cells) == len(cells)
    assert faults_in_notebook(shown) == []
    assert faults_in(render_markdown(vector, link=links)) == []
    assert faults_in("".join(render_code(vector, name=f"{vector}.py").lines)) == []
    assert faults_in("".join(render_code(vector, name="a.html").lines)) == []


def test_remote_picture_is_named_and_not_loaded(links: LinkMaker) -> None:
    assert render_markdown("![plot](https://user@Evil.Example/x.png)", link=links) == (
        '<p><span class="not-loaded">Picture on evil.example (not loaded: it would tell that site who is reading)'
        " “plot”</span></p>\n"
    )


def test_bidirectional_and_zero_width_characters_are_shown(links: LinkMaker) -> None:
    line = render_code("is_admin = 'user\u202e \u2066# check\u2069'\u200b", name="a.py").lines[0]

    assert line.count('<span class="hidden-character" title="A character one cannot see">') == 4
    assert "⟨U+202E⟩" in render_markdown("a\u202eb", link=links)
    assert "⟨U+202E⟩" in render_markdown("a&#x202e;b", link=links)


def test_joined_emoji_are_left_alone(links: LinkMaker) -> None:
    assert render_markdown("👩\u200d🔬", link=links) == "<p>👩\u200d🔬</p>\n"


HUGE = 600_000
BOMBS = {
    "begin": markdown("\\begin{align}" * 5000),
    "math openers": markdown("\\\\[" * 20_000),
    "inline openers in a list": markdown("- " + "\\\\(" * 15_000 + "\n\n\\\\)"),
    "dollars": markdown("$a" * 30_000),
    "brackets": markdown("[" * 60_000),
    "links": markdown("[a](" * 16_000),
    "quotes": markdown("> " * 30_000),
    "lists": markdown("- " * 30_000),
    "stars": markdown("*a **a " * 9_000),
    "backticks": markdown("".join("`" * (n % 200) + "a" for n in range(600))),
    "comments": markdown("<!--" * 16_000),
    "long markdown": markdown("a" * HUGE),
    "table": markdown("|a" * 15_000 + "\n" + "|-" * 15_000),
    "nested divs": code("x", display({"text/html": "<div>" * 13_000})),
    "reopened": code("x", display({"text/html": "".join(f"<b x={n}>" for n in range(250)) + "<p>" * 20_000})),
    "long html": code("x", display({"text/html": "<b>" * HUGE})),
    "python quotes": code('"""' * 200_000),
    "python prefixes": code("rb" * 300_000 + '"'),
    "python spaces": code(" " * HUGE + "@"),
    "long line": code("x" * 3_000_000),
    "lines": code("\n" * 300_000),
    "returns": code("x", stream("a\r" * 300_000)),
    "backspaces": code("x", stream("a\x08" * 300_000)),
    "escapes": code("x", stream("\x1b[31m" * 100_000)),
    "open escapes": code("x", stream("\x1b[" * 100_000), stream("\x1b]0;" * 100_000, "stderr")),
    "svg": code("x", display({"image/svg+xml": "<svg " + "width='1' " * 50_000})),
    "chunks": code("x", *(stream("a") for _ in range(50_000))),
    "outputs": code("x", *(display({"text/plain": "a"}) for _ in range(5_000))),
    "data images": markdown("![](data:image/png;base64," * 2_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_shown(show: Show, name: str) -> None:
    raw = notebook([BOMBS[name], markdown("the end")], minor=4)

    shown = show(raw)

    assert len(shown.cells) == 2
    assert faults_in_notebook(shown) == []
    assert sum(len(output.html) for output in shown.cells[0].outputs) < 3_000_000


def test_deeply_nested_values_inside_a_notebook_are_shown(show: Show) -> None:
    nested: object = 1
    for _ in range(400):
        nested = [nested]

    shown = show(
        notebook([code("x", display({"application/json": nested})), code("y", display({"text/plain": nested}))])
    )

    assert len(shown.cells) == 2


def test_too_large_page_stops_with_a_notice(show: Show) -> None:
    shown = show(notebook([code(f"# {number}\n" + "x = 1\n" * 15_000) for number in range(60)], minor=4))

    assert 0 < len(shown.cells) < 60
    assert "The page would become too large" in shown.notices[-1].text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(VECTORS[:12]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CELL_KEYS = ("cell_type", "source", "outputs", "metadata", "id", "attachments", "execution_count", "input", "language")
OUTPUT_KEYS = ("output_type", "data", "metadata", "text", "name", "traceback", "ename", "evalue", "execution_count")
OUTPUTS = st.dictionaries(st.sampled_from(OUTPUT_KEYS), JSON_VALUES, max_size=6) | st.fixed_dictionaries(
    {
        "output_type": st.sampled_from(["stream", "display_data", "execute_result", "error", "pyout", "pyerr"]),
        "data": st.dictionaries(
            st.sampled_from(
                ["text/html", "text/plain", "image/png", "image/svg+xml", "application/json", "text/latex", "png"]
            ),
            JSON_VALUES,
        )
        | JSON_VALUES,
        "text": JSON_VALUES,
    },
    optional={"metadata": JSON_VALUES, "name": JSON_VALUES, "traceback": JSON_VALUES},
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "x"]) | JSON_VALUES, "source": JSON_VALUES},
    optional=dict.fromkeys(CELL_KEYS[3:], JSON_VALUES) | {"outputs": st.lists(OUTPUTS, max_size=3) | JSON_VALUES},
)
NOTEBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.integers(-1, 6) | JSON_VALUES,
        "nbformat_minor": st.integers(-1, 9) | JSON_VALUES,
        "metadata": JSON_VALUES,
        "cells": st.lists(CELLS | JSON_VALUES, max_size=4) | JSON_VALUES,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS, max_size=3)}) | JSON_VALUES, max_size=2),
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=NOTEBOOKS)
def test_no_notebook_raises_anything_but_a_refusal(content: object) -> None:
    raw = json.dumps(content).encode()

    try:
        cells = read_notebook(raw).cells
    except NotebookRefused:
        return
    shown = render_notebook(raw, cache=RenderCache(ContentStore.at("memory://")), blob_id="a", link=LinkMaker())

    assert len(shown.cells) == len(cells)
    assert faults_in_notebook(shown) == []


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    for content in (raw, b'{"cells": [' + raw + b"]}", b'{"cells": [{"source": "' + raw + b'"}]}'):
        try:
            read_notebook(content)
        except NotebookRefused as refused:
            assert refused.message  # noqa: PT017 - a refusal is one of the two right answers


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200) | st.lists(st.sampled_from(VECTORS + MARKDOWN_VECTORS), max_size=3).map("".join))
def test_any_text_is_safe_markdown_and_code(text: str) -> None:
    assert faults_in(render_markdown(text, link=LinkMaker())) == []
    assert faults_in("".join(render_code(text, name="a.py").lines)) == []
