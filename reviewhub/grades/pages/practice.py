"""Practising to review: the staff open it and see who did how well; each reviewer sees their own result afterwards."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.extending import read_local_moment
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.evidence import Strength
from reviewhub.grades.facts import practice_facts
from reviewhub.grades.pages.room import blueprint, markdown, spot_url
from reviewhub.grades.practice_views import practice_projects, practice_result, projects_to_choose
from reviewhub.grades.practising import judge_practice_finding, open_practice
from reviewhub.reviews.lookup import find_review
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, settings, writing


@blueprint.get("/c/<course>/assignments/practice")
@needs(Action.ASSIGN_REVIEWERS, course_facts)
def show_practice(course: str) -> ResponseReturnValue:
    """Who practised, how well, and the form to open practising."""
    return _practice_page(course)


@blueprint.post("/c/<course>/assignments/practice")
@needs(Action.ASSIGN_REVIEWERS, course_facts)
def start_practice(course: str) -> ResponseReturnValue:
    """Let everybody practise on a project until a moment."""
    form = request.form
    try:
        with writing() as session:
            until = read_local_moment(find_course(session, course).policy, form.get("until", ""))
            open_practice(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                key=form.get("key", ""),
                until=until,
                mirrors=settings().mirrors,
            )
    except (BadInput, Conflict) as fault:
        return _practice_page(course, refused=fault.message), 422
    return back_to("grades.show_practice", course=course, done="Everybody can practise on it now.")


@blueprint.get("/c/<course>/reviews/<review_id>/practice")
@needs(Action.SEE_PRACTICE, practice_facts)
def show_practice_result(course: str, review_id: str) -> ResponseReturnValue:
    """How one practice review did: what was found, what was missed, what that would have cost."""
    with reading() as session:
        result = practice_result(session, find_review(session, course, review_id), now())
    return render(
        "grades/practice_result.html",
        slug=course,
        review_id=review_id,
        result=result,
        may_judge=allows(Action.GRADE, current_facts()),
        strengths=[(Strength.FULL.value, "Fully"), (Strength.PARTIAL.value, "In part")],
        spot_url=spot_url,
        markdown=markdown,
    )


@blueprint.post("/c/<course>/reviews/<review_id>/practice/<finding_id>")
@needs(Action.GRADE, practice_facts)
def judge_finding(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Say which known mistake a practice finding names."""
    given = request.form.get("strength", "")
    with writing() as session:
        judge_practice_finding(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            review_id=review_id,
            finding_id=finding_id,
            mistake_id=request.form.get("mistake", ""),
            strength=Strength.PARTIAL if given == Strength.PARTIAL else Strength.FULL,
        )
    return back_to(
        "grades.show_practice_result", course=course, review_id=review_id, done="Saved.", anchor=f"finding-{finding_id}"
    )


def _practice_page(course: str, *, refused: str = "") -> str:
    with reading() as session:
        row = find_course(session, course)
        projects = practice_projects(session, row, now())
        choices = [(one.key, one.key) for one in projects_to_choose(session, row)]
    return render(
        "grades/practice.html",
        slug=course,
        projects=projects,
        choices=choices,
        typed=request.form,
        refused=refused,
    )
