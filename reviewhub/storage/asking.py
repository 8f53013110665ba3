"""Asking the database once for what several parts of one page want to know."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from sqlalchemy.orm import Session

Answer = TypeVar("Answer")
ANSWERS = "reviewhub_answers"
"""Where a session that only reads keeps its answers; a session that may write has none, and asks every time."""


def ask_once(session: Session, key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """The answer of `ask`; the same one again where this key was asked before and nothing is written meanwhile."""
    answers = session.info.get(ANSWERS)
    if answers is None:
        return ask()
    if key not in answers:
        answers[key] = ask()
    return cast("Answer", answers[key])
