"""A course to grade, and its pages opened as any of its people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.storage import Database
from tests.grades.worlds import GRADING, World, make_world

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at the pages of the course."""

    client: "FlaskClient"

    def get(self, path: str) -> "TestResponse":
        """Open a page of the course."""
        return self.client.get(f"/c/ceng796{path}")

    def post(self, path: str, /, *, htmx: bool = False, **fields: Any) -> "TestResponse":
        """Send a form of the course, as its own page would, with or without scripts."""
        headers = {"Origin": "http://localhost"} | ({"HX-Request": "true"} if htmx else {})
        return self.client.post(f"/c/ceng796{path}", data=fields, headers=headers)


@pytest.fixture
def world(sqlite_database: Database) -> World:
    """AWGAN and BNF, reviewed and waiting to be graded."""
    with sqlite_database.writing() as session:
        return make_world(session)


@pytest.fixture
def visit(
    world: World, sqlite_database: Database, make_app: Callable[..., "Flask"], clock: Any, settings: Settings
) -> Callable[[str], Visit]:
    """Open the pages as somebody: `visit("Ida").get("/grading")`."""
    clock.put(GRADING)
    app = make_app()

    def as_person(name: str) -> Visit:
        client = app.test_client()
        with sqlite_database.writing() as session:
            secret = open_session(
                session,
                user_id=world.people[name].user_id,
                browser="test",
                old_secret=None,
                now=GRADING,
                settings=settings.sign_in,
            )
        client.set_cookie("reviewhub", secret)
        return Visit(client=client)

    return as_person
