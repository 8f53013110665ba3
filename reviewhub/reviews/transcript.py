"""Everything a reviewer wrote as one Markdown text, to read, copy and keep whatever became of the review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewhub.courses.policy import FormItem
from reviewhub.reviews.forms import answer_of, answer_words
from reviewhub.reviews.kinds import KIND_WORDS
from reviewhub.reviews.places import read_place
from reviewhub.reviews.submitted import SubmittedFinding

FENCE = "````"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A finding that was begun and never filed; of a change `path` and `place` are empty."""

    path: str
    place: str
    text: str


def transcript(
    *,
    title: str,
    items: Sequence[FormItem],
    answers: Mapping[str, Any],
    summary: str,
    findings: Sequence[SubmittedFinding],
    begun: Sequence[Piece],
) -> str:
    """Write the review as Markdown: summary, form, findings with their places, and what was begun and not filed."""
    parts = [f"# {title}", "## Summary", summary or "(empty)", "## Review form"]
    for item in items:
        parts += [f"### {item.title}", _answer(item, answers)]
    parts += ["## Findings", *([] if findings else ["(none)"])]
    for one in findings:
        parts += [_head(one), *_places(one), one.text]
    if begun:
        parts.append("## Begun and not saved as findings")
    for piece in begun:
        place = read_place(piece.place, piece.path).words if piece.place else "a change of a finding"
        parts += [f"### {piece.path}: {place}" if piece.path else f"### {place.capitalize()}", piece.text]
    return "\n\n".join(parts) + "\n"


def _head(one: SubmittedFinding) -> str:
    struck = ", withdrawn" if one.withdrawn else ""
    return f"### {one.number}. {KIND_WORDS[one.kind]}, {one.severity}{struck}"


def _places(one: SubmittedFinding) -> list[str]:
    parts = []
    for anchor in one.anchors:
        where = f"{anchor.place.path}, {anchor.place.words}" if anchor.place.path else anchor.place.words
        parts.append(f"At {where}:" if anchor.quoted else f"At {where}.")
        if anchor.quoted:
            parts.append(f"{FENCE}\n{anchor.quoted}\n{FENCE}")
    return parts


def _answer(item: FormItem, answers: Mapping[str, Any]) -> str:
    rows = answer_of(answers, item) if item.kind == "table" else []
    lines = [_row(item.columns), _row(["---"] * len(item.columns)), *(_row(row) for row in rows)] if rows else []
    comment = (answers.get(item.key) or {}).get("comment", "")
    parts = ["\n".join(lines) if rows else answer_words(answers, item), comment]
    return "\n\n".join(part for part in parts if part) or "(not answered)"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
