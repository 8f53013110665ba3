"""Flagged pushes: the rule on values, and the whole way from real pushes to the people's pages."""

import pytest
from sqlalchemy import select

from reviewhub.errors import NotAllowed
from reviewhub.projects.flagging import flagged_pushes, see_flags
from reviewhub.projects.flags import ChangedFile, Flag, FlagKind, Placed, ReceivedPush, Staff, Work, flag_push
from reviewhub.projects.tables import Mirror
from tests.projects.worlds import EARLY, FILES, NOTEBOOK, SLUG, World, minutes

PLACES = [
    Placed(key="A", branch="refs/heads/main", folder="A", group_id="g1"),
    Placed(key="B", branch="refs/heads/main", folder="in/B", group_id="g2"),
    Placed(key="C", branch="refs/heads/main", folder="C", group_id=None),
]
OWNERS = {"ada": "g1", "bora": "g2", "deniz": Staff.STAFF, "lone": "g3"}


def push(*works: Work, **more) -> ReceivedPush:
    held = frozenset("ABC")
    usual = {
        "number": 7,
        "ref": "refs/heads/main",
        "is_first": False,
        "is_forced": False,
        "held_before": held,
        "held_after": held,
        "touched": frozenset(),
        "works": works,
    }
    return ReceivedPush(**{**usual, **more})


def work(author: str, *paths: str, size: int | None = None) -> Work:
    files = tuple(ChangedFile(path=path, size=size) for path in paths)
    return Work(commit="c" * 40, author=(author, f"{author}@example.org"), files=files)


def flags(received: ReceivedPush) -> list[tuple]:
    found = flag_push(received, PLACES, lambda author: OWNERS.get(author[0]), limit_mb=50)
    return [(flag.kind, flag.keys, flag.sentence) for flag in found]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (push(work("ada", "A/x", "A/y/z", "README.md")), []),
        (
            push(work("ada", "A/x", "in/B/y", "in/B/z")),
            [(FlagKind.FOREIGN, ("A", "B"), "Commit ccccccc by the group of A changes 2 files of B.")],
        ),
        (
            push(work("bora", "A/x")),
            [(FlagKind.FOREIGN, ("A",), "Commit ccccccc by another group changes 1 file of A.")],
        ),
        (
            push(work("lone", "A/x")),
            [(FlagKind.FOREIGN, ("A",), "Commit ccccccc by another group changes 1 file of A.")],
        ),
        (push(work("nobody", "A/x")), []),
        (
            push(work("nobody", "A/x", "in/B/y")),
            [(FlagKind.FOREIGN, ("A", "B"), "Commit ccccccc changes A and B at once.")],
        ),
        (push(work("deniz", "A/x", "in/B/y")), []),
        (push(work("ada", "C/x", "AB/x", "in/x")), []),
        (push(work("ada", "in/B/y"), is_first=True), []),
        (push(work("bora", "A/x"), ref="refs/heads/other"), []),
        (
            push(work("ada", "A/w.pt", size=50_000_001)),
            [(FlagKind.LARGE, ("A",), "Commit ccccccc adds A/w.pt (50 MB); the limit is 50 MB a file.")],
        ),
        (push(work("ada", "A/w.pt", size=50_000_000)), []),
        (
            push(is_forced=True, touched=frozenset("AB")),
            [
                (
                    FlagKind.REWRITTEN,
                    ("A", "B"),
                    "Rewrote the history of main, which changed A and B. The earlier commits stay here.",
                )
            ],
        ),
        (push(is_forced=True), []),
        (
            push(held_after=frozenset("C")),
            [(FlagKind.DELETED, ("A", "B"), "Deleted the folders of A and B. What was received stays here.")],
        ),
    ],
)
def test_push_is_flagged_by_what_it_does(received: ReceivedPush, expected: list[tuple]) -> None:
    assert flags(received) == expected


def derived(world: World) -> list[tuple]:
    with world.database.reading() as session:
        found = flagged_pushes(session, world.course(), mirrors=world.settings.mirrors)
    return [(one.flag.kind, one.flag.keys, one.push.number, one.is_new) for one in found]


def test_real_pushes_are_flagged_from_what_was_received(world: World) -> None:
    shared = world.shared
    world.confirm()
    base = shared.head()
    shared.at_clone("config", "user.name", "x")
    shared.receive({"AWGAN/model.py": "mine\n", "DiffEdit/notes.txt": "not mine\n"}, at=EARLY + minutes(1))
    shared.back_to(base)
    shared.commit({"DiffEdit/demo.ipynb": NOTEBOOK.replace("42", "43")})
    shared.push(at=EARLY + minutes(2), force=True)
    shared.receive({name: None for name in FILES if name.startswith("DiffEdit")}, at=EARLY + minutes(3))
    world.look(EARLY + minutes(4))

    # Every commit is by ada@example.org, who is in AWGAN's group.
    assert derived(world) == [
        (FlagKind.FOREIGN, ("DiffEdit",), 4, True),
        (FlagKind.DELETED, ("DiffEdit",), 4, True),
        (FlagKind.FOREIGN, ("DiffEdit",), 3, True),
        (FlagKind.REWRITTEN, ("AWGAN", "DiffEdit"), 3, True),
        (FlagKind.FOREIGN, ("AWGAN", "DiffEdit"), 2, True),
    ]
    assert derived(world) == derived(world)


def test_staff_see_flags_once(world: World) -> None:
    world.confirm()
    world.shared.receive({"DiffEdit/notes.txt": "not mine\n"}, at=EARLY + minutes(1))
    world.look(EARLY + minutes(2))
    with pytest.raises(NotAllowed), world.database.writing() as session:
        see_flags(session, actor=world.actor("ada"), now=EARLY, course=SLUG, number=2)
    for number in (2, 1):
        with world.database.writing() as session:
            see_flags(session, actor=world.actor("deniz"), now=EARLY, course=SLUG, number=number)
    with world.database.reading() as session:
        assert session.scalars(select(Mirror)).one().flags_seen == 2
    assert [is_new for *_, is_new in derived(world)] == [False]
    world.shared.receive({"DiffEdit/notes.txt": "again\n"}, at=EARLY + minutes(3))
    world.look(EARLY + minutes(4))
    assert [is_new for *_, is_new in derived(world)] == [True, False]


def test_large_file_of_a_real_push_is_told_with_its_size(sqlite_world: World) -> None:
    sqlite_world.confirm()
    sqlite_world.shared.receive({"AWGAN/weights.pt": bytes(51_000_000)}, at=EARLY + minutes(1))
    sqlite_world.look(EARLY + minutes(2))
    with sqlite_world.database.reading() as session:
        (found,) = flagged_pushes(session, sqlite_world.course(), mirrors=sqlite_world.settings.mirrors)
    assert isinstance(found.flag, Flag)
    assert found.flag.sentence.endswith("adds AWGAN/weights.pt (51 MB); the limit is 50 MB a file.")
