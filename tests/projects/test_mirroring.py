"""What a look at the repository leaves in the tables."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from reviewhub.accounts.rights import PROGRAM
from reviewhub.errors import NotAllowed
from reviewhub.projects.mirroring import ask_for_look, courses_to_mirror, mirror_course
from reviewhub.projects.tables import Mirror, RefMove
from tests.projects.worlds import DUE_1, EARLY, SLUG, World, minutes


def rows(world: World) -> list[tuple]:
    return [(m.number, m.ref, m.old, m.new, m.forced, m.received_from, m.received_by, m.source) for m in world.moves()]


def test_every_push_is_a_row_with_its_second(world: World) -> None:
    first = world.shared.head()
    second = world.shared.receive({"AWGAN/model.py": "x = 2\n"}, at=EARLY + minutes(3))

    outcome = world.look(EARLY + minutes(5))
    again = world.look(EARLY + minutes(10))

    assert (outcome.recorded, again.recorded) == (2, 0)
    assert rows(world) == [
        (1, "refs/heads/main", None, first, False, EARLY, EARLY, "reflog"),
        (2, "refs/heads/main", first, second, False, EARLY + minutes(3), EARLY + minutes(3), "reflog"),
    ]


def test_without_a_log_a_push_lies_between_two_looks(world: World) -> None:
    world.shared.at_remote("config", "core.logAllRefUpdates", "false")
    (world.shared.bare / "logs/refs/heads/main").unlink()
    first = world.shared.head()
    world.look(EARLY + minutes(1))
    second = world.shared.receive({"x": "1"}, at=EARLY + minutes(2))
    world.look(EARLY + minutes(6))

    assert rows(world) == [
        (1, "refs/heads/main", None, first, False, None, EARLY + minutes(1), "poll"),
        (2, "refs/heads/main", first, second, False, EARLY + minutes(1), EARLY + minutes(6), "poll"),
    ]


def test_moves_of_several_branches_stand_in_the_order_they_arrived(world: World) -> None:
    world.shared.push(at=EARLY + minutes(2), ref="b")
    world.shared.receive({"x": "1"}, at=EARLY + minutes(3))
    world.shared.receive({"x": "2"}, at=EARLY + minutes(4), ref="b")
    world.look(EARLY + minutes(9))

    assert [(m.ref, m.received_by) for m in world.moves()] == [
        ("refs/heads/main", EARLY),
        ("refs/heads/b", EARLY + minutes(2)),
        ("refs/heads/main", EARLY + minutes(3)),
        ("refs/heads/b", EARLY + minutes(4)),
    ]


def test_database_refuses_to_change_or_delete_a_move(world: World) -> None:
    world.look(EARLY + minutes(1))
    for statement in (update(RefMove).values(forced=True), delete(RefMove)):
        with pytest.raises(DatabaseError, match="append-only"), world.database.writing() as session:
            session.execute(statement)
    assert len(world.moves()) == 1


def test_repository_that_is_away_is_stale_since_the_first_failure(world: World) -> None:
    world.look(EARLY + minutes(1))
    elsewhere = world.shared.bare.with_name("elsewhere.git")
    world.shared.bare.rename(elsewhere)
    first = world.look(EARLY + minutes(5))
    world.look(EARLY + minutes(10))
    with world.database.reading() as session:
        away = session.scalars(select(Mirror)).one()
    elsewhere.rename(world.shared.bare)
    world.look(EARLY + minutes(15))
    with world.database.reading() as session:
        back = session.scalars(select(Mirror)).one()

    assert first.failure.startswith("There is no git repository at")
    assert (away.fetched_at, away.failed_at) == (EARLY + minutes(1), EARLY + minutes(5))
    assert (back.fetched_at, back.failed_at, back.failure) == (EARLY + minutes(15), None, "")


def test_two_looks_at_once_record_every_move_once(sqlite_world: World) -> None:
    sqlite_world.look(EARLY)
    for count in range(5):
        sqlite_world.shared.receive({"x": str(count)}, at=EARLY + minutes(count + 1))
    threads = [threading.Thread(target=sqlite_world.look, args=(EARLY + minutes(30),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    moves = sqlite_world.moves()
    assert [move.number for move in moves] == [1, 2, 3, 4, 5, 6]
    assert all(later.old == earlier.new for earlier, later in pairwise(moves))


def test_repository_is_due_by_the_clock_on_demand_and_after_a_deadline(world: World) -> None:
    def due(now) -> list[str]:
        with world.database.reading() as session:
            return courses_to_mirror(session, now=now, poll_minutes=5)

    assert due(EARLY) == [SLUG]
    world.look(EARLY)
    assert due(EARLY + minutes(4)) == []
    assert due(EARLY + minutes(5)) == [SLUG]
    with world.database.writing() as session:
        ask_for_look(session, actor=world.actor("deniz"), now=EARLY + minutes(2), course=SLUG)
    assert due(EARLY + minutes(2)) == [SLUG]
    world.look(DUE_1 - minutes(1))
    assert due(DUE_1) == []
    assert due(DUE_1 + timedelta(seconds=1)) == [SLUG]
    world.look(DUE_1 + timedelta(seconds=1))
    assert due(DUE_1 + timedelta(seconds=89)) == []
    assert due(DUE_1 + timedelta(seconds=90)) == [SLUG]


def test_students_cannot_ask_for_a_look(world: World) -> None:
    with pytest.raises(NotAllowed), world.database.writing() as session:
        ask_for_look(session, actor=world.actor("ada"), now=EARLY, course=SLUG)
    with pytest.raises(NotAllowed):
        mirror_course(world.database, world.settings, actor=world.actor("oya"), now=EARLY, course=SLUG)
    assert PROGRAM.user_id is None
