"""What every page stands on: layout, forms, errors to pages, rights at the route, static files.

Shelves: `context` (the request's ground), `needs` (a route's right), `guards` (origin, session, headers),
`faults` (errors to pages), `rendering` (templates and slots), `formatting` and `charts` (pure).
"""

from reviewhub.web.context import current_actor, current_facts, ground, link_ground, now, reading, settings, writing
from reviewhub.web.needs import needs
from reviewhub.web.rendering import back_to, flash_done, is_partial, provide, render, safe_next

__all__ = [
    "back_to",
    "current_actor",
    "current_facts",
    "flash_done",
    "ground",
    "is_partial",
    "link_ground",
    "needs",
    "now",
    "provide",
    "reading",
    "render",
    "safe_next",
    "settings",
    "writing",
]
