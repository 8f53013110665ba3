"""A second grader reads a graded project: they agree, or ask for a change that holds up the release until answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades.deciders import deciders_in
from reviewhub.grades.drafting import clean
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.gathering import gather
from reviewhub.grades.grader_shares import alone_decided
from reviewhub.grades.second_reading_tables import SecondReading
from reviewhub.grades.standing import SOMEBODY_ELSE, Desk, let_stand, open_desk

NOTE_LENGTH = 2000


class Opinion(StrEnum):
    """What a second reader says of a graded project."""

    AGREES = "agrees"
    CHANGE = "change"


def read_second(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, opinion: Opinion, note: str = ""
) -> SecondReading:
    """Say that the grading of a project is right, or ask for a change of it. A newer reading takes the older's place.

    Conflict where nothing is decided yet, or where the reader alone decided everything.
    """
    desk = _open(session, actor, now, course, key)
    told = _text(note, "what should change", is_needed=opinion is Opinion.CHANGE)
    gathered = gather(session, desk.course, project_ids=[desk.project.id])
    deciders = deciders_in(gathered).get(desk.project.id, {})
    if not deciders:
        msg = f"Nothing is decided in {key} yet, so there is nothing to read."
        raise Conflict(msg)
    if alone_decided(desk.grader_id, deciders):
        msg = f"You alone decided {key}, so somebody else has to read it second."
        raise Conflict(msg)
    before = _standing(session, desk)
    if before is not None and (before.opinion, before.note) == (opinion, told) and before.answered_at is None:
        return before  # a second click
    if before is not None:
        before.withdrawn_at = now
        session.flush()
    made = SecondReading(project_id=desk.project.id, reader_id=desk.grader_id, opinion=opinion, note=told, at=now)
    let_stand(session, made)
    record_event(
        session,
        actor=actor,
        now=now,
        action="read graded project",
        subject=made,
        course_id=desk.course.id,
        after={"project": key, "opinion": opinion.value},
        reason=told,
    )
    return made


def answer_reading(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, reading_id: str, answer: str
) -> None:
    """Answer a second reader who asked for a change: done, or why not. The release waits for it no longer."""
    desk = _open(session, actor, now, course, key)
    told = _text(answer, "what was changed, or why nothing was", is_needed=True)
    reading = _reading(session, desk, reading_id)
    if reading.opinion != Opinion.CHANGE or reading.answered_at is not None or reading.withdrawn_at is not None:
        raise Conflict(SOMEBODY_ELSE)
    if reading.reader_id == desk.grader_id:
        msg = "Somebody else answers what you asked for; you can withdraw it."
        raise Conflict(msg)
    reading.answer, reading.answered_by_id, reading.answered_at = told, desk.grader_id, now
    session.flush()
    record_event(
        session,
        actor=actor,
        now=now,
        action="answered second reader",
        subject=reading,
        course_id=desk.course.id,
        after={"project": key},
        reason=told,
    )


def withdraw_reading(session: Session, *, actor: Actor, now: datetime, course: str, key: str, reading_id: str) -> None:
    """Take one's own reading back."""
    desk = _open(session, actor, now, course, key)
    reading = _reading(session, desk, reading_id)
    if reading.reader_id != desk.grader_id:
        msg = "Only the one who read a project takes their reading back."
        raise Conflict(msg)
    if reading.withdrawn_at is not None:
        return
    reading.withdrawn_at = now
    session.flush()
    record_event(
        session,
        actor=actor,
        now=now,
        action="withdrew second reading",
        subject=reading,
        course_id=desk.course.id,
        before={"project": key, "opinion": reading.opinion},
    )


def _open(session: Session, actor: Actor, now: datetime, course: str, key: str) -> Desk:
    require(Action.READ_SECOND, grading_facts(session, actor, now, course=course))
    return open_desk(session, actor=actor, now=now, course=course, key=key)


def _text(given: str, what: str, *, is_needed: bool) -> str:
    told = clean(given).strip()
    if (is_needed and not told) or len(told) > NOTE_LENGTH:
        msg = f"Say {what}, in up to {NOTE_LENGTH:,} characters."
        raise BadInput(msg)
    return told


def _standing(session: Session, desk: Desk) -> SecondReading | None:
    return session.scalar(
        select(SecondReading).where(
            SecondReading.project_id == desk.project.id,
            SecondReading.reader_id == desk.grader_id,
            SecondReading.withdrawn_at.is_(None),
        )
    )


def _reading(session: Session, desk: Desk, reading_id: str) -> SecondReading:
    row = session.scalar(
        select(SecondReading)
        .where(SecondReading.id == reading_id, SecondReading.project_id == desk.project.id)
        .with_for_update()
    )
    if row is None:
        msg = "There is no such reading of this project."
        raise NotFound(msg)
    return row
