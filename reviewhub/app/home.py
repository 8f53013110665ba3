"""The start pages: all of a person's courses, and one course, each beginning with what needs the person now."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.reading import latest_events
from reviewhub.accounts.rights import Action, Role, allows
from reviewhub.app import slots
from reviewhub.app.cards import own_project, project_rows
from reviewhub.courses import waiting as courses_waiting
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.phases import PHASE_TITLES, phase_of
from reviewhub.courses.tables import Course
from reviewhub.grades import waiting as grades_waiting
from reviewhub.projects import waiting as projects_waiting
from reviewhub.reviews import waiting as reviews_waiting
from reviewhub.web import current_actor, current_facts, needs, now, reading, render
from reviewhub.web.waiting import Waiting, most_urgent_first

blueprint = Blueprint("home", __name__)

WAITING = (courses_waiting.waiting, projects_waiting.waiting, reviews_waiting.waiting, grades_waiting.waiting)
LATEST = 8


@blueprint.get("/")
@needs(Action.VISIT)
def home() -> ResponseReturnValue:
    """What needs the person now, course by course; a stranger is asked to sign in."""
    actor = current_actor()
    if actor.user_id is None:
        return redirect(url_for("accounts.sign_in"), 303)
    with reading() as session:
        mine = slots.my_courses(session, actor)
        cards = [_card(session, course, role) for course, role in mine]
    if not cards:
        return render("accounts/no_courses.html")
    if len(cards) == 1:
        return redirect(cards[0]["url"], 303)
    return render("web/home.html", courses=sorted(cards, key=lambda card: not card["needs"]))


def _card(session: Session, course: Course, role: Role) -> dict[str, Any]:
    phase = phase_of(course.policy, now())
    return {
        "title": course.title,
        "term": course.term,
        "role": role.value,
        "url": url_for("home.course_home", course=course.slug),
        "needs": waiting_in(session, course),
        "phase": PHASE_TITLES[phase] if phase else "",
    }


def waiting_in(session: Session, course: Course) -> list[Waiting]:
    """What waits for the actor in this course, from every room."""
    actor = current_actor()
    facts = course_facts(session, actor, now(), course=course.slug)
    found = [
        thing for waiting in WAITING for thing in waiting(session, course=course, actor=actor, facts=facts, now=now())
    ]
    return most_urgent_first(found)


@blueprint.get("/c/<course>/")
@needs(Action.SEE_COURSE, course_facts)
def course_home(course: str) -> ResponseReturnValue:
    """One course: what needs the person, their project, the semester, what happened last."""
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        page: dict[str, Any] = {
            "needs": waiting_in(session, row),
            "own_project": own_project(session, course=row, actor=current_actor(), now=now()),
            "projects": project_rows(session, course=row, facts=facts),
            "projects_url": url_for("projects.show_projects", course=course),
        }
        if allows(Action.SEE_EVENTS, facts):
            page["events"] = latest_events(session, course_id=row.id, most=LATEST)
            page["events_url"] = url_for("home.show_events", course=course)
    return render("courses/home.html", **page)


@blueprint.get("/c/<course>/events")
@needs(Action.SEE_EVENTS, course_facts)
def show_events(course: str) -> ResponseReturnValue:
    """Everything that happened in the course: who, what, when."""
    with reading() as session:
        row = find_course(session, course)
        events = latest_events(session, course_id=row.id, most=500)
    return render("courses/events.html", events=events)
