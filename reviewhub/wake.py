"""The only way to ask for background work: a name and a key, sent after the transaction commits.

A wake is a hint. Work is level-triggered: the minute sweep asks the database what is due and unfinished, so a lost
hint delays and never loses.
"""

from sqlalchemy.orm import Session

from reviewhub.storage import Database
from reviewhub.storage.database import WAKES


def wake(session: Session, job: str, key: str) -> None:
    """Ask for `job` on `key` once this session's transaction has committed (twice asked is once sent)."""
    session.info.setdefault(WAKES, []).append((job, key))


def wake_for_page(database: Database, job: str, key: str) -> None:
    """Ask at once for work that no row tells of: what a page waits for can be made again at any time.

    No sweep finds such work; whoever waits asks again.
    """
    database.send(job, key)
