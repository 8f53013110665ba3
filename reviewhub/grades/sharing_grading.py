"""Who grades which project and who reads it second, as the instructor says beforehand. It binds nobody."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Role, require
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import BadInput
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.grader_shares import Task, shared_out
from reviewhub.grades.second_reading_tables import GraderShare
from reviewhub.grades.standing import end, grader_id_of, let_stand
from reviewhub.projects.tables import Project


def assign_grader(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    keys: Collection[str],
    task: Task,
    grader_id: str,
) -> int:
    """Say who grades these projects, or who reads them second ("" for nobody); give how many changed.

    BadInput where one person would do both for a project.
    """
    found = _course(session, actor, now, course)
    if grader_id and grader_id not in staff_of(session, found):
        msg = "Choose somebody of the staff."
        raise BadInput(msg)
    projects = _projects(session, found, keys)
    if not projects:
        msg = "Choose at least one project."
        raise BadInput(msg)
    other = _shares(session, found, Task.READS if task is Task.GRADES else Task.GRADES)
    both = sorted(project.key for project in projects if grader_id and other.get(project.id) == grader_id)
    if both:
        msg = f"One person cannot both grade a project and read it second: {', '.join(both)}."
        raise BadInput(msg)
    wanted = dict.fromkeys((project.id for project in projects), grader_id)
    return _give(session, actor, now, found, task, wanted)


def share_out_grading(session: Session, *, actor: Actor, now: datetime, course: str, task: Task) -> int:
    """Give each project that has none yet somebody of the staff, as evenly as it goes; give how many got one."""
    found = _course(session, actor, now, course)
    staff = list(staff_of(session, found))
    given = _shares(session, found, task)
    barred = _shares(session, found, Task.READS if task is Task.GRADES else Task.GRADES)
    projects = [project.id for project in _projects(session, found)]
    return _give(session, actor, now, found, task, shared_out(projects, staff, given, barred))


def staff_of(session: Session, course: Course) -> dict[str, str]:
    """The user ids of the course's staff, instructors first, with what each is."""
    rows = session.execute(
        select(Enrollment.user_id, Enrollment.role)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.role.in_([Role.INSTRUCTOR, Role.ASSISTANT]),
            Enrollment.left_at.is_(None),
        )
        .order_by(Enrollment.role.desc(), Enrollment.joined_at, Enrollment.id)
    )
    return dict(rows.all())


def _course(session: Session, actor: Actor, now: datetime, course: str) -> Course:
    require(Action.ASSIGN_GRADERS, grading_facts(session, actor, now, course=course))
    return find_course(session, course)


def _projects(session: Session, course: Course, keys: Collection[str] | None = None) -> list[Project]:
    wanted = select(Project).where(
        Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_(None)
    )
    if keys is not None:
        wanted = wanted.where(Project.key.in_(list(keys)))
    return list(session.scalars(wanted.order_by(Project.key)))


def _shares(session: Session, course: Course, task: Task) -> dict[str, str]:
    rows = session.execute(
        select(GraderShare.project_id, GraderShare.grader_id)
        .join(Project, Project.id == GraderShare.project_id)
        .where(Project.course_id == course.id, GraderShare.task == task, GraderShare.undone_at.is_(None))
    )
    return dict(rows.all())


def _give(session: Session, actor: Actor, now: datetime, course: Course, task: Task, wanted: dict[str, str]) -> int:
    """End what stands otherwise, and let the new shares stand."""
    before = _shares(session, course, task)
    changed = {project: grader for project, grader in wanted.items() if before.get(project, "") != grader}
    if not changed:
        return 0
    end(session, GraderShare, now, GraderShare.project_id.in_(list(changed)), GraderShare.task == task)
    by_id = grader_id_of(actor)
    rows = [
        GraderShare(project_id=project, task=task, grader_id=grader, assigned_by_id=by_id, at=now)
        for project, grader in changed.items()
        if grader
    ]
    let_stand(session, *rows)
    record_event(
        session,
        actor=actor,
        now=now,
        action="assigned graders",
        subject=course,
        course_id=course.id,
        before={"task": task.value, "projects": {project: before.get(project, "") for project in changed}},
        after={"task": task.value, "projects": changed},
    )
    return len(changed)
