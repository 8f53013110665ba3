"""The rows a thread hangs on, and what is known of the actor there."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Facts
from reviewhub.courses.facts import course_facts, find_course, find_enrollment
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.errors import NotFound
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.facts import answers_due_at, reviewers_are_named
from reviewhub.reviews.lookup import NO_FINDING, grants_for, is_member, is_reviewer, opening_of, snapshots_of
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition
from reviewhub.reviews.threads import Reader, Side, why_thread_closed
from reviewhub.reviews.windows import answers_are_open, is_shown_to_developers, window_of

NO_MESSAGE = "There is no such message, or it is not yours."
NO_QUESTION = "There is no such question."


@dataclass(frozen=True, kw_only=True)
class FindingRows:
    """A finding that was handed in, with what it hangs on."""

    course: Course
    project: Project
    assignment: Assignment
    review: Review
    finding: SubmittedFinding
    snapshots: list[Snapshot]
    """Every snapshot of the project."""


def find_handed_in(session: Session, course: str, finding_id: str) -> FindingRows:
    """The finding as its review's last edition has it; NotFound in another course, or where only a draft has it."""
    row = session.execute(
        select(Review, Assignment, Project, Course, ReviewEdition)
        .join(Finding, Finding.review_id == Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .join(Course, Course.id == Project.course_id)
        .join(ReviewEdition, (ReviewEdition.review_id == Review.id) & (ReviewEdition.edition == Review.edition))
        .where(Finding.id == finding_id, Course.slug == course, Project.removed_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(NO_FINDING)
    review, assignment, project, found, edition = row
    finding = next((one for one in findings_in(edition.content) if one.finding_id == finding_id), None)
    if finding is None:
        raise NotFound(NO_FINDING)
    return FindingRows(
        course=found, project=project, assignment=assignment, review=review, finding=finding,
        snapshots=snapshots_of(session, [project.id]),
    )  # fmt: skip


def why_closed_under(session: Session, rows: FindingRows, *, is_own: bool, now: datetime) -> str:
    """Why the actor cannot write under the finding; "" where the thread is open."""
    window = window_of(rows.course.policy, opened_at=opening_of(rows.snapshots, rows.project.id))
    shown = is_shown_to_developers(
        rows.course.policy, window, edition=rows.review.edition, released_at=rows.review.released_at, now=now
    )
    due_at = answers_due_at(session, rows.course, rows.project, rows.snapshots)
    return why_thread_closed(
        is_shown=shown,
        is_released=is_own and rows.assignment.released_at is not None,
        is_withdrawn=rows.finding.withdrawn,
        is_over=not answers_are_open(due_at, now),
    )


def thread_facts(
    session: Session, actor: Actor, now: datetime, *, course: str, finding_id: str, **_names: str
) -> Facts:
    """The actor's part in the thread under a finding."""
    facts = course_facts(session, actor, now, course=course)
    if facts.role is None:
        return facts
    rows = find_handed_in(session, course, finding_id)
    enrollment = find_enrollment(session, rows.course, actor)
    is_own = is_reviewer(session, rows.assignment, enrollment)
    window = window_of(rows.course.policy, opened_at=opening_of(rows.snapshots, rows.project.id))
    return replace(
        facts,
        is_own_review=is_own,
        is_reviewer=is_own and rows.assignment.released_at is None,
        is_developer=is_member(session, rows.project.group_id, enrollment),
        review_submitted=True,
        reviews_released=is_shown_to_developers(
            rows.course.policy, window, edition=rows.review.edition, released_at=rows.review.released_at, now=now
        ),
        thread_open=not why_closed_under(session, rows, is_own=is_own, now=now),
    )


def clarification_facts(
    session: Session, actor: Actor, now: datetime, *, course: str, key: str, **_names: str
) -> Facts:
    """The actor's part in the questions on a project: asked until the reviewer's review is due, answered until the
    developers' version 2 is.
    """
    facts = course_facts(session, actor, now, course=course)
    if facts.role is None:
        return facts
    found = find_course(session, course)
    project = find_project(session, found, key)
    if found.policy.review is None or project.removed_at is not None:
        raise NotFound(NO_QUESTION)
    enrollment = find_enrollment(session, found, actor)
    assignment = own_assignment(session, project, enrollment)
    snapshots = snapshots_of(session, [project.id])
    is_open = assignment is not None and _asking_is_open(session, found, project, assignment, snapshots, now)
    answers = answers_are_open(answers_due_at(session, found, project, snapshots), now)
    return replace(
        facts,
        is_developer=is_member(session, project.group_id, enrollment),
        is_reviewer=assignment is not None,
        questions_open=is_open,
        thread_open=is_open if assignment is not None else answers,
    )


def message_facts(
    session: Session, actor: Actor, now: datetime, *, course: str, message_id: str, **_names: str
) -> Facts:
    """The actor's part in one message: theirs or not, in a thread that is open to them or not."""
    facts = course_facts(session, actor, now, course=course)
    if facts.role is None:
        return facts
    message = find_message(session, message_id)
    if message.finding_id is not None:
        in_thread = thread_facts(session, actor, now, course=course, finding_id=message.finding_id)
    else:
        clarification = session.get_one(Clarification, message.clarification_id)
        project = session.get_one(Project, clarification.project_id)
        if project.course_id != find_course(session, course).id:
            raise NotFound(NO_MESSAGE)
        in_thread = clarification_facts(session, actor, now, course=course, key=project.key)
    enrollment = find_enrollment(session, find_course(session, course), actor)
    return replace(in_thread, is_own_message=enrollment is not None and message.author_id == enrollment.id)


def find_message(session: Session, message_id: str) -> Message:
    """The message; NotFound otherwise."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(NO_MESSAGE)
    return message


def own_assignment(session: Session, project: Project, enrollment: Enrollment | None) -> Assignment | None:
    """The assignment in force by which the person reviews the project, alone or with their group."""
    if enrollment is None:
        return None
    groups = select(Membership.group_id).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
    return session.scalar(
        select(Assignment)
        .where(
            Assignment.project_id == project.id,
            Assignment.released_at.is_(None),
            or_(Assignment.reviewer_id == enrollment.id, Assignment.reviewer_group_id.in_(groups)),
        )
        .order_by(Assignment.id)
        .limit(1)
    )


def _asking_is_open(
    session: Session, course: Course, project: Project, assignment: Assignment, snapshots: list[Snapshot], now: datetime
) -> bool:
    grants = grants_for(session, course.id, [assignment]).get(assignment.id, ())
    window = window_of(course.policy, opened_at=opening_of(snapshots, project.id), grants=grants)
    return window.due_at is None or now <= window.due_at


def reader_of(course: Course, facts: Facts, enrollment: Enrollment | None, assignment_id: str = "") -> Reader:
    """The actor as a reader of threads; `assignment_id` is the review they write, where they are its reviewer."""
    own = facts.is_own_review or facts.is_reviewer
    side = Side.REVIEWER if own else Side.DEVELOPERS if facts.is_developer else Side.STAFF if facts.is_staff else None
    return Reader(
        side=side,
        enrollment_id=enrollment.id if enrollment else "",
        assignment_id=assignment_id if own else "",
        names_shown=reviewers_are_named(course.policy),
    )
