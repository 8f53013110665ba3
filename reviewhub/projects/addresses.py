"""File names in links: any name git allows gets an address, and the address leads back to exactly that name.

A plain name stands in the link as it is. Every other one (not UTF-8, with signs that do not print, or that servers
fold, like "..") is written as "~" and the hexadecimal digits of its bytes.
"""

import re

_MARK = "~"
_HEX = re.compile(r"~(?:[0-9a-f]{2})+")


def address_of(path: str) -> str:
    """The address of a path (text with surrogates for bytes that are no UTF-8)."""
    if _is_plain(path):
        return path
    return _MARK + path.encode("utf-8", "surrogateescape").hex()


def path_at(address: str) -> str:
    """The path that an address stands for."""
    if _HEX.fullmatch(address):
        return bytes.fromhex(address[1:]).decode("utf-8", "surrogateescape")
    return address


def shown(path: str) -> str:
    """A path as text for people and for rows: bytes that are no UTF-8, and signs that do not print, are spelled out."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return not path.startswith(_MARK) and path.isprintable() and all(part.strip(". ") for part in parts)
