"""The staff's page of assignments: dry run with picture and reasons, apply, undo, release, add, conflicts."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, NotFound
from reviewhub.reviews.assigning import apply_run, find_run, run_assignment, undo_run
from reviewhub.reviews.board import load_board, review_progress
from reviewhub.reviews.drawing import draw_assignment
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.listing import load_partners
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.reassigning import (
    add_assignment,
    move_assignment,
    release_assignment,
    release_drop_out,
    revoke_conflict,
    state_conflict,
    take_back_release,
)
from reviewhub.reviews.releasing import release_reviews, withhold_reviews
from reviewhub.reviews.swap_views import load_swaps
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing


@blueprint.get("/c/<course>/assignments")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def show_assignments(course: str) -> ResponseReturnValue:
    """Who reviews what, with each review's state; a dry run (`?run=`) beside it."""
    with reading() as session:
        row = find_course(session, course)
        board = load_board(session, row)
        run = find_run(session, row, request.args["run"]) if request.args.get("run") else None
        swaps = [] if run else load_swaps(session, row)
        partners = 0 if run else len(load_partners(session, row))
    shown = [(project.id, project.key) for project in board.projects]
    return render(
        "reviews/assignments.html",
        policy=row.policy,
        board=board,
        run=run,
        run_rows=board.run_rows(run) if run else [],
        run_loads=board.run_loads(run) if run else [],
        swaps=swaps,
        partners=partners,
        picture=draw_assignment(shown, board.seats, board.run_pairs(run) if run else board.pairs),
        progress=review_progress(board.rows, now()),
        answer_open=row.policy.review is not None and row.policy.review.release == "by_hand",
    )


@blueprint.post("/c/<course>/assignments/runs")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def make_run(course: str) -> ResponseReturnValue:
    """Make a dry run and show it."""
    with writing() as session:
        run = run_assignment(
            session, actor=current_actor(), now=now(), course=course, each=_number("each"), seed=_number("seed")
        )
    return redirect(url_for("reviews.show_assignments", course=course, run=run.id), 303)


@blueprint.post("/c/<course>/assignments/runs/<run_id>/apply")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def apply(course: str, run_id: str) -> ResponseReturnValue:
    """Assign as the dry run says."""
    with writing() as session:
        apply_run(session, actor=current_actor(), now=now(), course=course, run_id=run_id)
    return back_to("reviews.show_assignments", course=course, done="The reviewers are assigned.")


@blueprint.post("/c/<course>/assignments/runs/<run_id>/undo")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def undo(course: str, run_id: str) -> ResponseReturnValue:
    """Take an applied dry run back."""
    with writing() as session:
        undo_run(session, actor=current_actor(), now=now(), course=course, run_id=run_id)
    return back_to("reviews.show_assignments", course=course, done="The assignment is undone.")


@blueprint.get("/c/<course>/assignments/<assignment_id>")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def show_assignment(course: str, assignment_id: str) -> ResponseReturnValue:
    """One assignment: why it was made, how far its review is, and the way to release the reviewer."""
    with reading() as session:
        board = load_board(session, find_course(session, course))
    found = next((one for one in (*board.rows, *board.released) if one.assignment.id == assignment_id), None)
    if found is None:
        raise NotFound("There is no such assignment in this course.")
    return render("reviews/assignment.html", row=found, projects=board.projects)


@blueprint.post("/c/<course>/assignments/<assignment_id>/release")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def release(course: str, assignment_id: str) -> ResponseReturnValue:
    """Release a reviewer from this review, or with `every` a drop-out from all that is not handed in."""
    release_from = release_drop_out if request.form.get("every") else release_assignment
    with writing() as session:
        release_from(
            session, actor=current_actor(), now=now(), course=course, assignment_id=assignment_id,
            reason=request.form.get("reason", ""),
        )  # fmt: skip
    return back_to("reviews.show_assignments", course=course, done="The reviewer is released.", anchor="released")


@blueprint.post("/c/<course>/assignments/<assignment_id>/take-back")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def take_back(course: str, assignment_id: str) -> ResponseReturnValue:
    """Undo a release."""
    with writing() as session:
        take_back_release(session, actor=current_actor(), now=now(), course=course, assignment_id=assignment_id)
    return back_to("reviews.show_assignments", course=course, done="The reviewer is assigned again.")


@blueprint.post("/c/<course>/assignments")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def add(course: str) -> ResponseReturnValue:
    """Assign one pair by hand."""
    with writing() as session:
        add_assignment(
            session, actor=current_actor(), now=now(), course=course, reviewer_id=request.form.get("reviewer_id", ""),
            project_id=request.form.get("project_id", ""), practice=bool(request.form.get("practice")),
        )  # fmt: skip
    return back_to("reviews.show_assignments", course=course, done="The reviewer is assigned.")


@blueprint.post("/c/<course>/assignments/<assignment_id>/move")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def move(course: str, assignment_id: str) -> ResponseReturnValue:
    """Give the reviewer another project instead."""
    with writing() as session:
        made = move_assignment(
            session, actor=current_actor(), now=now(), course=course, assignment_id=assignment_id,
            project_id=request.form.get("project_id", ""),
        )  # fmt: skip
    return back_to("reviews.show_assignment", course=course, assignment_id=made.id, done="The reviewer is moved.")


@blueprint.post("/c/<course>/conflicts")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def add_conflict(course: str) -> ResponseReturnValue:
    """State a conflict or forbid a pair."""
    form = request.form
    with writing() as session:
        state_conflict(
            session, actor=current_actor(), now=now(), course=course, enrollment_id=form.get("enrollment_id", ""),
            project_id=form.get("project_id", ""), kind=form.get("kind", ""), reason=form.get("reason", ""),
        )  # fmt: skip
    return back_to("reviews.show_assignments", course=course, done="The conflict is recorded.", anchor="conflicts")


@blueprint.post("/c/<course>/conflicts/<conflict_id>/revoke")
@needs(Action.ASSIGN_REVIEWERS, assignments_facts)
def remove_conflict(course: str, conflict_id: str) -> ResponseReturnValue:
    """Take a conflict back."""
    with writing() as session:
        revoke_conflict(session, actor=current_actor(), now=now(), course=course, conflict_id=conflict_id)
    return back_to("reviews.show_assignments", course=course, done="The conflict is taken back.", anchor="conflicts")


@blueprint.post("/c/<course>/reviews/release")
@needs(Action.RELEASE_REVIEWS, assignments_facts)
def release_all(course: str) -> ResponseReturnValue:
    """Let the developers see every review handed in so far."""
    with writing() as session:
        count = release_reviews(session, actor=current_actor(), now=now(), course=course)
    return back_to("reviews.show_assignments", course=course, done=f"Reviews released to their developers: {count}.")


@blueprint.post("/c/<course>/reviews/withhold")
@needs(Action.RELEASE_REVIEWS, assignments_facts)
def withhold_all(course: str) -> ResponseReturnValue:
    """Take the release of the reviews back."""
    with writing() as session:
        count = withhold_reviews(session, actor=current_actor(), now=now(), course=course)
    return back_to(
        "reviews.show_assignments", course=course, done=f"Reviews taken back from their developers: {count}."
    )


def _number(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - nine digits are any seed
        raise BadInput("Write a whole number.")
    return int(text)
