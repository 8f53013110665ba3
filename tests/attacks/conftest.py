"""The demonstration's story, played once for all attacks, and a copy of it at each stop for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.storage import Database
from tests.attacks.stages import KeptStory, Stage, play_story, set_stage
from tests.reviews.worlds import REVIEWING

MakeApp = Callable[..., Flask]


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> KeptStory:
    """The story's database at every stop, and the one repository and mirror beside them."""
    return play_story(tmp_path_factory.mktemp("story") / "demonstration")


@pytest.fixture
def stage_at(story: KeptStory, tmp_path: Path) -> Iterator[Callable[[str], Stage]]:
    """`stage_at("responding")`: the whole program at that stop, on a copy that the test may spoil."""
    stages: list[Stage] = []

    def set_one(stop: str) -> Stage:
        stages.append(set_stage(story, stop, tmp_path))
        return stages[-1]

    yield set_one
    for stage in stages:
        stage.database.close()


@pytest.fixture
def client_of() -> Callable[..., FlaskClient]:
    """`client_of(app, database, settings, user_id)`: a signed-in way to the pages."""

    def sign_in(app: Flask, database: Database, settings: Settings, user_id: str) -> FlaskClient:
        with database.writing() as session:
            secret = open_session(
                session, user_id=user_id, browser="", old_secret=None, now=REVIEWING, settings=settings.sign_in
            )
        client = app.test_client()
        client.set_cookie("reviewhub", secret)
        return client

    return sign_in
