"""Texts made to cost a renderer all its time: repeated pieces that some parser begins anew, or looks beyond, each time."""

from tests.notebooks.builders import Json, code, display, error, markdown, stream

SIZE = 48 * 1024
PIECES = (
    "> ", "- ", "1. ", "\n  - ", "[", "![", "[a](", "![a](", "[a]: ", "[^a]: ", "[^a]", "[[", "][", "[\\", "[`", "*[",
    "`", "`a``", "~~", "*", "_", "*a", "*a**", "**a *a", "_*", "***a", "<", "<a ", "<a href='", "<!--", "<?",
    "<![CDATA[", "&", "&#1", "$", "$$", "$a", "\\(", "\\\\(", "\\\\[", "\\begin{a}", "\\begin{align}", "|", "\n|a|", "\n|-", "#",
    "=\n", "a\n=", "\\", '"', "'", "<b>", "<div>", "<div>\n\n", "<p>", "<table>", "<tr><td>", "<details>", "<h1>",
    "http://", "a@b.c", "~~~\n", "```a\n", "- [ ] ", "\n: ", "\u202e", "\ufdd0", " ", "\t", "\n", "\r", "\x00",
)  # fmt: skip
CODE_PIECES = (
    "(", "[", "{", "<", '"', "'", "`", '"""', '"\\', "'\\", "#", "/", "//", "/*", "--", "\\", "$", "$(", "${", "<<a\n", "=",
    "a=", "a.", "a::", "@", "%", "{-", "(*", "if ", "a ", "a\n", " ", "\n", "\t", "0", "1e", 'r"', "q{", "s/", "<a ", "</",
    "<!--", "<?", "[[", "{{", "|", "a b ", "a: ", "- ", "f'{", "f'{f\"{", "a(", "a<", "x[", "~", "a,", "rb", "é",
)  # fmt: skip
TERMINAL_PIECES = (
    "\x1b[",
    "\x1b[31m",
    "\x1b]8;;",
    "\x1b]",
    "\x1b[38;2;",
    "a\x08",
    "a\r",
    "\x9b",
    "\x1b(",
    "\x1b[1m\x1b[",
)


def repeated(piece: str, size: int = SIZE) -> str:
    """The piece over and over, to this many characters."""
    return (piece * (size // len(piece) + 1))[:size]


def text_bombs() -> list[Json]:
    """Cells in which each piece is Markdown, HTML, LaTeX and printed text."""
    cells: list[Json] = []
    for piece in PIECES:
        text = repeated(piece)
        bundles = [display({media_type: text}) for media_type in ("text/html", "text/latex", "image/svg+xml")]
        cells += [markdown(text), code("x", stream(text), *bundles, error(text, text, [text]))]
    cells += [markdown(repeated("***a<!--", 8000) + repeated(end, SIZE)) for end in ("*a", "a*", "***a", "*a**", "_a")]
    cells += [markdown("***a<!--" * 200 + repeated(end, 1500)) for end in ("*a", "a*", "*a**")]
    for piece in TERMINAL_PIECES:
        text = repeated(piece)
        cells.append(code(text, stream(text), error("E", "v", [text])))
    return cells
