"""What differs between two policies, row by row, in words a person can check before saying yes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import length, plain_number, say_step
from reviewhub.courses.policy import Policy

_NAMES_OF_ROWS = ("key", "letter")


@dataclass(frozen=True, kw_only=True)
class PolicyChange:
    """One key that differs: `place` is its path (rows by their own key), None stands for "not there"."""

    place: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Whether the key came, went or differs."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def __str__(self) -> str:
        """The change as one line."""
        if self.before is None:
            return f"+ {self.place} = {self.after}"
        return (
            f"- {self.place} = {self.before}" if self.after is None else f"  {self.place}: {self.before} → {self.after}"
        )


def compare_policies(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Every key whose value differs, in the order of the course file; empty when both state the same.

    Defaults count as written. Moments are compared as moments and shown in the course's (new) zone.
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    places = [*after, *(place for place in before if place not in after)]
    return tuple(
        PolicyChange(place=place, before=_shown(before.get(place), old), after=_shown(after.get(place), new))
        for place in places
        if before.get(place) != after.get(place)
    )


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, LateRules):
        yield from _late_leaves(value, place)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name), f"{place}.{name}" if place else name)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{place}.{name}")
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for index, row in enumerate(value, start=1):
            yield from _leaves(row, f"{place}[{_row_name(row) or index}]")
    elif value is not None and value not in ("", ()):
        yield place, value


def _late_leaves(rules: LateRules, place: str) -> Iterator[tuple[str, Any]]:
    yield f"{place}.grace", length(rules.grace)
    for index, step in enumerate(rules.steps, start=1):
        yield f"{place}.steps[{index}]", say_step(step, rules)


def _row_name(row: BaseModel) -> str | None:
    return next((str(getattr(row, name)) for name in _NAMES_OF_ROWS if hasattr(row, name)), None)


def _shown(value: Any, policy: Policy) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(policy.tzinfo).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain_number(value)
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
