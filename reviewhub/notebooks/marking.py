"""Marks ranges of characters in safe HTML of one line: the words that changed inside a highlighted line."""

import re
from collections.abc import Sequence

_PIECE = re.compile(r"<[^>]*>|&[^;&<\s]*;|[^<&]+|[<&]")


def mark_ranges(html: str, ranges: Sequence[tuple[int, int]], tag: str) -> str:
    """The same HTML with `<tag>` around the characters of each range.

    `html` is well-formed and safe, as `highlight` makes it; `ranges` are ascending and count its visible characters
    from 0, ends excluded. An entity is one character. A mark ends at every tag and begins anew after it, so that
    elements stay nested; what lies beyond the end of the line is left out.
    """
    if not ranges:
        return html
    parts: list[str] = []
    at = 0
    for piece in _PIECE.findall(html):
        if piece.startswith("<") and len(piece) > 1:
            parts.append(piece)
            continue
        width = 1 if piece.startswith("&") else len(piece)
        parts.append(_marked(piece, at, at + width, ranges, tag))
        at += width
    return "".join(parts)


def _marked(piece: str, start: int, end: int, ranges: Sequence[tuple[int, int]], tag: str) -> str:
    """One run of text, or one entity, that stands at characters `start` to `end`."""
    touched = [(max(first, start), min(last, end)) for first, last in ranges if first < end and last > start]
    if not touched:
        return piece
    if end - start == 1:
        return f"<{tag}>{piece}</{tag}>"
    parts: list[str] = []
    done = start
    for first, last in touched:
        parts += [piece[done - start : first - start], f"<{tag}>", piece[first - start : last - start], f"</{tag}>"]
        done = last
    parts.append(piece[done - start :])
    return "".join(parts)
