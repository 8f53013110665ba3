"""The same click many times, and at the same moment: one effect, and a sentence for the others, never a fault."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reviewhub.accounts.signing_in import make_link, open_session
from reviewhub.accounts.tables import SignedInSession, User
from reviewhub.config import Settings
from reviewhub.reviews.assigning import run_assignment
from reviewhub.reviews.tables import Assignment, ReviewEdition
from reviewhub.storage import Database
from tests.attacks.conftest import MakeApp
from tests.attacks.stages import FROM_HERE
from tests.conftest import StandingClock
from tests.reviews import acts
from tests.reviews.worlds import REVIEWING, World, assign, build_world

AT_ONCE = 8


@pytest.fixture
def world(database: Database, tmp_path: Path, settings: Settings, clock: StandingClock) -> World:
    clock.put(REVIEWING)
    return build_world(database, settings.mirrors, tmp_path / "shared")


def _click(
    app: Flask, database: Database, settings: Settings, user_id: str | None, url: str, fields: dict[str, str]
) -> list[int]:
    """Send the same form from several browsers at once; the statuses, sorted."""
    clients: list[FlaskClient] = [app.test_client() for _ in range(AT_ONCE)]
    with database.writing() as session:
        for client in clients if user_id else ():
            secret = open_session(
                session, user_id=user_id or "", browser="", old_secret=None, now=REVIEWING, settings=settings.sign_in
            )
            client.set_cookie("reviewhub", secret)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda client: client.post(url, data=fields, headers=FROM_HERE).status_code, clients)
        return sorted(answers)


def _count(database: Database, column: object, *conditions: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(column)).where(*conditions)) or 0  # type: ignore[arg-type]  # any column


def test_review_handed_in_at_once_is_one_edition(
    world: World, database: Database, settings: Settings, make_app: MakeApp
) -> None:
    review_id = assign(database, world, "cem", "DCGAN")
    acts.file(database, world, "cem", "DCGAN")
    acts.save(database, world, "cem", "DCGAN")
    url = f"/c/dgm/reviews/{review_id}/submit"
    told = _click(make_app(database=database), database, settings, world.users["cem"], url, {"edition": "0"})
    assert told == [303] * AT_ONCE
    assert _count(database, ReviewEdition.id) == 1


def test_sign_in_link_opened_at_once_is_one_session(
    world: World, database: Database, settings: Settings, make_app: MakeApp
) -> None:
    with database.writing() as session:
        user = session.get_one(User, world.users["cem"])
        secret = make_link(session, user=user, now=REVIEWING, settings=settings.sign_in)
    told = _click(make_app(database=database), database, settings, None, f"/sign-in/{secret}", {})
    assert told == [303, *[409] * (AT_ONCE - 1)]
    assert _count(database, SignedInSession.id) == 1


def test_assignment_applied_at_once_assigns_once(
    world: World, database: Database, settings: Settings, make_app: MakeApp
) -> None:
    with database.writing() as session:
        run = run_assignment(session, actor=world.actor("iris"), now=REVIEWING, course="dgm", each=1, seed=1)
        session.flush()
        run_id, pairs = run.id, len(run.plan)
    url = f"/c/dgm/assignments/runs/{run_id}/apply"
    told = _click(make_app(database=database), database, settings, world.users["iris"], url, {})
    assert told == [303, *[409] * (AT_ONCE - 1)]
    assert _count(database, Assignment.id) == pairs > 0


@pytest.mark.parametrize("practice", ["", "yes"])
def test_pair_assigned_by_hand_at_once_is_one_assignment(
    practice: str, world: World, database: Database, settings: Settings, make_app: MakeApp
) -> None:
    pair = {"reviewer_id": world.enrollments["cem"], "project_id": world.projects["DCGAN"], "practice": practice}
    told = _click(make_app(database=database), database, settings, world.users["iris"], "/c/dgm/assignments", pair)
    assert told == [303, *[409] * (AT_ONCE - 1)]
    assert _count(database, Assignment.id) == 1


@pytest.mark.parametrize("first", ["practice", "earnest"])
def test_practice_review_keeps_its_pair_for_itself(
    first: str,
    world: World,
    database: Database,
    settings: Settings,
    make_app: MakeApp,
    client_of: Callable[..., FlaskClient],
) -> None:
    instructor = client_of(make_app(database=database), database, settings, world.users["iris"])
    pair = {"reviewer_id": world.enrollments["ece"], "project_id": world.projects["DCGAN"]}
    both = [pair | {"practice": "yes"}, pair]
    told = [
        instructor.post("/c/dgm/assignments", data=sent, headers=FROM_HERE).status_code
        for sent in (both if first == "practice" else reversed(both))
    ]
    assert told == [303, 409]
    made = instructor.post("/c/dgm/assignments/runs", data={"each": "1", "seed": "3"}, headers=FROM_HERE)
    run_id = made.headers["Location"].rpartition("run=")[2]
    applied = instructor.post(f"/c/dgm/assignments/runs/{run_id}/apply", headers=FROM_HERE)
    undone = instructor.post(f"/c/dgm/assignments/runs/{run_id}/undo", headers=FROM_HERE)
    assert (made.status_code, applied.status_code, undone.status_code) == (303, 303, 303)
