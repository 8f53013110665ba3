"""What a course takes marks for: components, parts and bonuses of its course file, and which of them a column means."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.courses.roster_text import fold_header
from reviewhub.courses.totals import Component

HIGHEST_ITEM = 99
_COMPUTED = frozenset({"developer", "reviewer", "parts"})
_SINGLE = frozenset({"milestone", "proposal"})
_HUNDRED = Decimal(100)
_SHORTEST_BEGINNING = 3
_BEFORE = re.compile(r"(quiz|assignment|test|lesson|workshop|manual item|external tool)\s*:\s*", re.IGNORECASE)
"""What learning platforms put before the name of a column."""
_PLURALS = ("s", "es", "zes", "ies")
_FILLERS = frozenset(
    {
        "mark",
        "marks",
        "grade",
        "grades",
        "score",
        "points",
        "result",
        "real",
        "percentage",
        "total",
        "exam",
        "not",
        "puan",
    }
)
_LIKE = re.compile(r"(.*?)[ _]?(\d{1,3})")


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something marks are given for. `items` is how many there are (None: any number); a bonus counts in points."""

    key: str
    title: str
    items: int | None = None
    highest: Decimal = _HUNDRED
    is_bonus: bool = False
    deadline: str = ""
    """The key of the course file's deadline for it; "" where it has none."""

    def has_item(self, item: int) -> bool:
        """Whether there is an item of this number."""
        return 1 <= item <= (self.items or HIGHEST_ITEM)

    def named(self, item: int) -> str:
        """How one of its items is called: "Quizzes 3", and by the title alone where it may be the only one."""
        is_only = self.items == 1 or (self.items is None and item == 1)
        return self.title if is_only else f"{self.title} {item}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One item of a target: where a mark stands."""

    target: Target
    item: int

    @property
    def name(self) -> str:
        """How people call it."""
        return self.target.named(self.item)

    @property
    def token(self) -> str:
        """Its name in forms: quizzes:3."""
        return f"{self.target.key}:{self.item}"


def targets_of(policy: Policy) -> tuple[Target, ...]:
    """Everything the course file takes marks for, in its order; nothing that the program computes itself."""
    return (*_of_components(policy, policy.components), *_of_bonuses(policy))


def target_named(policy: Policy, key: str) -> Target | None:
    """The target with this key, or None."""
    return next((one for one in targets_of(policy) if one.key == key), None)


def place_of(token: str, targets: Iterable[Target]) -> Place | None:
    """The place a form's token names, or None."""
    key, _, number = token.partition(":")
    target = next((one for one in targets if one.key == key), None)
    if target is None or not re.fullmatch(r"[0-9]{1,3}", number) or not target.has_item(int(number)):
        return None
    return Place(target=target, item=int(number))


def guess_place(header: str, targets: Sequence[Target]) -> Place | None:
    """The place a column's header names: by title or key, in full or by its beginning, with the item's number.

    None where it names nothing, or leaves open what it means: a column of quizzes without a number of nine.
    """
    words = [word for word in fold_header(_BEFORE.sub("", header)).split() if word not in _FILLERS]
    said = " ".join(words)
    whole = _target_called(said, targets)
    if whole is not None:
        return Place(target=whole, item=1) if whole.items in {1, None} else None
    numbered = _LIKE.fullmatch(said)
    target = _target_called(numbered[1].strip(), targets) if numbered else None
    if target is None or numbered is None or not target.has_item(int(numbered[2])):
        return None
    return Place(target=target, item=int(numbered[2]))


def _target_called(said: str, targets: Sequence[Target]) -> Target | None:
    if not said:
        return None
    called = [one for one in targets if any(_is_called(said, name) for name in _names(one))]
    if len(called) == 1:
        return called[0]
    begun = [one for one in targets if any(name.startswith(said) for name in _names(one))]
    return begun[0] if not called and len(begun) == 1 and len(said) >= _SHORTEST_BEGINNING else None


def _names(target: Target) -> tuple[str, ...]:
    return (fold_header(target.title), fold_header(target.key), fold_header(target.key).replace(" ", ""))


def _is_called(said: str, name: str) -> bool:
    return said == name or any(said + ending == name for ending in _PLURALS)


def _of_components(policy: Policy, components: Iterable[Component]) -> Iterator[Target]:
    for one in components:
        if one.kind not in _COMPUTED:
            deadline = one.key if one.key in policy.deadlines.milestones else ""
            items = 1 if one.kind in _SINGLE else one.of
            yield Target(key=one.key, title=one.title, items=items, deadline=deadline)
        yield from _of_components(policy, one.parts)


def _of_bonuses(policy: Policy) -> Iterator[Target]:
    for one in policy.bonus:
        highest = one.at_most if one.at_most is not None else _HUNDRED
        yield Target(key=one.key, title=one.title, items=1, highest=highest, is_bonus=True)
