"""The burn-down of projects, loaded: which findings their developers see, since when, and what became of each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.projects.tables import Project
from reviewhub.reviews.burndown import BurnDown, FindingMoments, burn_down
from reviewhub.reviews.kinds import FixVerdict, ResponseKind
from reviewhub.reviews.lookup import opening_of, snapshots_of
from reviewhub.reviews.reading import answers_to, last_editions
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, FixCheck, Response, Review
from reviewhub.reviews.windows import is_shown_to_developers, window_of

OPEN_ANSWERS = frozenset({ResponseKind.WILL_FIX})
"""Every other answer says that nothing is left to do."""
DONE = frozenset({FixVerdict.FIXED, FixVerdict.OBSOLETE})


def burn_downs(session: Session, course: Course, projects: Sequence[Project], now: datetime) -> dict[str, BurnDown]:
    """Project id → its burn-down as its developers may see it now; five queries, however many projects."""
    snapshots = snapshots_of(session, [project.id for project in projects])
    shown: dict[str, list[tuple[Review, datetime]]] = {}
    for project_id, review in session.execute(
        select(Assignment.project_id, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.project_id.in_([project.id for project in projects]), Review.edition > 0)
    ):
        window = window_of(course.policy, opened_at=opening_of(snapshots, project_id))
        if is_shown_to_developers(
            course.policy, window, edition=review.edition, released_at=review.released_at, now=now
        ):
            since = review.released_at or review.submitted_at or now
            if course.policy.review and course.policy.review.release == "at_deadline" and window.project_due_at:
                since = max(window.project_due_at, since)
            shown.setdefault(project_id, []).append((review, since))
    editions = last_editions(session, [review.id for reviews in shown.values() for review, _ in reviews])
    ids = [one.finding_id for edition in editions.values() for one in findings_in(edition.content)]
    responses, checks = answers_to(session, ids)
    due_at = course.policy.deadlines.version_2
    found = {}
    for project in projects:
        moments = [
            _moments(since, responses.get(one.finding_id, ()), checks.get(one.finding_id, ()))
            for review, since in shown.get(project.id, ())
            if review.id in editions
            for one in findings_in(editions[review.id].content)
            if not one.withdrawn
        ]
        milestones = [("version 2 due", due_at)] if due_at else []
        found[project.id] = burn_down(moments, until=now, zone=course.policy.tzinfo, milestones=milestones)
    return found


def _moments(shown_at: datetime, responses: Iterable[Response], checks: Iterable[FixCheck]) -> FindingMoments:
    answers, verdicts = list(responses), list(checks)
    return FindingMoments(
        shown_at=min(shown_at, answers[0].at) if answers else shown_at,  # a later edition came after the answer
        answered_at=answers[0].at if answers else None,
        said_fixed_at=_since([(one.at, one.kind not in OPEN_ANSWERS) for one in answers]),
        settled_at=_since([(one.at, one.verdict in DONE) for one in verdicts]),
    )


def _since(said: Sequence[tuple[datetime, bool]]) -> datetime | None:
    """Since when it holds, by the words in their order; None where the last one says otherwise."""
    since = None
    for at, holds in said:
        since = (since or at) if holds else None
    return since
