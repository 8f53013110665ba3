"""A text that a spreadsheet must never take for a formula.

Spreadsheets run what begins with = + - or @, also after a tab or a line's end, also in their wide East Asian forms; and
one that splits the line at another sign than we did finds beginnings in the middle of a cell (OWASP, CSV injection).
"""

import re

_STARTS = "=+\\-@＝＋－＠"
_BEGINS = re.compile(rf"^[\s\x00-\x1f]*[{_STARTS}]|^[\t\r\n]")
_INSIDE = re.compile(rf"(?<=[,;|\t\r\n])(?=[ ]*[{_STARTS}])")


def is_risky(text: str) -> bool:
    """Whether a spreadsheet could read the whole cell as a formula."""
    return _BEGINS.match(text) is not None


def harmless(text: str) -> str:
    """The text for a file whose cells have no type: an apostrophe stands before whatever could begin a formula."""
    kept = _INSIDE.sub("'", text)
    return f"'{kept}" if is_risky(text) else kept
