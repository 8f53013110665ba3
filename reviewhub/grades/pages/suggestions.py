"""What a grader makes of suggested matches on the desk."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.grades import suggesting
from reviewhub.grades.evidence import Strength
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.matching import Pair
from reviewhub.grades.pages.decisions import Way, decide
from reviewhub.grades.pages.room import blueprint
from reviewhub.web import current_actor, needs, now, writing

ID_LENGTH = 40


@blueprint.post("/c/<course>/grading/<key>/suggestions")
@needs(Action.GRADE, grading_facts)
def confirm_suggestions(course: str, key: str) -> ResponseReturnValue:
    """Match the ticked findings with the mistakes suggested for them: all of them, or none."""
    pairs = [_pair(one) for one in request.form.getlist("pair")]
    strength = Strength.PARTIAL if request.form.get("strength") == Strength.PARTIAL else Strength.FULL
    many = "Matched." if len(pairs) == 1 else f"{len(pairs)} findings matched."
    way = Way(done=many if strength is Strength.FULL else "Matched in part.", item=pairs[0][0] if pairs else "")
    return decide(course, key, suggesting.confirm_suggestions, way, pairs=pairs, strength=strength)


@blueprint.post("/c/<course>/grading/<key>/suggestions/deny")
@needs(Action.GRADE, grading_facts)
def deny_suggestion(course: str, key: str) -> ResponseReturnValue:
    """Say that a finding is not the mistake suggested."""
    pair = _pair(request.form.get("pair", ""))
    return decide(course, key, suggesting.deny_suggestion, Way(done="Not suggested again.", item=pair[0]), pair=pair)


@blueprint.post("/c/<course>/grading/<key>/suggestions/undo")
@needs(Action.GRADE, grading_facts)
def undo_suggestion(course: str, key: str) -> ResponseReturnValue:
    """Take the answer to a suggestion back."""
    pair = _pair(request.form.get("pair", ""))
    return decide(course, key, suggesting.undo_suggestion, Way(done="Taken back.", item=pair[0]), pair=pair)


@blueprint.post("/c/<course>/grading/<key>/suggestions/shown")
@needs(Action.GRADE, grading_facts)
def log_suggestions(course: str, key: str) -> ResponseReturnValue:
    """Keep what the desk suggests now, as it is shown first: how often suggestions are right is told from this."""
    with writing() as session:
        suggesting.log_suggestions(session, actor=current_actor(), now=now(), course=course, key=key)
    return "", 204


def _pair(given: str) -> Pair:
    finding_id, _, mistake_id = given.partition(":")
    return finding_id[:ID_LENGTH], mistake_id[:ID_LENGTH]
