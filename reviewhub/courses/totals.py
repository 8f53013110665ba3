"""The parts of a course grade as a course file states them: components, schemes, letters, failing, bonus."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from reviewhub.courses.policy_part import Hundred, Key, Line, PolicyPart


class Component(PolicyPart):
    """One part of the course grade, or of another component."""

    key: Key
    """A short name of the component, unlike the others."""
    title: Line
    """The component."""
    weight: Hundred | None = None
    """Per cent of the whole (of its component for a part); None where the schemes carry the weights."""
    kind: Literal["developer", "reviewer", "presentation", "proposal", "milestone", "parts", "imported"] = "imported"
    """What computes it: a rule of the program, its own parts, or an imported mark list."""
    best: int | None = Field(default=None, ge=1)
    """Only the best so many marks count; None: all of them."""
    of: int | None = Field(default=None, ge=1)
    """How many marks are planned."""
    threshold: Hundred | None = None
    """Per cent of the component needed; below it the course is failed."""
    parts: tuple["Component", ...] = ()


class Scheme(PolicyPart):
    """One way of weighting the components, where a course has several."""

    key: Key
    """A short name of the scheme, unlike the others."""
    title: Line
    """The scheme."""
    weights: dict[Key, Hundred]
    """Component key → per cent; all together 100."""
    thresholds: dict[Key, Hundred] = Field(default_factory=dict)
    """Component key → per cent of it needed on this way; below it the course is failed."""
    when_marked: Key | None = None
    """The scheme applies as soon as this component has a mark; None: it always applies."""


class Letter(PolicyPart):
    """One row of the letter scale."""

    letter: str = Field(min_length=1, max_length=8)
    """Such as AA or 5."""
    at_least: Hundred
    """The lowest total, as shown (2 places), that brings it."""
    title: str = Field(default="", max_length=80)
    """What it means."""
    fails: bool = False
    """The letter of a failed course."""


class FailRule(PolicyPart):
    """Something that may fail a student whatever the points; the instructor confirms each case."""

    key: Key
    """A short name of the rule; of the status list where `when` is status."""
    title: Line
    """What happened."""
    when: Literal["no_proper_review", "not_submitted", "status"] = "status"
    """What triggers it: a fact the program knows, or a row of the status list called `key`."""
    holds_for: Literal["everybody", "alone", "group_members"] = "everybody"
    """Whom it can hit."""
    brings: tuple[str, ...] = Field(default=("FF", "NA"), min_length=1)
    """The letters it may bring."""


class Bonus(PolicyPart):
    """Extra points, imported."""

    key: Key
    """A short name of the bonus, unlike the others."""
    title: Line
    """What the points are for."""
    at_most: Hundred | None = None
    """None: the course states no limit."""


class ProposalMarks(PolicyPart):
    """What a project proposal earns, in per cent of its component, by outcome."""

    passed: Hundred = Decimal(100)
    """For a proposal that passes."""
    revise: Hundred = Decimal(0)
    """While its changes are awaited."""
    revised: Hundred = Decimal(100)
    """Once they are handed in and approved."""
    rejected: Hundred = Decimal(0)
    """For one that is rejected."""
    replaced: Hundred = Decimal(50)
    """At most, for a substantially different proposal after a rejection."""
