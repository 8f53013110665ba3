"""The burn-down of findings: day by day how many were open, from their release to the last verdict on version 2."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate

MOST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class FindingMoments:
    """When things happened to a finding; None where they have not.

    `said_fixed_at`: the developers say fixed, or that there is nothing to fix; `settled_at`: the reviewer's verdict on
    version 2 is fixed or no longer applies.
    """

    shown_at: datetime
    answered_at: datetime | None = None
    said_fixed_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BurnDown:
    """One number per day: findings without an answer, not said to be done, and not found to be done."""

    days: tuple[date, ...]
    unanswered: tuple[int, ...]
    not_said_done: tuple[int, ...]
    not_settled: tuple[int, ...]
    shown: int = 0
    """How many findings there are in all."""
    milestones: tuple[tuple[str, date], ...] = ()
    """What happened on which day, for the legend: version 2 was due."""

    @property
    def is_told(self) -> bool:
        """Whether there is more than one day to draw."""
        return len(self.days) > 1


def burn_down(
    findings: Iterable[FindingMoments],
    *,
    until: datetime,
    zone: tzinfo,
    milestones: Sequence[tuple[str, datetime]] = (),
) -> BurnDown:
    """Count the open findings at the end of each local day, from the day of the first one to the day of `until`.

    What has not been shown by a day does not count on it. After the last change of all only one more day is drawn.
    """
    known = [one for one in findings if one.shown_at <= until]
    moments = [
        moment
        for one in known
        for moment in (one.shown_at, one.answered_at, one.said_fixed_at, one.settled_at)
        if moment is not None and moment <= until
    ]
    if not moments:
        return BurnDown(days=(), unanswered=(), not_said_done=(), not_settled=())
    marks = [(name, moment.astimezone(zone).date()) for name, moment in milestones if moment <= until]
    first = min(moments).astimezone(zone).date()
    end = max([max(moments).astimezone(zone).date() + timedelta(days=1), *(day for _, day in marks)])
    last = max(first, min(until.astimezone(zone).date(), end, first + timedelta(days=MOST_DAYS - 1)))
    days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
    shown = _per_day((one.shown_at for one in known), first, zone)

    def left(moment_of: str) -> tuple[int, ...]:
        """Shown so far less done so far; what is done before it is shown counts from then on."""
        ends = ((getattr(one, moment_of), one.shown_at) for one in known)
        done = _per_day((max(end, at) for end, at in ends if end is not None and end <= until), first, zone)
        changes = (shown[number] - done[number] for number in range(len(days)))
        return tuple(accumulate(changes))

    return BurnDown(
        days=days,
        shown=len(known),
        unanswered=left("answered_at"),
        not_said_done=left("said_fixed_at"),
        not_settled=left("settled_at"),
        milestones=tuple((name, day) for name, day in marks if first <= day <= last),
    )


def _per_day(moments: Iterable[datetime], first: date, zone: tzinfo) -> Counter[int]:
    """How many of the moments lie on each local day, counted from the first."""
    return Counter((moment.astimezone(zone).date() - first).days for moment in moments)
