"""A small course, and the verbs of a review in short."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from reviewhub.storage import Database
from tests.journeys.serving import listen, port_of, serving
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


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an application until the test ends; gives the address of its pages."""
    with ExitStack() as ends:

        def start(app: Flask) -> str:
            sockets = [listen(), listen()]
            ends.enter_context(serving(app, sockets))
            return f"http://127.0.0.1:{port_of(sockets[0])}"

        yield start
