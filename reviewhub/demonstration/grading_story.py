"""The last part of the story: reviewers check the fixes, the instructor decides and marks, grades are released."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.demonstration.cast import SLUG, Act, Cast, draw
from reviewhub.demonstration.planted import PLANTED, Planted
from reviewhub.demonstration.review_story import QUESTION, criterion_of, place_of, said_of, shares, words_of
from reviewhub.errors import BadInput
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Strength, Verdict
from reviewhub.grades.grading import accept_finding, match_finding, record_mistake, reject_finding
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.suggesting import log_suggestions
from reviewhub.grades.tables import FindingDecision, Mistake
from reviewhub.projects.lookup import find_project, find_snapshot, living_projects, objects_of
from reviewhub.projects.tables import Project
from reviewhub.reviews.checking import check_fix
from reviewhub.reviews.correcting import correct_place
from reviewhub.reviews.kinds import FixVerdict
from reviewhub.reviews.places import read_place
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, Review, ReviewEdition

POINTED_OUT = {"**Two forward passes with different noise in one loss": ("cell-8-L7-L8", "main.ipynb")}
"""How a finding begins → where its reviewer points in version 2, because its own line is gone."""


def checking(cast: Cast) -> Iterator[Act]:
    """Most reviewers look whether what they found was mended."""
    for share in shares(cast):
        chance = draw("checks", share.email, share.project)
        if share.hands_in is not None and chance.random() < 0.8:
            moment = cast.calendar.version_2 + timedelta(days=3, hours=1) + timedelta(hours=20 * chance.random())
            yield Act(
                moment=moment,
                title=f"a reviewer checks the fixes of {share.project}",
                play=partial(_check, cast, share.review_id, share.reviewer, share.project),
            )


def _check(cast: Cast, review_id: str, reviewer: Actor, key: str, now: datetime) -> None:
    planted = {words_of(one): one for one in PLANTED if one.project == key}
    with cast.database.writing() as session:
        objects = objects_of(cast.settings.mirrors, cast.course(session))
        edition = session.scalars(
            select(ReviewEdition).where(ReviewEdition.review_id == review_id).order_by(ReviewEdition.edition.desc())
        ).first()
        project = find_project(session, cast.course(session), key)
        if edition is None or find_snapshot(session, project, 2) is None:
            return
        for finding in findings_in(edition.content):
            place = POINTED_OUT.get(finding.text.partition(".")[0])
            if place is not None and not finding.withdrawn:
                correct_place(
                    session,
                    actor=reviewer,
                    now=now,
                    course=SLUG,
                    review_id=review_id,
                    finding_id=finding.finding_id,
                    position=0,
                    place=read_place(*place),
                    objects=objects,
                )
            chance = draw("verdict", reviewer.name, key, str(finding.number)).random()
            verdict, remark = _verdict(planted.get(finding.text), finding.kind, chance=chance)
            if verdict and not finding.withdrawn:
                check_fix(
                    session,
                    actor=reviewer,
                    now=now,
                    course=SLUG,
                    review_id=review_id,
                    finding_id=finding.finding_id,
                    verdict=verdict,
                    text=remark,
                )


def _verdict(planted: Planted | None, kind: str, *, chance: float) -> tuple[str, str]:
    """What a reviewer says of a fix, and why; nothing of what is not worth a second look."""
    if planted is None:
        return (FixVerdict.OBSOLETE, "Answered in the README now.") if kind == "question" and chance < 0.6 else ("", "")
    if planted.fixed_in_v2 and chance < 0.12:
        return FixVerdict.PARTLY, "The code is right now; the text beside it still tells of the old run."
    return (FixVerdict.FIXED if planted.fixed_in_v2 else FixVerdict.NOT_FIXED), ""


def grading(cast: Cast) -> Iterator[Act]:
    """The instructor grades project after project."""
    first = cast.calendar.version_2 + timedelta(days=4, hours=9)
    last = (cast.calendar.grading or cast.calendar.version_2 + timedelta(days=14)) - timedelta(hours=6)
    with cast.database.reading() as session:
        keys = [project.key for project in living_projects(session, cast.course(session))]
    for number, key in enumerate(keys):
        yield Act(
            moment=first + (last - first) * (number / max(1, len(keys))),
            title=f"{key} is graded",
            play=partial(_grade, cast, key),
        )


def _grade(cast: Cast, key: str, now: datetime) -> None:
    with cast.database.writing() as session:
        project = find_project(session, cast.course(session), key)
        if find_snapshot(session, project, 1) is None:
            return
        actor = cast.instructor(session)
        established = _decide_findings(session, actor, project, now)
        _record_unseen(session, actor, project, established, now)
        _mark_reviews(session, cast, actor, project, now)


def _decide_findings(session: Session, actor: Actor, project: Project, now: datetime) -> dict[str, str]:
    """Accept, match or reject every finding; return planted name → mistake id."""
    established = accept_first_wordings(session, actor, project, now)
    planted = {words_of(one): one for one in PLANTED if one.project == project.key}
    log_suggestions(session, actor=actor, now=now, course=SLUG, key=project.key)
    decided = set(session.scalars(select(FindingDecision.finding_id)))
    for finding_id, text, kind in said_of(session, project):
        found = planted.get(text)
        here = {"actor": actor, "now": now, "course": SLUG, "key": project.key, "finding_id": finding_id}
        if finding_id in decided:
            continue
        if found is not None:
            partly = draw("partly", project.key, found.name).random() < 0.25
            match_finding(
                session,
                **here,  # type: ignore[arg-type]  # the same five arguments for each verb
                mistake_id=established[found.name],
                strength=Strength.PARTIAL if partly else Strength.FULL,
            )
        elif kind != "remark":
            reason = (
                "A fair question, answered by the developers; nothing is wrong here."
                if text == QUESTION
                else "The deviation and its effect are written down, which is what the course asks for."
            )
            reject_finding(session, **here, reason=reason)  # type: ignore[arg-type]  # as above
    return established


def accept_first_wordings(
    session: Session, actor: Actor, project: Project, now: datetime, most: int = 100
) -> dict[str, str]:
    """Establish each planted mistake from the first finding that says it; return its name → mistake id."""
    planted = {words_of(one): one for one in PLANTED if one.project == project.key}
    names = {one.title: one.name for one in planted.values()}
    standing = session.scalars(select(Mistake).where(Mistake.project_id == project.id, Mistake.undone_at.is_(None)))
    established = {names[mistake.title]: mistake.id for mistake in standing if mistake.title in names}
    for finding_id, text, _ in said_of(session, project):
        found = planted.get(text)
        if found is None or found.name in established or len(established) == most:
            continue
        mistake = accept_finding(
            session, actor=actor, now=now, course=SLUG, key=project.key, finding_id=finding_id, draft=_draft(found)
        )
        session.flush()
        established[found.name] = mistake.id
        _judge_fix(session, actor, project, found, mistake, now)
    return established


def _record_unseen(
    session: Session, actor: Actor, project: Project, established: dict[str, str], now: datetime
) -> None:
    for found in PLANTED:
        if found.project != project.key or found.name in established:
            continue
        try:
            place = read_place(place_of(found), found.path)
        except BadInput:
            place = read_place("project", "")
        mistake = record_mistake(
            session, actor=actor, now=now, course=SLUG, key=project.key, draft=_draft(found), version_in=1, place=place
        )
        session.flush()
        _judge_fix(session, actor, project, found, mistake, now)


def _draft(found: Planted) -> MistakeDraft:
    return MistakeDraft(title=found.title, severity=found.severity, criterion=criterion_of(found), text=found.text)


def _judge_fix(
    session: Session, actor: Actor, project: Project, found: Planted, mistake: Mistake, now: datetime
) -> None:
    if find_snapshot(session, project, 2) is None:
        return
    partly = draw("fix", project.key, found.name).random() < 0.2
    verdict = (Verdict.PARTLY if partly else Verdict.FIXED) if found.fixed_in_v2 else Verdict.NOT_FIXED
    set_verdict(
        session,
        actor=actor,
        now=now,
        course=SLUG,
        key=project.key,
        mistake_id=mistake.id,
        verdict=verdict,
        seen=None,
    )


def _mark_reviews(session: Session, cast: Cast, actor: Actor, project: Project, now: datetime) -> None:
    rows = cast.course(session).policy.quality
    reviews = session.scalars(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id == project.id, Assignment.released_at.is_(None), Review.edition > 0)
    )
    for review in reviews:
        chance = draw("quality", project.key, str(review.submitted_at))
        marks = {row.key: str(5 * chance.randint(12, 20)) for row in rows}
        mark_quality(
            session, actor=actor, now=now, course=SLUG, key=project.key, review_id=review.id, marks=marks, seen={}
        )


def releasing(cast: Cast) -> Iterator[Act]:
    """The grades become visible, all together."""
    moment = cast.calendar.grading or cast.calendar.version_2 + timedelta(days=14)
    yield Act(moment=moment, title="grades are released", play=lambda now: _release(cast, now))


def _release(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        release_grades(session, actor=cast.instructor(session), now=now, course=SLUG)
