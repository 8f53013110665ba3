"""The gradebook of the staff, the release of the grades, and a student's way to their own."""

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action, Role, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Problem
from reviewhub.grades import releasing
from reviewhub.grades.explaining import explain_released
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.gradebook import SHOWN, Asked, Gradebook, read_gradebook, tens_of
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.story import story_page
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.charts import bar_chart, histogram

LEAST_SPREAD = 5
LONGEST_WORDS = 100
MANY_DIGITS = 7


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
        story = explain_released(session, row, mine, now())
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
        book = read_gradebook(session, row, now(), _asked())
    policy = row.policy
    return render(
        "grades/gradebook.html",
        slug=course,
        book=book,
        spreads=_spreads(book, has_letters=bool(policy.letters)),
        shown=SHOWN,
        components=policy.components,
        has_letters=bool(policy.letters),
        is_peer_reviewed=policy.is_peer_reviewed,
        is_graded=policy.is_peer_reviewed or bool(policy.components),
        may_release=allows(Action.RELEASE_GRADES, current_facts()),
        refused=refused,
        problems=problems,
    )


def _asked() -> Asked:
    """What the address asks for; what nobody could ask for is left out."""
    args = request.args
    page = args.get("page", "")
    return Asked(
        words=args.get("words", "")[:LONGEST_WORDS],
        show=show if (show := args.get("show", "")) in SHOWN else "",
        sort=args.get("sort", "name")[:LONGEST_WORDS],
        is_down=args.get("down") == "yes",
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < MANY_DIGITS else 1,
    )


def _spreads(book: Gradebook, *, has_letters: bool) -> list[Markup]:
    """How the grades spread over the class, where it is large enough to say anything."""
    charts = []
    if has_letters and any(book.letters.values()):
        charts.append(bar_chart("Letters", list(book.letters), list(book.letters.values())))
    for title, values in (
        ("Course grades", book.totals),
        ("Grades as developer", book.developers),
        ("Grades as reviewer", book.reviewers),
    ):
        if len(values) >= LEAST_SPREAD:
            charts.append(histogram(title, tens_of(values)))
    return charts
