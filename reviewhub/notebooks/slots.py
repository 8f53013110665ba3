"""Slots: places in cached HTML that get their address only when the page is made for one reader.

A slot is written between two Unicode noncharacters that no rendered text can contain (`make_visible` removes
them from everything an author wrote), so an author cannot forge one.
"""

import re
from collections.abc import Mapping
from html import escape

import orjson

from reviewhub.notebooks.content import ContentRef
from reviewhub.notebooks.links import LinkMaker

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SLOT = re.compile("\ufdd0([a-z])([^\ufdd1]*)\ufdd1")


def image_slot(ref: ContentRef, *, alt: str, width: int | None = None, height: int | None = None) -> str:
    """An image of the content store; `width` and `height` (CSS pixels) stand before the file's own."""
    return _slot("i", [*_packed(ref), alt, width or ref.width, height or ref.height])


def file_image_slot(path: str, *, alt: str, width: int | None = None, height: int | None = None) -> str:
    """An image file of the repository, by its relative path."""
    return _slot("r", [path, alt, width, height])


def file_link_slot(path: str) -> str:
    """The attributes of a link to a file of the repository, by its relative path; stands inside an `a` tag."""
    return _slot("f", [path])


def heading_link_slot(fragment: str) -> str:
    """The attributes of a link to a heading of this notebook; stands inside an `a` tag."""
    return _slot("h", [fragment])


def content_link_slot(ref: ContentRef, text: str) -> str:
    """A link to a kept file."""
    return _slot("c", [*_packed(ref), text])


def run_slot(ref: ContentRef) -> str:
    """The button that runs an interactive output in the sandbox."""
    return _slot("x", _packed(ref))


def has_runs(html: str) -> bool:
    """Whether the HTML still holds a slot of a run button."""
    return f"{_OPEN}x" in html


def fill_slots(html: str, link: LinkMaker, headings: Mapping[str, str] | None = None) -> str:
    """The HTML with every slot filled by `link`; `headings` maps fragments (lower case) to places."""
    if _OPEN not in html:
        return html
    return _SLOT.sub(lambda found: _fill(found[1], orjson.loads(found[2]), link, headings or {}), html)


def _slot(kind: str, content: list[object]) -> str:
    return f"{_OPEN}{kind}{orjson.dumps(content).decode()}{_CLOSE}"


def _packed(ref: ContentRef) -> list[object]:
    return [ref.sha256, ref.media_type, ref.size, ref.width, ref.height]


def _unpacked(values: list[object]) -> ContentRef:
    sha256, media_type, size, width, height = values[:5]
    return ContentRef(sha256=sha256, media_type=media_type, size=size, width=width, height=height)  # type: ignore[arg-type]


def _fill(kind: str, values: list[object], link: LinkMaker, headings: Mapping[str, str]) -> str:
    match kind:
        case "i":
            return _image(link.content(_unpacked(values)), *values[5:])
        case "r":
            return _image(link.image(str(values[0])), *values[1:], missing=str(values[0]))
        case "f":
            address = link.file(str(values[0]))
            return f' href="{escape(address)}"' if address else ' title="Not in this version of the project"'
        case "h":
            place = headings.get(str(values[0]).lower())
            return f' href="#{place}"' if place else ' title="No such heading here"'
        case "c":
            address = link.content(_unpacked(values))
            return f'<a class="whole" href="{escape(address)}">{escape(str(values[5]))}</a>' if address else ""
        case _:
            return _run_button(link.run(_unpacked(values)))


def _image(address: str | None, alt: object, width: object = None, height: object = None, *, missing: str = "") -> str:
    if address is None:
        what = f"Picture {missing} is not in this version" if missing else "A picture is not shown here"
        return f'<span class="not-loaded">{escape(what)}</span>'
    sides = f' width="{width}" height="{height}"' if width and height else f' width="{width}"' if width else ""
    return f'<img loading="lazy" decoding="async" src="{escape(address)}" alt="{escape(str(alt))}"{sides}>'


def _run_button(address: str | None) -> str:
    # Hidden until the script is there to open the frame: without it a click could do nothing.
    if address is None:
        return ""
    return (
        '<p class="run-output"><button type="button" class="button button-plain" hidden '
        f'data-run-output="{escape(address)}">Run in a sandbox</button></p>'
    )
