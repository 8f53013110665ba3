"""Files that were made to break what reads them: findings on them are filed, handed in and shown all the same."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from reviewhub.config import Settings
from reviewhub.projects.addresses import address_of
from reviewhub.projects.tables import Snapshot
from reviewhub.storage import Database
from tests.attacks.conftest import MakeApp
from tests.conftest import StandingClock
from tests.reviews import acts
from tests.reviews.visits import visitor
from tests.reviews.worlds import RESPONDING, REVIEWING, World, assign, build_world, freeze

LONG_ODD = "/".join("\x01" * 200 for _ in range(4)) + "/odd.py"
LONG_PLAIN = "/".join("d" * 200 for _ in range(5)) + "/plain.py"


def _cell(cell_id: str, source: str) -> dict[str, object]:
    output = {"output_type": "stream", "name": "stdout", "text": "out\ud800\u0000put\n"}
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": [output],
    }


CELLS = [_cell("a", "x = '\ud800'\ny = '\u0000'"), _cell("i" * 500, "z = 1"), _cell("\ud800", "\u202e w = 2\u0000")]
HOSTILE: dict[str, str | bytes | None] = {
    "DCGAN/nul.py": b"x = 1\n" * 4000 + b"# \0 here\nlast = 1\n",
    "DCGAN/latin.py": b"name = '\xe7\xff'\n",
    "DCGAN/hostile.ipynb": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS}),
    f"DCGAN/{LONG_ODD}": "odd = 1\n",
    f"DCGAN/{LONG_PLAIN}": "plain = 1\n",
}
PLACES = [
    ("nul.py", "L4000-L4002"),
    ("latin.py", "L1"),
    ("hostile.ipynb", "cell-0-L1-L2"),
    ("hostile.ipynb", "cell-1"),
    ("hostile.ipynb", "cell-2"),
    ("hostile.ipynb", "cell-0-output-0"),
    (address_of(LONG_ODD), "L1"),
    (LONG_PLAIN, "L1"),
]


@pytest.fixture
def world(database: Database, tmp_path: Path, settings: Settings) -> World:
    """The small course, with hostile files in version 1 of DCGAN."""
    made = build_world(database, settings.mirrors, tmp_path / "shared")
    commit = freeze(database, made, tmp_path / "shared", 2, HOSTILE)
    with database.writing() as session:
        tree = made.objects.folder_tree(commit, "DCGAN")
        session.execute(
            update(Snapshot).where(Snapshot.id == made.snapshots["DCGAN", 1]).values(tree=tree, commit=commit)
        )
    assign(database, made, "cem", "DCGAN")
    return made


@pytest.mark.parametrize(("path", "place"), PLACES, ids=["/".join(one)[-30:] for one in PLACES])
def test_finding_on_a_hostile_file_goes_the_whole_way(
    path: str, place: str, world: World, database: Database, settings: Settings, clock: StandingClock, make_app: MakeApp
) -> None:
    app = make_app(database=database)
    clock.put(REVIEWING)
    reviewer = visitor(app, database, world, "cem", now=REVIEWING, settings=settings)
    desk = f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}"
    words = {"kind": "mistake", "severity": "minor", "category": "", "text": "Look here.", "path": path, "place": place}
    assert reviewer.get(desk, query_string={"path": path}).status_code == 200
    filed = reviewer.post(f"{desk}/findings", words)
    assert filed.status_code == 303
    assert reviewer.get(filed.headers["Location"]).status_code == 200
    acts.save(database, world, "cem", "DCGAN")
    assert reviewer.post(f"{desk}/submit", {"edition": "0"}).status_code == 303
    clock.put(RESPONDING)
    developer = visitor(app, database, world, "ada", now=RESPONDING, settings=settings)
    answer = developer.get("/c/dgm/projects/DCGAN/findings")
    assert (answer.status_code, "Look here." in answer.get_data(as_text=True)) == (200, True)
