"""Errors to pages, mapped once: what happened, who must act, what to do next."""

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from reviewhub.errors import (
    BadInput,
    Conflict,
    Misconfigured,
    NotAllowed,
    NotFound,
    OutsideFailed,
    ReviewHubError,
    SignInNeeded,
)
from reviewhub.web.context import PageFault
from reviewhub.web.rendering import render

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a family of errors means on the screen."""

    status: int
    title: str
    who: str
    next_step: str


MEANINGS: dict[type[ReviewHubError], Meaning] = {
    BadInput: Meaning(
        status=422,
        title="That cannot be saved yet",
        who="You can mend this.",
        next_step="Go back, change what is named here, and send it again. Nothing was changed.",
    ),
    NotAllowed: Meaning(
        status=403,
        title="You may not do this",
        who="The staff of your course decide who may.",
        next_step="If you think you should be able to, write to the instructor.",
    ),
    NotFound: Meaning(
        status=404,
        title="There is nothing here for you",
        who="Check the address first.",
        next_step="Go to the start page and find it from there.",
    ),
    Conflict: Meaning(
        status=409,
        title="The situation has changed",
        who="You can go on from the current state.",
        next_step="Open the page again and look at what is there now. Nothing was lost.",
    ),
    OutsideFailed: Meaning(
        status=502,
        title="Another server did not answer",
        who="Nobody has to act at once; it is tried again.",
        next_step="If it stays like this, tell the instructor.",
    ),
    Misconfigured: Meaning(
        status=500,
        title="ReviewHub is not set up for this",
        who="The administrator must act.",
        next_step="Send the administrator this sentence.",
    ),
}
OUR_FAULT = Meaning(
    status=500,
    title="Something broke on our side",
    who="The administrator must act; the log has the details.",
    next_step="Try again in a moment. What you typed is still on the page before this one.",
)


def map_faults(app: Flask) -> None:
    """Register the error pages with `app`."""
    app.register_error_handler(ReviewHubError, show_fault)
    app.register_error_handler(HTTPException, show_http_fault)
    app.register_error_handler(Exception, show_our_fault)


def meaning_of(fault: ReviewHubError) -> Meaning:
    """The meaning of the nearest family that the fault belongs to."""
    for family in type(fault).__mro__:
        if family in MEANINGS:
            return MEANINGS[family]
    return OUR_FAULT


def show_fault(fault: ReviewHubError) -> ResponseReturnValue:
    """Show the page of one of our errors; a stranger goes to the sign-in page and comes back afterwards."""
    if isinstance(fault, SignInNeeded) and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    if isinstance(fault, SignInNeeded):
        meaning = Meaning(
            status=401, title="Please sign in", who="You can go on after signing in.", next_step="Sign in first."
        )
    elif isinstance(fault, PageFault):
        meaning = Meaning(
            status=fault.status,
            title=HTTPStatus(fault.status).phrase,
            who="You can try again from the page itself.",
            next_step="Open the page again.",
        )
    else:
        meaning = meaning_of(fault)
    problems = fault.problems if isinstance(fault, BadInput) else ()
    return _page(meaning, fault.message, problems)


def show_http_fault(fault: HTTPException) -> ResponseReturnValue:
    """Show werkzeug's own refusals (no such address, too large, wrong method) in our words."""
    status = fault.code or 500
    if fault.response is not None or status < 400:
        return fault.get_response()
    sentence = {
        404: "There is no page at this address.",
        405: "This address does not take that kind of request.",
        413: "That is larger than this installation takes.",
        400: "The request could not be read.",
    }.get(status, fault.description or HTTPStatus(status).phrase)
    meaning = Meaning(
        status=status,
        title=HTTPStatus(status).phrase,
        who="Check the address first." if status == 404 else "You can try again.",
        next_step="Go to the start page and find it from there.",
    )
    return _page(meaning, sentence)


def show_our_fault(fault: Exception) -> ResponseReturnValue:
    """Log what nobody foresaw and show a page that says so, without its details."""
    log.error("unforeseen error", route=request.url_rule.rule if request.url_rule else "none", exc_info=fault)
    return _page(OUR_FAULT, "The page could not be made.", with_slots=False)


def _page(
    meaning: Meaning, sentence: str, problems: tuple[object, ...] = (), *, with_slots: bool = True
) -> ResponseReturnValue:
    """The error's page; without the frame's slots where filling them may be what broke."""
    make = render if with_slots else render_template
    return make("web/error.html", meaning=meaning, sentence=sentence, problems=problems), meaning.status
