"""Reviewers are assigned, kept, released and taken back; on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.courses.tables import Membership
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.reviews.assigning import apply_run, run_assignment, undo_run
from reviewhub.reviews.invariants import INVARIANTS
from reviewhub.reviews.reassigning import (
    add_assignment,
    release_assignment,
    release_drop_out,
    revoke_conflict,
    state_conflict,
    take_back_release,
)
from reviewhub.reviews.tables import Assignment, AssignmentRun, Review
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import VERSION_1, World

NOW = VERSION_1 + timedelta(hours=1)


def dry_run(database: Database, world: World, *, who: str = "iris", each: int = 1, seed: int = 3) -> AssignmentRun:
    with database.writing() as session:
        return run_assignment(session, actor=world.actor(who), now=NOW, course="dgm", each=each, seed=seed)


def apply(database: Database, world: World, run: AssignmentRun, *, who: str = "iris") -> AssignmentRun:
    with database.writing() as session:
        return apply_run(session, actor=world.actor(who), now=NOW, course="dgm", run_id=run.id)


def pairs(database: Database) -> set[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Assignment).where(Assignment.released_at.is_(None)))
        return {(row.reviewer_id or row.reviewer_group_id or "", row.project_id) for row in rows}


def know_reviews(database: Database, world: World) -> tuple[str, str]:
    """Fill world.reviews from what was assigned; return one (name, key)."""
    names = {enrollment: name for name, enrollment in world.enrollments.items()}
    keys = {project: key for key, project in world.projects.items()}
    with database.reading() as session:
        for assignment, review in session.execute(
            select(Assignment, Review).join(Review, Review.assignment_id == Assignment.id)
        ):
            world.reviews[names[assignment.reviewer_id], keys[assignment.project_id]] = review.id
    return min(world.reviews)


def test_dry_run_assigns_nothing_and_apply_assigns_just_that(database: Database, world: World) -> None:
    run = dry_run(database, world)
    assert pairs(database) == set()
    apply(database, world, run)
    assert pairs(database) == {(row["reviewer_id"], row["project_id"]) for row in run.plan}
    assert run.statistics["pairs"] == 5
    with database.reading() as session:
        assert {name: check(session) for name, check in INVARIANTS.items()} == {name: [] for name in INVARIANTS}
        assert set(session.scalars(select(Event.action))) == {"ran assignment", "applied assignment"}


def test_same_seed_gives_the_same_dry_run(database: Database, world: World) -> None:
    first, second = dry_run(database, world), dry_run(database, world)
    assert (first.plan, first.input_digest) == (second.plan, second.input_digest)


def test_dry_run_is_applied_once(database: Database, world: World) -> None:
    run = dry_run(database, world)
    apply(database, world, run)
    with pytest.raises(Conflict, match="already applied"):
        apply(database, world, run)


def test_dry_run_of_another_roster_is_refused(database: Database, world: World) -> None:
    run = dry_run(database, world)
    with database.writing() as session:
        state_conflict(
            session, actor=world.actor("iris"), now=NOW, course="dgm", enrollment_id=world.enrollments["ece"],
            project_id=world.projects["VAE"], kind="declared",
        )  # fmt: skip
    with pytest.raises(Conflict, match="changed since this dry run"):
        apply(database, world, run)


def test_new_run_keeps_begun_and_submitted_reviews(database: Database, world: World) -> None:
    apply(database, world, dry_run(database, world, seed=1))
    name, key = know_reviews(database, world)
    save(database, world, name, key)
    submit(database, world, name, key)
    begun = max(world.reviews)
    file(database, world, *begun)
    apply(database, world, dry_run(database, world, seed=2))
    assert {
        (world.enrollments[name], world.projects[key]),
        (world.enrollments[begun[0]], world.projects[begun[1]]),
    } <= pairs(database)


def test_undo_restores_what_was_before(database: Database, world: World) -> None:
    apply(database, world, dry_run(database, world, seed=1))
    before = pairs(database)
    second = apply(database, world, dry_run(database, world, seed=2, each=2))
    with database.writing() as session:
        undo_run(session, actor=world.actor("iris"), now=NOW, course="dgm", run_id=second.id)
    assert pairs(database) == before


def test_undo_after_the_first_submitted_review_is_refused(database: Database, world: World) -> None:
    run = apply(database, world, dry_run(database, world))
    name, key = know_reviews(database, world)
    save(database, world, name, key)
    submit(database, world, name, key)
    with pytest.raises(Conflict, match="already handed in"), database.writing() as session:
        undo_run(session, actor=world.actor("iris"), now=NOW, course="dgm", run_id=run.id)


def test_former_members_never_get_their_old_project(database: Database, world: World) -> None:
    with database.writing() as session:
        membership = session.scalars(
            select(Membership).where(Membership.enrollment_id == world.enrollments["bora"])
        ).one()
        membership.left_at = NOW
    for seed in range(6):
        run = dry_run(database, world, seed=seed)
        assert (world.enrollments["bora"], world.projects["DCGAN"]) not in {
            (row["reviewer_id"], row["project_id"]) for row in run.plan
        }


def test_release_needs_a_reason_and_can_be_taken_back(database: Database, world: World) -> None:
    apply(database, world, dry_run(database, world))
    with database.reading() as session:
        assignment = session.scalars(select(Assignment)).first()
        assert assignment is not None
    known = {"actor": world.actor("ali"), "now": NOW, "course": "dgm", "assignment_id": assignment.id}
    with pytest.raises(BadInput, match="Say why"), database.writing() as session:
        release_assignment(session, **known, reason=" ")  # type: ignore[arg-type]
    with database.writing() as session:
        release_assignment(session, **known, reason="ill")  # type: ignore[arg-type]
    assert len(pairs(database)) == 4
    with database.writing() as session:
        take_back_release(session, **known)  # type: ignore[arg-type]
    assert len(pairs(database)) == 5


def test_drop_out_is_released_from_everything_not_handed_in(database: Database, world: World) -> None:
    apply(database, world, dry_run(database, world, each=2))
    know_reviews(database, world)
    (first, second) = sorted(key for name, key in world.reviews if name == "ada")
    save(database, world, "ada", first)
    submit(database, world, "ada", first)
    with database.writing() as session:
        undone = session.get_one(Review, world.reviews["ada", second])
        done = release_drop_out(
            session, actor=world.actor("ali"), now=NOW, course="dgm", assignment_id=undone.assignment_id, reason="left",
        )  # fmt: skip
    assert done == 1
    mine = {project for who, project in pairs(database) if who == world.enrollments["ada"]}
    assert mine == {world.projects[first]}


def add(database: Database, world: World, name: str, key: str) -> None:
    with database.writing() as session:
        add_assignment(
            session, actor=world.actor("iris"), now=NOW, course="dgm", reviewer_id=world.enrollments[name],
            project_id=world.projects[key],
        )  # fmt: skip


def test_adding_by_hand_keeps_the_hard_rules(database: Database, world: World) -> None:
    with database.writing() as session:
        conflict = state_conflict(
            session, actor=world.actor("iris"), now=NOW, course="dgm", enrollment_id=world.enrollments["ece"],
            project_id=world.projects["VAE"], kind="forbidden", reason="siblings",
        )  # fmt: skip
    with pytest.raises(BadInput, match="Ada Example develops DCGAN: nobody reviews their own project"):
        add(database, world, "ada", "DCGAN")
    with pytest.raises(BadInput, match="declared conflict or a forbidden pair"):
        add(database, world, "ece", "VAE")
    with database.writing() as session:
        revoke_conflict(session, actor=world.actor("iris"), now=NOW, course="dgm", conflict_id=conflict.id)
    add(database, world, "ece", "VAE")
    with pytest.raises(Conflict, match="already reviews VAE"):
        add(database, world, "ece", "VAE")


def test_groups_review_where_the_policy_says_so(sqlite_database: Database, make_world) -> None:  # type: ignore[no-untyped-def]
    world = make_world(sqlite_database, reviewers="groups")
    apply(sqlite_database, world, dry_run(sqlite_database, world))
    assert {who for who, _ in pairs(sqlite_database)} == set(world.groups.values())
    with sqlite_database.reading() as session:
        row = session.execute(
            select(Review.id, Assignment.reviewer_group_id, Assignment.project_id).join(
                Assignment, Assignment.id == Review.assignment_id
            )
        ).first()
    assert row is not None
    key = next(key for key, project in world.projects.items() if project == row.project_id)
    member = {"DCGAN": "bora", "VAE": "derya", "GLOW": "ece"}[
        next(key for key, group in world.groups.items() if group == row.reviewer_group_id)
    ]
    world.reviews[member, key] = row.id
    assert file(sqlite_database, world, member, key).number == 1


@pytest.mark.parametrize("who", ["ada", "olga"])
def test_only_staff_assign(database: Database, world: World, who: str) -> None:
    with pytest.raises(NotAllowed, match="Only the staff"):
        dry_run(database, world, who=who)
