"""What makes two outputs the same to a reader: their text without the noise of a run, their pictures by their bytes."""

import base64
import binascii
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

from reviewhub.notebooks.cells import Output, OutputKind
from reviewhub.notebooks.html_text import text_of_html
from reviewhub.notebooks.noise import mask_noise
from reviewhub.notebooks.printed import apply_controls
from reviewhub.notebooks.saved_outputs import canonical_bytes, text_of

FIRST_LINES = 20

_ESCAPE = re.compile("\x1b(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]?|\\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\\\)?|.?)")
_PICTURE_IN_HTML = re.compile(r"<img\b[^>]{0,200}?\bsrc\s?=\s?[\"']([^\"'>]*)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_BINARY = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "application/pdf",
    "audio/mpeg",
    "video/mp4",
}
# They name a model in the memory of the browser that ran it, or repeat for another reader what stands beside them.
_UNSEEN = {"application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"}
_INTERACTIVE = ("<script", "<svg", "<canvas", "<iframe", "<video", "<audio")


def printed_text(output: Output) -> str:
    """The output as plain text: streams as a terminal left them, tables as lines of cells; "" for a picture alone."""
    if output.kind is OutputKind.STREAM:
        return without_colours(apply_controls("".join(part.text for part in output.parts)))
    if output.kind is OutputKind.ERROR:
        return without_colours(output.text)
    html = text_of(output.media.get("text/html"))
    written = text_of_html(html) if html else ""
    for media_type in ("text/plain", "text/markdown", "text/latex"):
        written = written or without_colours(text_of(output.media.get(media_type)))
    return written


def without_colours(text: str) -> str:
    """The text without what only a terminal understands."""
    return _ESCAPE.sub("", text) if "\x1b" in text else text


def masked(text: str) -> str:
    """The text with fixed words for addresses, timings, speeds, dates, bars, temporary names and ids of objects."""
    return mask_noise(text)


def signature(output: Output) -> str:
    """Equal for two outputs that differ in nothing but noise; in hexadecimal."""
    digest = sha256(output.kind.encode())
    for name, content in _seen(output):
        digest.update(b"\n%b %d\n%b" % (name.encode("utf-8", "replace"), len(content), content))
    return digest.hexdigest()


def differ_by_noise(old: Output, new: Output) -> bool:
    """Whether nothing but noise lies between two outputs; soon answered where a result in printed text differs."""
    if old.kind is new.kind is OutputKind.STREAM:
        before, after = printed_text(old), printed_text(new)
        lines, others = before.strip().split("\n"), after.strip().split("\n")
        if "%|" not in before + after and (len(lines) != len(others) or _differ_soon(lines, others)):
            return False
    return signature(old) == signature(new)


def _differ_soon(lines: list[str], others: list[str]) -> bool:
    differing = ((one, other) for one, other in zip(lines, others, strict=True) if one != other)
    return any(masked(one).rstrip() != masked(other).rstrip() for one, other in islice(differing, FIRST_LINES))


def _seen(output: Output) -> Iterator[tuple[str, bytes]]:
    """What a reader sees of an output, part by part."""
    yield "text", _encoded("\n".join(line.rstrip() for line in masked(printed_text(output)).strip().split("\n")))
    for name in sorted(output.media.keys() - _UNSEEN - {"text/plain"}):
        content = output.media[name]
        if name == "text/html":
            yield from _seen_in_html(text_of(content))
        elif name in _BINARY:
            yield name, sha256(_decoded(text_of(content))).digest()
        elif isinstance(content, str | list) and name.startswith(("text/", "image/")):
            yield name, _encoded(_UUID.sub("", masked(text_of(content))))
        else:
            yield name, _encoded(_UUID.sub("", canonical_bytes(content).decode("utf-8", "replace")))


def _seen_in_html(html: str) -> Iterator[tuple[str, bytes]]:
    """Beside its text: pictures in it, and all of it where more than a table is drawn by it."""
    for source in _PICTURE_IN_HTML.findall(html):
        yield "picture", sha256(_encoded(source)).digest()
    small = html.lower()
    if "<table" not in small and any(sign in small for sign in _INTERACTIVE):
        yield "drawing", _encoded(_UUID.sub("", html))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return _encoded(text)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
