"""Printed text as a terminal would have left it: streams joined, progress bars at their last state, colours.

Everything runs in time linear in the text, whatever it holds.
"""

import re
from dataclasses import dataclass
from html import escape

from nbconvert.filters.ansi import ansi2html

from reviewhub.notebooks.visible import make_visible, mark_shown

# Above MOST_TEXT characters only head and tail stand on the page.
MOST_TEXT = 64 * 1024
HEAD = 40 * 1024
TAIL = 16 * 1024

_BACKSPACED_LINE = re.compile("[^\n]*\x08[^\n]*")
_RETURNED_LINE = re.compile("[^\n]*\r[^\n]*")
_COLOUR = re.compile("\x1b\\[([0-9;:]{0,64})m")
# Everything else a terminal understands: other CSI sequences, OSC titles and links, two-character escapes.
_OTHER_ESCAPE = re.compile(
    "\x1b(?:\\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\\\)?|\\[[0-?]{0,64}[ -/]{0,8}[@-ln-~]?|[ -/]{0,8}[0-Z\\\\^-~]?)"
)
_KEPT = "\ufdd2"
_CONTROL_OR_COLOUR = re.compile("\ufdd2([0-9;]*)m")


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
    kept = _COLOUR.sub(lambda found: f"{_KEPT}{_sixteen_colours(found[1])}m", text.replace(_KEPT, ""))
    kept = _OTHER_ESCAPE.sub("", kept)
    # Unseen characters are written out piece by piece, so that our mark of a kept colour passes.
    pieces = _CONTROL_OR_COLOUR.split(kept)
    pieces[::2] = [make_visible(piece) for piece in pieces[::2]]
    pieces[1::2] = [f"\x1b[{codes}m" for codes in pieces[1::2]]
    return mark_shown(str(ansi2html("".join(pieces))))  # type: ignore[no-untyped-call]


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


def _sixteen_colours(codes: str) -> str:
    """Colour codes with the 256 and 16 million colours brought to the nearest of the 16 our style sheet knows."""
    numbers = [int(code) if code else 0 for code in re.split("[;:]", codes) if len(code) < 4][:32]  # noqa: PLR2004
    simple: list[str] = []
    at = 0
    while at < len(numbers):
        number = numbers[at]
        if number in (38, 48) and at + 1 < len(numbers):
            is_palette = numbers[at + 1] == 5  # noqa: PLR2004 - ISO 8613-6: 5 is indexed, 2 is direct colour
            values = numbers[at + 2 : at + (3 if is_palette else 5)]
            color = _nearest_of_palette(values) if is_palette else _nearest(values)
            base = (30 if number == 38 else 40) + (60 if color > 7 else 0)  # noqa: PLR2004
            simple.append(str(base + color % 8))
            at += 3 if is_palette else 5
            continue
        simple.append(str(number))
        at += 1
    return ";".join(simple)


def _nearest_of_palette(values: list[int]) -> int:
    index = values[0] if values else 0
    if index < 16:  # noqa: PLR2004 - the first 16 are the named ones
        return index
    if index >= 232:  # noqa: PLR2004 - 24 greys
        return _nearest([8 + (index - 232) * 10] * 3)
    cube = index - 16
    return _nearest([cube // 36 * 51, cube // 6 % 6 * 51, cube % 6 * 51])


def _nearest(rgb: list[int]) -> int:
    red, green, blue = [*rgb, 0, 0, 0][:3]
    brightest = max(red, green, blue)
    if brightest - min(red, green, blue) < 32:  # noqa: PLR2004 - a grey
        return 0 if brightest < 64 else 8 if brightest < 144 else 7 if brightest < 216 else 15  # noqa: PLR2004
    bits = (red > brightest / 2) | (green > brightest / 2) << 1 | (blue > brightest / 2) << 2
    return bits + (8 if brightest > 200 else 0)  # noqa: PLR2004
