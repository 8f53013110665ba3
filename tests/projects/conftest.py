"""A shared repository on disk and a course around it, for each test."""

from pathlib import Path

import pytest

from reviewhub.config import Settings
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository
from tests.projects.worlds import EARLY, FILES, World


@pytest.fixture
def shared(tmp_path: Path) -> SharedRepository:
    """A fresh shared repository that logs its pushes, and a clone."""
    return SharedRepository(tmp_path)


@pytest.fixture
def world(database: Database, settings: Settings, shared: SharedRepository) -> World:
    """A course whose two groups have pushed their first files; on SQLite and on PostgreSQL."""
    shared.receive(FILES, at=EARLY)
    return World(database=database, settings=settings, shared=shared).build()


@pytest.fixture
def sqlite_world(sqlite_database: Database, settings: Settings, shared: SharedRepository) -> World:
    """The same on SQLite only."""
    shared.receive(FILES, at=EARLY)
    return World(database=sqlite_database, settings=settings, shared=shared).build()
