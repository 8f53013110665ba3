"""After the release: students appeal, the staff decide, and a second release shows what one of the appeals changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment
from reviewhub.demonstration.cast import SLUG, Act, Cast, developer_of
from reviewhub.demonstration.people import STAFF
from reviewhub.grades.appeal_tables import Appeal
from reviewhub.grades.appealable import GroundKind, criterion_target
from reviewhub.grades.appealing import Outcome, decide_appeal, file_appeal
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.grading import change_mistake
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.tables import FindingDecision, Mistake
from reviewhub.projects.lookup import living_projects
from reviewhub.projects.tables import Project
from reviewhub.reviews.tables import Assignment, Finding, Review

MILDER = "The README states the deviation and what it does to the numbers, so it counts as minor."


def appealing(cast: Cast) -> Iterator[Act]:
    """One appeal is granted in part, one denied, one waits; the grades are released anew."""
    released = cast.calendar.grading or cast.calendar.version_2 + timedelta(days=14)
    acts = (
        (15, "a group appeals a mistake", _appeal_mistake),
        (25, "a group appeals a criterion", _appeal_criterion),
        (35, "an appeal is granted in part", _grant_in_part),
        (45, "an appeal is denied", _deny),
        (60, "grades are released anew", _release_anew),
        (90, "a reviewer appeals what was rejected", _appeal_finding),
    )
    for minutes, title, play in acts:
        yield Act(moment=released + timedelta(minutes=minutes), title=title, play=partial(play, cast))


def _appeal_mistake(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        mistake = _costliest(session, cast)
        actor = developer_of(session, session.get_one(Project, mistake.project_id)) if mistake else None
        if mistake is not None and actor is not None:
            text = (
                "We wrote this down in the README, with its effect on the results. It should not count as that severe."
            )
            _file(session, actor, now, GroundKind.MISTAKE, mistake.id, text)


def _appeal_criterion(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        course = cast.course(session)
        project = living_projects(session, course)[-1]
        actor = developer_of(session, project)
        if actor is not None:
            target = criterion_target(project.id, 1, course.policy.rubric[-1].key)
            text = "Our discussion of the difficulties stands in section 5 of the notebook; was it overlooked?"
            _file(session, actor, now, GroundKind.CRITERION, target, text)


def _grant_in_part(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        appeal = _open_appeal(session, GroundKind.MISTAKE)
        if appeal is None:
            return
        actor = cast.instructor(session)
        _decide(session, actor, now, appeal, Outcome.PARTLY, MILDER)
        mistake = session.get_one(Mistake, appeal.mistake_id)
        project = session.get_one(Project, mistake.project_id)
        draft = MistakeDraft(title=mistake.title, severity="minor", criterion=mistake.criterion, text=mistake.text)
        change_mistake(
            session,
            actor=actor,
            now=now,
            course=SLUG,
            key=project.key,
            mistake_id=mistake.id,
            draft=draft,
            seen=mistake.version,
        )


def _deny(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        appeal = _open_appeal(session, GroundKind.CRITERION)
        if appeal is not None:
            reason = "Section 5 was read: it names what was hard, and full points were given for it."
            _decide(session, cast.actor(session, STAFF[1]), now, appeal, Outcome.DENIED, reason)


def _release_anew(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        granted = session.scalars(select(Appeal).where(Appeal.outcome == Outcome.PARTLY)).first()
        if granted is not None:
            reason = "An appeal about a mistake was granted in part; the coverage of that project's reviews follows."
            release_grades(session, actor=cast.instructor(session), now=now, course=SLUG, reason=reason)


def _appeal_finding(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        row = session.execute(
            select(FindingDecision.finding_id, User)
            .join(Finding, Finding.id == FindingDecision.finding_id)
            .join(Review, Review.id == Finding.review_id)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
            .join(User, User.id == Enrollment.user_id)
            .where(FindingDecision.decision == "rejected", FindingDecision.undone_at.is_(None))
            .where(Assignment.released_at.is_(None), Finding.kind != "question")
            .order_by(User.email, Finding.number)
        ).first()
        if row is not None:
            text = "The paper's appendix B asks for exactly this; the deviation is *not* written down for this part."
            _file(session, Actor(user_id=row[1].id, name=row[1].name), now, GroundKind.FINDING, row[0], text)


def _costliest(session: Session, cast: Cast) -> Mistake | None:
    """A severe mistake of version 1 that a review noted: the same one every time."""
    projects = [one.id for one in living_projects(session, cast.course(session))]
    return session.scalars(
        select(Mistake)
        .where(Mistake.project_id.in_(projects), Mistake.version_in == 1, Mistake.undone_at.is_(None))
        .where(Mistake.severity.in_(["critical", "major"]), Mistake.found_by_instructor.is_(False))
        .order_by(Mistake.severity, Mistake.title)
    ).first()


def _open_appeal(session: Session, kind: GroundKind) -> Appeal | None:
    return session.scalars(
        select(Appeal).where(Appeal.kind == kind, Appeal.decided_at.is_(None), Appeal.withdrawn_at.is_(None))
    ).first()


def _file(session: Session, actor: Actor, now: datetime, kind: GroundKind, target: str, text: str) -> None:
    file_appeal(session, actor=actor, now=now, course=SLUG, kind=kind, target=target, text=text)


def _decide(session: Session, actor: Actor, now: datetime, appeal: Appeal, outcome: Outcome, reason: str) -> None:
    decide_appeal(session, actor=actor, now=now, course=SLUG, appeal_id=appeal.id, outcome=outcome, reason=reason)
