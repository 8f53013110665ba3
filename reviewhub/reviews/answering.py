"""The developers' side: answering a released finding; and the staff's release of reviews where it is done by hand."""

import re
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import course_facts, find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.github.objects import Objects
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import finding_facts, shown_reviews
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.lookup import NO_FINDING, snapshots_of
from reviewhub.reviews.reading import last_editions
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Finding, Response, Review

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
NEEDS_TEXT = {
    ResponseKind.DISAGREE,
    ResponseKind.NOT_IN_SCOPE,
    ResponseKind.CANNOT_REPRODUCE,
    ResponseKind.DUPLICATE,
}


def answer_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_id: str,
    kind: str,
    commit: str = "",
    text: str = "",
    objects: Objects | None = None,
) -> Response:
    """Answer a finding the developers see; a later answer stands instead, and all are kept.

    `fixed` needs the commit that fixes it; where `objects` is given the commit must have been received.
    """
    facts = finding_facts(session, actor, now, course=course, key=key)
    require(Action.ANSWER_FINDING, facts)
    found = find_course(session, course)
    project = find_project(session, found, key)
    shown_finding(session, course=course, key=key, finding_id=finding_id, now=now)
    if kind not in list(ResponseKind):
        raise BadInput("Choose an answer from the list.")
    clean = check_text(text, "Your answer")
    sha = _read_commit(kind, commit, objects)
    if kind in NEEDS_TEXT and not clean:
        raise BadInput("Say why in a sentence or two: this answer needs its reason.")
    author = find_enrollment(session, found, actor)
    if author is None:
        raise NotFound(NO_FINDING)
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    last = session.scalars(
        select(Response).where(Response.finding_id == finding_id).order_by(Response.sequence.desc()).limit(1)
    ).one_or_none()
    if last is not None and (last.kind, last.commit, last.text) == (kind, sha, clean):
        return last
    response = Response(
        finding_id=finding_id,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        commit=sha,
        text=clean,
        author_id=author.id,
        at=now,
    )
    session.add(response)
    record_event(
        session, actor=actor, now=now, action="answered finding", course_id=project.course_id, subject=response,
        after={"finding_id": finding_id, "kind": kind, "commit": sha},
    )  # fmt: skip
    return response


def shown_finding(session: Session, *, course: str, key: str, finding_id: str, now: datetime) -> SubmittedFinding:
    """The finding as its developers see it; NotFound where they do not (another project's, or not released)."""
    found = find_course(session, course)
    project = find_project(session, found, key)
    shown = shown_reviews(session, found, project, snapshots_of(session, [project.id]), now)
    editions = last_editions(session, [review.id for _, review in shown])
    for edition in editions.values():
        for finding in findings_in(edition.content):
            if finding.finding_id == finding_id:
                return finding
    raise NotFound(NO_FINDING)


def release_reviews(session: Session, *, actor: Actor, now: datetime, course: str) -> int:
    """Let the developers see every review handed in so far; for courses that release by hand. Returns how many."""
    require(Action.RELEASE_REVIEWS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    if found.policy.review is None or found.policy.review.release != "by_hand":
        raise Conflict("In this course reviews are released by the course file, not by hand.")
    return _set_release(session, actor, now, found.id, released_at=now)


def withhold_reviews(session: Session, *, actor: Actor, now: datetime, course: str) -> int:
    """Take the release back, as long as no developer has answered a finding. Returns how many."""
    require(Action.RELEASE_REVIEWS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    answered = session.scalar(
        select(func.count(Response.id))
        .join(Finding, Finding.id == Response.finding_id)
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == found.id)
    )
    if answered:
        raise Conflict("Developers have answered findings already, so the release can no longer be taken back.")
    return _set_release(session, actor, now, found.id, released_at=None)


def _set_release(session: Session, actor: Actor, now: datetime, course_id: str, *, released_at: datetime | None) -> int:
    is_open = Review.released_at.is_(None) if released_at else Review.released_at.is_not(None)
    reviews = session.scalars(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course_id, Review.edition > 0, is_open)
    ).all()
    session.execute(
        update(Review)
        .where(Review.id.in_([review.id for review in reviews]))
        .values(released_at=released_at)
        .execution_options(synchronize_session=False)
    )
    action = "released review" if released_at else "withheld review"
    for review in reviews:
        record_event(session, actor=actor, now=now, action=action, course_id=course_id, subject=review)
    return len(reviews)


def _read_commit(kind: str, commit: str, objects: Objects | None) -> str:
    sha = commit.strip().lower()
    if kind == ResponseKind.FIXED and not sha:
        raise BadInput("Name the commit that fixes it (seven or more of its characters).")
    if not sha:
        return ""
    if _COMMIT.fullmatch(sha) is None:
        raise BadInput(f"“{sha[:40]}” is not a commit: write seven or more of its hexadecimal characters.")
    if objects is None:
        return sha
    return _received_commit(objects, sha)


def _received_commit(objects: Objects, sha: str) -> str:
    if objects.commit(sha) is not None:
        return sha
    whole = objects.find_commit(sha) if hasattr(objects, "find_commit") else None
    if whole is None:
        raise BadInput(f"No commit {sha[:12]} has been received. Push it first, or copy its whole id.")
    return str(whole)
