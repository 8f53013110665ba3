"""What waits for people about grades: findings to decide on, grades to release, grades to read."""

from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts, Role
from reviewhub.courses.phases import Phase, phase_of
from reviewhub.courses.tables import Course
from reviewhub.grades.facts import latest_release
from reviewhub.grades.queue_rows import read_queue
from reviewhub.web.waiting import Waiting

FRESH = timedelta(days=21)


def waiting(session: Session, *, course: Course, actor: Actor, facts: Facts, now: datetime) -> list[Waiting]:  # noqa: ARG001 - every room's is called alike
    """For the staff what keeps the grades from being released; for students that they are there."""
    release = latest_release(session, course)
    if facts.role is Role.STUDENT:
        if release is None or now > release.at + FRESH:
            return []
        url = url_for("grades.show_grades", course=course.slug)
        return [Waiting(text="Your grades are released: see what they are made of.", url=url, tone="good")]
    if not facts.is_staff or phase_of(course.policy, now) is not Phase.GRADING:
        return []
    if release is not None and release.reopened_at is None:
        return []
    return _for_staff(session, course, now)


def _for_staff(session: Session, course: Course, now: datetime) -> list[Waiting]:
    rows = [row for row in read_queue(session, course, now).rows if row.is_gradable]
    undecided = sum(row.undecided for row in rows)
    open_projects = sum(1 for row in rows if row.undecided or row.waiting)
    due_at = course.policy.deadlines.grading
    if not open_projects:
        url = url_for("grades.show_grades", course=course.slug)
        return [
            Waiting(
                text="Everything is decided: the grades can be released.",
                url=url,
                due_at=due_at,
                tone="accent",
            )
        ]
    projects = "1 project waits" if open_projects == 1 else f"{open_projects} projects wait"
    findings = f", {undecided} findings to decide on" if undecided else ""
    url = url_for("grades.show_grading", course=course.slug)
    return [Waiting(text=f"{projects} for your grading{findings}.", url=url, due_at=due_at, tone="accent")]
