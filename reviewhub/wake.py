"""The only way to ask for background work: a name and a key, sent after the transaction commits.

A wake is a hint. Work is level-triggered: the minute sweep asks the database what is due and unfinished, so a lost
hint delays and never loses.
"""

from sqlalchemy.orm import Session

from reviewhub.storage.database import WAKES


def wake(session: Session, job: str, key: str) -> None:
    """Ask for `job` on `key` once this session's transaction has committed (twice asked is once sent)."""
    session.info.setdefault(WAKES, []).append((job, key))
