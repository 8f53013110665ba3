"""Suggested changes in a finding's text: a fenced block ```suggestion holds what should stand instead."""

import re
from dataclasses import dataclass

from reviewhub.notebooks.differences import TextDifference, diff_texts, lines_of

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})\s*(?P<name>[^\s`]*)[^`]*")
CUT = "\n…"
"""How a quotation ends that does not hold all of its place (see `anchors`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A stretch of a finding's text: Markdown, or the lines that are suggested."""

    text: str
    is_suggestion: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestedChange:
    """What is quoted beside what is suggested, line by line."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    difference: TextDifference


def parts_of(text: str) -> tuple[Part, ...]:
    """Cut a text at its suggestion blocks. A block that is not closed goes on to the end, as in Markdown."""
    parts: list[Part] = []
    lines: list[str] = []
    fence, suggests = "", False

    def close(*, is_suggestion: bool) -> None:
        if is_suggestion or "\n".join(lines).strip():
            parts.append(Part(text="\n".join(lines), is_suggestion=is_suggestion))
        lines.clear()

    for line in text.split("\n"):
        found = _FENCE.fullmatch(line)
        if not fence and found:
            fence, suggests = found["marks"], found["name"] == "suggestion"
            if suggests:
                close(is_suggestion=False)
                continue
        elif fence and _closes(line, fence):
            fence = ""
            if suggests:
                close(is_suggestion=True)
                continue
        lines.append(line)
    close(is_suggestion=bool(fence) and suggests)
    return tuple(parts)


def _closes(line: str, fence: str) -> bool:
    marks = line.strip()
    return len(marks) >= len(fence) and set(marks) == {fence[0]}


def can_suggest(quoted: str) -> bool:
    """Whether a quotation holds all of its place, so that lines can be suggested instead."""
    return bool(quoted.strip()) and not quoted.endswith(CUT)


def suggest(quoted: str, suggested: str) -> SuggestedChange:
    """Put the suggestion beside what stands there; without a whole quotation it stands alone."""
    before = quoted if can_suggest(quoted) else ""
    return SuggestedChange(old=lines_of(before), new=lines_of(suggested), difference=diff_texts(before, suggested))


def block_for(quoted: str) -> str:
    """A suggestion block to edit: the quoted lines in a fence longer than any of theirs."""
    longest = max((len(run) for run in re.findall(r"`{3,}", quoted)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}suggestion\n{quoted}\n{fence}\n"
