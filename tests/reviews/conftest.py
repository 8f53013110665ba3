"""A small course, and the verbs of a review in short."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewhub.storage import Database
from tests.reviews.worlds import World, build_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """The course with version 1 of three projects frozen, on both databases."""
    return build_world(database, tmp_path / "mirrors", tmp_path / "shared")


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    """Make the course in a database of choice with changes to its file: `make_world(database, release="at_submit")`."""

    def make(database: Database, **policy: str) -> World:
        return build_world(database, tmp_path / "mirrors", tmp_path / "shared", **policy)

    return make
