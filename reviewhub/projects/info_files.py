"""Read what a project says of itself: `info.json`, `info.yaml`, the heading of its README, `.gitmodules`.

Half of the real info files are no valid YAML ("title: DiffDis: Empowering …"), so lines "key: value" are read as they
stand, and nothing here ever fails: what cannot be read is simply not known.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

LIMIT = 20_000
VALUE_LIMIT = 300
NAMES_LIMIT = 20
PAPERS_LIMIT = 10

_LINE = re.compile(r"^\s*(-\s+)?([A-Za-z][A-Za-z _-]{0,40}?)\s*:\s*(.*?)\s*$")
_ITEM = re.compile(r"^\s*-\s+(.*?)\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,2}\s+(.+?)\s*#*\s*$")
_SEPARATORS = re.compile(r"\s*(?:,|;|&|\band\b|\bve\b)\s*")
_MEMBER_KEYS = ("group_members", "members", "group", "students", "team", "developers")
_AUTHOR_KEYS = ("paper_authors", "authors")
_LINK_KEYS = ("link", "url", "paper_link", "paper_url", "arxiv")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper as the info file gives it; what is not given is an empty text."""

    title: str
    venue: str = ""
    year: str = ""
    authors: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a project's info file states."""

    acronym: str = ""
    papers: tuple[Paper, ...] = ()
    members: tuple[str, ...] = ()


def read_info(name: str, text: str) -> Stated:
    """Read an info file by its name; an empty `Stated` where nothing can be made of it."""
    entries = _json_entries(text[:LIMIT]) if name.lower().endswith(".json") else _line_entries(text[:LIMIT])
    entries = entries[:PAPERS_LIMIT]
    if not entries:
        return Stated()
    papers = tuple(_paper(entry) for entry in entries if _first(entry, ("title", "paper_title")))
    members = [name for entry in entries for name in split_names(_first(entry, _MEMBER_KEYS))]
    return Stated(
        acronym=_first(entries[0], ("acronym", "key", "short_name")),
        papers=papers,
        members=tuple(dict.fromkeys(members))[:NAMES_LIMIT],
    )


def read_heading(text: str) -> str:
    """The first heading of a README, without Markdown's signs; empty where there is none."""
    lines = text[:LIMIT].splitlines()
    found = next((match.group(1) for line in lines[:60] if (match := _HEADING.match(line))), "")
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|[*_`]", lambda match: match.group(1) or "", found)
    return _clean(plain)


def read_submodules(text: str) -> dict[str, str]:
    """The address of each submodule by its path, from `.gitmodules`."""
    urls: dict[str, str] = {}
    path = ""
    for line in text[:LIMIT].splitlines():
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "path":
            path = value
        elif key == "url" and path:
            urls[path] = _clean(value)
    return urls


def split_names(text: str) -> tuple[str, ...]:
    """Split a list of people as people write one."""
    names = (_clean(name) for name in _SEPARATORS.split(text))
    return tuple(name for name in names if name)[:NAMES_LIMIT]


def _paper(entry: dict[str, str]) -> Paper:
    return Paper(
        title=_first(entry, ("title", "paper_title")),
        venue=_first(entry, ("venue", "conference", "journal")),
        year=_first(entry, ("year",)),
        authors=_first(entry, _AUTHOR_KEYS),
        link=_first(entry, _LINK_KEYS),
    )


def _first(entry: dict[str, str], keys: Iterable[str]) -> str:
    return next((entry[key] for key in keys if entry.get(key)), "")


def _json_entries(text: str) -> list[dict[str, str]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return _line_entries(text.replace('"', "").replace("{", "").replace("}", ""))
    rows = content if isinstance(content, list) else [content]
    return [{_key(str(key)): _text(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value[:NAMES_LIMIT])
    if isinstance(value, dict):
        return _text(value.get("name", ""))
    return _clean(str(value)) if isinstance(value, str | int) else ""


def _line_entries(text: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    key = ""
    for line in text.splitlines():
        match = _LINE.match(line)
        item = _ITEM.match(line)
        if match is not None and not (item and key and "http" in match.group(2)):
            dash, name, value = match.groups()
            key = _key(name)
            if not entries or (dash and key in entries[-1]):
                entries.append({})
            entries[-1].setdefault(key, _clean(value.rstrip(",")))
        elif item is not None and key and entries:
            entries[-1][key] = ", ".join(filter(None, (entries[-1][key], _clean(item.group(1)))))
    return entries


def _key(name: str) -> str:
    return re.sub(r"[ -]+", "_", name.strip().lower())


def _clean(value: str) -> str:
    text = value.strip().strip("\"'").strip()
    return "".join(sign if sign.isprintable() else " " for sign in text)[:VALUE_LIMIT].strip()
