"""The allow-list every piece of foreign HTML passes before it may stand on a page of ours.

First of two layers, each enough alone; the other is the pages' Content-Security-Policy. Ids, names, inline styles,
forms, frames and scripts never pass; links keep only `http`, `https`, `mailto` and the repository's own files;
pictures are only our own copies and the repository's files.
"""

import re
import secrets
from collections.abc import Sequence
from html import escape, unescape

import nh3

from reviewhub.notebooks.content import ContentRef
from reviewhub.notebooks.links import bare_address, has_scheme, other_host
from reviewhub.notebooks.slots import file_image_slot, file_link_slot, heading_link_slot, image_slot
from reviewhub.notebooks.visible import make_visible


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_HTML = 64 * 1024
MOST_NESTING = 256
# An HTML parser reopens every unclosed formatting element in each new block: cost grows with their product.
MOST_REOPENED = 200_000

TAGS = _names(
    """
    a abbr b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup
    table tbody td tfoot th thead tr tt u ul var wbr
    """
)
_DROPPED_WITH_CONTENT = _names(
    """
    applet audio button canvas embed form frame frameset head iframe input math noembed noframes noscript object
    option plaintext script select style svg template textarea title video xmp
    """
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "details": {"open"},
    "td": {"align", "valign", "colspan", "rowspan"},
    "th": {"align", "valign", "colspan", "rowspan", "scope"},
    "tr": {"align"},
    "p": {"align"},
    "div": {"align"},
    "col": {"span"},
    "colgroup": {"span"},
}
# Classes of Pygments' short names, of our maths, and of pandas' tables.
_CODE_CLASSES = _names(
    """
    k kc kd kn kp kr kt s sa sb sc sd s1 s2 se sh si sr ss sx dl c ch cm c1 cp cpf cs m mb mf mh mi mo il n na nb nc
    nd ne nf ni nl nn no nt nv bp fm vc vg vi vm o ow p err gd ge gh gi go gp gr gs gt gu w
    """
)
_CLASSES = {"span": _CODE_CLASSES | {"maths", "display"}, "div": {"highlight"}, "table": {"dataframe"}}

# Addresses that stay within the repository leave nh3 with this prefix, unknown to any author.
_INSIDE = f"https://{secrets.token_hex(16)}.invalid/"
_INLINE = "reviewhub-inline-image/"
_INLINE_IMAGE = re.compile(
    r"data:image/[a-z0-9.+-]{2,20}(?:;[a-z0-9=.-]{1,40})*;base64,([A-Za-z0-9+/=\s%]+)", re.IGNORECASE
)
_LINK = re.compile(r' href="([^"]*)"')
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_HEADING_TAG = re.compile(r"<(/?)h([1-6])(?=[ >])")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = _names(
    """
    area base br col embed hr img input link meta param source track wbr
    """
)
_CLOSED_BY_ITSELF = _names(
    """
    p li td th tr dt dd option thead tbody tfoot colgroup
    """
)
_FORMATTING = _names(
    """
    a b big code em font i nobr s small strike strong tt u
    """
)
_LARGEST_SIDE = 8192
_LOWEST_HEADING = 6


class TooComplicated(Exception):
    """Cleaning this HTML would cost too much time; the message says what there is too much of."""


def _keep_inside(address: str) -> str:
    return _INSIDE + address.encode("utf-8", "replace").hex()


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(_DROPPED_WITH_CONTENT),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    allowed_classes={tag: set(names) for tag, names in _CLASSES.items()},
    url_schemes={"http", "https", "mailto"},
    url_relative=_keep_inside,
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def inline_image_address(number: int | str) -> str:
    """The address by which HTML names the image `number` of the list given to `sanitize`."""
    return f"{_INLINE}{number}"


def lift_inline_images(text: str) -> tuple[str, list[str]]:
    """The text with each base64 `data:` image replaced by its number, and the images' base64 in that order."""
    if "data:image/" not in text and "DATA:" not in text:
        return text, []
    lifted: list[str] = []

    def lift(found: re.Match[str]) -> str:
        lifted.append(found[1])
        return inline_image_address(len(lifted) - 1)

    return _INLINE_IMAGE.sub(lift, text), lifted


def sanitize(html: str, images: Sequence[ContentRef | None] = ()) -> str:
    """Safe HTML with slots (see `slots`) for its links to files and its pictures; its headings begin at level 2.

    `images` are the kept inline images by number; None stands for one that could not be read. Raises
    TooComplicated above the caps, before any work is done.
    """
    check_cost(html)
    safe = make_visible(_CLEANER.clean(html))
    if " href=" in safe:
        safe = _LINK.sub(_rewrite_link, safe)
    if "<img" in safe:
        safe = _IMAGE.sub(lambda found: _rewrite_image(found[1], images), safe)
    return _HEADING_TAG.sub(_lower_heading, safe) if "<h" in safe else safe


def check_cost(html: str) -> None:
    """Raise TooComplicated for HTML whose size, nesting or unclosed formatting would make cleaning slow."""
    if len(html) > MOST_HTML:
        raise TooComplicated(f"more than {MOST_HTML // 1024} KB of HTML")
    depth = formatting = reopened = 0
    opened: dict[str, int] = {}
    for slash, name in _TAG.findall(html):
        tag = name.lower()
        if tag in _VOID:
            continue
        reopened += formatting
        if slash:
            if opened.get(tag):
                opened[tag] -= 1
                depth -= tag not in _CLOSED_BY_ITSELF
                formatting -= tag in _FORMATTING
            continue
        opened[tag] = opened.get(tag, 0) + 1
        depth += tag not in _CLOSED_BY_ITSELF
        formatting += tag in _FORMATTING
        if depth > MOST_NESTING or reopened > MOST_REOPENED:
            raise TooComplicated("HTML nested too deeply")


def _lower_heading(found: re.Match[str]) -> str:
    # A page has one heading of level 1, its own: foreign ones stand a level lower (`headings_of` tells the author's).
    level = int(found[2]) + 1
    if level <= _LOWEST_HEADING:
        return f"<{found[1]}h{level}"
    return "</h6" if found[1] else f'<h6 aria-level="{level}"'


def _rewrite_link(found: re.Match[str]) -> str:
    address = bare_address(unescape(found[1]))
    if not address.startswith(_INSIDE):
        return f' href="{escape(address)}"' if has_scheme(address) else ""
    inside = _inside(address)
    if inside.startswith("#"):
        return heading_link_slot(inside[1:])
    if host := other_host(inside):
        return f' href="{escape("https:" + inside)}"' if inside.startswith("//") and "\\" not in host else ""
    return file_link_slot(inside) if inside else ""


def _inside(address: str) -> str:
    # Unseen characters are written out here too: the address may be shown to the reader.
    return make_visible(bytes.fromhex(address.removeprefix(_INSIDE)).decode()).strip()


def _rewrite_image(attributes: str, images: Sequence[ContentRef | None]) -> str:
    values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    address, alt = values.get("src", ""), values.get("alt", "")
    width, height = _side(values.get("width", "")), _side(values.get("height", ""))
    inside = _inside(address) if address.startswith(_INSIDE) else ""
    if inside.startswith(_INLINE):
        number = inside.removeprefix(_INLINE)
        ref = images[int(number)] if number.isdecimal() and int(number) < len(images) else None
        return (
            image_slot(ref, alt=alt, width=width, height=height)
            if ref
            else _not_loaded("Picture that cannot be read", alt)
        )
    host = other_host(inside or address)
    if host is not None:
        return _not_loaded(f"Picture on {host} (not loaded: it would tell that site who is reading)", alt)
    if not inside:
        return _not_loaded("Picture without a usable address", alt)
    return file_image_slot(inside, alt=alt, width=width, height=height)


def _side(value: str) -> int | None:
    digits = value.removesuffix("px")
    return int(digits) if digits.isdecimal() and len(digits) < 5 and 0 < int(digits) <= _LARGEST_SIDE else None  # noqa: PLR2004


def _not_loaded(what: str, alt: str) -> str:
    name = f" “{alt}”" if alt else ""
    return f'<span class="not-loaded">{escape(what + name)}</span>'
