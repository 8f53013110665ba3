"""Which commit is a version, and why not the latest one.

The rule: the last commit received by the deadline (or later without a cost, where an extension waives it); if there is
none, the earliest late one that still earns points; else nothing was submitted. A commit whose receipt begins before
the deadline is on time: an outage makes the proof weaker, never the outcome worse. A later commit is taken only if the
group chooses it, at the late policy's cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from reviewhub.courses.deadlines import Due
from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import Lateness, judge_lateness, length
from reviewhub.projects.receipts import Receipt

SHOWN = 7
"""Digits of a commit in sentences, as many as everywhere on the pages."""


@dataclass(frozen=True, kw_only=True)
class ReceivedCommit:
    """A state of a project's place: the commit, the tree of its folder, and when it arrived."""

    commit: str
    tree: str
    receipt: Receipt
    written_at: datetime | None = None
    """What the commit says of itself; shown, never believed."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A commit that could be the version, with what it would cost."""

    received: ReceivedCommit
    lateness: Lateness
    proved: bool
    """False: the receipt's interval does not tell which cost is right, and the better one is taken."""

    @property
    def is_free(self) -> bool:
        """On time, or late with the cost waived."""
        return self.lateness.on_time or (
            self.lateness.earns_points and self.lateness.factor == 1 and not self.lateness.points_off
        )


class State(StrEnum):
    """How a version stands."""

    NOTHING_YET = "nothing yet"
    ON_TIME = "on time"
    LATE = "late"
    NOT_SUBMITTED = "not submitted"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one version of one project stands at a moment."""

    state: State
    taken: Option | None
    """The commit that is the version as it stands."""
    options: tuple[Option, ...]
    """Every commit received on the place, in the order they came."""
    later: tuple[Option, ...]
    """Commits received after it on the same place, in the order they came."""
    due_at: datetime
    """From here on lateness counts."""
    late_ends_at: datetime | None
    """The last moment at which a late commit earns points; None: late work never stops earning some."""
    choice_ends_at: datetime
    """The last moment at which the group can take a later commit."""
    compared_until: datetime | None
    """What arrived after this is no rival of the version any more: it is work on the next one, or too late for any."""
    is_settled: bool
    """Whether the rule's answer can no longer change without the staff."""
    may_choose: bool
    """Whether the group can take a later commit instead."""

    @property
    def choices(self) -> tuple[Option, ...]:
        """The later commits that the group may take instead."""
        return tuple(option for option in self.later if option.lateness.earns_points) if self.may_choose else ()


def stand(
    commits: Sequence[ReceivedCommit],
    *,
    due: Due,
    rules: LateRules | None,
    zone: tzinfo,
    now: datetime,
    choice_ends_at: datetime | None = None,
    counts: str | None = None,
    has_chosen: bool = False,
) -> Standing:
    """Say how a version stands at `now`, from the commits received on its place, in the order they came.

    `choice_ends_at` bounds the group's choice where the late policy itself has no end. `counts` is the commit that is
    frozen already, None before; `has_chosen` says that the group or the staff chose it, so that no choice is left.
    """
    ends_at = late_end(due, rules, zone)
    options = tuple(_option(received, due, rules, zone) for received in commits)
    taken = _taken(options, counts)
    later = options[options.index(taken) + 1 :] if taken is not None else options
    window_ends_at = min(filter(None, (ends_at, choice_ends_at)), default=due.late_from)
    choice_ends = max(window_ends_at, due.due_at)
    is_late_window = due.late_from < now <= choice_ends
    earning = any(option.lateness.earns_points for option in later)
    may_choose = is_late_window and not has_chosen and taken is not None and earning
    return Standing(
        state=_state(taken, now, due, window_ends_at),
        taken=taken,
        options=options,
        later=later,
        due_at=due.late_from,
        late_ends_at=ends_at,
        choice_ends_at=choice_ends,
        compared_until=choice_ends_at if rules is None else choice_ends,
        is_settled=now > due.due_at and not may_choose and (taken is not None or not is_late_window),
        may_choose=may_choose,
    )


def _option(received: ReceivedCommit, due: Due, rules: LateRules | None, zone: tzinfo) -> Option:
    earliest = received.receipt.received_from or min(received.receipt.received_by, due.late_from)
    best = _judge(earliest, due, rules, zone)
    worst = _judge(received.receipt.received_by, due, rules, zone)
    proved = (best.on_time, best.cost) == (worst.on_time, worst.cost)
    return Option(received=received, lateness=best, proved=proved)


def _judge(received: datetime, due: Due, rules: LateRules | None, zone: tzinfo) -> Lateness:
    waived = due.waived_until is not None and received <= due.waived_until
    return judge_lateness(received, due.late_from, rules, zone, waived=waived)


def _taken(options: Sequence[Option], counts: str | None) -> Option | None:
    frozen = [option for option in options if option.received.commit == counts]
    free = [option for option in options if option.is_free]
    earning = [option for option in options if option.lateness.earns_points]
    return next(iter(frozen[-1:] or free[-1:] or earning[:1]), None)


def _state(taken: Option | None, now: datetime, due: Due, window_ends_at: datetime) -> State:
    if taken is None:
        return State.NOT_SUBMITTED if now > max(window_ends_at, due.due_at) else State.NOTHING_YET
    return State.ON_TIME if taken.lateness.on_time else State.LATE


def settles_at(due: Due, rules: LateRules | None) -> datetime:
    """The first moment at which nothing on time can arrive any more; a version is frozen after it.

    Lateness is rounded down, so the whole second of the deadline is on time, and so is all of the grace.
    """
    grace = timedelta(seconds=max(1, rules.grace if rules is not None else 0))
    return max(due.due_at + timedelta(seconds=1), due.late_from + grace)


def late_end(due: Due, rules: LateRules | None, zone: tzinfo) -> datetime | None:
    """The last second at which work still earns points: the deadline without a late policy, None for never ending."""
    return due.late_from if rules is None else _late_end(due.late_from, rules, zone)


@lru_cache(maxsize=256)
def _late_end(late_from: datetime, rules: LateRules, zone: tzinfo) -> datetime | None:
    """The steps are searched, not computed, so that caps, calendar days and grace need no second formula."""
    ends = [step.until for step in rules.steps if step.until is not None]
    marks = sorted({0, rules.grace, *ends, *(end + 1 for end in ends), *(86_400 * day for day in range(1, 121))})
    losing = [mark for mark in marks if not _earns(mark, late_from, rules, zone)]
    if not losing:
        return None
    good = max((mark for mark in marks if mark < losing[0]), default=0)
    bad = losing[0]
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _earns(middle, late_from, rules, zone) else (good, middle)
    return late_from + timedelta(seconds=good)


def _earns(seconds: int, late_from: datetime, rules: LateRules, zone: tzinfo) -> bool:
    return judge_lateness(late_from + timedelta(seconds=seconds), late_from, rules, zone).earns_points


def say_standing(standing: Standing, version: int, *, zone: tzinfo, is_frozen: bool = False) -> str:
    """The one line of the group page: which commit is the version (as it stands, or frozen), and why not the latest."""
    name = f"Version {version}"
    if standing.taken is None:
        return f"{name}{_why_nothing(standing, zone)}"
    head = "is frozen" if is_frozen else "as it stands"
    line = f"{name} {head}: {_commit(standing.taken, zone)}, {_arrival(standing.taken, zone)}{_price(standing.taken)}"
    if not standing.later:
        return f"{line}. It is the latest one."
    until = standing.compared_until
    rivals = [one for one in standing.later if until is None or _earliest(one) <= until]
    if until is not None and not rivals:
        return f"{line}. What came after {_moment(until, zone)} no longer counts for it."
    return f"{line}; {_why_not(rivals[-1], may_choose=standing.may_choose)}"


def _earliest(option: Option) -> datetime:
    return option.received.receipt.received_from or option.received.receipt.received_by


def _why_nothing(standing: Standing, zone: tzinfo) -> str:
    due = _moment(standing.due_at, zone)
    if any(option.lateness.undecided for option in standing.later):
        return f": nothing was received by {due}, and the staff decide about what came later."
    if standing.state is State.NOT_SUBMITTED:
        late = " What came later earns no points." if standing.later else ""
        return f" was not submitted: nothing was received by {due}.{late}"
    return f": nothing has been received yet; it is due {due}."


def _why_not(latest: Option, *, may_choose: bool) -> str:
    came = f"the latest commit {latest.received.commit[:SHOWN]} came {length(max(1, latest.lateness.seconds))} late"
    if latest.is_free:
        return f"the latest commit {latest.received.commit[:SHOWN]} would cost nothing, but another one was chosen."
    if latest.lateness.undecided:
        return f"{came}, and the course states no late policy: not taken unless the staff decide so."
    if not latest.lateness.earns_points:
        return f"{came} and would earn no points: not taken."
    cost = f"would cost {_cost(latest.lateness)}"
    if may_choose:
        return f"{came} and {cost}: not taken unless you choose it."
    return f"{came} and {cost}: not taken."


def _price(option: Option) -> str:
    if option.lateness.on_time:
        return ""
    if option.is_free:
        return f", {length(option.lateness.seconds)} late, at no cost by an extension"
    return f", {length(option.lateness.seconds)} late, at the cost of {_cost(option.lateness)}"


def _cost(lateness: Lateness) -> str:
    """The cost as the page says it: "25 %", "10 points"."""
    return lateness.cost.removeprefix("−")


def _commit(option: Option, zone: tzinfo) -> str:
    written = option.received.written_at
    of = f" of {_moment(written, zone)}" if written is not None else ""
    return f"{option.received.commit[:SHOWN]}{of}"


def _arrival(option: Option, zone: tzinfo) -> str:
    return say_receipt(option.received.receipt, zone) + (
        "" if option.proved else " (unproved, so it counts as on time)"
    )


def say_receipt(receipt: Receipt, zone: tzinfo) -> str:
    """When something arrived, in words: to the second, or as the interval it is."""
    by = _moment(receipt.received_by, zone)
    if receipt.is_exact:
        return f"received {receipt.received_by.astimezone(zone):%-d %b %H:%M:%S}"
    if receipt.received_from is None:
        return f"received by {by}"
    return f"received between {_moment(receipt.received_from, zone)} and {by}"


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%-d %b %H:%M}"
