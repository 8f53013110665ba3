"""How a route names the right it needs; the suite fails for a route without one."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol

from flask import g
from sqlalchemy.orm import Session

from reviewhub.accounts.facts import account_facts
from reviewhub.accounts.rights import Action, Actor, Facts, require
from reviewhub.web.context import current_actor, now, reading

View = Callable[..., Any]


class LoadFacts(Protocol):
    """A room's loader: what is known of the actor and of the thing that the address names."""

    def __call__(self, session: Session, actor: Actor, now: datetime, /, **names: Any) -> Facts:
        """Load the facts; NotFound where the address names nothing."""


def needs(action: Action, load_facts: LoadFacts = account_facts) -> Callable[[View], View]:
    """Let the view run only where the table of rights allows `action`; keep the facts for the page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**names: Any) -> Any:
            with reading() as session:
                g.facts = load_facts(session, current_actor(), now(), **names)
            require(action, g.facts)
            return view(**names)

        guarded.needed_action = action  # type: ignore[attr-defined]  # read by the suite and by the rights page
        return guarded

    return decorate
