"""Saving rows that only one of several people can: the database's unique keys decide, the others read a sentence."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from reviewhub.errors import Conflict


def save_first(session: Session, *, else_say: str) -> None:
    """Send what was changed to the database now. Raises Conflict with `else_say` where somebody was faster."""
    try:
        session.flush()
    except (IntegrityError, StaleDataError) as fault:
        raise Conflict(else_say) from fault
