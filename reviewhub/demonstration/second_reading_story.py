"""The assistant's part in grading: reads some projects second, asks for one change, and begins one project."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.demonstration.cast import SLUG, Act, Cast
from reviewhub.demonstration.grading_story import accept_first_wordings
from reviewhub.demonstration.people import person_of
from reviewhub.grades.grader_shares import Task
from reviewhub.grades.second_reading import Opinion, answer_reading, read_second
from reviewhub.grades.second_reading_tables import SecondReading
from reviewhub.grades.sharing_grading import assign_grader
from reviewhub.projects.lookup import find_project, living_projects

ASSISTANT = "tolga"
ASKED = "I would call M1 less grave than it stands here: the results do not depend on it. Would you look at it again?"
ANSWERED = "I looked again: whoever repeats the work meets it first, so it stays as it is. Thank you for asking."
BEGUN = timedelta(days=7, hours=12, minutes=48)
"""After version 2 was due: shortly before the stop at which people look at the grading."""


def reading(cast: Cast) -> Iterator[Act]:
    """Who grades and who reads is said; the assistant agrees with one project, and asks for a change of another."""
    due = cast.calendar.version_2
    with cast.database.reading() as session:
        keys = [project.key for project in living_projects(session, cast.course(session))]
    yield Act(moment=due + timedelta(days=4), title="graders are named", play=partial(_name_graders, cast, keys))
    if len(keys) < 6:
        return
    agree = partial(_read, cast, keys[0], Opinion.AGREES, "")
    yield Act(moment=due + timedelta(days=5, hours=11), title=f"{keys[0]} is read second", play=agree)
    ask = partial(_read, cast, keys[3], Opinion.CHANGE, ASKED)
    yield Act(moment=due + timedelta(days=7, hours=4), title=f"a change of {keys[3]} is asked for", play=ask)
    yield Act(moment=due + BEGUN, title=f"the assistant begins {keys[5]}", play=partial(_begin, cast, keys[5]))
    yield Act(
        moment=due + timedelta(days=9, hours=10),
        title="the second reader is answered",
        play=partial(_answer, cast, keys[3]),
    )


def _assistant(cast: Cast, session: Session) -> Actor:
    return cast.actor(session, person_of(ASSISTANT))


def _name_graders(cast: Cast, keys: list[str], now: datetime) -> None:
    with cast.database.writing() as session:
        actor, assistant = cast.instructor(session), _assistant(cast, session)
        common = {"actor": actor, "now": now, "course": SLUG}
        for chosen, task, who in ((keys, Task.GRADES, actor), (keys[::3], Task.READS, assistant)):
            assign_grader(session, **common, keys=chosen, task=task, grader_id=who.user_id or "")  # type: ignore[arg-type]


def _read(cast: Cast, key: str, opinion: Opinion, note: str, now: datetime) -> None:
    with cast.database.writing() as session:
        actor = _assistant(cast, session)
        read_second(session, actor=actor, now=now, course=SLUG, key=key, opinion=opinion, note=note)


def _begin(cast: Cast, key: str, now: datetime) -> None:
    with cast.database.writing() as session:
        project = find_project(session, cast.course(session), key)
        accept_first_wordings(session, _assistant(cast, session), project, now, most=2)


def _answer(cast: Cast, key: str, now: datetime) -> None:
    with cast.database.writing() as session:
        project = find_project(session, cast.course(session), key)
        for row in session.scalars(select(SecondReading).where(SecondReading.project_id == project.id)).all():
            if row.opinion == Opinion.CHANGE:
                actor = cast.instructor(session)
                answer_reading(session, actor=actor, now=now, course=SLUG, key=key, reading_id=row.id, answer=ANSWERED)
