"""How kept files are served: pictures and texts beside the app, interactive outputs on the second origin only.

Pure functions from a request's parts to status, headers and body; `app` mounts them. The second origin is another
*host name*, because cookies do not know ports; nothing here reads a cookie.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha256

from reviewhub.notebooks.content import Content, ContentStore
from reviewhub.notebooks.images import SVG

Response = tuple[int, list[tuple[str, str]], bytes]

_PATH = re.compile(r"/([0-9a-f]{64})")
_SIGNATURE = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([0-9a-f]{64})")
_HTML = "text/html; charset=utf-8"
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
    if content is None or content.media_type != _HTML:
        return _missing()
    policy = (
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
        f"style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors {app_origin}"
    )
    headers = [
        *_common(content, policy),
        ("Cache-Control", "private, no-store"),
        # Nothing of the answer may be read by another origin, nor may it share a process with one.
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        (
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), clipboard-read=(), clipboard-write=(), payment=(), usb=()",
        ),
    ]
    return 200, headers, content.body


def kept_file_response(sha: str, store: ContentStore) -> Response:
    """What the app itself answers for a kept picture or text.

    It must have checked the reader's right to the notebook before. An interactive output is never served here: 404.
    """
    content = store.get(sha)
    if content is None or content.media_type == _HTML:
        return _missing()
    styles = " style-src 'unsafe-inline';" if content.media_type == SVG else ""
    policy = f"sandbox; default-src 'none';{styles} frame-ancestors 'none'"
    headers = [
        *_common(content, policy),
        ("Cache-Control", _FOREVER),
        ("ETag", f'"{sha}"'),
        ("Content-Disposition", "inline"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    return 200, headers, content.body


def _common(content: Content, policy: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", content.media_type),
        ("Content-Length", str(len(content.body))),
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


def _missing() -> Response:
    body = b"There is nothing here, or the page that led here is too old: reload it."
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    return 404, headers, body
