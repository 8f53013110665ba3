"""How kept files are served: pictures, sounds, texts beside the app; interactive outputs and PDF on the second origin.

Pure functions from a request's parts to status, headers and body; `app` mounts them. The second origin is another
*host name*, because cookies do not know ports; nothing here reads a cookie.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from reviewhub.notebooks.content import ContentStore
from reviewhub.notebooks.images import SVG
from reviewhub.notebooks.ranges import part_wanted

Response = tuple[int, list[tuple[str, str]], Iterable[bytes]]

PDF = "application/pdf"
MOST_OF_A_PART = 4 << 20
MOST_AT_ONCE = 8 << 20

_PATH = re.compile(r"/([0-9a-f]{64})")
_SIGNATURE = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([0-9a-f]{64})")
_HTML = "text/html; charset=utf-8"
_POLICIES = {
    _HTML: "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:",
    # Browsers show no PDF in a sandbox, and some put their viewer into a page of their own as a styled object.
    PDF: "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
}
_FOREVER = "private, max-age=31536000, immutable"


def sign_address(sha: str, viewer: str, until: datetime, secret: bytes) -> str:
    """The signature that lets one viewer run one kept output until a moment; it goes into the address.

    Format `until.viewer.mac`: seconds since 1970, a mark of the viewer that tells nothing to others, and
    HMAC-SHA256 over hash, viewer and moment.
    """
    mark = hmac.new(secret, b"viewer\n" + viewer.encode(), sha256).hexdigest()[:16]
    seconds = int(until.timestamp())
    return f"{seconds}.{mark}.{_mac(sha, mark, seconds, secret)}"


def content_address(origin: str, sha: str, signature: str) -> str:
    """The address of a kept output on the second origin (`http://localhost:8001`)."""
    return f"{origin.rstrip('/')}/{sha}?right={signature}"


def content_response(
    path: str,
    signature: str,
    now: datetime,
    secret: bytes,
    store: ContentStore,
    *,
    app_origin: str,
    fetched_for: str = "iframe",
) -> Response:
    """What the second origin answers to `GET path?right=signature`.

    `fetched_for` is the request's Sec-Fetch-Dest, where the browser sends one: only a frame may be opened, since a
    page of its own could lead its reader away. Everything else, also a wrong or old signature, is 404.
    """
    named = _PATH.fullmatch(path)
    if named is None or fetched_for not in ("iframe", ""):
        return _missing()
    if not _is_signed(named[1], signature, now, secret):
        return _missing()
    content = store.get(named[1])
    if content is None or content.media_type not in _POLICIES:
        return _missing()
    headers = [
        *_common(
            content.media_type, len(content.body), f"{_POLICIES[content.media_type]}; frame-ancestors {app_origin}"
        ),
        ("Cache-Control", "private, no-store"),
        # Nothing of the answer may be read by another origin, nor may it share a process with one.
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        (
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), clipboard-read=(), clipboard-write=(), payment=(), usb=()",
        ),
        # No policy of content reaches WebRTC, preconnect or the frame's own navigation; this one stops all three
        # where a browser knows it (Chromium does).
        ("Connection-Allowlist", "()"),
    ]
    return 200, headers, [content.body]


def sign_kept(sha: str, version: str, secret: bytes) -> str:
    """The mark, in the address of a kept picture or text, that a page of this version has shown it.

    `version` names the version ("cs-101/AWGAN/1"). The mark is the same for every reader and for ever, so that browsers
    keep the file; it is no permission either: whoever asks must have the right to read the version.
    """
    return hmac.new(secret, f"kept\n{version}\n{sha}".encode(), sha256).hexdigest()[:32]


def is_kept_signed(sha: str, version: str, mark: str, secret: bytes) -> bool:
    """Whether a mark is the one that `sign_kept` made."""
    return hmac.compare_digest(mark.encode("utf-8", "replace"), sign_kept(sha, version, secret).encode())


def kept_file_response(sha: str, store: ContentStore, *, wanted: str = "") -> Response:
    """What the app itself answers for a kept picture, text, sound or video; `wanted` is the request's Range.

    It must have checked the reader's right to the notebook before. An interactive output or a PDF is never served
    here: 404. A player gets a few megabytes at a time, so that a film that stands still holds nothing.
    """
    kept = store.find(sha)
    if kept is None or kept.media_type in (_HTML, PDF):
        return _missing()
    part = part_wanted(wanted, kept.size, most=MOST_OF_A_PART)
    if part is None:
        return _missing(416, [("Content-Range", f"bytes */{kept.size}")])
    styles = " style-src 'unsafe-inline';" if kept.media_type == SVG else ""
    headers = [
        *_common(kept.media_type, part.length, f"sandbox; default-src 'none';{styles} frame-ancestors 'none'"),
        ("Cache-Control", _FOREVER),
        ("ETag", f'"{sha}"'),
        ("Accept-Ranges", "bytes"),
        # A drawing is shown by pages as a picture; opened by itself it would be a document that may hold scripts.
        ("Content-Disposition", "attachment" if kept.media_type == SVG else "inline"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    pieces = store.pieces(kept, start=part.start, stop=part.stop)
    body = pieces if part.length > MOST_AT_ONCE else list(pieces)
    return (200, headers, body) if part.is_whole else (206, [*headers, ("Content-Range", part.content_range)], body)


def _common(media_type: str, length: int, policy: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", media_type),
        ("Content-Length", str(length)),
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]


def _is_signed(sha: str, signature: str, now: datetime, secret: bytes) -> bool:
    parts = _SIGNATURE.fullmatch(signature)
    if parts is None or int(parts[1]) < now.timestamp():
        return False
    return hmac.compare_digest(parts[3], _mac(sha, parts[2], int(parts[1]), secret))


def _mac(sha: str, mark: str, seconds: int, secret: bytes) -> str:
    return hmac.new(secret, f"run\n{sha}\n{mark}\n{seconds}".encode(), sha256).hexdigest()


def _missing(status: int = 404, more: Sequence[tuple[str, str]] = ()) -> Response:
    body = b"There is nothing here, or the page that led here is too old: reload it."
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        *more,
    ]
    return status, headers, [body]
