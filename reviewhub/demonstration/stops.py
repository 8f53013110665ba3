"""Where the demonstration can stop: one moment in each part of the semester."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reviewhub.courses.policy import Policy
from reviewhub.demonstration.semester import Calendar


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A moment of the semester worth looking at: its word in commands, its words on the page."""

    key: str
    title: str
    moment: datetime


def calendar_of(policy: Policy) -> Calendar:
    """The semester of a course file with two versions and reviews, as the demonstration's repository needs it."""
    due = policy.deadlines
    if due.starts is None or due.version_1 is None or due.reviews is None or due.version_2 is None:
        message = "The demonstration needs a course with a start, two versions and reviews."
        raise ValueError(message)
    return Calendar(
        term_start=due.starts,
        proposals=due.proposals,
        version_1=due.version_1,
        reviews=due.reviews,
        responses=due.responses,
        version_2=due.version_2,
        grading=due.grading,
        zone=policy.zone,
    )


def stops_of(calendar: Calendar) -> tuple[Stop, ...]:
    """The stops of a semester, in order."""
    graded = calendar.grading or calendar.version_2 + timedelta(days=14)
    return (
        Stop(key="developing", title="Developing version 1", moment=calendar.version_1 - timedelta(days=2, hours=7)),
        Stop(key="late", title="An hour after the version 1 deadline", moment=calendar.version_1 + timedelta(hours=1)),
        Stop(key="reviewing", title="Reviewing", moment=calendar.reviews - timedelta(days=3, hours=8)),
        Stop(key="responding", title="Responding", moment=calendar.reviews + timedelta(days=3, hours=11)),
        Stop(key="reworking", title="Reworking", moment=calendar.version_2 - timedelta(days=3, hours=6)),
        Stop(key="grading", title="Grading", moment=calendar.version_2 + timedelta(days=7, hours=13)),
        Stop(key="released", title="Grades released", moment=graded + timedelta(hours=2)),
    )
