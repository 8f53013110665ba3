"""The granted appeals that explain what a further release changed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from reviewhub.courses.policy import Policy
from reviewhub.courses.totals import Component
from reviewhub.grades.appeal_values import AppealView
from reviewhub.grades.appealable import GroundKind
from reviewhub.grades.release_differences import Granted


def granted_between(appeals: Iterable[AppealView], after: datetime, until: datetime) -> tuple[Granted, ...]:
    """The appeals that were granted, fully or in part, between two releases; in an order of their own."""
    found = [
        one
        for one in appeals
        if one.outcome in {"granted", "partly"} and one.decided_at is not None and after <= one.decided_at <= until
    ]
    return tuple(_granted(one) for one in sorted(found, key=lambda one: (one.decided_at or after, one.appeal_id)))


def component_titles(policy: Policy) -> Mapping[str, str]:
    """Key of a component of the course grade, or of a part of one → what it is called."""
    return {one.key: one.title for one in _with_parts(policy.components)}


def _granted(one: AppealView) -> Granted:
    kind, _, target = one.about.partition(":")
    return Granted(
        key=(GroundKind(kind), target),
        words=f"appeal {one.state}: {' '.join(one.reason.split())}",
        mistake_id=one.mistake_id,
        finding_id=one.finding_id,
    )


def _with_parts(components: Iterable[Component]) -> Iterator[Component]:
    for one in components:
        yield one
        yield from _with_parts(one.parts)
