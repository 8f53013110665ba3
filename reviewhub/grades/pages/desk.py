"""The grading desk of one project: the page, the thing in hand alone, and what a key would move."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.courses.policy import Policy
from reviewhub.errors import BadInput, NotFound, Problem
from reviewhub.grades.cards import Desk, Hand, Shelf
from reviewhub.grades.choosing import merge_choices
from reviewhub.grades.desk import lay_out
from reviewhub.grades.desk_state import DeskState, read_desk_state
from reviewhub.grades.drafting import SEVERITIES, MistakeDraft, read_mistake
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.hand import own_moves, take_in_hand
from reviewhub.grades.pages.desk_places import places_context
from reviewhub.grades.pages.room import blueprint, markdown, reading_url, what_if_url
from reviewhub.grades.second_readings import reading_of
from reviewhub.grades.suggestion_cards import read_suggestions
from reviewhub.reviews.kinds import KIND_WORDS, RESPONSE_TONES, RESPONSE_WORDS, VERDICT_TONES, VERDICT_WORDS
from reviewhub.web import current_actor, is_partial, needs, now, reading, render

PANELS = frozenset({"accept", "reject", "merge", "split", "edit", "separate", "marks", "adjust", "places"})
"""The forms of the thing in hand that stand folded until they are wanted."""

LAID = frozenset({Shelf.FINDINGS, Shelf.MISTAKES})
"""What has a place in the files."""


@blueprint.get("/c/<course>/grading/<key>")
@needs(Action.GRADE, grading_facts)
def show_desk(course: str, key: str) -> ResponseReturnValue:
    """The desk with the first thing to decide in hand, or the one asked for; to htmx that thing alone."""
    opened = request.args.get("open", "")
    context = desk_context(course, key, request.args.get("item", "")[:40], opened=opened if opened in PANELS else "")
    return render("grades/_desk_hand.html" if is_partial() else "grades/desk.html", **context)


@blueprint.get("/c/<course>/grading/<key>/merges/<item>")
@needs(Action.GRADE, grading_facts)
def show_merges(course: str, key: str, item: str) -> ResponseReturnValue:
    """The mistakes that a finding or a mistake may be put together with, each with what that would move."""
    with reading() as session:
        state = read_desk_state(session, course=course, key=key, now=now())
    return render("grades/_desk_merges.html", choices=merge_choices(state, item), slug=course, key=key, item=item)


@blueprint.get("/c/<course>/grading/<key>/moves/<item>")
@needs(Action.GRADE, grading_facts)
def show_moves(course: str, key: str, item: str) -> ResponseReturnValue:
    """What the form would move as it is filled in now; nothing where it cannot be read yet."""
    with reading() as session:
        state = read_desk_state(session, course=course, key=key, now=now())
    try:
        moves = _moves(state, item, draft_in({**request.args, "title": "—"}, state.policy))
    except BadInput as fault:
        moves = dict.fromkeys(("full", "partial", "own", "edit"), " ".join(one.what for one in fault.problems))
    return jsonify(moves)


def _moves(state: DeskState, item: str, draft: MistakeDraft) -> dict[str, str]:
    if item in state.reported:
        return {way.value: way.moves for way in state.foresight.accepting(item, draft)}
    if item in state.mistakes:
        return {"edit": state.foresight.changing(item, draft)}
    return {"own": own_moves(state, draft, 2 if request.args.get("version_in") == "2" else 1)}


def desk_context(
    course: str,
    key: str,
    item: str,
    *,
    opened: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    refused: str = "",
    tells_gone: bool = True,
) -> dict[str, Any]:
    """What the desk's templates are told. `typed` is what a refused form held, `opened` the form it was.

    With `tells_gone` the page says so where what is asked for is not there any more.
    """
    with reading() as session:
        state = read_desk_state(session, course=course, key=key, now=now())
        desk = lay_out(state)
        hand, gone = _hand(state, desk, item)
        suggested = read_suggestions(session, state, hand.item)
        second_reading = reading_of(session, state.project.id)
    me = current_actor().user_id
    return {
        "slug": course,
        "desk": desk,
        "hand": hand,
        "suggested": suggested,
        "key": key,
        "reading": second_reading,
        "opened": opened,
        "typed": typed or {},
        "faults": {one.place: one.what for one in problems},
        "refused": " ".join(filter(None, (refused, gone if tells_gone else ""))),
        "laid": _laid(course, key, hand) if opened == "places" else "",
        "merges": merge_choices(state, hand.item) if opened == "merge" else None,
        "my_last": next((row for row in desk.undo if row.by_id == me), None),
        "others_last": next((row for row in hand.undo if row.by_id != me), None),
        "severities": SEVERITIES,
        "criteria": [(row.key, row.title) for row in desk.policy.rubric],
        "kind_words": KIND_WORDS,
        "answer_words": RESPONSE_WORDS,
        "answer_tones": RESPONSE_TONES,
        "verdict_words": VERDICT_WORDS,
        "verdict_tones": VERDICT_TONES,
        "spot_url": reading_url,
        "what_if_url": what_if_url,
        "markdown": markdown,
        "shelves": Shelf,
    }


def _laid(course: str, key: str, hand: Hand) -> Markup:
    """Both versions of what is in hand, for a page without scripts, which brings them by itself."""
    if hand.shelf not in LAID:
        return Markup("")
    return Markup(render("grades/_desk_places.html", **places_context(course, key, hand.item)))  # noqa: S704 - a template of ours


def _hand(state: DeskState, desk: Desk, item: str) -> tuple[Hand, str]:
    """The thing in hand, and why it is not the one asked for, where that is gone."""
    try:
        return take_in_hand(state, desk, item or desk.first), ""
    except NotFound as fault:
        return take_in_hand(state, desk, desk.first), fault.message


def draft_in(form: Mapping[str, str], policy: Policy, prefix: str = "") -> MistakeDraft:
    """A mistake as a form holds it."""

    def given(name: str) -> str:
        return form.get(prefix + name, "")

    try:
        return read_mistake(
            policy,
            title=given("title"),
            severity=given("severity"),
            criterion=given("criterion"),
            text=given("text"),
            points=given("points"),
            detectable=given("hidden") != "yes",
            verdict=given("verdict"),
        )
    except BadInput as fault:
        renamed = (Problem(place=prefix + one.place, what=one.what, hint=one.hint) for one in fault.problems)
        raise BadInput(fault.message, tuple(renamed)) from fault
