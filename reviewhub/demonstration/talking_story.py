"""The talking part of the story: clarifying questions, messages under findings, and what the groups say they fixed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment
from reviewhub.demonstration.cast import SLUG, Act, Cast, developer_of, draw
from reviewhub.demonstration.review_story import Share, said_of, shares
from reviewhub.projects.lookup import living_projects
from reviewhub.projects.standing import standings_of
from reviewhub.projects.tables import Project
from reviewhub.reviews.answering import Answer, answer_findings, last_response
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.message_tables import Clarification
from reviewhub.reviews.tables import Assignment, Finding, Review
from reviewhub.reviews.talking import ask_clarification, write_under_clarification, write_under_finding

STAFF_JOINS = 0.3
FIXED = 0.75
ASKED = 0.2
"""How often a reviewer asks the developers something before writing."""
QUESTIONS = (
    (
        "Which of the two notebooks made the table in the README?",
        "The one in the project's folder; the other is older.",
    ),
    (
        "How long does one epoch take on your machine? I only have a CPU.",
        "About four minutes on a GPU. Try 200 images.",
    ),
    ("Is $\\lambda$ in `losses.py` the paper's $\\lambda_{GP}$, or the weight of the whole term?", "The paper's."),
    ("Where do the weights come from that the demo loads?", ""),
)
MESSAGES = (
    "We are not sure we understand you. Do you mean the cell that trains, or the one that draws the table?",
    "The one that draws the table: it reads the log of another run. Compare the first line of both.",
    "Now we see it, thank you.",
)
STAFF_SAYS = "Please also say in the README which run the table belongs to; readers will ask the same."


def asking(cast: Cast) -> Iterator[Act]:
    """Some reviewers ask before they write; most of them get an answer the next day."""
    for share in shares(cast):
        chance = draw("asks", share.email, share.project)
        if chance.random() >= ASKED:
            continue
        question, answer = chance.choice(QUESTIONS)
        moment = share.begins - timedelta(hours=3)
        yield Act(
            moment=moment,
            title=f"a reviewer of {share.project} asks the developers",
            play=partial(_ask, cast, share, question),
        )
        if answer:
            yield Act(
                moment=moment + timedelta(hours=4 + 20 * chance.random()),
                title=f"{share.project} answers the question of a reviewer",
                play=partial(_tell, cast, share, answer),
            )


def _ask(cast: Cast, share: Share, question: str, now: datetime) -> None:
    with cast.database.writing() as session:
        ask_clarification(session, actor=share.reviewer, now=now, course=SLUG, key=share.project, text=question)


def _tell(cast: Cast, share: Share, answer: str, now: datetime) -> None:
    with cast.database.writing() as session:
        asked = session.scalars(
            select(Clarification)
            .join(Review, Review.assignment_id == Clarification.assignment_id)
            .where(Review.id == share.review_id)
        ).first()
        developer = developer_of(session, _project(session, cast, share.project))
        if asked is not None and developer is not None:
            write_under_clarification(
                session, actor=developer, now=now, course=SLUG, key=share.project, clarification_id=asked.id,
                text=answer,
            )  # fmt: skip


def discussing(cast: Cast) -> Iterator[Act]:
    """On every project one finding is talked about: some settle it, some messages wait to be read."""
    with cast.database.reading() as session:
        keys = [project.key for project in living_projects(session, cast.course(session))]
    begin = cast.calendar.reviews + timedelta(days=1, hours=8)
    for key in keys:
        chance = draw("talks", key)
        moment = begin + timedelta(hours=12 * chance.random())
        for number in range(chance.randint(1, len(MESSAGES))):
            yield Act(
                moment=moment, title=f"a finding on {key} is talked about", play=partial(_talk, cast, key, number)
            )
            moment += timedelta(hours=2 + 9 * chance.random())
        if chance.random() < STAFF_JOINS:
            yield Act(moment=moment, title=f"the staff join a talk on {key}", play=partial(_join, cast, key))


def _talk(cast: Cast, key: str, number: int, now: datetime) -> None:
    with cast.database.writing() as session:
        finding_id = _talked_of(session, cast, key)
        developer = developer_of(session, _project(session, cast, key))
        reviewer = _reviewer_of(session, finding_id) if finding_id else None
        writer = developer if number % 2 == 0 else reviewer
        if finding_id and writer is not None:
            write_under_finding(
                session, actor=writer, now=now, course=SLUG, finding_id=finding_id, text=MESSAGES[number]
            )


def _join(cast: Cast, key: str, now: datetime) -> None:
    with cast.database.writing() as session:
        finding_id = _talked_of(session, cast, key)
        if finding_id:
            write_under_finding(
                session, actor=cast.instructor(session), now=now, course=SLUG, finding_id=finding_id, text=STAFF_SAYS
            )


def settling(cast: Cast) -> Iterator[Act]:
    """Two days before version 2 is due the groups say which of their plans are done, and by which commit."""
    with cast.database.reading() as session:
        keys = [project.key for project in living_projects(session, cast.course(session))]
    for key in keys:
        moment = cast.calendar.version_2 - timedelta(days=2, hours=6 * draw("settles", key).random())
        yield Act(moment=moment, title=f"{key} says what it fixed", play=partial(_settle, cast, key))


def _settle(cast: Cast, key: str, now: datetime) -> None:
    with cast.database.writing() as session:
        course, project = cast.course(session), _project(session, cast, key)
        developer = developer_of(session, project)
        arrivals = standings_of(session, course, [project], now=now, mirrors=cast.settings.mirrors)[0].arrivals
        if developer is None or not arrivals:
            return
        commit = arrivals[-1].commit
        answer = Answer(kind=ResponseKind.FIXED, commit=commit, push=commit, text="Mended; the table is made anew.")
        fixed = [
            finding_id
            for number, (finding_id, _, _) in enumerate(said_of(session, project))
            if _is_planned(session, finding_id) and draw("fixed", key, str(number)).random() < FIXED
        ]
        if fixed:
            answer_findings(session, actor=developer, now=now, course=SLUG, key=key, finding_ids=fixed, answer=answer)


def _is_planned(session: Session, finding_id: str) -> bool:
    last = last_response(session, finding_id)
    return last is not None and last.kind == ResponseKind.WILL_FIX


def _talked_of(session: Session, cast: Cast, key: str) -> str:
    """The finding that is talked about: the first mistake in the settled order; "" where there is none."""
    said = said_of(session, _project(session, cast, key))
    return next((finding_id for finding_id, _, kind in said if kind == "mistake"), "")


def _reviewer_of(session: Session, finding_id: str) -> Actor | None:
    user = session.scalars(
        select(User)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Assignment, Assignment.reviewer_id == Enrollment.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Finding, Finding.review_id == Review.id)
        .where(Finding.id == finding_id)
    ).first()
    return None if user is None else Actor(user_id=user.id, name=user.name)


def _project(session: Session, cast: Cast, key: str) -> Project:
    return next(one for one in living_projects(session, cast.course(session)) if one.key == key)
