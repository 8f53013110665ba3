"""HTML as lines of plain text, for comparing: a row of a table is one line, its cells stand between bars.

One pass over the pieces between `<`; nothing here makes HTML safe to show.
"""

import re
from html import unescape

_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,20}|!--")
_SKIPPED = {"script", "style", "template"}
_BREAKING = {
    "p", "div", "br", "tr", "table", "thead", "tbody", "li", "ul", "ol", "pre", "hr", "dl", "dt", "dd", "section",
    "h1", "h2", "h3", "h4", "h5", "h6", "caption", "blockquote", "details", "summary",
}  # fmt: skip
_CELLS = {"td", "th"}


def text_of_html(html: str) -> str:
    """The text a reader sees, without blank lines."""
    head, *pieces = html.split("<")
    parts = [" ".join(head.split(" "))]
    skipped, is_kept_as_is = "", False
    for piece in pieces:
        found = _NAME.match(piece)
        name = found[0].lower() if found else ""
        if skipped:
            skipped = "" if name == f"/{skipped}" else skipped
            text = piece.partition(">")[2] if not skipped else ""
        elif name in _SKIPPED:
            skipped, text = name, ""
        else:
            text = piece.partition(">")[2] if name else f"<{piece}"
        is_kept_as_is = name == "pre" or (is_kept_as_is and name != "/pre")
        parts += [_between(name.removeprefix("/"), name), text if is_kept_as_is else _in_one_line(text)]
    lines = (_tidy(line) for line in unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def _between(tag: str, name: str) -> str:
    if tag in _BREAKING:
        return "\n"
    return " | " if name in _CELLS else ""


def _in_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")


def _tidy(line: str) -> str:
    return " ".join(line.split()).removeprefix("| ")
