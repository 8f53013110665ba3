"""What of the graders' queue is shown, and in which order: the reader's choice, as its addresses say it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reviewhub.grades.queue_rows import QueueRow, State

MINE = "mine"
SORTS: Mapping[str, str] = {
    "attention": "Still open",
    "key": "Project",
    "findings": "Findings decided",
    "hidden": "Likely hidden",
    "mistakes": "Mistakes",
    "version_1": "Version 1",
    "version_2": "Version 2",
}
_ZERO = Decimal(0)
_KEYS: Mapping[str, Callable[[QueueRow], Any]] = {
    "attention": lambda row: row.attention,
    "key": lambda row: row.key.casefold(),
    "findings": lambda row: row.decided / row.findings if row.findings else 1.0,
    "hidden": lambda row: -(row.residual.unseen or 0.0),
    "mistakes": lambda row: -row.mistakes,
    "version_1": lambda row: (row.version_1 is None, row.version_1 or _ZERO),
    "version_2": lambda row: (row.version_2 is None, row.version_2 or _ZERO),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which projects are shown (a state, "mine", or all), whose words hold `words`; sorted by what, and which way."""

    show: str = ""
    words: str = ""
    by: str = "attention"
    back: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Choice":
        """Read it from an address; what is unknown is left out."""
        show, by = given.get("show", ""), given.get("by", "")
        return cls(
            show=show if show == MINE or show in set(State) else "",
            words=given.get("words", "").strip()[:80],
            by=by if by in SORTS else "attention",
            back=given.get("back", "") == "yes",
        )

    def fields(self, **changed: Any) -> dict[str, str]:
        """As an address says it, with something changed; what is as usual is left out."""
        new = replace(self, **changed)
        said = {
            "show": new.show,
            "words": new.words,
            "by": "" if new.by == "attention" else new.by,
            "back": "yes" if new.back else "",
        }
        return {name: value for name, value in said.items() if value}

    def sorted_by(self, key: str) -> dict[str, str]:
        """The address that sorts by this column; by the one that is sorted already, the other way round."""
        return self.fields(by=key, back=key == self.by and not self.back)


def shown_rows(rows: Iterable[QueueRow], choice: Choice) -> tuple[QueueRow, ...]:
    """The rows chosen, in the order chosen; rows that are equal there stay in the order of attention."""
    kept = [row for row in rows if _is_shown(row, choice)]
    return tuple(sorted(kept, key=_KEYS[choice.by], reverse=choice.back))


def _is_shown(row: QueueRow, choice: Choice) -> bool:
    told = " ".join([row.key, row.title, *row.members, row.grader, row.reader]).casefold()
    if choice.words.casefold() not in told:
        return False
    return row.is_mine if choice.show == MINE else choice.show in {"", row.state}
