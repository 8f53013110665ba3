"""Markdown files: like a cell of text, but every heading is a place of its own that links can lead to."""

import re
from collections import Counter
from html import escape, unescape

from reviewhub.notebooks.links import LinkMaker
from reviewhub.notebooks.markdown import markdown_html
from reviewhub.notebooks.slots import fill_slots

_HEADING = re.compile(r"<h([1-6])((?: [a-z-]+=\"[^\"]*\")*)>(.*?)</h\1>", re.DOTALL)
_TAG_OR_SLOT = re.compile("<[^>]*>|\ufdd0[^\ufdd1]*\ufdd1")
_NO_SLUG = re.compile(r"[^\w\- ]")
_PREFIX = "heading-"
_LONGEST = 120


def render_document(text: str, *, link: LinkMaker) -> str:
    """Safe HTML of a Markdown file; `[…](#some-heading)` leads to its heading, by GitHub's way of naming them."""
    html = markdown_html(text)
    used: Counter[str] = Counter()
    places: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        slug = heading_slug(unescape(_TAG_OR_SLOT.sub("", found[3])))
        if not slug:
            return found[0]
        number = used[slug]
        used[slug] += 1
        slug = f"{slug}-{number}" if number else slug
        if slug in places:
            return found[0]
        places[slug] = _PREFIX + slug
        return f'<h{found[1]} id="{escape(_PREFIX + slug)}"{found[2]}>{found[3]}</h{found[1]}>'

    return fill_slots(_HEADING.sub(name, html), link, places)


def heading_slug(text: str) -> str:
    """What a heading is called in an address: small letters, hyphens for blanks, without other signs."""
    return _NO_SLUG.sub("", text.strip().lower()).replace(" ", "-")[:_LONGEST]


def heading_place(fragment: str) -> str:
    """The place that a fragment means in a Markdown file, or nothing where no heading could be called so."""
    return _PREFIX + fragment.lower() if fragment and heading_slug(fragment) == fragment.lower() else ""
