"""Loading one course's grades for an export: as last released, or as they stand now. Always the same few queries."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import Conflict, NotFound
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.course_grade import course_grades, course_lines
from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.exports.citing import Seen
from reviewhub.grades.exports.record import CourseRecord, ReleaseMark, Student
from reviewhub.grades.facts import latest_release
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.lines import LedgerEntry
from reviewhub.grades.released import released_facts
from reviewhub.grades.standings import read_standing
from reviewhub.grades.tables import Release
from reviewhub.grades.work_lines import work_lines
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import reviewers_are_named
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, ReviewEdition


@without_collecting
def record_now(session: Session, course: Course, now: datetime) -> CourseRecord:
    """The grades as the decisions stand at `now`, with every line."""
    return _with_lines(session, course, _as_it_stands(course, now), gather_facts(session, course, now))


@without_collecting
def totals_now(session: Session, course: Course, now: datetime) -> CourseRecord:
    """The same with every sum and no line: for tables of grades. Much of it is remembered from the last time."""
    standing = read_standing(session, course, now)
    return _filled(session, course, _as_it_stands(course, now), standing.facts, standing.sums, standing.grades)


@without_collecting
def record_released(session: Session, course: Course) -> CourseRecord:
    """The grades as last released, with every line. Raises Conflict before the first release."""
    release = latest_release(session, course)
    if release is None:
        msg = "Grades are not released yet; only the grades as they stand can be exported."
        raise Conflict(msg)
    facts, policy = released_facts(session, release)
    return _with_lines(session, course, _as_released(course, release, policy), facts)


def record_without_grades(session: Session, course: Course, now: datetime, *, released: bool) -> CourseRecord:
    """The policy alone, which says what can be exported: for a page that shows no grade yet."""
    release = latest_release(session, course) if released else None
    return _as_released(course, release, load_policy(release.policy_text)) if release else _as_it_stands(course, now)


def own_record(session: Session, course: Course, enrollment: Enrollment) -> tuple[CourseRecord, Seen]:
    """One student's part of the release, and what of it they may see. Raises NotFound before the first release."""
    release = latest_release(session, course)
    if release is None:
        msg = "Grades are not released yet."
        raise NotFound(msg)
    facts, policy = released_facts(session, release, enrollment_id=enrollment.id)
    record = _with_lines(session, course, _as_released(course, release, policy), facts, only=enrollment.id)
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


def _as_it_stands(course: Course, now: datetime) -> CourseRecord:
    return CourseRecord(
        slug=course.slug,
        title=course.title,
        term=course.term,
        policy=course.policy,
        policy_text=course.policy_text,
        as_of=now,
    )


def _as_released(course: Course, release: Release, policy: Policy) -> CourseRecord:
    return replace(
        _as_it_stands(course, release.at),
        policy=policy,
        policy_text=release.policy_text,
        release=ReleaseMark(sequence=release.sequence, at=release.at, digest=release.digest, reason=release.reason),
    )


def _with_lines(
    session: Session, course: Course, empty: CourseRecord, facts: GradingFacts, *, only: str | None = None
) -> CourseRecord:
    lines = work_lines(facts.projects, empty.policy)
    grades = course_grades(facts, empty.policy, lines)
    record = _filled(session, course, empty, facts, (*lines, *course_lines(grades)), grades, only=only)
    _ = record.sheets  # gathered here, while the collector rests
    return record


def _filled(
    session: Session,
    course: Course,
    empty: CourseRecord,
    facts: GradingFacts,
    entries: tuple[LedgerEntry, ...],
    grades: Mapping[str, CourseGrade],
    *,
    only: str | None = None,
) -> CourseRecord:
    titles = session.execute(select(Project.id, Project.title).where(Project.course_id == course.id))
    return replace(
        empty,
        students=_students(session, course, facts, only),
        facts=facts,
        entries=entries,
        grades=grades,
        project_titles=dict(titles.all()),
    )


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
