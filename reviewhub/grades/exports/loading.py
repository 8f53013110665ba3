"""Loading one course's grades for an export: as last released, or as they stand now. Always the same few queries."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import Conflict, NotFound
from reviewhub.grades.course_grade import course_grades, course_lines
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.exports.citing import Seen
from reviewhub.grades.exports.record import CourseRecord, ReleaseMark, Student
from reviewhub.grades.facts import latest_release
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.released import released_facts
from reviewhub.grades.tables import Release
from reviewhub.grades.work_lines import work_lines
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import reviewers_are_named
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, ReviewEdition


def record_now(session: Session, course: Course, now: datetime) -> CourseRecord:
    """The grades as the decisions stand at `now`."""
    with _without_collecting():
        return _record(session, course, gather_facts(session, course, now), course.policy, course.policy_text, now)


def record_released(session: Session, course: Course) -> CourseRecord:
    """The grades as last released. Raises Conflict before the first release."""
    release = latest_release(session, course)
    if release is None:
        msg = "Grades are not released yet; only the grades as they stand can be exported."
        raise Conflict(msg)
    with _without_collecting():
        facts, policy = released_facts(session, release)
        return _record(session, course, facts, policy, release.policy_text, release.at, release=release)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of values are made and kept, none in a circle: looking for circles among them took half of the time.

    Whoever found the collector at work lets it go on, so that several threads at once always leave it at work.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def record_without_grades(session: Session, course: Course, *, released: bool) -> CourseRecord:
    """The policy alone, which says what can be exported: for a page that shows no grade yet."""
    release = latest_release(session, course) if released else None
    return CourseRecord(
        slug=course.slug,
        title=course.title,
        term=course.term,
        policy=load_policy(release.policy_text) if release else course.policy,
        policy_text=release.policy_text if release else course.policy_text,
        as_of=release.at if release else course.created_at,
        release=_mark(release) if release else None,
    )


def own_record(session: Session, course: Course, enrollment: Enrollment) -> tuple[CourseRecord, Seen]:
    """One student's part of the release, and what of it they may see. Raises NotFound before the first release."""
    release = latest_release(session, course)
    if release is None:
        msg = "Grades are not released yet."
        raise NotFound(msg)
    facts, policy = released_facts(session, release, enrollment_id=enrollment.id)
    record = _record(
        session, course, facts, policy, release.policy_text, release.at, release=release, only=enrollment.id
    )
    seen = seen_over(session, facts, shows_names=reviewers_are_named(policy), reader=enrollment.id)
    return record, seen


def seen_over(session: Session, facts: GradingFacts, *, shows_names: bool, reader: str | None = None) -> Seen:
    """What a reader sees of these facts: the reviewers' names where they are shown, and what was written and where."""
    ids = [one.assignment_id for project in facts.projects for one in project.assignments]
    names: dict[str, str] = {}
    if shows_names:
        names = reviewer_names(session, session.scalars(select(Assignment).where(Assignment.id.in_(ids))))
    return Seen(reader=reader, reviewers=names, findings=written_findings(session, facts))


def written_findings(session: Session, facts: GradingFacts) -> dict[str, SubmittedFinding]:
    """finding_id → what was written and where, in the editions that these facts count."""
    editions = {
        one.review.review_id: one.review.edition
        for project in facts.projects
        for one in project.assignments
        if one.review
    }
    rows = session.execute(
        select(ReviewEdition.review_id, ReviewEdition.edition, ReviewEdition.content).where(
            ReviewEdition.review_id.in_(list(editions))
        )
    )
    return {
        one.finding_id: one
        for review_id, edition, content in rows
        if edition == editions[review_id]
        for one in findings_in(content)
    }


def _record(
    session: Session,
    course: Course,
    facts: GradingFacts,
    policy: Policy,
    policy_text: str,
    as_of: datetime,
    *,
    release: Release | None = None,
    only: str | None = None,
) -> CourseRecord:
    lines = work_lines(facts.projects, policy)
    grades = course_grades(facts, policy, lines)
    record = CourseRecord(
        slug=course.slug,
        title=course.title,
        term=course.term,
        policy=policy,
        policy_text=policy_text,
        as_of=as_of,
        release=_mark(release) if release else None,
        students=_students(session, course, facts, only),
        facts=facts,
        entries=(*lines, *course_lines(grades)),
        grades=grades,
        project_titles=dict(
            session.execute(select(Project.id, Project.title).where(Project.course_id == course.id)).all()
        ),
    )
    _ = record.sheets  # gathered here, while nothing hinders it
    return record


def _mark(release: Release) -> ReleaseMark:
    return ReleaseMark(sequence=release.sequence, at=release.at, digest=release.digest, reason=release.reason)


def _students(session: Session, course: Course, facts: GradingFacts, only: str | None) -> tuple[Student, ...]:
    """Everybody now in the course, and those who left but have grades in the facts; by name, then number."""
    rows = session.execute(
        select(Enrollment.id, User.name, Enrollment.student_number, User.email, Enrollment.left_at)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT)
        .where(Enrollment.id == only if only else true())
        .order_by(User.name, Enrollment.student_number)
    )
    graded = {one.enrollment_id for one in facts.students}
    graded |= {one for project in facts.projects for one in project.developers}
    graded |= {one for project in facts.projects for row in project.assignments for one in row.members}
    return tuple(
        Student(enrollment_id=row.id, name=row.name, number=row.student_number or "", email=row.email, has_left=left)
        for row in rows
        for left in [row.left_at is not None]
        if not left or row.id in graded
    )
