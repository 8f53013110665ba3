"""The deadline that holds for one group or one person, extensions counted in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reviewhub.courses.lateness import Lateness, judge_lateness
from reviewhub.courses.phases import deadlines_of
from reviewhub.courses.policy import Policy, WorkKind


class Way(StrEnum):
    """What an extension does."""

    MOVES = "moves"
    """The deadline moves: lateness counts from the later moment."""
    WAIVES = "waives"
    """The deadline stays; what comes until the later moment is late, and costs nothing."""
    KEEPS = "keeps"
    """Work is awaited until the later moment, and the penalty is kept: lateness counts from the course's deadline."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A living extension as the rules see it: a later moment for one deadline."""

    deadline: str
    due_at: datetime
    way: Way = Way.MOVES


@dataclass(frozen=True, kw_only=True)
class Due:
    """What holds for somebody: until when work is awaited, and from when lateness counts."""

    deadline: str
    course_due_at: datetime
    """The course's own moment."""
    due_at: datetime
    """The last moment at which the work is awaited from this group or person."""
    late_from: datetime
    """From here on lateness counts."""
    waived_until: datetime | None = None
    """Until here lateness costs nothing."""

    @property
    def is_extended(self) -> bool:
        """Whether the work is awaited longer than from everybody."""
        return self.due_at > self.course_due_at


def due_for(policy: Policy, deadline: str, grants: Iterable[Grant] = ()) -> Due | None:
    """When `deadline` falls for whoever holds `grants`; None: the course has no such deadline.

    Of several extensions the latest moment counts. An extension never makes anything due earlier, and where the
    course forbids extensions none counts.
    """
    own = deadlines_of(policy).get(deadline)
    if own is None:
        return None
    living = [grant for grant in grants if grant.deadline == deadline and policy.extensions.allowed]
    waived = [grant.due_at for grant in living if grant.way is Way.WAIVES]
    return Due(
        deadline=deadline,
        course_due_at=own,
        due_at=max([own, *(grant.due_at for grant in living)]),
        late_from=max([own, *(grant.due_at for grant in living if grant.way is Way.MOVES)]),
        waived_until=max(waived, default=None),
    )


def judge_for(due: Due, received: datetime, kind: WorkKind, policy: Policy) -> Lateness:
    """Judge work that was received at `received` by the late rules and the extensions of whoever handed it in."""
    waived = due.waived_until is not None and received <= due.waived_until
    return judge_lateness(received, due.late_from, policy.lateness.rules_for(kind), policy.tzinfo, waived=waived)


def moved_deadlines(policy: Policy, grants: Iterable[Grant]) -> dict[str, datetime]:
    """Deadline key → the later moment, for every deadline at which work is awaited longer."""
    held = tuple(grants)
    dues = [due_for(policy, grant.deadline, held) for grant in held]
    return {due.deadline: due.due_at for due in dues if due is not None and due.is_extended}
