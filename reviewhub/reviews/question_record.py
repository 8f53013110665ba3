"""The question of an assignment as plain values that can be stored, sent, hashed and asked again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from reviewhub.errors import BadInput
from reviewhub.reviews.assignment import AssignmentQuestion, Pair, ReviewedProject, Reviewer, Wish

FORM = 2
"""Of the record; a record of another form is refused, never guessed at."""


def record_question(question: AssignmentQuestion) -> dict[str, Any]:
    """Return the question as JSON values, the same for any order of the roster.

    The names stand in it because the words of a refusal need them; the digest leaves them out.
    """
    return {
        "form": FORM,
        "each": question.each,
        "seed": question.seed,
        "avoid_reciprocal": question.avoid_reciprocal,
        "projects": sorted([project.project_id, project.key] for project in question.projects),
        "forbidden": sorted([pair.reviewer_id, pair.project_id] for pair in question.forbidden),
        "fixed": sorted([pair.reviewer_id, pair.project_id] for pair in question.fixed),
        "reviewers": sorted((_record_reviewer(one) for one in question.reviewers), key=lambda row: str(row["id"])),
    }


def _record_reviewer(reviewer: Reviewer) -> dict[str, Any]:
    return {
        "id": reviewer.reviewer_id,
        "name": reviewer.name,
        "own": sorted(reviewer.own),
        "former": sorted(reviewer.former),
        "partners": sorted(reviewer.partners),
        "conflicts": sorted(reviewer.conflicts),
        "wishes": {project_id: wish.value for project_id, wish in sorted(reviewer.wishes.items())},
    }


def read_question(record: Mapping[str, Any]) -> AssignmentQuestion:
    """Return the question that `record_question` wrote; BadInput where it is no such record."""
    if record.get("form") != FORM:
        msg = "This is no recorded question of an assignment, or one of another version of the program."
        raise BadInput(msg)
    try:
        return AssignmentQuestion(
            reviewers=tuple(_read_reviewer(row) for row in record["reviewers"]),
            projects=tuple(ReviewedProject(project_id=one, key=key) for one, key in record["projects"]),
            each=int(record["each"]),
            forbidden=frozenset(Pair(reviewer_id=who, project_id=one) for who, one in record["forbidden"]),
            fixed=frozenset(Pair(reviewer_id=who, project_id=one) for who, one in record["fixed"]),
            seed=int(record["seed"]),
            avoid_reciprocal=bool(record["avoid_reciprocal"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        msg = "The recorded question of this assignment is not whole."
        raise BadInput(msg) from fault


def _read_reviewer(row: Mapping[str, Any]) -> Reviewer:
    return Reviewer(
        reviewer_id=row["id"],
        name=row["name"],
        own=frozenset(row["own"]),
        former=frozenset(row["former"]),
        partners=frozenset(row["partners"]),
        conflicts=frozenset(row["conflicts"]),
        wishes={project_id: Wish(wish) for project_id, wish in row["wishes"].items()},
    )


def input_digest(question: AssignmentQuestion) -> str:
    """Return the sha256 (hex) of the canonical JSON of the question without names, in any order of the roster."""
    content = record_question(question)
    for row in content["reviewers"]:
        del row["name"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
