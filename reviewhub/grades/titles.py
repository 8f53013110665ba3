"""A finding's first line as a title."""

import re

LONGEST_TITLE = 100
_BOLD_BEGINNING = re.compile(r"\*\*(.+?)\*\*")


def first_line(text: str) -> str:
    """The first line of a finding as a title: its bold beginning where it has one, without Markdown's signs, cut."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    bold = _BOLD_BEGINNING.match(line)
    line = (bold[1].rstrip(".") if bold else line).replace("**", "").replace("`", "").strip(" #*_>-")
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
