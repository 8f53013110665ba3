"""The one Markdown renderer, for cells and for what people write: nbconvert's, with maths left as readable TeX."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape, unescape
from typing import ClassVar
from urllib.parse import unquote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser, MathInlineParser

from reviewhub.notebooks.content import ContentRef
from reviewhub.notebooks.highlighting import highlight, language_name
from reviewhub.notebooks.links import LinkMaker
from reviewhub.notebooks.sanitizing import TooComplicated, inline_image_address, lift_inline_images, sanitize
from reviewhub.notebooks.slots import fill_slots
from reviewhub.notebooks.visible import make_visible

MOST_MARKDOWN = 64 * 1024
# With `***` among them, mistune looks again and again at every star that could close one: 16 KB took 4 s.
MOST_EMPHASIS = 1000
_STARS = re.compile(r"\*+|_+")
_HEADING = re.compile(r'<h([2-6])( aria-level="7")?(?: [a-z-]+="[^"]*")*>(.*?)</h\1>', re.DOTALL)
_TAG_OR_SLOT = re.compile("<[^>]*>|\ufdd0[^\ufdd1]*\ufdd1")


# nbconvert's own patterns look to the end of the text again for every opener that is never closed: 64 KB of
# `\\begin{a}` took 4 s and of `\\\\[` 20 s. Here a body never holds its own opener, and environments are those KaTeX
# knows, so each character is looked at a bounded number of times.
_ENVIRONMENT = (
    r"(?:align(?:ed|at|edat)?|alignat|array|[bBpvV]?matrix|smallmatrix|cases|dcases|rcases|drcases|CD|displaymath|"
    r"eqnarray|equation|flalign|gather(?:ed)?|math|multline|split|subarray|substack|tikzcd)\*?"
)
_DISPLAY = r"(?<!\\)\\\\\[(?P<math_block_latex>(?:(?!\\\\\[)[\s\S])*?)(?<!\\)\\\\\]"
_INLINE = r"(?<!\\)\\\\\((?P<math_inline_latex>(?:(?!\\\\\()[\s\S])*?)(?<!\\)\\\\\)"
_LATEX = (
    rf"\\begin\{{(?P<math_env_name>{_ENVIRONMENT})\}}"
    r"(?P<math_env_body>(?:(?!\\begin\{(?P=math_env_name)\})[\s\S])*?)\\end\{(?P=math_env_name)\}"
)


class _BlockParser(MathBlockParser):
    """Keeps maths over several lines together, in linear time."""

    SPECIFICATION: ClassVar = {
        **MathBlockParser.SPECIFICATION,
        "multiline_math": r"(?<!\\)[$]{2}[\s\S]*?(?<!\\)[$]{2}|" + _DISPLAY + "|" + _LATEX,
    }

    def compile_sc(self, rules: list[str] | None = None) -> re.Pattern[str]:
        """Mistune's scanner, which all but maths begins at the start of a line (a fifth faster)."""
        scanner = super().compile_sc(rules)
        return _guarded(scanner.pattern, scanner.flags, r"^|[$]{2}|\\")


class _InlineParser(MathInlineParser):
    """Recognises maths inside a paragraph, in linear time."""

    SPECIFICATION: ClassVar = {
        **MathInlineParser.SPECIFICATION,
        "block_math_latex": _DISPLAY,
        "inline_math_latex": _INLINE,
        "latex_environment": _LATEX,
    }

    def compile_sc(self, rules: list[str] | None = None) -> re.Pattern[str]:
        """Mistune's scanner behind a look at the next character: most of a text can begin nothing (a fifth faster).

        Blanks count only where a line ends after them: without that, a run of 60,000 blanks took 8 s.
        """
        scanner = super().compile_sc(rules)
        return _guarded(scanner.pattern, scanner.flags, r"[\\$`*_~!\[\]<\n]|(?<! ) ++\n|https?:")


@cache
def _guarded(pattern: str, flags: int, beginnings: str) -> re.Pattern[str]:
    return re.compile(f"(?={beginnings})(?:{pattern})", flags)


class _Renderer(IPythonRenderer):
    """nbconvert's renderer without its page furniture, and with maths marked for the browser to set."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.attachment_numbers: Mapping[str, int] = {}

    def block_code(self, code: str, info: str | None = None) -> str:
        language = language_name(info.split()[0]) if info and info.strip() else ""
        lines = highlight(code.removesuffix("\n"), language)
        return '<div class="highlight"><pre>' + "\n".join(lines) + "</pre></div>\n"

    def block_math(self, body: str) -> str:
        return f'<span class="maths display">$${escape(body, quote=False)}$$</span>'

    def inline_math(self, body: str) -> str:
        return f'<span class="maths">${escape(body, quote=False)}$</span>'

    def latex_environment(self, name: str, body: str) -> str:
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return f'<span class="maths display">{escape(tex, quote=False)}</span>'

    def task_list_item(self, text: str, checked: bool = False) -> str:  # noqa: FBT001, FBT002 - mistune calls it so
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("attachment:"):
            number = self.attachment_numbers.get(unquote(url.removeprefix("attachment:")), "none")
            url = inline_image_address(number)
        hint = f' title="{escape(title)}"' if title else ""
        return f'<img src="{escape(url)}" alt="{escape(_plain(text))}"{hint}>'


class _Parsers(threading.local):
    """A parser for each thread: building one costs more than parsing a usual cell."""

    def __init__(self) -> None:
        self.renderer = _Renderer()
        self.parser = MarkdownWithMath(
            renderer=self.renderer, block=_BlockParser(), inline=_InlineParser(hard_wrap=False)
        )


_PARSERS = _Parsers()


def render_markdown(text: str, *, link: LinkMaker) -> str:
    """Safe HTML of what a person wrote; pictures and links to files are resolved by `link`."""
    return fill_slots(markdown_html(text), link)


def markdown_html(
    text: str,
    *,
    keep_image: Callable[[str], ContentRef | None] | None = None,
    attachments: Mapping[str, str] | None = None,
) -> str:
    """Safe HTML with slots for its links and pictures.

    `keep_image` keeps the picture behind a base64 text (None: it is none); `attachments` maps the names that
    `attachment:` addresses use to base64 texts. A text above the caps is shown as it was written.
    """
    text, lifted = lift_inline_images(text)
    numbers = {}
    for name, encoded in (attachments or {}).items():
        numbers[name] = len(lifted)
        lifted.append(encoded)
    if len(text) > MOST_MARKDOWN:
        return _as_written(text, f"more than {MOST_MARKDOWN // 1024} KB of text")
    if ("***" in text or "___" in text) and len(_STARS.findall(text)) > MOST_EMPHASIS:
        return _as_written(text, f"more than {MOST_EMPHASIS:,} stars and underscores, three together among them")
    try:
        raw = _parse(make_visible(text), numbers)
        images = [keep_image(encoded) if keep_image else None for encoded in lifted]
        return sanitize(raw, images)
    except TooComplicated as too_much:
        return _as_written(text, str(too_much))


def headings_of(html: str) -> Iterator[tuple[int, str]]:
    """The level its author gave it and the plain text of each heading in rendered Markdown, which stands one lower."""
    for level, is_lowest, content in _HEADING.findall(html):
        if text := _plain(content).strip():
            yield (6 if is_lowest else int(level) - 1), text


def _parse(text: str, attachment_numbers: Mapping[str, int]) -> str:
    _PARSERS.renderer.attachment_numbers = attachment_numbers
    try:
        return _PARSERS.parser.render(text)
    except RecursionError:
        raise TooComplicated("text nested too deeply") from None


def _as_written(text: str, why: str) -> str:
    shown = text if len(text) <= MOST_MARKDOWN else text[:MOST_MARKDOWN]
    return (
        f'<p class="output-note">Shown as it was written: {escape(why)}.</p>'
        f'<pre class="as-written">{escape(make_visible(shown))}</pre>'
    )


def _plain(html: str) -> str:
    return unescape(_TAG_OR_SLOT.sub("", html))
