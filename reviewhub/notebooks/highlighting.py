"""Source code to safe HTML, one string per line, with the short class names of Pygments.

Python, which is nearly all there is, is cut into tokens by one regular expression; other languages go through Pygments.
"""

import builtins
import keyword
import re
from collections.abc import Iterable
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType

from reviewhub.notebooks.curly import CURLY, highlight_curly
from reviewhub.notebooks.visible import make_visible, mark_shown

# Beyond these the text is shown plain: Pygments' expressions are not made for hostile input.
MOST_PYTHON = 1024 * 1024
MOST_OTHER = 100 * 1024


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEXERS = _names(
    """
    bash diff docker fortran go haskell html ini java javascript js json julia kotlin lua make
    markdown matlab octave perl php powershell r ruby rust scala sh shell sql swift tex toml ts typescript xml yaml
    """
)
_ALIASES = {
    "py": "python",
    "python3": "python",
    "ipython": "python",
    "ipython3": "python",
    "ipython2": "python",
    "python2": "python",
    "ir": "r",
    "c++": "cpp",
    "yml": "yaml",
    "dockerfile": "docker",
    "latex": "tex",
}

_STRING = (
    r"(?:[rbuft]|[bft]r|r[bft])?(?:"
    r'"""(?:[^\\"]++|\\[\s\S]|"(?!""))*+(?:"""|\\?\Z)'
    r"|'''(?:[^\\']++|\\[\s\S]|'(?!''))*+(?:'''|\\?\Z)"
    r'|"(?:[^\\"\n]++|\\[\s\S])*+(?:"|\\?(?=\n|\Z))'
    r"|'(?:[^\\'\n]++|\\[\s\S])*+(?:'|\\?(?=\n|\Z)))"
)
_CONSTANTS = frozenset({"True", "False", "None"})
_BUILTINS = frozenset(
    name
    for name in dir(builtins)
    if not name.startswith("_") and not isinstance(getattr(builtins, name), type(copyright))
)
_WORDS = (
    {word: f'<span class="nb">{word}</span>' for word in _BUILTINS | {"self", "cls"}}
    | {word: f'<span class="k">{word}</span>' for word in keyword.kwlist}
    | {word: f'<span class="kc">{word}</span>' for word in _CONSTANTS}
)
# The text as one list of tokens, each either plain (a word to look up, or what lies between words) or special. Four
# tokens of five are plain, and cost no call: twice as fast as one substitution that asks a function about each.
_TOKENS = re.compile(
    r"([^\w\"'#⟨\n.]++|\n(?![ \t]*+[@!%])|\.[^\W\d]\w*+"
    r"|(?!(?:def|class)[ \t]|(?i:[rbuft]{1,2})[\"'])[^\W\d]\w*+|⟨U\+[0-9A-F]{4,6}⟩)"
    rf"|((?i:{_STRING})|\#[^\n]*+|(?:def|class)[ \t]++\w*+|\.?\d[\d_.]*+(?:[eE][+-]?\d+)?+[\w.]*+"
    r"|\n[ \t]*+(?:@[\w.]++|(?:!|%%?[a-zA-Z])[^\n]*+)|[\s\S])"
)
# What a special token is: most tell it by their first character.
_FIRST = {"#": "c", '"': "s", "'": "s"} | dict.fromkeys("0123456789", "m")
_SPECIAL = re.compile(
    r"(?P<m>\.\d)|(?P<nf>(?:def|class)[ \t]++)|\n[ \t]*+(?:(?P<nd>@)|(?P<cp>[!%]))|(?P<s>\w{,2}[\"'])"
)


def highlight(source: str, language: str) -> tuple[str, ...]:
    """Safe HTML of each line of `source`; the language is a Pygments alias, and an unknown one is shown plain."""
    text = make_visible(source.replace("\r\n", "\n").replace("\r", "\n"))
    name = language_name(language)
    if name == "python" and len(text) <= MOST_PYTHON:
        html = _color_python(_escape(text))
    elif name in CURLY and len(text) <= MOST_PYTHON:
        html = highlight_curly(_escape(text), name)
    elif name in _LEXERS and len(text) <= MOST_OTHER:
        html = _pygmentize(text, name)
    else:
        html = _escape(text)
    return tuple(mark_shown(html).split("\n"))


def language_name(language: str) -> str:
    """The one name of a language we colour, or nothing."""
    name = language.strip().lower()
    name = _ALIASES.get(name, name)
    return name if name == "python" or name in CURLY or name in _LEXERS else ""


def _escape(text: str) -> str:
    # Quotes stay as they are: the result stands between tags only, and the Python expression looks for them.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _color_python(escaped: str) -> str:
    known = _WORDS.get
    # A line's beginning is told by the line break before it; the first line has none of its own.
    tokens = _TOKENS.findall("\n" + escaped)
    return "".join([known(plain, plain) if plain else _color_special(special) for plain, special in tokens])[1:]


def _color_special(token: str) -> str:
    if kind := _FIRST.get(token[0]):
        return _span(kind, token)
    found = _SPECIAL.match(token)
    kind = found.lastgroup if found else None
    if not found or not kind:
        return token
    if kind == "nf":
        name = token[found.end() :]
        return _span("k", found[0]) + (_span("nf", name) if name else "")
    if token.startswith("\n"):
        return "\n" + _span(kind, token[1:])
    return _span(kind, token)


def _span(kind: str, html: str) -> str:
    if "\n" in html:
        html = html.replace("\n", f'</span>\n<span class="{kind}">')
    return f'<span class="{kind}">{html}</span>'


def _pygmentize(text: str, name: str) -> str:
    parts = []
    for kind, value in _tokens(text, name):
        short = STANDARD_TYPES.get(kind, "")
        parts.append(_span(short, _escape(value)) if short and kind not in _UNMARKED else _escape(value))
    html = "".join(parts)
    return html.removesuffix("\n") if not text.endswith("\n") else html


_UNMARKED = frozenset({Token.Text, Token.Text.Whitespace, Token.Punctuation, Token.Name, Token.Operator, Token.Error})


def _tokens(text: str, name: str) -> Iterable[tuple[_TokenType, str]]:
    return _lexer(name).get_tokens(text)


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)
