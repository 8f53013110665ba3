"""What takes a decision back, from the form of its undo button."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from reviewhub.errors import NotFound
from reviewhub.grades import grading, marking, rearranging
from reviewhub.grades.evidence import Verdict


def undo_way(form: Mapping[str, str]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The verb that takes this decision back, and what it is asked; NotFound where there is no such kind."""
    target, seen = form.get("target", "")[:40], form.get("seen", "")
    ways: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "finding": (grading.undo_finding, {"finding_id": target, "seen": seen}),
        "mistake": (grading.undo_mistake, {"mistake_id": target, "seen": seen}),
        "change": (grading.undo_change, {"mistake_id": target, "seen": seen}),
        "verdict": (
            marking.set_verdict,
            {"mistake_id": target, "verdict": None, "seen": Verdict(seen) if seen in set(Verdict) else None},
        ),
        "marks": (marking.mark_quality, {"review_id": target, **_no_marks(seen)}),
        "adjustment": (marking.undo_adjustment, {"adjustment_id": target}),
        "rearrangement": (rearranging.undo_rearrangement, {"rearrangement_id": target}),
    }
    way = ways.get(form.get("kind", ""))
    if way is None:
        msg = "There is nothing of this kind to undo."
        raise NotFound(msg)
    return way


def _no_marks(seen: str) -> dict[str, dict[str, str]]:
    """The marks that were seen, and none in their place."""
    try:
        known = json.loads(seen) if seen else {}
    except ValueError:
        known = {}
    marks = {str(row): str(mark) for row, mark in known.items()} if isinstance(known, dict) else {}
    return {"marks": dict.fromkeys(marks, ""), "seen": marks}
