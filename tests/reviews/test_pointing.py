"""Places of a finding and ticks of files as verbs, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.errors import BadInput, NotFound, TooLate
from reviewhub.reviews.pointing import point_finding, read_places, written_place
from reviewhub.reviews.tables import Finding, FindingAnchor
from reviewhub.reviews.viewing import tick_file, viewed_files
from reviewhub.storage import Database
from tests.reviews.acts import file
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, World, assign


@pytest.fixture
def desk(database: Database, world: World) -> World:
    assign(database, world, "cem", "DCGAN")
    return world


def point(database: Database, world: World, finding: Finding, *places: str, name: str = "cem", now=REVIEWING) -> None:
    with database.writing() as session:
        point_finding(
            session, actor=world.actor(name), now=now, course="dgm", review_id=world.reviews["cem", "DCGAN"],
            finding_id=finding.id, objects=world.objects, places=read_places(places),
        )  # fmt: skip


def tick(database: Database, world: World, path: str, *, is_viewed: bool = True) -> None:
    with database.writing() as session:
        tick_file(
            session, actor=world.actor("cem"), now=REVIEWING, course="dgm", review_id=world.reviews["cem", "DCGAN"],
            objects=world.objects, path=path, is_viewed=is_viewed,
        )  # fmt: skip


def anchors(database: Database) -> list[FindingAnchor]:
    with database.reading() as session:
        return list(session.scalars(select(FindingAnchor).order_by(FindingAnchor.position)))


def test_places_are_kept_in_their_order_with_the_change_in_the_log(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    point(database, desk, finding, "L7 model.py", "cell-2-L1 main.ipynb", "L7 model.py", "project")
    assert [(row.position, row.kind, row.path) for row in anchors(database)] == [
        (0, "lines", "model.py"), (1, "cell_lines", "main.ipynb"), (2, "project", ""),
    ]  # fmt: skip
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "pointed finding")).one()
    assert event.before == {"places": ["cell-2-L1 main.ipynb"]}
    assert event.after == {"places": ["L7 model.py", "cell-2-L1 main.ipynb", "project"]}


def test_place_that_stays_keeps_its_pin(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    with database.writing() as session:
        session.scalars(select(FindingAnchor)).one().quoted = "pinned in an earlier version 1"
    point(database, desk, finding, "cell-2-L1 main.ipynb", "file model.py")
    assert anchors(database)[0].quoted == "pinned in an earlier version 1"


def test_same_places_again_change_nothing(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    point(database, desk, finding, "cell-2-L1 main.ipynb")
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.action == "pointed finding")).all() == []
        assert session.get_one(Finding, finding.id).edited_at is None


@pytest.mark.parametrize("place", ["L99 model.py", "cell-9 main.ipynb", "L1 nowhere.py", "nonsense model.py", ""])
def test_place_that_is_not_there_changes_nothing(database: Database, desk: World, place: str) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    with pytest.raises(BadInput):
        point(database, desk, finding, place)
    assert [written_place_of(row) for row in anchors(database)] == ["cell-2-L1 main.ipynb"]


def written_place_of(row: FindingAnchor) -> str:
    (place,) = read_places([f"cell-{row.cell_index}-L{row.first_line} {row.path}"])
    return written_place(place)


def test_nobody_else_points_and_nobody_after_the_deadline(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    with pytest.raises(NotFound):
        point(database, desk, finding, "file model.py", name="derya")
    with pytest.raises(TooLate, match="The review deadline has passed"):
        point(database, desk, finding, "file model.py", now=REVIEWS_DUE + timedelta(days=30))


def test_parallel_ticks_are_one(database: Database, desk: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tick(database, desk, "model.py"), range(16)))
    tick(database, desk, "README.md")
    tick(database, desk, "README.md", is_viewed=False)
    with database.reading() as session:
        viewed = viewed_files(session, desk.reviews["cem", "DCGAN"])
    assert (len(viewed.opened), len(viewed.ticked)) == (2, 1)
    assert viewed.ticked < viewed.opened
