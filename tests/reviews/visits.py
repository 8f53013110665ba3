"""A browser-less visitor: signed in as one person of the small course, at a moment of the semester."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.storage import Database
from tests.reviews.worlds import World

ORIGIN = {"Origin": "http://localhost"}


@dataclass
class Visitor:
    """One person with a session of their own."""

    client: FlaskClient

    def get(self, url: str, **more: object) -> TestResponse:
        """Open a page."""
        return self.client.get(url, **more)

    def post(self, url: str, fields: Mapping[str, str | list[str]] | None = None, **more: object) -> TestResponse:
        """Send a plain form."""
        return self.client.post(url, data=fields or {}, headers=ORIGIN | dict(more.pop("headers", {})), **more)


def visitor(app, database: Database, world: World, name: str, *, now: datetime, settings: Settings) -> Visitor:
    """Sign the person in."""
    with database.writing() as session:
        secret = open_session(
            session, user_id=world.users[name], browser="Test", old_secret=None, now=now, settings=settings.sign_in
        )
    client = app.test_client()
    client.set_cookie("reviewhub", secret)
    return Visitor(client=client)


def words_of(answer: TestResponse) -> str:
    """What a reader reads on the page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()
