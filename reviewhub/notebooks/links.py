"""How rendered cells reach the rest of the site, and how addresses inside hostile text are judged."""

import posixpath
import re
from urllib.parse import unquote

from reviewhub.notebooks.content import ContentRef

_OTHER_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}([^/\\?#]*)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f]+")


class LinkMaker:
    """Makes the addresses of one page; the room that shows a notebook subclasses it and answers what it can.

    Rendered cells are cached without addresses and get them from here for every reader anew, so an answer may
    depend on who is reading and until when. Answers are plain addresses; escaping is done by the renderer.
    """

    def content(self, ref: ContentRef) -> str | None:
        """Our own address of an image or a long text kept in the content store; None: it cannot be shown here."""
        del ref
        return None

    def run(self, ref: ContentRef) -> str | None:
        """The address on the second origin where an interactive output may run; None: running is not offered."""
        del ref
        return None

    def file(self, path: str) -> str | None:
        """The page of a file next to this one, `path` as written there (see `path_inside`); None: no such file."""
        del path
        return None

    def image(self, path: str) -> str | None:
        """The bytes of an image file next to this one; None: no such file."""
        return self.file(path)


def path_inside(folder: str, path: str) -> str | None:
    """The path within the repository that a relative `path` written in `folder` means, or None when it leaves it.

    >>> path_inside("AWGAN/notebooks", "../figures/loss%20curve.png")
    'AWGAN/figures/loss curve.png'
    """
    plain = unquote(path.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
    if not plain or _CONTROLS.sub("", plain.replace(" ", "")) != plain.replace(" ", "") or "\\" in plain:
        return None
    joined = posixpath.normpath(plain.lstrip("/") if plain.startswith("/") else posixpath.join(folder, plain))
    return None if joined == ".." or joined.startswith("../") else joined


def bare_address(address: str) -> str:
    """The address without the control characters and blanks browsers skip over."""
    return _CONTROLS.sub("", address)


def other_host(address: str) -> str | None:
    """The host an address leads to, or None when it stays within the repository."""
    found = _OTHER_HOST.match(bare_address(address))
    return found.group(1).rsplit("@")[-1].lower() if found else None


def has_scheme(address: str) -> bool:
    """Whether the address names a scheme (`https:`, `data:`, `javascript:` …)."""
    return _SCHEME.match(bare_address(address)) is not None
