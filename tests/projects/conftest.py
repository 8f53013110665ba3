"""A shared repository on disk for each test."""

from pathlib import Path

import pytest

from tests.github.pushing import SharedRepository


@pytest.fixture
def shared(tmp_path: Path) -> SharedRepository:
    """A fresh shared repository that logs its pushes, and a clone."""
    return SharedRepository(tmp_path)
