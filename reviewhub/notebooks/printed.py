"""Printed text as a terminal would have left it: streams joined, progress bars at their last state, colours.

Everything runs in time linear in the text, whatever it holds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from reviewhub.notebooks.terminal_colors import PLAIN, look_after, span_of
from reviewhub.notebooks.visible import make_visible, mark_shown

# Above MOST_TEXT characters only head and tail stand on the page.
MOST_TEXT = 64 * 1024
HEAD = 40 * 1024
TAIL = 16 * 1024

_BACKSPACED_LINE = re.compile("[^\n]*\x08[^\n]*")
_RETURNED_LINE = re.compile("[^\n]*\r[^\n]*")
# A colour, or everything else a terminal understands: other CSI sequences, OSC titles and links, two-character escapes.
_ESCAPE = re.compile(
    "\x1b(?:\\[([0-9;:]{0,64})m|\\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\\\)?|\\[[0-?]{0,64}[ -/]{0,8}[@-ln-~]?"
    "|[ -/]{0,8}[0-Z\\\\^-~]?)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortened:
    """Head and tail of a text that is too long for the page, and how many characters are left out between them."""

    head: str
    tail: str
    left_out: int


def apply_controls(text: str) -> str:
    r"""The text after carriage returns and backspaces have moved the cursor.

    >>> apply_controls("10%\r20%\r100%\nab\bc")
    '100%\nac'
    """
    if "\r" in text:
        text = _RETURNED_LINE.sub(lambda found: _overwrite(found[0]), text.replace("\r\n", "\n"))
    if "\x08" in text:
        text = _BACKSPACED_LINE.sub(lambda found: _go_back(found[0]), text)
    return text


def shorten(text: str) -> Shortened | None:
    """Head and tail of a long text, cut at line ends where there are any nearby; None when all of it fits."""
    if len(text) <= MOST_TEXT:
        return None
    head_end = text.rfind("\n", HEAD - 2048, HEAD) + 1 or HEAD
    tail_start = text.find("\n", len(text) - TAIL, len(text) - TAIL + 2048) + 1 or len(text) - TAIL
    return Shortened(head=text[:head_end], tail=text[tail_start:], left_out=tail_start - head_end)


def color_html(text: str) -> str:
    """Safe HTML of terminal text: colours become classes (`ansi-red-fg`), other escape sequences go."""
    if "\x1b" not in text:
        return mark_shown(escape(make_visible(text), quote=False))
    pieces = _ESCAPE.split(text)
    pieces[::2] = [escape(make_visible(piece), quote=False) if piece else "" for piece in pieces[::2]]
    return mark_shown("".join(_colored(pieces)))


def _colored(pieces: list[str | None]) -> Iterator[str]:
    """Safe text and the codes of the colours between it, in turns, as HTML; None stands for no colour."""
    look = PLAIN
    opened = ""
    for text, codes in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        if text:
            span = span_of(look)
            if span != opened:
                yield "</span>" + span if opened else span
                opened = span
            yield text
        if codes is not None:
            look = look_after(look, codes)
    if opened:
        yield "</span>"


def _overwrite(line: str) -> str:
    # What was written last stands; of what stood before only what is longer can still be seen.
    parts = line.split("\r")
    if "\x1b" in line:
        return next((part for part in reversed(parts) if part), "")
    seen = parts[-1]
    for part in reversed(parts[:-1]):
        if len(part) > len(seen):
            seen += part[len(seen) :]
    return seen


def _go_back(line: str) -> str:
    cells: list[str] = []
    at = 0
    for character in line:
        if character == "\x08":
            at = max(0, at - 1)
            continue
        if at < len(cells):
            cells[at] = character
        else:
            cells.append(character)
        at += 1
    return "".join(cells)
