"""The story of one person's grades: every number opened down to its lines, mistakes, findings, places and rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.facts import is_closed
from reviewhub.courses.granted import living_grants
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import NotFound
from reviewhub.grades.appeal_reading import read_own_appeals
from reviewhub.grades.appeal_values import AppealView
from reviewhub.grades.appealable import why_closed
from reviewhub.grades.class_spreads import bars_of, median_of
from reviewhub.grades.evidence import GradingFacts, ProjectFact
from reviewhub.grades.facts import latest_releases
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.granting import component_titles, granted_between
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.release_differences import SheetChange, changes_between
from reviewhub.grades.released import facts_of_releases
from reviewhub.grades.spreading import read_spreads
from reviewhub.grades.story_details import Details
from reviewhub.grades.story_values import Detail, SpreadStory, Story, StorySheet
from reviewhub.grades.tables import Release
from reviewhub.grades.telling import Teller
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import reviewers_are_named
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Response, ReviewEdition

__all__ = ["Detail", "Story", "StorySheet", "explain_now", "explain_released"]

_SPREAD_TITLES = {"course": "Course grade", "developer": "As developer", "reviewer": "As reviewer"}


def explain_released(session: Session, course: Course, enrollment: Enrollment, now: datetime | None = None) -> Story:
    """The person's story as it was released; NotFound before the first release.

    With `now` it also says whether appeals are taken.
    """
    releases = latest_releases(session, course)
    if not releases:
        msg = "Grades are not released yet."
        raise NotFound(msg)
    release, kept = releases[0], facts_of_releases(session, releases, enrollment_id=enrollment.id)
    facts, policy = kept[0]
    # In the open mode developers learn who reviewed them; reviewers do not learn of each other in any mode.
    told = [one for one in facts.projects if enrollment.id in one.developers and reviewers_are_named(policy)]
    teller = _teller(session, facts, policy, enrollment, names_in=told)
    appeals = read_own_appeals(session, course, enrollment)
    return teller.story(
        enrollment.user.name,
        enrollment.student_number or "",
        released_at=release.at,
        reason=release.reason,
        sequence=release.sequence,
        changes=_changes(releases, kept, appeals, enrollment.id),
        spreads=_spreads(session, release, teller),
        appeals=appeals,
        appeals_closed=_why_closed(session, course, enrollment, now) if now else "",
    )


def explain_now(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> Story:
    """The person's story from the facts as they stand now, with the reviewers' names: for the staff."""
    facts = gather_facts(session, course, now)
    mine = GradingFacts(
        projects=tuple(one for one in facts.projects if _concerns(one, enrollment.id)),
        students=tuple(one for one in facts.students if one.enrollment_id == enrollment.id),
    )
    teller = _teller(session, mine, course.policy, enrollment, names_in=mine.projects)
    return teller.story(enrollment.user.name, enrollment.student_number or "")


def _concerns(project: ProjectFact, enrollment_id: str) -> bool:
    return enrollment_id in project.developers or any(enrollment_id in one.members for one in project.assignments)


def _teller(
    session: Session, facts: GradingFacts, policy: Policy, enrollment: Enrollment, *, names_in: Sequence[ProjectFact]
) -> Teller:
    """Read the rows that the ledger's lines cite, with one query per table; reviewers have names in some projects."""
    findings = _findings(session, facts)
    details = Details(
        facts,
        findings,
        _reviewer_names(session, names_in) if names_in else {},
        _answers(session, findings),
        enrollment.id,
    )
    titles = select(Project.id, Project.title).where(Project.id.in_([one.project_id for one in facts.projects]))
    return Teller(facts, policy, details, dict(session.execute(titles).all()), enrollment.id)


def _changes(
    releases: Iterable[Release],
    kept: list[tuple[GradingFacts, Policy]],
    appeals: Iterable[AppealView],
    enrollment_id: str,
) -> tuple[SheetChange, ...]:
    """What the newest release changed for this person since the one before it."""
    if len(kept) < 2:  # noqa: PLR2004 - the newest and the one before it
        return ()
    (new, policy), (old, old_policy) = kept
    after, before = releases
    return changes_between(
        ledger_of(old, old_policy),
        ledger_of(new, policy),
        old=old,
        new=new,
        granted=granted_between(appeals, before.at, after.at),
        titles=component_titles(policy),
        of=enrollment_id,
    )


def _spreads(session: Session, release: Release, teller: Teller) -> tuple[SpreadStory, ...]:
    """The class as a whole, in the grades this person has too."""
    kept, own = read_spreads(session, release), teller.own_grades()
    return tuple(
        SpreadStory(
            title=title,
            count=len(kept[grade]),
            bars=(bars := bars_of(kept[grade])),
            median=median_of(kept[grade]) if bars else None,
            own=own[grade],
        )
        for grade, title in _SPREAD_TITLES.items()
        if grade in kept and own.get(grade) is not None
    )


def _why_closed(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> str:
    asks = course.policy.deadlines.appeals is not None and not is_closed(course, now)
    grants = living_grants(session, course=course, enrollment=enrollment) if asks else ()
    return why_closed(course.policy, now, is_released=True, grants=grants)


def _findings(session: Session, facts: GradingFacts) -> dict[str, SubmittedFinding]:
    editions = {
        one.review.review_id: one.review.edition
        for project in facts.projects
        for one in project.assignments
        if one.review
    }
    rows = session.scalars(select(ReviewEdition).where(ReviewEdition.review_id.in_(list(editions))))
    return {
        one.finding_id: one
        for row in rows
        if row.edition == editions[row.review_id]
        for one in findings_in(row.content)
    }


def _answers(session: Session, findings: Mapping[str, SubmittedFinding]) -> dict[str, str]:
    """Finding id → the kind of the developers' last answer."""
    rows = session.execute(
        select(Response.finding_id, Response.kind)
        .where(Response.finding_id.in_(list(findings)))
        .order_by(Response.sequence)
    )
    return dict(rows.all())


def _reviewer_names(session: Session, projects: Sequence[ProjectFact]) -> dict[str, str]:
    ids = [one.assignment_id for project in projects for one in project.assignments]
    return reviewer_names(session, session.scalars(select(Assignment).where(Assignment.id.in_(ids))))
