"""C, C++, CUDA and CSS to coloured HTML by one regular expression, in time linear in the text.

Pygments' lexers of these languages look to the end of the text again from every line: 8 KB of empty lines or slashes
took more than 6 s.
"""

import re


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = _names(
    """
    __constant__ __device__ __global__ __host__ __shared__ alignas alignof asm auto break case catch class concept
    const const_cast consteval constexpr constinit continue co_await co_return co_yield decltype default delete do
    dynamic_cast else enum explicit export extern final for friend goto if inline mutable namespace new noexcept
    operator override private protected public register reinterpret_cast requires restrict return sizeof static
    static_assert static_cast struct switch template this thread_local throw try typedef typeid typename union using
    virtual volatile while
    """
)
_TYPES = _names("bool char char8_t char16_t char32_t double float int long short signed size_t unsigned void wchar_t")
_CONSTANTS = frozenset({"true", "false", "nullptr", "NULL"})
_STRING = r""""(?:[^"\\\n]++|\\[\s\S])*+"?|'(?:[^'\\\n]++|\\[\s\S])*+'?"""
_COMMENT = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
_SEEN = r"⟨U\+[0-9A-F]{4,6}⟩|&(?:amp|lt|gt);"
_C = re.compile(
    rf"(?P<keep>{_SEEN})|(?P<c>//[^\n]*+|{_COMMENT})|(?P<s>{_STRING})|^(?P<cp>[ \t]*+\#[^\n]*+)"
    r"|(?P<m>(?<!\w)\d[\w.]*+)|(?P<word>[A-Za-z_]\w*+)",
    re.MULTILINE,
)
_CSS = re.compile(
    rf"(?P<keep>{_SEEN})|(?P<c>{_COMMENT})|(?P<s>{_STRING})|(?P<k>@[a-z-]++)"
    r"|(?P<m>(?<![\w#.-])-?\d[\w.%]*+)|(?P<nc>[.#][A-Za-z_-][\w-]*+)|(?P<word>[A-Za-z_-][\w-]*+)"
)
_EXPRESSIONS = {"c": _C, "cpp": _C, "cuda": _C, "css": _CSS}
CURLY = frozenset(_EXPRESSIONS)


def highlight_curly(html: str, language: str) -> str:
    """Text in which `&`, `<` and `>` are escaped, with spans of Pygments' short classes that end with their line."""
    return _EXPRESSIONS[language].sub(_wrap if language == "css" else _wrap_word, html)


def _wrap_word(found: re.Match[str]) -> str:
    word = found[0]
    if found.lastgroup != "word":
        return _wrap(found)
    kind = "k" if word in _KEYWORDS else "kt" if word in _TYPES else "kc" if word in _CONSTANTS else ""
    return f'<span class="{kind}">{word}</span>' if kind else word


def _wrap(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind in ("keep", "word"):
        return found[0]
    return f'<span class="{kind}">' + found[0].replace("\n", f'</span>\n<span class="{kind}">') + "</span>"
