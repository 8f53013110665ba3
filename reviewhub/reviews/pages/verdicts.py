"""The verdicts of the paper-fidelity table while it is filled in; nothing is saved by asking."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.fidelity import COLUMNS, OURS, judge_row
from reviewhub.reviews.forms import LARGEST_CELL, MOST_ROWS
from reviewhub.reviews.pages.room import blueprint
from reviewhub.web import needs


@blueprint.post("/c/<course>/reviews/<review_id>/verdicts")
@needs(Action.READ_REVIEW, review_facts)
def judge_rows(course: str, review_id: str) -> ResponseReturnValue:  # noqa: ARG001 - the right was asked with them
    """Judge rows of four cells each, in the order they were sent; a row without our number has no verdict."""
    cells = [cell[:LARGEST_CELL] for cell in request.form.getlist("cell")][: COLUMNS * MOST_ROWS]
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells) - COLUMNS + 1, COLUMNS)]
    verdicts = [judge_row(row) for row in rows]
    return jsonify([
        {"nearness": verdict.nearness if row[OURS].strip() else "", "words": verdict.words}
        for row, verdict in zip(rows, verdicts, strict=True)
    ])  # fmt: skip
