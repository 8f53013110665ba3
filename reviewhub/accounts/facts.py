"""What is known of the actor alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import PROGRAM, Actor, Facts
from reviewhub.accounts.tables import User
from reviewhub.storage import ask_once


def account_facts(session: Session, actor: Actor, _now: datetime, **_names: str) -> Facts:
    """Signed in or not, administrator or not, looking as somebody else or not."""
    if actor is PROGRAM:
        return Facts(is_program=True, signed_in=True)
    user_id = actor.user_id
    user = ask_once(session, ("user", user_id), lambda: session.get(User, user_id)) if user_id else None
    if user is None:
        return Facts()
    return Facts(
        signed_in=True,
        is_administrator=user.is_administrator and actor.looking_for_id is None,
        only_looks=actor.looking_for_id is not None,
    )
