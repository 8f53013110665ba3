"""What a page stands on while it answers one request: the database, the clock, the actor, the settings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, cast

from flask import current_app, g, url_for
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import ANYBODY, Actor, Facts
from reviewhub.config import Settings
from reviewhub.errors import ReviewHubError
from reviewhub.storage import ANSWERS, Clock, Database

EXTENSION = "reviewhub"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What `app` puts under every page."""

    settings: Settings
    database: Database
    clock: Clock
    secret: str


def ground() -> Ground:
    """The ground of the running application."""
    return cast("Ground", current_app.extensions[EXTENSION])


@contextmanager
def reading() -> Iterator[Session]:
    """A reading session on the application's database; all of one request share their answers until it writes."""
    with ground().database.reading() as session:
        session.info[ANSWERS] = g.setdefault(ANSWERS, {})
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A writing transaction on the application's database; committed at its end."""
    try:
        with ground().database.writing() as session:
            yield session
    finally:
        g.pop(ANSWERS, None)


def now() -> datetime:
    """The moment of this request: one moment from its first line to its last."""
    if "now" not in g:
        g.now = ground().clock()
    return cast("datetime", g.now)


def current_actor() -> Actor:
    """Who asks; a stranger is ANYBODY."""
    return cast("Actor", g.get("actor", ANYBODY))


def current_facts() -> Facts:
    """The facts that the route's right was decided on."""
    return cast("Facts", g.get("facts", Facts()))


def settings() -> Settings:
    """The installation's settings."""
    return ground().settings


class LinkGround(TypedDict):
    """What links inside a version's files are made from: see `projects/links.py`."""

    make_url: Callable[..., str]
    viewer: str
    now: datetime
    content_url: str
    secret: str


def link_ground() -> LinkGround:
    """What links are made from for whoever asks."""
    return LinkGround(
        make_url=url_for,
        viewer=current_actor().user_id or "",
        now=now(),
        content_url=settings().server.content_url,
        secret=ground().secret,
    )


class PageFault(ReviewHubError):
    """A request that no page can answer (wrong origin, too large); carries the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the sentence and the status."""
        super().__init__(message)
        self.status = status
