"""What is known of the actor at a project: developer, reviewer, which versions are frozen, whether a choice is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action, Actor, Facts, allows
from reviewhub.courses.facts import course_facts, find_course, find_enrollment
from reviewhub.courses.granted import grants_of_groups
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.projects.choosing import late_end
from reviewhub.projects.due import VERSIONS, choice_end, due_of
from reviewhub.projects.lookup import current_snapshot, find_project, snapshots_by_project
from reviewhub.projects.standing import opened
from reviewhub.projects.tables import Project, Snapshot

TellReviewer = Callable[[Session, Project, Enrollment], bool]
_tellers: list[TellReviewer] = []


def tell_reviewers(teller: TellReviewer) -> TellReviewer:
    """Let the room of reviews, which lies above this one, say who reviews a project."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def project_facts(session: Session, actor: Actor, now: datetime, *, course: str, key: str, **_names: Any) -> Facts:
    """The facts of a course and of one of its projects; NotFound where there is no such project."""
    facts = course_facts(session, actor, now, course=course)
    row = find_course(session, course)
    if facts.role is None and not facts.is_program:
        return facts
    project = find_project(session, row, key)
    enrollment = find_enrollment(session, row, actor)
    snapshots = snapshots_by_project(session, [project.id]).get(project.id, [])
    return replace(
        facts,
        is_developer=enrollment is not None and is_developer(session, project, enrollment),
        is_reviewer=enrollment is not None and any(tells(session, project, enrollment) for tells in _tellers),
        version_1_frozen=current_snapshot(snapshots, 1) is not None,
        version_2_frozen=current_snapshot(snapshots, 2) is not None,
        late_choice_open=_choice_is_open(session, row, project, snapshots, now),
    )


def is_developer(session: Session, project: Project, enrollment: Enrollment) -> bool:
    """Whether the person is in the project's group now."""
    wanted = select(Membership.id).where(
        Membership.group_id == project.group_id,
        Membership.enrollment_id == enrollment.id,
        Membership.left_at.is_(None),
    )
    return project.group_id is not None and session.scalar(wanted.limit(1)) is not None


def names_are_hidden(course: Course, facts: Facts) -> bool:
    """Whether the names of a project's developers are kept from the reader."""
    review = course.policy.review
    return not allows(Action.LEARN_DEVELOPERS, replace(facts, anonymity=review.anonymity if review else ""))


def _choice_is_open(
    session: Session, course: Course, project: Project, snapshots: list[Snapshot], now: datetime
) -> bool:
    """Whether now lies in the late window of a version that stands by the rule; which commit, the verb checks."""
    grants = grants_of_groups(session, course=course).get(project.group_id or "", ())
    policy = course.policy
    for version in VERSIONS:
        snapshot = current_snapshot(snapshots, version)
        due = due_of(policy, version, grants, opened_at=opened(snapshots))
        if due is None or snapshot is None or snapshot.kind != "default":
            continue
        ends_at = late_end(due, policy.lateness.rules_for("versions"), policy.tzinfo)
        latest = min(filter(None, (ends_at, choice_end(policy, version, due))))
        if due.late_from < now <= max(latest, due.due_at):
            return True
    return False
