"""Who decided what stands in a project, and when last: for a second reader, and for whoever looks who is at work."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

from reviewhub.grades.gathering import Gathered

Deciders = Mapping[str, datetime]
"""User id → when they last decided something that stands."""


def deciders_in(gathered: Gathered) -> Mapping[str, Deciders]:
    """Project id → who decided there, from rows already read."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for project_id, by_id, at in chain(_on_findings(gathered), _on_mistakes(gathered), _on_people(gathered)):
        if project_id:
            found[project_id][by_id] = max(at, found[project_id].get(by_id, at))
    return found


Step = tuple[str, str, datetime]
"""project_id, user_id, when."""


def _on_findings(gathered: Gathered) -> Iterator[Step]:
    project_of = {
        finding["finding_id"]: project_id
        for project_id, rows in gathered.assignments.items()
        for assignment in rows
        if (edition := gathered.editions.get(assignment.id))
        for finding in edition.content["findings"]
    }
    for finding_id, decision in gathered.decisions.items():
        yield project_of.get(finding_id, ""), decision.decided_by_id, decision.at
    for project_id, matches in gathered.matches.items():
        for match in matches:
            yield project_id, match.decided_by_id, match.at


def _on_mistakes(gathered: Gathered) -> Iterator[Step]:
    for project_id, mistakes in gathered.mistakes.items():
        for row in mistakes:
            yield project_id, row.recorded_by_id, row.recorded_at
            if row.changed_by_id and row.changed_at:
                yield project_id, row.changed_by_id, row.changed_at
            verdict = gathered.verdicts.get(row.id)
            if verdict:
                yield project_id, verdict.decided_by_id, verdict.at


def _on_people(gathered: Gathered) -> Iterator[Step]:
    for project_id, rows in gathered.assignments.items():
        for assignment in rows:
            edition = gathered.editions.get(assignment.id)
            for mark in gathered.marks.get(edition.review_id, ()) if edition else ():
                yield project_id, mark.decided_by_id, mark.at
    for project_id, adjustments in gathered.adjustments.items():
        for adjustment in adjustments:
            yield project_id, adjustment.decided_by_id, adjustment.at
