"""Which phase of the semester it is: it follows from the deadlines and the clock, and is never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from reviewhub.courses.policy import Policy


class Phase(StrEnum):
    """A stretch of the semester, in order."""

    SETUP = "setup"
    FORMING = "forming"
    PROPOSING = "proposing"
    DEVELOPING = "developing"
    REVIEWING = "reviewing"
    RESPONDING = "responding"
    REWORKING = "reworking"
    GRADING = "grading"
    RELEASED = "released"
    PUBLISHED = "published"


PHASE_TITLES: Mapping[Phase, str] = {
    Phase.SETUP: "Setting up",
    Phase.FORMING: "Forming groups",
    Phase.PROPOSING: "Proposing",
    Phase.DEVELOPING: "Developing",
    Phase.REVIEWING: "Reviewing",
    Phase.RESPONDING: "Responding",
    Phase.REWORKING: "Reworking",
    Phase.GRADING: "Grading",
    Phase.RELEASED: "Grades released",
    Phase.PUBLISHED: "Published",
}

DEADLINE_TITLES: Mapping[str, str] = {
    "starts": "Course starts",
    "groups": "Groups formed",
    "proposals": "Proposals due",
    "version_1": "Version 1 due",
    "reviews": "Reviews due",
    "responses": "Responses due",
    "version_2": "Version 2 due",
    "grading": "Grades expected",
    "appeals": "Appeals until",
    "closes": "Course closes",
}

# The deadline that ends a phase. Grading ends with the release of the grades, which is an act and no moment.
_ENDS: tuple[tuple[Phase, str], ...] = (
    (Phase.SETUP, "starts"),
    (Phase.FORMING, "groups"),
    (Phase.PROPOSING, "proposals"),
    (Phase.DEVELOPING, "version_1"),
    (Phase.REVIEWING, "reviews"),
    (Phase.RESPONDING, "responses"),
    (Phase.REWORKING, "version_2"),
)


@dataclass(frozen=True, kw_only=True)
class PhaseStep:
    """One step of the phase line."""

    phase: Phase
    title: str
    state: Literal["done", "current", "next"]
    ends_at: datetime | None
    """When the phase ends, UTC; None where an act of the staff ends it."""


@dataclass(frozen=True, kw_only=True)
class NextDeadline:
    """The first deadline that has not passed."""

    key: str
    title: str
    due_at: datetime


Moved = Mapping[str, datetime]
"""Deadline key → the moment that holds for one group, person or project instead of the course's."""


def deadlines_of(policy: Policy, moved: Moved | None = None) -> dict[str, datetime]:
    """Every deadline the course has, by key, in order; `moved` ones instead of the course's own.

    Milestones stand under their component's key.
    """
    given = {key: moment for key in DEADLINE_TITLES if (moment := getattr(policy.deadlines, key)) is not None}
    given |= policy.deadlines.milestones
    given |= {key: moment for key, moment in (moved or {}).items() if key in given}
    order = list(DEADLINE_TITLES)
    return dict(sorted(given.items(), key=lambda item: (item[1], order.index(item[0]) if item[0] in order else 0)))


def phase_of(
    policy: Policy,
    now: datetime,
    *,
    moved: Moved | None = None,
    released: bool = False,
    published: bool = False,
) -> Phase | None:
    """The phase at `now`, or None for a course without any of the deadlines that make phases.

    A moment that is a deadline still belongs to the phase it ends: 23:59:00 is on time.
    """
    return next(
        (
            step.phase
            for step in phase_line(policy, now, moved=moved, released=released, published=published)
            if step.state == "current"
        ),
        None,
    )


def phase_line(
    policy: Policy,
    now: datetime,
    *,
    moved: Moved | None = None,
    released: bool = False,
    published: bool = False,
) -> tuple[PhaseStep, ...]:
    """The steps of the semester this course has, with the current one marked; empty without deadlines."""
    due = deadlines_of(policy, moved)
    spans: list[tuple[Phase, datetime | None]] = [(phase, due[key]) for phase, key in _ENDS if key in due]
    if milestones := [due[key] for key in policy.deadlines.milestones if key in due]:
        spans.append((Phase.DEVELOPING, max(milestones)))
    if not spans:
        return ()
    spans += [(Phase.GRADING, None), (Phase.RELEASED, None)] if policy.is_peer_reviewed else []
    spans += [(Phase.PUBLISHED, None)] if published else []
    current = _current(spans, now, released=released, published=published)
    return tuple(
        PhaseStep(
            phase=phase,
            title=PHASE_TITLES[phase],
            state="done" if index < current else "current" if index == current else "next",
            ends_at=end,
        )
        for index, (phase, end) in enumerate(spans)
    )


def next_deadline(policy: Policy, now: datetime, *, moved: Moved | None = None) -> NextDeadline | None:
    """The first deadline at or after `now`, or None when all have passed."""
    for key, moment in deadlines_of(policy, moved).items():
        if moment >= now:
            return NextDeadline(key=key, title=deadline_title(policy, key), due_at=moment)
    return None


def deadline_title(policy: Policy, key: str) -> str:
    """What a deadline is called on a page; a milestone bears its component's name."""
    if key in DEADLINE_TITLES:
        return DEADLINE_TITLES[key]
    rows = [part for component in policy.components for part in (component, *component.parts)]
    return f"{next((row.title for row in rows if row.key == key), key)} due"


def _current(spans: list[tuple[Phase, datetime | None]], now: datetime, *, released: bool, published: bool) -> int:
    phases = [phase for phase, _ in spans]
    if published and Phase.PUBLISHED in phases:
        return phases.index(Phase.PUBLISHED)
    if released and Phase.RELEASED in phases:
        return phases.index(Phase.RELEASED)
    return next((index for index, (_, end) in enumerate(spans) if end is None or now <= end), len(spans))
