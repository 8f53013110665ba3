"""The gradebook of the staff, the release of the grades, and a student's way to their own."""

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action, Role, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Problem
from reviewhub.grades import releasing
from reviewhub.grades.explaining import explain_released
from reviewhub.grades.facts import grading_facts, latest_release
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.story import story_page
from reviewhub.grades.reading import Gradebook, read_gradebook
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.charts import dot_chart

LEAST_SPREAD = 5


@blueprint.get("/c/<course>/grades")
@needs(Action.SEE_COURSE, grading_facts)
def show_grades(course: str) -> ResponseReturnValue:
    """The gradebook for the staff; for a student their own grades, once they are released."""
    if allows(Action.SEE_GRADEBOOK, current_facts()):
        return _gradebook(course)
    with reading() as session:
        row = find_course(session, course)
        mine = find_enrollment(session, row, current_actor())
        if not allows(Action.SEE_OWN_GRADES, current_facts()) or mine is None or mine.role != Role.STUDENT:
            released = current_facts().grades_released
            expected = None if released else row.policy.deadlines.grading
            return render("grades/not_released.html", released=released, expected=expected)
        story = explain_released(session, row, mine)
    return story_page(course, story, row.policy.zone, is_staff=False)


@blueprint.post("/c/<course>/grades/release")
@needs(Action.RELEASE_GRADES, grading_facts)
def release_grades(course: str) -> ResponseReturnValue:
    """Make the grades of the whole course visible."""
    try:
        with writing() as session:
            releasing.release_grades(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                reason=request.form.get("reason", ""),
            )
    except BadInput as fault:
        return _gradebook(course, refused=fault.message, problems=fault.problems), 422
    return back_to("grades.show_grades", course=course, done="The grades are released.")


@blueprint.post("/c/<course>/grades/reopen")
@needs(Action.RELEASE_GRADES, grading_facts)
def reopen_grading(course: str) -> ResponseReturnValue:
    """Open decisions again after a release."""
    reason = request.form.get("reason", "")
    with writing() as session:
        releasing.reopen_grading(session, actor=current_actor(), now=now(), course=course, reason=reason)
    return back_to(
        "grades.show_grades",
        course=course,
        done="Grading is open again. Students go on seeing the released grades until you release anew.",
    )


def _gradebook(course: str, *, refused: str = "", problems: tuple[Problem, ...] = ()) -> str:
    with reading() as session:
        row = find_course(session, course)
        book = read_gradebook(session, row, now())
        release = latest_release(session, row)
    return render(
        "grades/gradebook.html",
        slug=course,
        book=book,
        spread=_spread(book),
        release=release,
        is_graded=row.policy.is_peer_reviewed,
        may_release=allows(Action.RELEASE_GRADES, current_facts()),
        refused=refused,
        problems=problems,
    )


def _spread(book: Gradebook) -> Markup | None:
    """How the grades spread over the class, where it is large enough to say anything."""
    developers = [grade for row in book.students for _, grade in row.projects if grade is not None]
    reviewers = [row.reviewer for row in book.students if row.reviewer is not None]
    if min(len(developers), len(reviewers)) < LEAST_SPREAD:
        return None
    rows = [("As developer", developers), ("As reviewer", reviewers)]
    return dot_chart("How the grades spread", rows, maximum=100)
