"""The freeze, from real pushes to the snapshot row: who was in time, what it costs, and that nothing changes it later."""

import hashlib
import threading
from datetime import timedelta

import pytest

from reviewhub.accounts.rights import PROGRAM
from reviewhub.courses.deadlines import Way
from reviewhub.courses.extending import grant_extension
from reviewhub.errors import BadInput, Conflict, NotAllowed, TooLate
from reviewhub.github.git import run_git
from reviewhub.projects.freezing import choose_version, courses_to_freeze, replace_version
from reviewhub.projects.lookup import mirror_path, objects_of
from tests.projects.worlds import DUE_1, DUE_2, EARLY, FILES, SLUG, World, minutes

LOOK = DUE_1 + timedelta(seconds=1)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def frozen(world: World, key: str = "AWGAN") -> list[tuple]:
    return [
        (s.version, s.sequence, s.commit, s.outcome["cost"], s.proved, s.kind, s.replaced_at is None)
        for s in world.snapshots(key)
    ]


def work(world: World, text: str, at, *, folder: str = "AWGAN", ref: str = "main") -> str:
    return world.shared.receive({f"{folder}/model.py": f"{text}\n"}, at=at, ref=ref)


@pytest.mark.parametrize(
    ("offset", "taken", "cost"),
    [(-1, "second", "no cost"), (0, "second", "no cost"), (1, "first", "no cost")],
)
def test_second_of_the_deadline_decides(world: World, offset: int, taken: str, cost: str) -> None:
    world.confirm()
    commits = {
        "first": work(world, "first", DUE_1 - minutes(60)),
        "second": work(world, "second", DUE_1 + seconds(offset)),
    }

    world.look_and_freeze(DUE_1 + minutes(2))

    assert frozen(world) == [(1, 1, commits[taken], cost, True, "default", True)]


def test_nothing_is_frozen_before_the_deadline_or_without_a_look_after_it(world: World) -> None:
    world.confirm()
    assert world.look_and_freeze(DUE_1) == []
    assert world.freeze(DUE_1 + minutes(60)) == []
    with world.database.reading() as session:
        assert courses_to_freeze(session, now=DUE_1 + minutes(60), mirrors=world.settings.mirrors) == []
    world.look(DUE_1 + minutes(60))
    with world.database.reading() as session:
        assert courses_to_freeze(session, now=DUE_1 + minutes(60), mirrors=world.settings.mirrors) == [SLUG]
    assert len(world.freeze(DUE_1 + minutes(60))) == 2
    assert world.freeze(DUE_1 + minutes(60)) == []


def test_worker_that_comes_back_a_week_later_freezes_the_same(world: World) -> None:
    world.confirm()
    commit = work(world, "in time", DUE_1 - minutes(5))
    work(world, "late", DUE_1 + minutes(5))

    world.look_and_freeze(DUE_1 + timedelta(days=7))

    assert frozen(world) == [(1, 1, commit, "no cost", True, "default", True)]


def test_outage_makes_the_proof_weaker_and_never_the_outcome_worse(world: World) -> None:
    world.shared.at_remote("config", "core.logAllRefUpdates", "false")
    (world.shared.bare / "logs/refs/heads/main").unlink()
    world.confirm(EARLY)
    world.look(DUE_1 - minutes(30))
    commit = work(world, "somewhere in the outage", DUE_1 + minutes(1))

    world.look_and_freeze(DUE_1 + timedelta(days=2))

    assert frozen(world) == [(1, 1, commit, "no cost", False, "default", True)]
    assert world.snapshots()[0].received_from == DUE_1 - minutes(30)


def test_earliest_late_commit_that_earns_points_is_taken_where_nothing_was_in_time(world: World) -> None:
    world.shared.receive({name: None for name in FILES if name.startswith("AWGAN")}, at=EARLY + seconds(1))
    world.look(EARLY + minutes(1))
    first = world.shared.receive(
        {name: text for name, text in FILES.items() if name.startswith("AWGAN")}, at=DUE_1 + minutes(40)
    )
    work(world, "later", DUE_1 + minutes(50))
    world.look(DUE_1 + minutes(60))
    world.shared.at_remote("config", "x.y", "z")
    world.confirm(DUE_1 + minutes(61))

    world.look_and_freeze(DUE_1 + minutes(62))

    # The first push of all held the folder as well, and it was in time: it was received, whatever came after.
    assert frozen(world)[0][3] == "no cost"
    assert first not in {row[2] for row in frozen(world)}


def test_project_that_begins_late_is_frozen_at_its_cost(world: World) -> None:
    world.look(EARLY)
    first = world.shared.receive({"New/main.ipynb": FILES["AWGAN/main.ipynb"]}, at=DUE_1 + minutes(40))
    work(world, "later", DUE_1 + minutes(50), folder="New")
    world.confirm(DUE_1 + minutes(60))

    world.look_and_freeze(DUE_1 + minutes(60))

    assert frozen(world, "New") == [(1, 1, first, "−25 %", True, "default", True)]
    assert world.snapshots("New")[0].lateness_seconds == 2400


def test_project_that_came_too_late_to_earn_anything_is_not_frozen(world: World) -> None:
    world.look(EARLY)
    work(world, "too late", DUE_1 + timedelta(days=1, seconds=1), folder="New/src")
    world.shared.receive({"New/README.md": "# New\n"}, at=DUE_1 + timedelta(days=1, seconds=2))
    world.confirm(DUE_1 + timedelta(days=2))
    world.look_and_freeze(DUE_1 + timedelta(days=2))
    assert frozen(world, "New") == []


def test_extension_of_one_group_moves_its_deadline_only(world: World) -> None:
    world.confirm()
    with world.database.writing() as session:
        grant_extension(
            session,
            actor=world.actor("deniz"),
            now=EARLY,
            course=SLUG,
            deadline="version_1",
            due_at=DUE_1 + timedelta(days=1),
            reason="illness",
            group_id=world.group("AWGAN").id,
        )
    other = world.shared.head()
    assert [s.commit for s in world.look_and_freeze(LOOK)] == [other]
    in_time = work(world, "within the extension", DUE_1 + timedelta(days=1))
    work(world, "after it", DUE_1 + timedelta(days=1, seconds=1))

    world.look_and_freeze(DUE_1 + timedelta(days=1, minutes=1))

    assert frozen(world) == [(1, 1, in_time, "no cost", True, "default", True)]
    assert world.snapshots()[0].due_at == DUE_1 + timedelta(days=1)


def test_extension_that_waives_the_penalty_keeps_the_deadline(world: World) -> None:
    world.confirm()
    with world.database.writing() as session:
        grant_extension(
            session,
            actor=world.actor("deniz"),
            now=EARLY,
            course=SLUG,
            deadline="version_1",
            due_at=DUE_1 + minutes(60),
            reason="illness",
            way=Way.WAIVES,
            group_id=world.group("AWGAN").id,
        )
    commit = work(world, "waived", DUE_1 + minutes(60))
    world.look_and_freeze(DUE_1 + minutes(61))
    assert frozen(world) == [(1, 1, commit, "no cost", True, "default", True)]


def test_other_group_pushing_late_changes_nothing(world: World) -> None:
    world.confirm()
    commit = work(world, "mine", DUE_1 - minutes(5))
    work(world, "theirs", DUE_1 + minutes(5), folder="DiffEdit")
    world.look_and_freeze(DUE_1 + minutes(10))
    assert [row[2] for row in frozen(world)] == [commit]
    with world.database.reading() as session:
        course = world.course()
        from reviewhub.projects.lookup import living_projects
        from reviewhub.projects.standing import standings_of

        standings = standings_of(
            session, course, living_projects(session, course), now=DUE_1 + minutes(10), mirrors=world.settings.mirrors
        )
    assert [len(one.versions[0].standing.later) for one in standings] == [0, 1]


def test_forced_push_and_deletion_after_the_freeze_lose_nothing(world: World) -> None:
    base = world.shared.head()
    world.confirm()
    commit = work(world, "frozen", DUE_1 - minutes(5))
    world.look_and_freeze(LOOK)
    objects = objects_of(world.settings.mirrors, world.course())
    before = {
        e.path: hashlib.sha256(objects.blob(e.oid, limit_bytes=10**6).content or b"").hexdigest()
        for e in objects.listing(world.snapshots()[0].tree).entries
    }
    world.shared.back_to(base)
    world.shared.commit({"AWGAN/model.py": "rewritten\n"})
    world.shared.push(at=DUE_1 + minutes(5), force=True)
    world.look(DUE_1 + minutes(6))
    world.shared.at_remote("update-ref", "-d", "refs/heads/main")
    world.look(DUE_1 + minutes(7))
    world.shared.clean_up()
    run_git(mirror_path(world.settings.mirrors, world.course()), "reflog", "expire", "--expire=all", "--all")
    run_git(mirror_path(world.settings.mirrors, world.course()), "gc", "--quiet", "--prune=now")

    after = {
        e.path: hashlib.sha256(objects.blob(e.oid, limit_bytes=10**6).content or b"").hexdigest()
        for e in objects.listing(world.snapshots()[0].tree).entries
    }
    assert after == before
    assert frozen(world) == [(1, 1, commit, "no cost", True, "default", True)]
    assert [(m.forced, m.new is None) for m in world.moves()][-2:] == [(True, False), (False, True)]


def test_commit_forced_away_after_the_deadline_is_still_the_version(world: World) -> None:
    base = world.shared.head()
    world.confirm()
    commit = work(world, "in time", DUE_1 - minutes(5))
    world.shared.back_to(base)
    world.shared.commit({"AWGAN/model.py": "rewritten late\n"})
    world.shared.push(at=DUE_1 + minutes(5), force=True)
    world.shared.at_remote("gc", "-q")

    world.look_and_freeze(DUE_1 + minutes(6))

    assert frozen(world) == [(1, 1, commit, "no cost", True, "default", True)]


def test_pull_request_that_is_merged_late_counts_from_when_it_arrived(world: World) -> None:
    world.confirm()
    base = world.shared.head()
    commit = world.shared.commit({"AWGAN/model.py": "from a fork\n"})
    world.shared.push(at=DUE_1 - minutes(9), ref="fork")
    world.look(DUE_1 - minutes(8))
    world.shared.back_to(base)
    work(world, "meanwhile", DUE_1 - minutes(7), folder="DiffEdit")
    world.shared.at_clone("merge", "-q", "--no-ff", "-m", "merge", commit)
    world.shared.push(at=DUE_1 + minutes(9))
    world.look_and_freeze(DUE_1 + minutes(10))
    assert frozen(world) == [(1, 1, commit, "no cost", True, "default", True)]


def test_group_takes_a_later_commit_at_its_cost_once(world: World) -> None:
    world.confirm()
    first = work(world, "in time", DUE_1 - minutes(5))
    late = work(world, "late", DUE_1 + minutes(20))
    later = work(world, "later", DUE_1 + minutes(40))
    now = DUE_1 + minutes(60)
    world.look_and_freeze(now)
    ada, wanted = world.actor("ada"), {"course": SLUG, "key": "AWGAN", "version": 1, "mirrors": world.settings.mirrors}

    with pytest.raises(NotAllowed), world.database.writing() as session:
        choose_version(session, actor=world.actor("cem"), now=now, commit=late, **wanted)
    with pytest.raises(BadInput), world.database.writing() as session:
        choose_version(session, actor=ada, now=now, commit=first, **wanted)
    with world.database.writing() as session:
        choose_version(session, actor=ada, now=now, commit=later, **wanted)
    with pytest.raises((TooLate, NotAllowed)), world.database.writing() as session:
        choose_version(session, actor=ada, now=now, commit=late, **wanted)

    assert frozen(world) == [
        (1, 1, first, "no cost", True, "default", False),
        (1, 2, later, "−25 %", True, "chosen", True),
    ]


def test_choice_is_over_when_the_late_policy_has_run_out(world: World) -> None:
    world.confirm()
    late = work(world, "late", DUE_1 + minutes(20))
    world.look_and_freeze(DUE_1 + minutes(60))
    with pytest.raises(NotAllowed), world.database.writing() as session:
        choose_version(
            session,
            actor=world.actor("ada"),
            now=DUE_1 + timedelta(days=1, seconds=1),
            course=SLUG,
            key="AWGAN",
            version=1,
            commit=late,
            mirrors=world.settings.mirrors,
        )


def test_staff_replace_a_version_with_a_reason_and_undo_it(world: World) -> None:
    world.confirm()
    first = work(world, "in time", DUE_1 - minutes(5))
    late = work(world, "late", DUE_1 + timedelta(days=3))
    now = DUE_1 + timedelta(days=4)
    world.look_and_freeze(now)
    deniz, wanted = (
        world.actor("deniz"),
        {"course": SLUG, "key": "AWGAN", "version": 1, "mirrors": world.settings.mirrors},
    )

    with pytest.raises(BadInput, match="reason"), world.database.writing() as session:
        replace_version(session, actor=deniz, now=now, commit=late, reason=" ", **wanted)
    with pytest.raises(BadInput, match="No such commit"), world.database.writing() as session:
        replace_version(session, actor=deniz, now=now, commit="0123456", reason="x", **wanted)
    with world.database.writing() as session:
        replace_version(session, actor=deniz, now=now, commit=late[:7], reason="ward round", **wanted)
    with pytest.raises(Conflict), world.database.writing() as session:
        replace_version(session, actor=deniz, now=now, commit=late, reason="again", **wanted)
    with world.database.writing() as session:
        replace_version(session, actor=deniz, now=now, commit=first, reason="undone", **wanted)
    with pytest.raises(NotAllowed), world.database.writing() as session:
        replace_version(session, actor=world.actor("ada"), now=now, commit=late, reason="please", **wanted)

    assert frozen(world) == [
        (1, 1, first, "no cost", True, "default", False),
        (1, 2, late, "no points", True, "replaced", False),
        (1, 3, first, "no cost", True, "replaced", True),
    ]
    assert world.freeze(now + minutes(1)) == []


def test_version_2_is_frozen_at_its_own_deadline(world: World) -> None:
    world.confirm()
    first = work(world, "version 1", DUE_1 - minutes(5))
    world.look_and_freeze(LOOK)
    second = work(world, "version 2", DUE_2)
    work(world, "too late", DUE_2 + seconds(1))
    world.look_and_freeze(DUE_2 + minutes(1))
    assert [row[:3] for row in frozen(world)] == [(1, 1, first), (2, 1, second)]


def test_version_2_moves_with_a_late_opening_of_the_reviews(world: World) -> None:
    world.confirm()
    opened_at = DUE_1 + timedelta(days=9)  # the reviews are due 14 days after version 1, and reviewers have 7
    world.look_and_freeze(opened_at)
    assert world.look_and_freeze(DUE_2 + timedelta(days=2)) == []
    assert [s.version for s in world.look_and_freeze(DUE_2 + timedelta(days=2, seconds=1))] == [2, 2]


def test_four_workers_at_once_freeze_every_version_once(world: World) -> None:
    world.confirm()
    world.look(LOOK)
    faults: list[BaseException] = []

    def freeze() -> None:
        try:
            world.freeze(LOOK)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=freeze) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert [len(world.snapshots(key)) for key in ("AWGAN", "DiffEdit")] == [1, 1]


def test_course_without_a_late_policy_leaves_late_work_to_the_staff(database, settings, shared) -> None:
    world = World(database=database, settings=settings, shared=shared, late_policy="").build()
    world.shared.receive({"other": "x"}, at=EARLY)
    world.look(EARLY)
    commit = world.shared.receive({"New/main.ipynb": FILES["AWGAN/main.ipynb"]}, at=DUE_1 + minutes(1))
    world.confirm(DUE_1 + minutes(2))
    assert world.look_and_freeze(DUE_1 + minutes(3)) == []
    with world.database.writing() as session:
        replace_version(
            session,
            actor=PROGRAM,
            now=DUE_1 + minutes(4),
            course=SLUG,
            key="New",
            version=1,
            commit=commit,
            reason="agreed",
            mirrors=settings.mirrors,
        )
    assert [(row[2], row[3]) for row in frozen(world, "New")] == [(commit, "staff decide")]
