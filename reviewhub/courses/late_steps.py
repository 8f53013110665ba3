"""The late rules of a course file: tiers and per-unit steps, as written by the instructor.

What they cost is computed in `lateness`. Durations are whole seconds; `m`, `h` and `d` are elapsed time.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from reviewhub.courses.policy_part import Hundred, PolicyPart, refuse

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")


def _read_duration(value: object) -> object:
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return int(match.group(1)) * _SECONDS[match.group(2)]
    if value == 0 and not isinstance(value, bool):
        return 0
    raise refuse("This is no length of time.", 'Write a number and a unit: "90s", "30m", "12h" or "1d".')


def _read_unit(value: object) -> object:
    if value == "calendar_day":
        return value
    if isinstance(value, str) and value in _SECONDS:
        return _SECONDS[value]
    return _read_duration(value)


def _read_percent(value: object) -> object:
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        return Decimal(match.group(1))
    if isinstance(value, Decimal) and value.is_finite():
        return value
    raise refuse("This is no percentage.", 'Write it with the sign, like "10%". For points off 100 use the key points.')


def _read_cap(value: object) -> object:
    return _read_percent(value) if isinstance(value, str) else value


Seconds = Annotated[int, BeforeValidator(_read_duration), Field(ge=0)]
Percent = Annotated[Decimal, BeforeValidator(_read_percent), Field(ge=0, le=100)]
Unit = Annotated[Literal["calendar_day"] | Annotated[int, Field(gt=0)], BeforeValidator(_read_unit)]
Cap = Annotated[Hundred, BeforeValidator(_read_cap)]


class LateStep(PolicyPart):
    """One step: how far it reaches and what it costs."""

    until: Seconds | None = None
    """The last second of lateness at which the step applies (inclusive); None: it has no end."""
    beyond: bool = False
    """Says in words that the step has no end."""
    off: Percent | None = None
    """Per cent of what was earned."""
    points: Hundred | None = None
    """Points off 100."""
    per: Unit | None = None
    """What `off` or `points` is counted per: `calendar_day` or a length of time; a started unit counts whole."""
    cap: Cap | None = None
    """The most a per-unit step takes, in its own unit (points, or per cent)."""
    zero: bool = False
    """Nothing is earned."""
    no_bonus: bool = False
    """No claim to bonuses."""

    @model_validator(mode="after")
    def _is_one_cost(self) -> Self:
        if [self.off is not None, self.points is not None, self.zero].count(True) != 1:
            raise refuse("A late step has exactly one cost.", 'Give one of off = "10%", points = 10 or zero = true.')
        if self.beyond and self.until is not None:
            raise refuse("A late step cannot both end and go beyond.", "Leave out until, or beyond.")
        if self.per is not None and self.zero:
            raise refuse("Zero is not counted per unit.", "Leave out per.")
        if self.cap is not None and self.per is None:
            raise refuse(
                "A cap belongs to a cost that is counted per unit.",
                'Add per = "calendar_day", or leave out cap.',
            )
        return self


class LateRules(PolicyPart):
    """The late policy of one kind of work."""

    grace: Seconds = 0
    """Lateness below this is on time; from it on, lateness counts from the deadline."""
    steps: tuple[LateStep, ...] = Field(min_length=1)
    """Exactly one applies: the first whose end is not passed."""

    @model_validator(mode="after")
    def _leaves_no_gap(self) -> Self:
        ends = [step.until for step in self.steps]
        closed = [end for end in ends[:-1] if end is not None]
        if len(closed) != len(ends) - 1:
            raise refuse("Only the last late step may have no end.", "Give every earlier step an until.")
        if ends[-1] is not None:
            raise refuse(
                "The late steps do not say what happens after the last one.",
                "Add { beyond = true, zero = true }.",
            )
        if closed != sorted(set(closed)):
            raise refuse("The late steps are not in order of their ends.", "Sort them by until, each once.")
        if closed and self.grace > closed[0]:
            raise refuse("The grace is longer than the first late step.", "Make it shorter than the first until.")
        return self
