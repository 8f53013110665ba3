"""The invariants of this room hold after real work, and notice when rows are spoilt."""

from sqlalchemy import update

from reviewhub.projects.invariants import INVARIANTS
from reviewhub.projects.tables import Snapshot
from tests.projects.worlds import DUE_1, World, minutes


def exceptions(world: World) -> dict[str, int]:
    with world.database.reading() as session:
        return {name: len(check(session)) for name, check in INVARIANTS.items()}


def test_invariants_hold_after_pushes_and_a_freeze_and_notice_what_is_spoilt(world: World) -> None:
    world.confirm()
    world.shared.receive({"AWGAN/model.py": "x = 2\n"}, at=DUE_1 - minutes(1), ref="other")
    world.look_and_freeze(DUE_1 + minutes(1))
    assert exceptions(world) == dict.fromkeys(INVARIANTS, 0)

    with world.database.writing() as session:
        session.execute(update(Snapshot).values(replaced_at=DUE_1, lateness_seconds=5))
    assert list(exceptions(world).values()) == [2, 2, 0]
