"""Interactive outputs: which they are, and the page each becomes for the second origin."""

import re

_ACTIVE = re.compile(
    r"<\s*(?:script|iframe|object|embed|applet|canvas|video|audio|svg|math|form|input|button|select|textarea|link|meta|base"
    r"|frame|frameset|marquee)\b|\son[a-z]{2,30}\s*=",
    re.IGNORECASE,
)
# Peer connections heed no policy of content: browsers that know no Connection-Allowlist get none to use.
_NO_PEERS = (
    b"<script>for (const name of "
    b"['RTCPeerConnection', 'webkitRTCPeerConnection', 'mozRTCPeerConnection', 'WebTransport'])"
    b" Object.defineProperty(globalThis, name, { value: undefined });</script>"
)
_HEAD = b'<!doctype html><html><head><meta charset="utf-8"><title>Output</title>' + _NO_PEERS + b"</head><body>"


def is_interactive(html: str) -> bool:
    """Whether the HTML holds anything that only shows its purpose when it runs or loads something."""
    return _ACTIVE.search(html) is not None


def sandbox_page(html: str) -> bytes:
    """The whole page for the sandbox; it runs as it was written, where it can reach nothing."""
    return _HEAD + html.encode("utf-8", "replace") + b"</body></html>"
