"""Threads as their readers see them: in two queries, however many findings or questions there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment
from reviewhub.projects.tables import Project
from reviewhub.reviews.message_tables import Clarification, Message, Notice
from reviewhub.reviews.threads import Author, Reader, Side, Speaker, may_edit, speaker_for


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message as one reader sees it."""

    message_id: str
    speaker: Speaker
    side: Side
    text: str
    written_at: datetime
    is_edited: bool
    is_struck: bool
    is_new: bool
    may_edit: bool
    may_strike: bool


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A thread: its messages in order, and why nothing more can be written ("" where it can)."""

    messages: tuple[ShownMessage, ...] = ()
    closed: str = ""

    @property
    def unread(self) -> int:
        """How many messages are new to the reader."""
        return sum(one.is_new for one in self.messages)


@dataclass(frozen=True, kw_only=True)
class ShownQuestion:
    """A clarifying question with its thread; the first message is the question itself."""

    clarification_id: str
    number: int
    is_own: bool
    is_answered: bool
    thread: Thread


def threads_under(
    session: Session,
    finding_ids: Iterable[str],
    reader: Reader,
    *,
    called: Mapping[str, str],
    closed: Mapping[str, str],
    now: datetime,
) -> dict[str, Thread]:
    """Finding id → its thread. `called`: → what strangers call its reviewer; `closed`: → why it is closed."""
    wanted = list(finding_ids)
    shown: dict[str, list[ShownMessage]] = {one: [] for one in wanted}
    for message, name, notice in _rows(session, reader, Message.finding_id.in_(wanted)):
        finding_id = message.finding_id or ""
        author = _author(message, name, called.get(finding_id, "A reviewer"))
        shown[finding_id].append(_shown(message, author, reader, is_new=notice is not None, now=now,
                                        is_open=not closed.get(finding_id, "")))  # fmt: skip
    return {one: Thread(messages=tuple(messages), closed=closed.get(one, "")) for one, messages in shown.items()}


def load_questions(
    session: Session, project: Project, reader: Reader, *, closed: str, now: datetime
) -> list[ShownQuestion]:
    """Every question on the project with its answers, in the order they were asked."""
    asked = session.scalars(
        select(Clarification).where(Clarification.project_id == project.id).order_by(Clarification.number)
    ).all()
    shown: dict[str, list[ShownMessage]] = {one.id: [] for one in asked}
    answered = set()
    for message, name, notice in _rows(session, reader, Message.clarification_id.in_(list(shown))):
        if message.side != Side.REVIEWER and message.struck_at is None:
            answered.add(message.clarification_id)
        author = _author(message, name, "A reviewer")
        shown[message.clarification_id or ""].append(
            _shown(message, author, reader, is_new=notice is not None, now=now, is_open=not closed)
        )
    return [
        ShownQuestion(
            clarification_id=one.id,
            number=one.number,
            is_own=one.assignment_id == reader.assignment_id,
            is_answered=one.id in answered,
            thread=Thread(messages=tuple(shown[one.id]), closed=closed),
        )
        for one in asked
    ]


def unanswered_questions(session: Session, project_ids: Iterable[str]) -> dict[str, int]:
    """Project id → how many of its questions nobody answered yet and the asker has not struck."""
    answers = select(Message.clarification_id).where(
        Message.clarification_id.is_not(None), Message.side != Side.REVIEWER, Message.struck_at.is_(None)
    )
    rows = session.execute(
        select(Clarification.project_id, func.count())
        .join(Message, (Message.clarification_id == Clarification.id) & (Message.number == 1))
        .where(
            Clarification.project_id.in_(list(project_ids)),
            Clarification.id.not_in(answers),
            Message.struck_at.is_(None),
        )
        .group_by(Clarification.project_id)
    )
    return dict(rows.all())


def _rows(session: Session, reader: Reader, wanted: object) -> list[tuple[Message, str, str | None]]:
    unread = (
        (Notice.message_id == Message.id)
        & (Notice.enrollment_id == reader.enrollment_id)
        & Notice.read_at.is_(None)
    )  # fmt: skip
    rows = session.execute(
        select(Message, User.name, Notice.id)
        .join(Enrollment, Enrollment.id == Message.author_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(Notice, unread)
        .where(wanted)  # type: ignore[arg-type]  # a column's test
        .order_by(Message.number)
    )
    return [(message, name, notice) for message, name, notice in rows]


def _author(message: Message, name: str, called: str) -> Author:
    return Author(
        side=Side(message.side),
        enrollment_id=message.author_id,
        name=name,
        assignment_id=message.assignment_id or "",
        called=called,
    )


def _shown(
    message: Message, author: Author, reader: Reader, *, is_new: bool, is_open: bool, now: datetime
) -> ShownMessage:
    is_author = message.author_id == reader.enrollment_id
    is_struck = message.struck_at is not None
    fresh = may_edit(is_author=is_author, written_at=message.written_at, is_struck=is_struck, now=now)
    return ShownMessage(
        message_id=message.id,
        speaker=speaker_for(reader, author),
        side=author.side,
        text=message.text,
        written_at=message.written_at,
        is_edited=message.edited_at is not None,
        is_struck=is_struck,
        is_new=is_new,
        may_edit=is_open and fresh,
        may_strike=is_open and is_author,
    )
