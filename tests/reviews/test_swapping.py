"""A swap is asked for, accepted and approved; conflicts are checked at each step; on SQLite and PostgreSQL."""

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.reviews.invariants import INVARIANTS
from reviewhub.reviews.reassigning import move_assignment, state_conflict
from reviewhub.reviews.swapping import accept_swap, approve_swap, ask_swap, refuse_swap, undo_swap, withdraw_swap
from reviewhub.reviews.tables import Assignment, AssignmentSwap, Review
from reviewhub.storage import Database
from tests.reviews.acts import save, submit
from tests.reviews.test_assigning import pairs
from tests.reviews.visits import visitor, words_of
from tests.reviews.worlds import REVIEWING, World, assign

NOW = REVIEWING


@pytest.fixture
def swapping(database: Database, world: World) -> World:
    """ece reviews VAE and ada reviews GLOW; ece may review DCGAN, ada may review VAE; bora reviews VAE as well."""
    assign(database, world, "ada", "VAE")
    assign(database, world, "cem", "GLOW")
    assign(database, world, "ece", "DCGAN")
    assign(database, world, "derya", "DCGAN")
    return world


def ask(database: Database, world: World, name: str, key: str, wanted: str) -> str:
    with database.writing() as session:
        swap = ask_swap(
            session, actor=world.actor(name), now=NOW, course="dgm", review_id=world.reviews[name, key],
            wanted_project_id=world.projects[wanted], reason="I know the other paper well.",
        )  # fmt: skip
    return swap.id


def act(database: Database, world: World, verb, name: str, key: str, swap_id: str) -> None:  # type: ignore[no-untyped-def]
    with database.writing() as session:
        verb(session, actor=world.actor(name), now=NOW, course="dgm", review_id=world.reviews[name, key],
             swap_id=swap_id)  # fmt: skip


def decide(database: Database, world: World, verb, swap_id: str, who: str = "iris", **more: str) -> None:  # type: ignore[no-untyped-def]
    with database.writing() as session:
        verb(session, actor=world.actor(who), now=NOW, course="dgm", swap_id=swap_id, **more)


def pair(world: World, name: str, key: str) -> tuple[str, str]:
    return world.enrollments[name], world.projects[key]


def test_swap_changes_places_once_approved_and_undo_gives_them_back(database: Database, swapping: World) -> None:
    world, before = swapping, pairs(database)
    swap_id = ask(database, world, "cem", "GLOW", "DCGAN")
    act(database, world, accept_swap, "derya", "DCGAN", swap_id)
    assert pairs(database) == before
    decide(database, world, approve_swap, swap_id)
    assert pairs(database) - before == {pair(world, "cem", "DCGAN"), pair(world, "derya", "GLOW")}
    assert before - pairs(database) == {pair(world, "cem", "GLOW"), pair(world, "derya", "DCGAN")}
    decide(database, world, undo_swap, swap_id)
    assert pairs(database) == before
    with database.reading() as session:
        assert {name: check(session) for name, check in INVARIANTS.items()} == {name: [] for name in INVARIANTS}
        assert list(session.scalars(select(Event.action).order_by(Event.at, Event.id))).count("approved swap") == 1
        assert {"asked for swap", "accepted swap", "approved swap", "undid swap"} <= set(
            session.scalars(select(Event.action))
        )


def test_asking_for_ones_own_a_conflict_or_what_one_has_is_refused(database: Database, swapping: World) -> None:
    with pytest.raises(BadInput, match="nobody reviews their own project"):
        ask(database, swapping, "cem", "GLOW", "VAE")
    with pytest.raises(BadInput, match="they already review it"):
        ask(database, swapping, "cem", "GLOW", "GLOW")
    forbid(database, swapping, "cem", "DCGAN")
    with pytest.raises(BadInput, match="declared conflicts"):
        ask(database, swapping, "cem", "GLOW", "DCGAN")


def forbid(database: Database, world: World, name: str, key: str) -> None:
    with database.writing() as session:
        state_conflict(
            session, actor=world.actor("iris"), now=NOW, course="dgm", enrollment_id=world.enrollments[name],
            project_id=world.projects[key], kind="declared",
        )  # fmt: skip


def test_a_second_open_request_for_the_same_review_is_refused(database: Database, swapping: World) -> None:
    ask(database, swapping, "cem", "GLOW", "DCGAN")
    with pytest.raises(Conflict, match="already ask"):
        ask(database, swapping, "cem", "GLOW", "DCGAN")


def test_only_who_could_review_the_other_project_is_offered_it(database: Database, swapping: World) -> None:
    swap_id = ask(database, swapping, "cem", "GLOW", "DCGAN")
    with pytest.raises(NotFound):  # ece develops GLOW
        act(database, swapping, accept_swap, "ece", "DCGAN", swap_id)
    forbid(database, swapping, "derya", "GLOW")
    with pytest.raises(NotFound):
        act(database, swapping, accept_swap, "derya", "DCGAN", swap_id)


def test_conflict_that_comes_up_after_acceptance_stops_the_approval(database: Database, swapping: World) -> None:
    swap_id = ask(database, swapping, "cem", "GLOW", "DCGAN")
    act(database, swapping, accept_swap, "derya", "DCGAN", swap_id)
    before = pairs(database)
    forbid(database, swapping, "derya", "GLOW")
    with pytest.raises(BadInput, match="declared conflicts"):
        decide(database, swapping, approve_swap, swap_id)
    assert pairs(database) == before


def test_review_that_is_handed_in_is_not_swapped(database: Database, swapping: World) -> None:
    swap_id = ask(database, swapping, "cem", "GLOW", "DCGAN")
    act(database, swapping, accept_swap, "derya", "DCGAN", swap_id)
    save(database, swapping, "derya", "DCGAN")
    submit(database, swapping, "derya", "DCGAN")
    with pytest.raises(Conflict, match="already handed in"):
        decide(database, swapping, approve_swap, swap_id)
    with pytest.raises(NotFound):
        ask(database, swapping, "derya", "DCGAN", "GLOW")


def test_withdrawing_takes_back_what_one_asked_or_accepted(database: Database, swapping: World) -> None:
    swap_id = ask(database, swapping, "cem", "GLOW", "DCGAN")
    act(database, swapping, accept_swap, "derya", "DCGAN", swap_id)
    act(database, swapping, withdraw_swap, "derya", "DCGAN", swap_id)
    with pytest.raises(Conflict, match="not waiting"):
        decide(database, swapping, approve_swap, swap_id)
    act(database, swapping, withdraw_swap, "cem", "GLOW", swap_id)
    with pytest.raises(NotFound):
        act(database, swapping, accept_swap, "derya", "DCGAN", swap_id)
    assert ask(database, swapping, "cem", "GLOW", "DCGAN") != swap_id


def test_refusal_needs_a_reason_and_the_staff(database: Database, swapping: World) -> None:
    swap_id = ask(database, swapping, "cem", "GLOW", "DCGAN")
    with pytest.raises(BadInput, match="Say why"):
        decide(database, swapping, refuse_swap, swap_id, reason=" ")
    with pytest.raises(NotAllowed):
        decide(database, swapping, refuse_swap, swap_id, who="cem", reason="no")
    decide(database, swapping, refuse_swap, swap_id, reason="The reviews are due tomorrow.")
    with database.reading() as session:
        assert session.scalars(select(AssignmentSwap.decision)).one() == "refused"


def test_strangers_to_a_review_cannot_swap_it(database: Database, swapping: World) -> None:
    for who in ("ada", "iris", "olga"):
        with pytest.raises(NotFound), database.writing() as session:
            ask_swap(
                session, actor=swapping.actor(who), now=NOW, course="dgm", review_id=swapping.reviews["cem", "GLOW"],
                wanted_project_id=swapping.projects["DCGAN"], reason="please",
            )  # fmt: skip


def test_moving_by_hand_is_one_event_and_keeps_the_rules(database: Database, swapping: World) -> None:
    world = swapping
    with database.reading() as session:
        review = session.get_one(Review, world.reviews["cem", "GLOW"])
        assignment_id = session.get_one(Assignment, review.assignment_id).id
    known = {"actor": world.actor("ali"), "now": NOW, "course": "dgm", "assignment_id": assignment_id}
    with pytest.raises(BadInput, match="nobody reviews their own project"), database.writing() as session:
        move_assignment(session, project_id=world.projects["VAE"], **known)  # type: ignore[arg-type]
    with database.writing() as session:
        moved = move_assignment(session, project_id=world.projects["DCGAN"], **known)  # type: ignore[arg-type]
    assert pair(world, "cem", "DCGAN") in pairs(database)
    assert pair(world, "cem", "GLOW") not in pairs(database)
    with database.reading() as session:
        assert session.scalars(select(Event.subject_id).where(Event.action == "moved assignment")).all() == [moved.id]


def test_page_of_a_swap_names_projects_and_never_people(  # type: ignore[no-untyped-def]
    make_app, sqlite_database: Database, settings, make_world, clock
) -> None:
    world = make_world(sqlite_database)
    for name, key in (("cem", "GLOW"), ("derya", "DCGAN")):
        assign(sqlite_database, world, name, key)
    clock.put(NOW)
    app = make_app()
    cem, derya, iris = (
        visitor(app, sqlite_database, world, name, now=NOW, settings=settings) for name in ("cem", "derya", "iris")
    )
    mine, theirs = (f"/c/dgm/reviews/{world.reviews[pair]}/swap" for pair in (("cem", "GLOW"), ("derya", "DCGAN")))
    assert cem.post(mine, {"project_id": world.projects["DCGAN"], "reason": "I know it"}).status_code == 303
    assert "You ask to review DCGAN instead of GLOW" in words_of(cem.get(mine))
    offered = words_of(derya.get(theirs))
    assert "A reviewer of GLOW would like to review DCGAN instead" in offered
    assert "Cem" not in offered
    assert "A reviewer of GLOW asks to swap with you" in words_of(derya.get("/c/dgm/"))
    with sqlite_database.reading() as session:
        swap_id = session.scalars(select(AssignmentSwap.id)).one()
    assert derya.post(f"{theirs.removesuffix('/swap')}/swaps/{swap_id}/accept").status_code == 303
    assert "Approve or refuse 1 swap of reviews" in words_of(iris.get("/c/dgm/"))
    board = words_of(iris.get("/c/dgm/assignments"))
    assert "Cem Example" in board
    assert "waits for you" in board
    assert iris.post(f"/c/dgm/swaps/{swap_id}/approve").status_code == 303
    assert "approved" in words_of(iris.get("/c/dgm/assignments"))
    assert cem.get(mine).status_code == 404
