"""The freeze in one table: what happened, told in seconds from the deadline, and which commit became version 1.

Every case is real pushes to a real repository, real looks and the real freeze. Commit "0" is there since the beginning; the
late policy is 10 % for half an hour, 25 % for a day, then nothing. Times are when the repository received a push, as its
own log has it; "blind" stands for a repository without a log, so that only our looks tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import PROGRAM
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.deadlines import Way
from reviewhub.courses.extending import grant_extension
from reviewhub.courses.grouping import leave_group
from reviewhub.courses.tables import Enrollment, Membership
from reviewhub.projects.freezing import choose_version
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository
from tests.projects.worlds import DUE_1, EARLY, FILES, SLUG, World

HOUR, DAY = 3600, 86_400


@dataclass
class Course:
    """A course in which things happen, in seconds from its version-1 deadline."""

    world: World
    due: datetime = DUE_1
    folder: str = "AWGAN"
    commits: dict[str, str] = field(default_factory=dict)

    def at(self, seconds: float) -> datetime:
        return self.due + timedelta(seconds=seconds)

    def name_of(self, commit: str) -> str:
        return next(name for name, one in self.commits.items() if one == commit)


Step = Callable[[Course], None]


def push(name: str, at: float, ref: str = "main") -> Step:
    def step(course: Course) -> None:
        files = {f"{course.folder}/model.py": f"{name}\n"}
        if course.folder == "New":
            files["New/main.ipynb"] = FILES["AWGAN/main.ipynb"]
        course.commits[name] = course.world.shared.receive(files, at=course.at(at), ref=ref)

    return step


def force(name: str, at: float, onto: str = "0") -> Step:
    def step(course: Course) -> None:
        course.world.shared.back_to(course.commits[onto])
        course.commits[name] = course.world.shared.commit({f"{course.folder}/model.py": f"{name}\n"}, at=course.at(at))
        course.world.shared.push(at=course.at(at), force=True)

    return step


def back(name: str, at: float) -> Step:
    """Force the branch back to an earlier commit."""

    def step(course: Course) -> None:
        course.world.shared.back_to(course.commits[name])
        course.world.shared.push(at=course.at(at), force=True)

    return step


def others(at: float) -> Step:
    return lambda course: void(course.world.shared.receive({"DiffEdit/x.py": f"{at}\n"}, at=course.at(at)))


def delete(at: float) -> Step:
    names = [name for name in FILES if name.startswith("AWGAN")]
    return lambda course: void(course.world.shared.receive(dict.fromkeys(names), at=course.at(at)))


def drop_branch(_at: float) -> Step:
    return lambda course: void(course.world.shared.at_remote("update-ref", "-d", "refs/heads/main"))


def merge(name: str, at: float) -> Step:
    """Merge a commit that was pushed on another branch, with other work between."""

    def step(course: Course) -> None:
        shared = course.world.shared
        shared.back_to(course.commits["0"])
        shared.receive({"DiffEdit/x.py": "between\n"}, at=course.at(at - 1))
        shared.at_clone("merge", "-q", "--no-ff", "-m", "merge", course.commits[name])
        shared.push(at=course.at(at))

    return step


def look(at: float) -> Step:
    return lambda course: void(course.world.look(course.at(at)))


def freeze(at: float) -> Step:
    return lambda course: void(course.world.look_and_freeze(course.at(at)))


def blind(course: Course) -> None:
    course.world.shared.at_remote("config", "core.logAllRefUpdates", "false")
    for log in (course.world.shared.bare / "logs" / "refs" / "heads").glob("*"):
        log.unlink()


def extend(way: Way, seconds: float) -> Step:
    def step(course: Course) -> None:
        with course.world.database.writing() as session:
            grant_extension(
                session,
                actor=course.world.actor("deniz"),
                now=EARLY,
                course=SLUG,
                deadline="version_1",
                due_at=course.at(seconds),
                reason="illness",
                way=way,
                group_id=course.world.group("AWGAN").id,
            )

    return step


def choose(name: str, at: float) -> Step:
    def step(course: Course) -> None:
        with course.world.database.writing() as session:
            choose_version(
                session,
                actor=course.world.actor("ada"),
                now=course.at(at),
                course=SLUG,
                key="AWGAN",
                version=1,
                commit=course.commits[name],
                mirrors=course.world.settings.mirrors,
            )

    return step


def withdraw(at: float) -> Step:
    """Everybody of the group leaves."""

    def step(course: Course) -> None:
        with course.world.database.writing() as session:
            for name in ("ada", "bora"):
                wanted = select(Membership.id).join(Enrollment).join(User).where(User.email == f"{name}@example.org")
                leave_group(
                    session,
                    actor=course.world.actor("deniz"),
                    now=course.at(at),
                    course=SLUG,
                    membership_id=session.scalars(wanted).one(),
                    reason="withdrawn",
                )

    return step


def void(_outcome: object) -> None:
    """What a step gives back is not what the table is about."""


FREE, TEN, QUARTER = "no cost", "−10 %", "−25 %"
NOTHING = None
END = freeze(2 * DAY)

# what happened                                            steps                                                     became version 1
TABLE: list[tuple[str, list[Step], tuple[str, str, bool] | None]] = [
    # the second of the deadline
    ("nothing since the beginning",                        [END],                                                    ("0", FREE, True)),
    ("a second before",                                    [push("A", -1), END],                                     ("A", FREE, True)),
    ("in the second itself",                               [push("A", 0), END],                                      ("A", FREE, True)),
    ("a second after",                                     [push("A", 1), END],                                      ("0", FREE, True)),
    ("the last of several in time",                        [push("A", -60), push("B", -1), push("C", 1), END],       ("B", FREE, True)),
    ("two in the last second",                             [push("A", 0), push("B", 0), END],                        ("B", FREE, True)),
    ("two in one second, a minute before",                 [push("A", -60), push("B", -60), END],                    ("B", FREE, True)),
    ("two in the second after",                            [push("A", 1), push("B", 1), END],                        ("0", FREE, True)),
    # when it is frozen changes nothing
    ("frozen at once",                                     [push("A", -1), freeze(1), push("B", 2), END],            ("A", FREE, True)),
    ("looked at in the second itself: too early to freeze", [push("A", -9), freeze(0), push("B", 0), END],           ("B", FREE, True)),
    ("no worker for a week",                               [push("A", -1), push("B", 60), freeze(7 * DAY)],          ("A", FREE, True)),
    ("looked at every second",                             [push("A", -1), *map(look, range(-3, 4)), END],           ("A", FREE, True)),
    ("frozen twice",                                       [push("A", -1), freeze(5), push("B", 9), freeze(9), END], ("A", FREE, True)),
    # force-pushes and deletions
    ("forced away in time",                                [push("A", -60), force("B", -30), END],                   ("B", FREE, True)),
    ("forced away after the deadline, before the freeze",  [push("A", -60), force("B", 5), END],                     ("A", FREE, True)),
    ("forced away after the freeze",                       [push("A", -60), freeze(2), force("B", 5), END],          ("A", FREE, True)),
    ("forced back in time",                                [push("A", -60), push("B", -30), back("A", -10), END],    ("A", FREE, True)),
    ("forced back after the deadline",                     [push("A", -60), push("B", -30), back("A", 10), END],     ("B", FREE, True)),
    ("forced away and back after the deadline",            [push("A", -9), force("B", 5), back("A", 9), END],        ("A", FREE, True)),
    ("folder deleted in time",                             [push("A", -60), delete(-5), END],                        ("A", FREE, True)),
    ("folder deleted after",                               [push("A", -60), delete(5), END],                         ("A", FREE, True)),
    ("branch deleted after",                               [push("A", -60), look(-50), drop_branch(5), END],         ("A", FREE, True)),
    # outages: only our looks tell
    ("received between two looks before",                  [blind, look(-60), push("A", -30), look(-10), END],       ("A", FREE, True)),
    ("received in an outage over the deadline",            [blind, look(-60), push("A", -30), END],                  ("A", FREE, False)),
    ("pushed late in an outage over the deadline",         [blind, look(-60), push("A", 600), END],                  ("A", FREE, False)),
    ("received after the first look past the deadline",    [blind, look(-60), look(5), push("A", 9), END],           ("0", FREE, True)),
    ("network away for a day, with the log",               [look(-DAY), push("A", -9), push("B", 9), END],           ("A", FREE, True)),
    ("two pushes in one outage: the last tip is seen",     [blind, look(-60), push("A", -30), push("B", 30), END],   ("B", FREE, False)),
    # the machine's clock
    ("clock set back an hour before the deadline",         [push("A", -9), look(-5), look(-HOUR), END],              ("A", FREE, True)),
    ("clock set back past the deadline: log is believed",  [look(60), push("A", -9), look(-HOUR), END],              ("A", FREE, True)),
    ("commit dates are forged",                            [push("A", -9), force("B", 9, onto="A"), END],            ("A", FREE, True)),
    # extensions, in all three ways
    ("extension moves: within it",                         [extend(Way.MOVES, HOUR), push("A", HOUR), END],          ("A", FREE, True)),
    ("extension moves: a second after it",                 [extend(Way.MOVES, HOUR), push("A", HOUR + 1), END],      ("0", FREE, True)),
    ("extension moves: not frozen before it",              [extend(Way.MOVES, HOUR), freeze(5), push("A", 9), END],  ("A", FREE, True)),
    ("extension waives: within it",                        [extend(Way.WAIVES, HOUR), push("A", HOUR), END],         ("A", FREE, True)),
    ("extension waives: a second after it",                [extend(Way.WAIVES, HOUR), push("A", HOUR + 1), END],     ("0", FREE, True)),
    ("extension keeps the penalty: in time counts",        [extend(Way.KEEPS, HOUR), push("A", 60), END],            ("0", FREE, True)),
    ("extension keeps the penalty: the late one chosen",   [extend(Way.KEEPS, HOUR), push("A", 60), freeze(2 * HOUR), choose("A", 2 * HOUR)], ("A", TEN, True)),
    # the group's late choice
    ("late one chosen within half an hour's rate",         [push("A", 1800), freeze(2000), choose("A", 2100)],       ("A", TEN, True)),
    ("late one chosen a second later",                     [push("A", 1801), freeze(2000), choose("A", 2100)],       ("A", QUARTER, True)),
    ("late one chosen at the policy's last second",        [push("A", 60), freeze(90), choose("A", DAY)],            ("A", TEN, True)),
    ("of two late ones the earlier chosen",                [push("A", 60), push("B", 90), freeze(99), choose("A", 100)], ("A", TEN, True)),
    ("chosen, then more is pushed",                        [push("A", 60), freeze(90), choose("A", 95), push("B", 99), END], ("A", TEN, True)),
    # others, forks, people
    ("only another group pushes",                          [push("A", -9), others(-5), others(5), END],              ("A", FREE, True)),
    ("from a fork in time, merged late",                   [push("A", -9, ref="fork"), look(-5), merge("A", 60), END], ("A", FREE, True)),
    ("from a fork late, merged later",                     [push("A", 9, ref="fork"), look(20), merge("A", 60), END], ("0", FREE, True)),
    ("group has withdrawn before the deadline",            [push("A", -99), withdraw(-9), END],                      ("A", FREE, True)),
]  # fmt: skip

# The same for a project whose folder only begins with these pushes.
LATE_STARTERS: list[tuple[str, list[Step], tuple[str, str, bool] | None]] = [
    ("begins half an hour late",                           [push("A", 1800)],                                        ("A", TEN, True)),
    ("begins a second past the half hour",                 [push("A", 1801), push("B", 1900)],                       ("A", QUARTER, True)),
    ("begins at the policy's last second",                 [push("A", DAY)],                                         ("A", QUARTER, True)),
    ("begins a second past the policy's end",              [push("A", DAY + 1)],                                     NOTHING),
    ("begins in an outage over the deadline",              [blind, look(-60), push("A", 600)],                       ("A", FREE, False)),
]  # fmt: skip

# The same rules where clocks change or zones differ: zone, deadline's local time, steps.
ZONES: list[tuple[str, str, str, list[Step], tuple[str, str, bool] | None]] = [
    ("23:00 in UTC+4, a second before",         "Asia/Dubai",    "2026-12-04 23:00:00", [push("A", -1), END],        ("A", FREE, True)),
    ("23:00 in UTC+4, a second after",          "Asia/Dubai",    "2026-12-04 23:00:00", [push("A", 1), END],         ("0", FREE, True)),
    ("clocks go forward within the half hour",  "Europe/Berlin", "2027-03-28 01:45:00", [push("A", 1800), freeze(1900), choose("A", 1901)], ("A", TEN, True)),
    ("clocks go forward: the day is elapsed time", "Europe/Berlin", "2027-03-27 12:00:00", [push("A", DAY), freeze(DAY), choose("A", DAY)], ("A", QUARTER, True)),
    ("clocks go back within the half hour",     "Europe/Berlin", "2027-10-31 01:45:00", [push("A", HOUR + 900), freeze(5000), choose("A", 5001)], ("A", QUARTER, True)),
    ("clocks go back an hour and a second later", "Europe/Berlin", "2027-10-31 01:59:59", [push("A", 1), END],        ("0", FREE, True)),
]  # fmt: skip


def became(course: Course, key: str) -> tuple[str, str, bool] | None:
    """The version 1 that counts: its commit's name, its cost, whether its receipt proves it."""
    found = [one for one in course.world.snapshots(key) if one.version == 1 and one.replaced_at is None]
    return (course.name_of(found[0].commit), found[0].outcome["cost"], found[0].proved) if found else None


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_version_1_is(sqlite_world: World, steps: list[Step], expected: tuple[str, str, bool] | None) -> None:
    course = Course(sqlite_world, commits={"0": sqlite_world.shared.head()})
    sqlite_world.confirm()
    for step in steps:
        step(course)
    assert became(course, "AWGAN") == expected


@pytest.mark.parametrize(
    ("steps", "expected"), [row[1:] for row in LATE_STARTERS], ids=[row[0] for row in LATE_STARTERS]
)
def test_version_1_of_a_late_starter_is(
    sqlite_world: World, steps: list[Step], expected: tuple[str, str, bool] | None
) -> None:
    course = Course(sqlite_world, folder="New")
    sqlite_world.look(EARLY)
    for step in steps:
        step(course)
    sqlite_world.confirm(course.at(2 * DAY))
    END(course)
    assert became(course, "New") == expected


@pytest.mark.parametrize(
    ("zone", "local", "steps", "expected"), [row[1:] for row in ZONES], ids=[row[0] for row in ZONES]
)
def test_version_1_where_clocks_differ_is(
    sqlite_database: Database,
    settings: Settings,
    shared: SharedRepository,
    zone: str,
    local: str,
    steps: list[Step],
    expected: tuple[str, str, bool] | None,
) -> None:
    due = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    text = shipped_text(SLUG).replace('zone  = "Europe/Istanbul"', f'zone  = "{zone}"')
    text = text.replace("version_1 = 2026-12-04 23:59:00", f"version_1 = {local}")
    for number, name in enumerate(("reviews  ", "responses", "version_2", "grading  "), start=1):
        at = due + timedelta(days=14 * number)
        lines = text.splitlines(keepends=True)
        text = "".join(
            f"{name} = {at:%Y-%m-%d} 12:00:00\n" if line.startswith(f"{name} = 202") else line for line in lines
        )
    shared.receive(FILES, at=EARLY)
    world = World(database=sqlite_database, settings=settings, shared=shared, text=text).build()
    course = Course(world, due=due.astimezone(UTC), commits={"0": shared.head()})
    world.confirm()
    for step in steps:
        step(course)
    assert world.course().policy.deadlines.version_1 == due
    assert became(course, "AWGAN") == expected


def test_project_in_a_submodule_is_shown_and_never_frozen(sqlite_world: World) -> None:
    shared = sqlite_world.shared
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},Elsewhere")
    shared.at_clone("commit", "-qm", "submodule", at=EARLY)
    shared.push(at=EARLY + timedelta(minutes=1))
    from reviewhub.errors import BadInput
    from reviewhub.projects.confirming import Confirmation, confirm_projects

    sqlite_world.look(EARLY + timedelta(minutes=2))
    wanted = Confirmation(branch="refs/heads/main", folder="Elsewhere", key="Elsewhere", title="", group_id=None)
    with pytest.raises(BadInput, match="Nothing was confirmed"), sqlite_world.database.writing() as session:
        confirm_projects(
            session,
            actor=PROGRAM,
            now=EARLY,
            course=SLUG,
            confirmations=[wanted],
            mirrors=sqlite_world.settings.mirrors,
        )
    assert sqlite_world.look_and_freeze(DUE_1 + timedelta(days=2)) == []


def test_table_is_long_enough() -> None:
    assert len(TABLE) + len(LATE_STARTERS) + len(ZONES) >= 55
    assert len({row[0] for row in (*TABLE, *LATE_STARTERS, *ZONES)}) == len(TABLE) + len(LATE_STARTERS) + len(ZONES)
