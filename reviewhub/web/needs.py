"""How a route names the right it needs; the suite fails for a route without one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g

from reviewhub.accounts.facts import account_facts
from reviewhub.accounts.rights import Action, Facts, require
from reviewhub.web.context import current_actor, now, reading

View = Callable[..., Any]


LoadFacts = Callable[..., Facts]
"""A room's loader: (session, actor, now, **names of the address) → Facts; NotFound where the address names nothing."""


def needs(action: Action, load_facts: LoadFacts = account_facts) -> Callable[[View], View]:
    """Let the view run only where the table of rights allows `action`; keep the facts for the page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**names: Any) -> Any:
            if current_actor().user_id is None:
                require(action, Facts())  # before anything is looked up: a stranger learns of no course whether it is
            with reading() as session:
                g.facts = load_facts(session, current_actor(), now(), **names)
            require(action, g.facts)
            return view(**names)

        guarded.needed_action = action  # type: ignore[attr-defined]  # read by the suite and by the rights page
        return guarded

    return decorate
