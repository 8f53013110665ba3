"""One output of a cell to safe HTML: the richest form that can be shown without running anything."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from html import escape

import orjson

from reviewhub.notebooks.cells import Output, OutputKind
from reviewhub.notebooks.content import ContentRef
from reviewhub.notebooks.images import SVG, image_type, is_too_many_pixels
from reviewhub.notebooks.markdown import markdown_html
from reviewhub.notebooks.printed import MOST_TEXT, Shortened, apply_controls, color_html, shorten
from reviewhub.notebooks.sandboxed import is_interactive, sandbox_page
from reviewhub.notebooks.sanitizing import TooComplicated, lift_inline_images, sanitize
from reviewhub.notebooks.saved_outputs import canonical_bytes, text_of
from reviewhub.notebooks.slots import content_link_slot, image_slot, run_slot
from reviewhub.notebooks.visible import make_visible

Keep = Callable[[bytes, str], ContentRef]
PLAIN_TEXT = "text/plain; charset=utf-8"

_IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp", "image/bmp")
_TAG = re.compile("<[^>]*>")
_SEEN_WITHOUT_TEXT = re.compile("<(?:hr|table)\\b|\ufdd0[ir]")
_LONGEST_ALT = 120
_LONGEST_SIDE = 8192


def render_output(output: Output, keep: Keep) -> str:
    """Safe HTML with slots; `keep` puts images, long texts and interactive pages out of line."""
    match output.kind:
        case OutputKind.STREAM:
            return "".join(_printed(apply_controls(part.text), keep, css=part.name) for part in output.parts)
        case OutputKind.ERROR:
            return _printed(output.text, keep, css="traceback")
        case OutputKind.UNREADABLE:
            return _note("This output cannot be read: it does not follow the notebook format.")
        case _:
            return _bundle(output.media, output.metadata, keep)


def keep_encoded_image(encoded: str, keep: Keep) -> ContentRef | None:
    """Keep the image in a base64 text under the type its bytes show; None when it is none."""
    try:
        body = b64decode(encoded)
    except (binascii.Error, ValueError):
        return None
    return _keep_image(body, keep)


def _bundle(media: Mapping[str, object], metadata: Mapping[str, object], keep: Keep) -> str:
    html = text_of(media.get("text/html"))
    script = text_of(media.get("application/javascript")) or text_of(media.get("text/javascript"))
    if html.strip():
        return _html(html, media, metadata, keep)
    if script.strip():
        rest = _without_html(media, metadata, keep)
        return (rest or _note("This output is a script.")) + _runnable(f"<script>{_closed(script)}</script>", keep)
    return _without_html(media, metadata, keep) or _note(_nothing_to_show(media))


def _html(html: str, media: Mapping[str, object], metadata: Mapping[str, object], keep: Keep) -> str:
    lifted, images = lift_inline_images(html)
    try:
        safe = sanitize(lifted, [keep_encoded_image(encoded, keep) for encoded in images])
    except TooComplicated as too_much:
        rest = _without_html(media, metadata, keep)
        return rest + _note(f"Not shown here: {too_much}.") + _runnable(html, keep)
    if not is_interactive(html):
        return f'<div class="output-html" tabindex="0">{safe}</div>'
    if _has_something_to_see(safe) and not _has_image(media):
        return f'<div class="output-html" tabindex="0">{safe}</div>' + _runnable(html, keep)
    return (_without_html(media, metadata, keep) or _note("An interactive output.")) + _runnable(html, keep)


def _without_html(media: Mapping[str, object], metadata: Mapping[str, object], keep: Keep) -> str:
    """The richest static form of a bundle, or nothing."""
    alt = make_visible(" ".join(text_of(media.get("text/plain"))[: 4 * _LONGEST_ALT].split()))[:_LONGEST_ALT]
    for media_type in _IMAGES:
        if media_type in media:
            return _image(media_type, text_of(media[media_type]), metadata.get(media_type), alt, keep)
    if markdown := text_of(media.get("text/markdown")):
        shown = markdown_html(markdown, keep_image=lambda text: keep_encoded_image(text, keep))
        return f'<div class="markdown">{shown}</div>'
    if latex := text_of(media.get("text/latex")).strip():
        return _latex(latex)
    if "application/json" in media and not text_of(media.get("text/plain")):
        return _printed(_indented(media["application/json"]), keep, css="json")
    widget = "application/vnd.jupyter.widget-view+json" in media
    note = _note("An interactive widget; this is the text it left behind.") if widget else ""
    if plain := text_of(media.get("text/plain")):
        return _printed(plain, keep, css="plain") + note
    return note


def _image(media_type: str, text: str, metadata: object, alt: str, keep: Keep) -> str:
    is_svg = media_type == SVG
    ref = _keep_image(text.encode("utf-8", "replace"), keep) if is_svg else keep_encoded_image(text, keep)
    if ref is None:
        return _note(f"A picture ({media_type}) that cannot be read.")
    if is_too_many_pixels(ref.width, ref.height):
        return _note(f"A picture of {ref.width} × {ref.height} pixels, too large to be shown. ") + content_link_slot(
            ref, "Open it"
        )
    sides = metadata if isinstance(metadata, dict) else {}
    width, height = _side(sides.get("width")), _side(sides.get("height"))
    return f'<p class="picture">{image_slot(ref, alt=alt or "Picture", width=width, height=height)}</p>'


def _keep_image(body: bytes, keep: Keep) -> ContentRef | None:
    media_type = image_type(body[:4096])
    return keep(body, media_type) if media_type else None


def _side(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 < value <= _LONGEST_SIDE else None


def _printed(text: str, keep: Keep, *, css: str) -> str:
    if not text:
        return ""
    shortened = shorten(text)
    if shortened is None:
        return f'<pre class="printed {css}" tabindex="0">{color_html(text)}</pre>'
    return _shortened(shortened, keep(text.encode("utf-8", "replace"), PLAIN_TEXT), css)


def _shortened(text: Shortened, whole: ContentRef, css: str) -> str:
    size = f"{whole.size / 1024:,.0f} KB" if whole.size < 1 << 20 else f"{whole.size / (1 << 20):,.1f} MB"
    show_all = content_link_slot(whole, f"Show all ({size})")
    left_out = f'<p class="left-out">{text.left_out:,} characters are left out here. {show_all}</p>'
    return (
        f'<pre class="printed {css}" tabindex="0">{color_html(text.head)}</pre>{left_out}'
        f'<pre class="printed {css}" tabindex="0">{color_html(text.tail)}</pre>'
    )


def _latex(tex: str) -> str:
    if len(tex) > MOST_TEXT:
        return f'<pre class="as-written">{escape(make_visible(tex[:MOST_TEXT]))}</pre>'
    return (
        f'<div class="output-latex"><span class="maths display">{escape(make_visible(tex), quote=False)}</span></div>'
    )


def _indented(value: object) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except TypeError:
        return canonical_bytes(value).decode()


def _runnable(html: str, keep: Keep) -> str:
    return run_slot(keep(sandbox_page(html), "text/html; charset=utf-8"))


def _closed(script: str) -> str:
    return re.sub(r"</(script)", r"<\\/\1", script, flags=re.IGNORECASE)


def _has_something_to_see(safe: str) -> bool:
    return bool(_TAG.sub("", safe).strip()) or _SEEN_WITHOUT_TEXT.search(safe) is not None


def _has_image(media: Mapping[str, object]) -> bool:
    return any(media_type in media for media_type in _IMAGES)


def _nothing_to_show(media: Mapping[str, object]) -> str:
    types = ", ".join(sorted(make_visible(name)[:80] for name in media)[:4])
    return f"An output of a type that cannot be shown here: {types}." if types else "An output without content."


def _note(text: str) -> str:
    return f'<p class="output-note">{escape(text)}</p>'
