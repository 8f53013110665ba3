"""Reads rendered HTML the way a browser's parser would, and names everything that must not be there."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from reviewhub.notebooks import RenderedNotebook
from reviewhub.notebooks.sanitizing import TAGS


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OURS = TAGS | {"button"}
_ATTRIBUTES = _names(
    """
    align alt aria-level class colspan data-run-output data-line data-marks decoding dir height hidden href id lang loading
    open rel reversed rowspan scope span src start tabindex title type valign value width
    """
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _OURS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                self.faults.append(f"<{tag} {name}>")
            if name == "id" and tag != "code":
                self.faults.append(f"<{tag} id={value}>")
            if name in ("href", "src") and not _is_harmless(tag, value or ""):
                self.faults.append(f"<{tag} {name}={value}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"<![{data}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")


def _is_harmless(tag: str, address: str) -> bool:
    if any(ord(character) <= 32 or ord(character) == 127 for character in address.strip("\n")) and tag != "a":
        return address.startswith(("/files/", "/kept/"))
    if address.startswith(("/files/", "/kept/", "#cell-")):
        return True
    return tag == "a" and urlsplit(address).scheme in ("http", "https", "mailto")


def faults_in(html: str) -> list[str]:
    """What must not be in HTML that stands on a page of ours; nothing when it is safe."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = reader.faults
    if any("\ufdd0" <= character <= "\ufdef" for character in html):
        found.append("a slot that was not filled, or one that was forged")
    return found


def faults_in_notebook(shown: RenderedNotebook) -> list[str]:
    """The same for every piece of a rendered notebook."""
    pieces = []
    for cell in shown.cells:
        pieces += [cell.html, cell.numbered({}), *(output.html for output in cell.outputs)]
    return [fault for piece in pieces for fault in faults_in(piece)]
