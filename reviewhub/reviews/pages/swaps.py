"""Swapping reviews: the reviewer's page to ask and to accept, the staff's answers."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.reviews.facts import assignments_facts, review_facts
from reviewhub.reviews.lookup import find_review
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.swap_views import my_swaps
from reviewhub.reviews.swapping import accept_swap, approve_swap, ask_swap, refuse_swap, undo_swap, withdraw_swap
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing


@blueprint.get("/c/<course>/reviews/<review_id>/swap")
@needs(Action.SWAP_REVIEW, review_facts)
def show_swap(course: str, review_id: str) -> ResponseReturnValue:
    """Ask to swap this review, or accept what others ask."""
    with reading() as session:
        rows = find_review(session, course, review_id)
        swaps = my_swaps(session, rows.course, rows.assignment)
    return render("reviews/swap.html", review=rows.review, project=rows.project, swaps=swaps)


@blueprint.post("/c/<course>/reviews/<review_id>/swap")
@needs(Action.SWAP_REVIEW, review_facts)
def ask_to_swap(course: str, review_id: str) -> ResponseReturnValue:
    """Ask."""
    with writing() as session:
        ask_swap(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id,
            wanted_project_id=request.form.get("project_id", ""), reason=request.form.get("reason", ""),
        )  # fmt: skip
    return back_to("reviews.show_swap", course=course, review_id=review_id, done="Your request is open.")


@blueprint.post("/c/<course>/reviews/<review_id>/swaps/<swap_id>/accept")
@needs(Action.SWAP_REVIEW, review_facts)
def accept_a_swap(course: str, review_id: str, swap_id: str) -> ResponseReturnValue:
    """Accept."""
    with writing() as session:
        accept_swap(session, actor=current_actor(), now=now(), course=course, review_id=review_id, swap_id=swap_id)
    return back_to(
        "reviews.show_swap", course=course, review_id=review_id, done="Accepted: it counts once the staff approve it."
    )


@blueprint.post("/c/<course>/reviews/<review_id>/swaps/<swap_id>/withdraw")
@needs(Action.SWAP_REVIEW, review_facts)
def withdraw_a_swap(course: str, review_id: str, swap_id: str) -> ResponseReturnValue:
    """Take back what was asked or accepted."""
    with writing() as session:
        withdraw_swap(session, actor=current_actor(), now=now(), course=course, review_id=review_id, swap_id=swap_id)
    return back_to("reviews.show_swap", course=course, review_id=review_id, done="Taken back.")


@blueprint.post("/c/<course>/swaps/<swap_id>/approve")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def approve_a_swap(course: str, swap_id: str) -> ResponseReturnValue:
    """Let the two change places."""
    with writing() as session:
        approve_swap(session, actor=current_actor(), now=now(), course=course, swap_id=swap_id)
    return back_to("reviews.show_assignments", course=course, done="The two reviews are swapped.", anchor="swaps")


@blueprint.post("/c/<course>/swaps/<swap_id>/refuse")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def refuse_a_swap(course: str, swap_id: str) -> ResponseReturnValue:
    """Say no."""
    with writing() as session:
        refuse_swap(
            session, actor=current_actor(), now=now(), course=course, swap_id=swap_id,
            reason=request.form.get("reason", ""),
        )  # fmt: skip
    return back_to("reviews.show_assignments", course=course, done="The swap is refused.", anchor="swaps")


@blueprint.post("/c/<course>/swaps/<swap_id>/undo")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def undo_a_swap(course: str, swap_id: str) -> ResponseReturnValue:
    """Give both back what they had."""
    with writing() as session:
        undo_swap(session, actor=current_actor(), now=now(), course=course, swap_id=swap_id)
    return back_to("reviews.show_assignments", course=course, done="The swap is undone.", anchor="swaps")
