"""The layout's slots: course, navigation, phase line and next deadline, for whoever reads the page."""

from datetime import tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import g, request, url_for
from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, Facts, Role, allows
from reviewhub.courses.deadlines import moved_deadlines
from reviewhub.courses.facts import find_course, find_enrollment, role_in
from reviewhub.courses.granted import living_grants
from reviewhub.courses.phases import next_deadline, phase_line
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.facts import grades_are_released
from reviewhub.projects.lookup import find_project
from reviewhub.projects.receipt_keys import PublicKey, public_keys
from reviewhub.reviews.burning import burn_downs
from reviewhub.reviews.facts import finding_facts
from reviewhub.reviews.pages.burndowns import burn_down_chart
from reviewhub.reviews.thread_rows import clarification_facts
from reviewhub.web import current_actor, current_facts, now, reading, settings

UTC_ZONE = ZoneInfo("UTC")


class Page(NamedTuple):
    """One entry of a course's navigation: its words, its page, what it needs, and the blueprint it stands for."""

    label: str
    endpoint: str
    action: Action
    also: str = ""
    """Where else in the course it is the current one: how the rest of the address begins."""


NAVIGATION = (
    Page("Home", "home.course_home", Action.SEE_COURSE),
    Page("Projects", "projects.show_projects", Action.SEE_PROJECTS),
    Page("My reviews", "reviews.show_reviews", Action.SEE_OWN_REVIEWS),
    Page("Repository", "projects.show_repository", Action.SEE_REPOSITORY),
    Page("Reviewers", "reviews.show_assignments", Action.ASSIGN_REVIEWERS),
    Page("Progress", "reviews.show_progress", Action.SEE_PROGRESS),
    Page("Grading", "grades.show_grading", Action.GRADE),
    Page("Marks", "grades.show_marks", Action.SEE_GRADEBOOK),
    Page("Grades", "grades.show_grades", Action.SEE_COURSE, "appeals"),
    Page("People", "courses.show_people", Action.SEE_PEOPLE),
    Page("Groups", "courses.show_groups", Action.SEE_PEOPLE),
    Page("Course file", "courses.show_settings", Action.SEE_COURSE),
)


def course_slots() -> dict[str, Any]:
    """Everything the frame shows about the course that the address names; nothing outside a course."""
    slug = (request.view_args or {}).get("course")
    facts, actor = current_facts(), current_actor()
    if not slug or facts.role is None:
        return {}
    with reading() as session:
        course = find_course(session, slug)
        g.course_zone = course.policy.tzinfo
        moved = moved_deadlines(course.policy, _grants(session, course, actor))
        released = grades_are_released(session, course)
        others = my_courses(session, actor)
    line = phase_line(course.policy, now(), moved=moved, released=released)
    due = next_deadline(course.policy, now(), moved=moved)
    return {
        "course": {
            "slug": course.slug,
            "title": course.title,
            "term": course.term,
            "role": facts.role.value,
            "url": url_for("home.course_home", course=course.slug),
        },
        "courses": [
            (f"{other.title}, {other.term}", url_for("home.course_home", course=other.slug), other.id == course.id)
            for other, _ in others
        ],
        "navigation": navigation(course, facts),
        "phase_line": [{"label": step.title, "state": step.state, "moment": step.ends_at} for step in line],
        "next_deadline": {"label": due.title, "at": due.due_at} if due else None,
    }


def receipt_keys() -> dict[str, Any]:
    """The public keys of receipts, for the page that shows them: asked for only there."""
    return {"receipt_keys": _receipt_keys}


def review_links() -> dict[str, Any]:
    """The ways from a project's page to what is said of it in reviews, and how that goes: asked for only there."""
    return {"review_links": _review_links, "burn_down_of": _burn_down_of}


def _review_links(key: str) -> list[tuple[str, str]]:
    names: dict[str, Any] = {"course": (request.view_args or {})["course"], "key": key}
    pages = (
        ("Findings of the reviewers", "reviews.show_findings", Action.SEE_FINDINGS, finding_facts),
        ("What became of them", "reviews.show_outcomes", Action.SEE_FINDINGS, finding_facts),
        ("Questions of the reviewers", "reviews.show_clarifications", Action.SEE_CLARIFICATIONS, clarification_facts),
    )
    with reading() as session:
        if find_course(session, names["course"]).policy.review is None:
            return []
        return [
            (label, url_for(endpoint, **names))
            for label, endpoint, action, facts_of in pages
            if allows(action, facts_of(session, current_actor(), now(), **names))
        ]


def _burn_down_of(key: str) -> Markup:
    """The burn-down of a project's findings, for who may see them; nothing where there is none."""
    names: dict[str, Any] = {"course": (request.view_args or {})["course"], "key": key}
    with reading() as session:
        if not allows(Action.SEE_FINDINGS, finding_facts(session, current_actor(), now(), **names)):
            return Markup("")
        course = find_course(session, names["course"])
        project = find_project(session, course, key)
        return burn_down_chart(burn_downs(session, course, [project], now())[project.id])


def _receipt_keys() -> list[PublicKey]:
    with reading() as session:
        return public_keys(session, settings())


def _grants(session: Session, course: Course, actor: Actor) -> Any:
    enrollment = find_enrollment(session, course, actor)
    return living_grants(session, course=course, enrollment=enrollment) if enrollment else ()


# What stands under Grading, by its address: the tabs of that page lead there. Without peer review it is Marks.
_UNDER_GRADING = ("marks", "statuses", "fails")


def navigation(course: Course, facts: Facts) -> list[tuple[str, str, bool, None]]:
    """The course's pages that these facts may open, with the current one marked."""
    skips = {"grades.show_marks" if course.policy.is_peer_reviewed else "grades.show_grading"}
    if facts.is_staff or facts.role is Role.OBSERVER:
        skips.add("reviews.show_reviews")
    here = _page_above(course)
    pages = [page for page in NAVIGATION if allows(page.action, facts) and page.endpoint not in skips]
    urls = {page: url_for(page.endpoint, course=course.slug) for page in pages}
    home = url_for("home.course_home", course=course.slug)
    begun = [url for page, url in urls.items() if here.startswith((url, f"{home}{page.also}") if page.also else url)]
    current = max(begun, key=len, default="")
    labels = {} if allows(Action.MANAGE_COURSE, facts) else {"courses.show_settings": "Rules"}
    return [(labels.get(page.endpoint, page.label), urls[page], urls[page] == current, None) for page in pages]


def _page_above(course: Course) -> str:
    """The address of the page that is open, or of the one it stands under."""
    part = request.path.removeprefix(f"/c/{course.slug}/").partition("/")[0]
    if part not in _UNDER_GRADING:
        return request.path
    return url_for("grades.show_grading" if course.policy.is_peer_reviewed else "grades.show_marks", course=course.slug)


# Asked for every page, so that it is put together once.
_MY_COURSES = (
    select(Course, Enrollment)
    .join(Enrollment, Enrollment.course_id == Course.id)
    .where(Enrollment.user_id == bindparam("user_id"), Enrollment.left_at.is_(None))
    .order_by(Course.created_at.desc(), Course.slug)
)


def my_courses(session: Session, actor: Actor) -> list[tuple[Course, Role]]:
    """The courses the actor is in, the newest first; while looking as somebody, only those one may look into."""
    rows = session.execute(_MY_COURSES, {"user_id": actor.user_id}).all()
    if actor.looking_for_id is None:
        return [(course, Role(enrollment.role)) for course, enrollment in rows]
    return [(course, role) for course, _ in rows if (role := role_in(session, course, actor)) is not None]


def zone() -> tzinfo:
    """The zone moments are shown in: the course's, outside a course UTC."""
    found = g.get("course_zone")
    if found is None:
        g.course_zone = found = _zone_of_address()
    return found if isinstance(found, tzinfo) else UTC_ZONE


def _zone_of_address() -> tzinfo:
    slug = (request.view_args or {}).get("course") if request else None
    if not slug:
        return UTC_ZONE
    with reading() as session:
        course = session.scalar(select(Course).where(Course.slug == slug))
    return course.policy.tzinfo if course else UTC_ZONE
