"""Talking: messages under a finding, clarifying questions and their answers; never deleted, only struck."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, Facts, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, NotAllowed, NotFound, TooLate
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.notices import mark_thread_read, notify_other_side
from reviewhub.reviews.tables import Assignment, Finding
from reviewhub.reviews.thread_rows import (
    NO_MESSAGE,
    NO_QUESTION,
    clarification_facts,
    find_handed_in,
    find_message,
    message_facts,
    own_assignment,
    thread_facts,
    why_closed_under,
)
from reviewhub.reviews.threads import Side, edit_ends_at

MOST_QUESTIONS = 20
"""Open questions one review may ask of a project: beyond that it is no clarifying any more."""


def write_under_finding(
    session: Session, *, actor: Actor, now: datetime, course: str, finding_id: str, text: str
) -> Message:
    """Write into the thread under a finding: its reviewer, the developers who see it, or the staff.

    The same words sent twice in a row (a double click) are one message. NotAllowed says why a thread is closed.
    """
    facts = thread_facts(session, actor, now, course=course, finding_id=finding_id)
    require(Action.READ_THREAD, facts)
    rows = find_handed_in(session, course, finding_id)
    closed = why_closed_under(session, rows, is_own=facts.is_own_review, now=now)
    if closed:
        raise NotAllowed(closed)
    require(Action.WRITE_MESSAGE, facts)
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    assignment = rows.assignment if facts.is_own_review else None
    return _add(
        session, actor, now, rows.project, facts, text, assignment=assignment, told=rows.assignment,
        finding_id=finding_id,
    )  # fmt: skip


def ask_clarification(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, text: str
) -> Clarification:
    """Ask the developers of a project what one must know to review it; all its reviewers read it, without names."""
    facts = clarification_facts(session, actor, now, course=course, key=key)
    require(Action.SEE_CLARIFICATIONS, facts)
    if facts.is_reviewer and not facts.questions_open:
        raise TooLate("Your review was due, so no more questions can be asked; what was asked stays here to read.")
    require(Action.ASK_CLARIFICATION, facts)
    found = find_course(session, course)
    project = find_project(session, found, key)
    session.scalar(select(Project.id).where(Project.id == project.id).with_for_update())
    assignment = own_assignment(session, project, find_enrollment(session, found, actor))
    if assignment is None:
        raise NotFound(NO_QUESTION)
    words = _checked(text, "Your question")
    asked = session.scalars(
        select(Clarification).where(Clarification.project_id == project.id).order_by(Clarification.number)
    ).all()
    own = [one for one in asked if one.assignment_id == assignment.id]
    if own and _first_words(session, own[-1].id) == words:
        return own[-1]
    if len(own) >= MOST_QUESTIONS:
        raise BadInput(f"{MOST_QUESTIONS} questions are the most for one review; write on under one of yours.")
    question = Clarification(
        project_id=project.id, number=len(asked) + 1, assignment_id=assignment.id, asked_at=now
    )  # fmt: skip
    session.add(question)
    session.flush()
    _add(
        session, actor, now, project, facts, words, assignment=assignment, told=None, clarification_id=question.id
    )  # fmt: skip
    return question


def write_under_clarification(
    session: Session, *, actor: Actor, now: datetime, course: str, key: str, clarification_id: str, text: str
) -> Message:
    """Answer a question, or ask further: the developers, the staff, and every reviewer of the project."""
    facts = clarification_facts(session, actor, now, course=course, key=key)
    require(Action.SEE_CLARIFICATIONS, facts)
    found = find_course(session, course)
    project = find_project(session, found, key)
    question = session.scalar(
        select(Clarification)
        .where(Clarification.id == clarification_id, Clarification.project_id == project.id)
        .with_for_update()
    )
    if question is None:
        raise NotFound(NO_QUESTION)
    if not facts.thread_open and not facts.only_looks:
        raise TooLate(
            "Your review was due, so you can only read here."
            if facts.is_reviewer
            else "Version 2 was due, so the questions are closed; they stay here to read."
        )
    require(Action.WRITE_MESSAGE, facts)
    assignment = own_assignment(session, project, find_enrollment(session, found, actor)) if facts.is_reviewer else None
    return _add(
        session, actor, now, project, facts, text, assignment=assignment, told=None, clarification_id=clarification_id
    )  # fmt: skip


def change_message(
    session: Session, *, actor: Actor, now: datetime, course: str, message_id: str, text: str
) -> Message:
    """Put other words in place of one's own message, within minutes; the earlier words stay in the events."""
    message = _own_message(session, actor, now, course, message_id)
    words = _checked(text, "Your message")
    if now > edit_ends_at(message.written_at):
        raise TooLate("Messages can be changed for ten minutes; write another one below it instead.")
    if message.struck_at is not None:
        raise TooLate("This message is struck, so its words stay as they are.")
    if words == message.text:
        return message
    record_event(
        session, actor=actor, now=now, action="changed message", course_id=find_course(session, course).id,
        subject=message, before={"text": message.text}, after={"text": words},
    )  # fmt: skip
    message.text, message.edited_at = words, now
    return message


def strike_message(
    session: Session, *, actor: Actor, now: datetime, course: str, message_id: str, struck: bool = True
) -> Message:
    """Strike one's own message, or let it stand again; it stays readable either way."""
    message = _own_message(session, actor, now, course, message_id)
    if (message.struck_at is not None) == struck:
        return message
    message.struck_at = now if struck else None
    record_event(
        session, actor=actor, now=now, action="struck message" if struck else "let message stand",
        course_id=find_course(session, course).id, subject=message,
    )  # fmt: skip
    return message


def _own_message(session: Session, actor: Actor, now: datetime, course: str, message_id: str) -> Message:
    require(Action.CHANGE_MESSAGE, message_facts(session, actor, now, course=course, message_id=message_id))
    session.scalar(select(Message.id).where(Message.id == message_id).with_for_update())
    return find_message(session, message_id)


def _add(
    session: Session,
    actor: Actor,
    now: datetime,
    project: Project,
    facts: Facts,
    text: str,
    *,
    assignment: Assignment | None,
    told: Assignment | None,
    finding_id: str | None = None,
    clarification_id: str | None = None,
) -> Message:
    author = find_enrollment(session, session.get_one(Course, project.course_id), actor)
    if author is None:
        raise NotFound(NO_MESSAGE)
    words = _checked(text, "Your message")
    in_thread = (
        Message.finding_id == finding_id if finding_id is not None else Message.clarification_id == clarification_id
    )
    last = session.scalar(select(Message).where(in_thread).order_by(Message.number.desc()).limit(1))
    if last is not None and (last.author_id, last.text, last.struck_at) == (author.id, words, None):
        return last
    side = Side.REVIEWER if assignment else Side.DEVELOPERS if facts.is_developer else Side.STAFF
    message = Message(
        finding_id=finding_id, clarification_id=clarification_id, number=last.number + 1 if last else 1, side=side,
        author_id=author.id, assignment_id=assignment.id if assignment else None, text=words, written_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    record_event(
        session, actor=actor, now=now, action="wrote message", course_id=project.course_id, subject=message,
        after={"finding_id": finding_id, "clarification_id": clarification_id, "side": side.value},
    )  # fmt: skip
    mark_thread_read(session, author, message, now)
    notify_other_side(session, message, project, told, now)
    return message


def _checked(text: str, what: str) -> str:
    words = check_text(text, what)
    if not words:
        raise BadInput(f"{what} is empty: write a sentence.")
    return words


def _first_words(session: Session, clarification_id: str) -> str | None:
    return session.scalar(select(Message.text).where(Message.clarification_id == clarification_id, Message.number == 1))
