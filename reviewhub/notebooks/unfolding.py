"""JSON that was written without line ends, put into lines to be read. Every name and number stays as it was written."""

import json
import re

LONGEST_READABLE = 1000
MOST_FOLDED = 512 * 1024
MOST_UNFOLDED = 2 * 1024 * 1024
_SIGN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_STEP = "  "


def unfold_json(text: str) -> str | None:
    """The same JSON with one value on each line; None where it reads well already, is too large, or is no JSON."""
    if len(text) > MOST_FOLDED or all(len(line) <= LONGEST_READABLE for line in text.splitlines()):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    parts: list[str] = []
    depth = length = 0
    before = ""
    for sign in _SIGN.findall(text):
        closes = sign in "}]"
        depth -= closes
        if (before and before in "{[" and not closes) or before == "," or (closes and before not in "{["):
            parts.append("\n" + _STEP * depth)
            length += 1 + len(_STEP) * depth
        parts.append(": " if sign == ":" else sign)
        depth += sign in "{["
        length += len(sign)
        if length > MOST_UNFOLDED:
            return None
        before = sign
    return "".join(parts)
