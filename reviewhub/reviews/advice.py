"""What a reviewer should look at before handing in. Advice never stops anybody; only missing required items do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHORT_TEXT = 30
LONG_ENOUGH_NAME = 3


@dataclass(frozen=True, kw_only=True)
class DraftFinding:
    """As much of a finding as advice needs."""

    number: int
    kind: str
    text: str
    is_whole_project: bool


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One sentence, and where to go: `finding` (its number), `item` (form item key), or "summary"."""

    text: str
    finding: int | None = None
    item: str = ""


def advise(
    *, findings: Sequence[DraftFinding], summary: str, empty: Sequence[tuple[str, str]], names: Sequence[str]
) -> tuple[Advice, ...]:
    """List what looks unfinished. `empty`: (key, title) of unanswered form items; `names`: names that would give the
    reviewer away (their own, where the developers do not learn the reviewers; else none).
    """
    found: list[Advice] = []
    if not findings:
        found.append(Advice(text="There is no finding yet. If you found nothing, say in the summary what you checked."))
    if not summary:
        found.append(Advice(text="The summary is empty.", item="summary"))
    found += [Advice(text=f"“{title}” is not answered.", item=key) for key, title in empty]
    for finding in findings:
        if len(finding.text) < SHORT_TEXT:
            found.append(
                Advice(
                    text=f"Finding {finding.number} is very short: say what is wrong and how one can see it.",
                    finding=finding.number,
                )
            )
        if finding.is_whole_project and finding.kind == "mistake":
            found.append(
                Advice(
                    text=f"Finding {finding.number} is about the whole project: can you point at a place?",
                    finding=finding.number,
                )
            )
        if names_somebody(finding.text, names):
            found.append(Advice(text=f"Finding {finding.number} contains your name.", finding=finding.number))
    if names_somebody(summary, names):
        found.append(Advice(text="The summary contains your name.", item="summary"))
    return tuple(found)


def names_somebody(text: str, names: Sequence[str]) -> bool:
    """Whether the text holds one of the names, or a word of one (three letters or more), as a word of its own."""
    words = {word.casefold() for name in names for word in re.findall(r"\w+", name) if len(word) >= LONG_ENOUGH_NAME}
    return any(word.casefold() in words for word in re.findall(r"\w+", text))
