"""The colours of a terminal as classes of our style sheet: what a run of text looks like after each colour code.

The codes are those of ECMA-48 (5th edition, 1991, section 8.3.117, SGR) that terminals agree on; the 256 and the 16
million colours become the nearest of the 16 the style sheet knows. The names are those Jupyter gives them.
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

_COLORS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_MOST_CODES = 32
_SEPARATOR = re.compile("[;:]")


class Look(NamedTuple):
    """How text is printed: colours from 0 to 15, or None for the page's own."""

    ink: int | None = None
    ground: int | None = None
    is_bold: bool = False
    is_underlined: bool = False
    is_inverse: bool = False


PLAIN = Look()
_CHANGES: dict[int, dict[str, Any]] = {
    0: PLAIN._asdict(),
    1: {"is_bold": True},
    4: {"is_underlined": True},
    5: {"is_bold": True},
    7: {"is_inverse": True},
    21: {"is_bold": False},
    22: {"is_bold": False},
    24: {"is_underlined": False},
    27: {"is_inverse": False},
    39: {"ink": None},
    49: {"ground": None},
    **{30 + color: {"ink": color} for color in range(8)},
    **{40 + color: {"ground": color} for color in range(8)},
    **{90 + color: {"ink": 8 + color} for color in range(8)},
    **{100 + color: {"ground": 8 + color} for color in range(8)},
}


@lru_cache(maxsize=2048)
def look_after(look: Look, codes: str) -> Look:
    """The look after a colour sequence, `1;31` for instance; unknown codes change nothing."""
    numbers = [int(code) if code else 0 for code in _SEPARATOR.split(codes) if len(code) < 4]  # noqa: PLR2004
    remaining = iter(numbers[:_MOST_CODES])
    for number in remaining:
        if number in (38, 48):
            kind = next(remaining, 0)
            # ISO 8613-6: 5 names one of 256 colours, 2 gives red, green and blue.
            values = list(islice(remaining, 1 if kind == 5 else 3 if kind == 2 else 0))  # noqa: PLR2004
            color = _nearest_of_palette(values) if kind == 5 else _nearest(values)  # noqa: PLR2004
            look = look._replace(ink=color) if number == 38 else look._replace(ground=color)  # noqa: PLR2004
        else:
            look = look._replace(**_CHANGES.get(number, {}))
    return look


@lru_cache(maxsize=2048)
def span_of(look: Look) -> str:
    """The opening tag of text with this look; nothing for plain text."""
    ink = look.ink + 8 if look.is_bold and look.ink is not None and look.ink < 8 else look.ink  # noqa: PLR2004
    front, back = (look.ground, ink) if look.is_inverse else (ink, look.ground)
    names = [
        _name(front, "fg", is_inverse=look.is_inverse),
        _name(back, "bg", is_inverse=look.is_inverse),
        "ansi-bold" if look.is_bold else "",
        "ansi-underline" if look.is_underlined else "",
    ]
    classes = " ".join(filter(None, names))
    return f'<span class="{classes}">' if classes else ""


def _name(color: int | None, place: str, *, is_inverse: bool) -> str:
    if color is None:
        return f"ansi-default-inverse-{place}" if is_inverse else ""
    return f"ansi-{_COLORS[color % 8]}{'-intense' if color > 7 else ''}-{place}"  # noqa: PLR2004


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
