"""What handing in late costs: one engine for proposals, versions, reviews, slides and homework.

Lateness is receipt − deadline in whole seconds, rounded down. Nought or less is on time, and so is less than the
grace; past the grace it counts from the deadline. Exactly one step applies: the first whose end is not passed.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from reviewhub.courses.late_steps import LateRules, LateStep

_ZERO = Decimal(0)
_WHOLE = Decimal(100)
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """How late something came, and what it costs."""

    seconds: int
    """Receipt − deadline, rounded down; nought or less is on time."""
    on_time: bool
    percent_off: Decimal = _ZERO
    """Per cent of what was earned, 0 … 100."""
    points_off: Decimal = _ZERO
    """Points off 100."""
    zero: bool = False
    """Nothing is earned."""
    no_bonus: bool = False
    """No claim to bonuses."""
    undecided: bool = False
    """Late, and the course states no late policy: the staff decide."""
    rule_sentence: str = ""
    """The rule that applied, in a sentence for the person it hits."""

    @property
    def factor(self) -> Decimal:
        """What the earned points are multiplied by, 0 … 1."""
        return _ZERO if self.zero else (_WHOLE - self.percent_off) / _WHOLE

    @property
    def earns_points(self) -> bool:
        """Whether work this late can still earn anything without a decision of the staff."""
        lost = self.zero or self.percent_off >= _WHOLE or self.points_off >= _WHOLE
        return not lost and not self.undecided

    @property
    def cost(self) -> str:
        """The cost in a few characters: "−25 %", "−10 points", "no points", "no cost", "staff decide"."""
        if self.undecided:
            return "staff decide"
        if self.zero:
            return "no points"
        if self.points_off:
            return f"−{plain_number(self.points_off)} points"
        return f"−{plain_number(self.percent_off)} %" if self.percent_off else "no cost"

    def apply(self, earned: Decimal, *, out_of: Decimal = _WHOLE) -> Decimal:
        """What is left of `earned` points (of `out_of`); never below 0, never rounded.

        An undecided lateness takes nothing off: it is not a cost until the staff decide.
        """
        if self.zero:
            return _ZERO
        return max(_ZERO, earned * self.factor - self.points_off * out_of / _WHOLE)


def judge_lateness(
    received: datetime, deadline: datetime, policy: LateRules | None, zone: tzinfo, *, waived: bool = False
) -> Lateness:
    """Judge work received at `received` (aware) against `deadline` (aware) by the late rules of the course.

    `zone` is the course's: calendar days are its local dates. `waived`: an extension waives the penalty.
    Without a policy (None) late work is undecided and costs nothing yet.
    """
    seconds = math.floor((received - deadline) / timedelta(seconds=1))
    if seconds <= 0:
        return Lateness(seconds=seconds, on_time=True, rule_sentence="On time.")
    late = f"{length(seconds)} late"
    if policy is not None and seconds < policy.grace:
        sentence = f"{late}, within the grace of {length(policy.grace)}: on time."
        return Lateness(seconds=seconds, on_time=True, rule_sentence=sentence)
    if waived:
        return Lateness(seconds=seconds, on_time=False, rule_sentence=f"{late}: the penalty is waived by an extension.")
    if policy is None:
        sentence = f"{late}: the course states no late policy, so the staff decide."
        return Lateness(seconds=seconds, on_time=False, undecided=True, rule_sentence=sentence)
    step = next(step for step in policy.steps if step.until is None or seconds <= step.until)
    units = _units(step, seconds, received, deadline, zone)
    return Lateness(
        seconds=seconds,
        on_time=False,
        percent_off=_cost(step.off, step, units),
        points_off=_cost(step.points, step, units),
        zero=step.zero,
        no_bonus=step.no_bonus,
        rule_sentence=f"{late}: {say_step(step, policy)}.",
    )


def apply(lateness: Lateness, earned: Decimal, *, out_of: Decimal = _WHOLE) -> Decimal:
    """What is left of `earned` points (of `out_of`) after `lateness`; never below 0, never rounded."""
    return lateness.apply(earned, out_of=out_of)


def say_step(step: LateStep, policy: LateRules) -> str:
    """One late step as a phrase: "up to 30 minutes late: 10 % off"."""
    if step.zero:
        cost = "no points"
    elif step.points is not None:
        cost = f"{plain_number(step.points)} points off 100"
    else:
        cost = f"{plain_number(step.off or _ZERO)} % off"
    if step.per is not None:
        cost += (
            " for each started calendar day" if step.per == "calendar_day" else f" for each started {_unit(step.per)}"
        )
        cost += f", at most {plain_number(step.cap)}" if step.cap is not None else ""
    bonus = " and no claim to bonuses" if step.no_bonus else ""
    ends = [earlier.until for earlier in policy.steps if earlier.until is not None]
    if step.until is not None:
        return f"up to {length(step.until)} late: {cost}{bonus}"
    return f"more than {length(ends[-1])} late: {cost}{bonus}" if ends else f"{cost}{bonus}"


def length(seconds: int) -> str:
    """A length of time in its two largest units: "1 day 2 hours", "40 minutes", "5 seconds"."""
    parts: list[str] = []
    for size, name in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}" if count else "")
        if len(parts) == 2:  # noqa: PLR2004 - the two largest units say enough
            break
    return " ".join(part for part in parts if part) or "0 seconds"


def plain_number(number: Decimal) -> str:
    """A number without superfluous zeros: 10, 2.5."""
    return f"{number.normalize():f}"


def _units(step: LateStep, seconds: int, received: datetime, deadline: datetime, zone: tzinfo) -> int:
    if step.per is None:
        return 1
    if step.per == "calendar_day":
        days = received.astimezone(zone).date() - deadline.astimezone(zone).date()
        return max(1, days.days)
    return math.ceil(seconds / step.per)


def _cost(amount: Decimal | None, step: LateStep, units: int) -> Decimal:
    if amount is None:
        return _ZERO
    return min(amount * units, step.cap if step.cap is not None else _WHOLE)


def _unit(seconds: int) -> str:
    size, name = next(((size, name) for size, name in _UNITS if seconds % size == 0))
    return name if seconds == size else f"{seconds // size} {name}s"
