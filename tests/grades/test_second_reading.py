"""A second grader: who may read what, what holds up the release, and how the projects are shared out."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.grades.grader_shares import Task, shared_out
from reviewhub.grades.grading import accept_finding, reject_finding
from reviewhub.grades.reading_invariants import READING_INVARIANTS
from reviewhub.grades.releasing import NotReady, release_grades
from reviewhub.grades.second_reading import Opinion, answer_reading, read_second, withdraw_reading
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.grades.second_readings import Reading, open_changes, reading_of
from reviewhub.grades.sharing_grading import assign_grader, share_out_grading
from reviewhub.storage import Database
from tests.grades.test_grading import DRAFT
from tests.grades.test_two_graders import at_once
from tests.grades.worlds import GRADING, World, make_world


class Bench:
    """AWGAN and BNF; Ida accepted Cem's finding on AWGAN."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.world: World = make_world(session)
        self.do(accept_finding, finding_id=self.world.findings["AWGAN/Cem/1"], draft=DRAFT)

    def do(self, verb: Callable[..., Any], *, by: str = "Ida", key: str | None = "AWGAN", **more: Any) -> Any:
        where = {"key": key} if key else {}
        with self.database.writing() as session:
            made = verb(session, actor=self.world.actor(by), now=GRADING, course="ceng796", **where, **more)
            return made.id if isinstance(made, SecondReading) else made

    def reading(self, key: str = "AWGAN") -> Reading:
        with self.database.reading() as session:
            return reading_of(session, self.world.projects[key].id)

    def blocking(self) -> list[str]:
        with self.database.reading() as session:
            return [one.what for one in open_changes(session, self.world.course)]

    def id_of(self, name: str) -> str:
        return self.world.people[name].user_id


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """A bench on each database."""
    return Bench(database)


def test_another_grader_agrees(bench: Bench) -> None:
    bench.do(read_second, by="Ali", opinion=Opinion.AGREES)
    bench.do(read_second, by="Ali", opinion=Opinion.AGREES)  # a second click

    (card,) = bench.reading().cards
    assert (card.reader, card.agrees, card.is_open) == ("Ali", True, False)
    assert bench.blocking() == []


def test_whoever_alone_decided_cannot_read_second(bench: Bench) -> None:
    with pytest.raises(Conflict, match="You alone decided AWGAN"):
        bench.do(read_second, opinion=Opinion.AGREES)

    bench.do(reject_finding, by="Ali", finding_id=bench.world.findings["AWGAN/Cem/2"], reason="Answered.")
    bench.do(read_second, opinion=Opinion.AGREES)

    assert [card.reader for card in bench.reading().cards] == ["Ida"]


def test_where_nothing_is_decided_there_is_nothing_to_read(bench: Bench) -> None:
    with pytest.raises(Conflict, match="Nothing is decided in BNF yet"):
        bench.do(read_second, by="Ali", key="BNF", opinion=Opinion.AGREES)


def test_students_read_nothing_second(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        bench.do(read_second, by="Cem", opinion=Opinion.AGREES)


@pytest.mark.parametrize("note", ["", "  ", "x" * 2001])
def test_a_change_is_asked_for_in_words(bench: Bench, note: str) -> None:
    with pytest.raises(BadInput, match="what should change"):
        bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note=note)


def test_an_open_request_holds_up_the_release_by_name_until_it_is_answered(bench: Bench) -> None:
    reading_id = bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note="M1 is minor,\nnot major.")
    said = "Ali, who read AWGAN second, asks for a change: M1 is minor, not major."

    assert bench.blocking() == [said]
    with pytest.raises(NotReady) as refused:
        bench.do(release_grades, key=None)
    assert said in [one.what for one in refused.value.problems]
    bench.do(answer_reading, reading_id=reading_id, answer="The course file says major.")

    assert bench.blocking() == []
    assert bench.reading().cards[0].answer == "The course file says major."
    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(answer_reading, reading_id=reading_id, answer="Again.")


def test_the_reader_withdraws_and_nobody_else_does(bench: Bench) -> None:
    reading_id = bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note="M1 is minor.")

    with pytest.raises(Conflict, match="Somebody else answers"):
        bench.do(answer_reading, by="Ali", reading_id=reading_id, answer="Done.")
    with pytest.raises(Conflict, match="Only the one who read"):
        bench.do(withdraw_reading, reading_id=reading_id)
    bench.do(withdraw_reading, by="Ali", reading_id=reading_id)
    bench.do(withdraw_reading, by="Ali", reading_id=reading_id)

    assert bench.reading().cards == []
    with pytest.raises(NotFound):
        bench.do(withdraw_reading, by="Ali", key="BNF", reading_id=reading_id)


def test_a_newer_reading_takes_the_place_of_the_older(bench: Bench) -> None:
    bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note="M1 is minor.")
    bench.do(read_second, by="Ali", opinion=Opinion.AGREES)

    assert [card.agrees for card in bench.reading().cards] == [True]
    with bench.database.reading() as session:
        assert len(session.scalars(select(SecondReading)).all()) == 2  # kept, the older one withdrawn


def test_two_readings_of_one_reader_at_once_leave_one(bench):
    refused = at_once(
        lambda: bench.do(read_second, by="Ali", opinion=Opinion.AGREES),
        lambda: bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note="No."),
    )

    assert len(bench.reading().cards) == 1
    assert all(fault is None or isinstance(fault, Conflict) for fault in refused)


def test_the_instructor_says_who_grades_and_who_reads(bench: Bench) -> None:
    given = {"key": None, "keys": ["AWGAN", "BNF"]}
    assert bench.do(assign_grader, **given, task=Task.GRADES, grader_id=bench.id_of("Ali")) == 2
    assert bench.do(assign_grader, **given, task=Task.GRADES, grader_id=bench.id_of("Ali")) == 0
    with pytest.raises(BadInput, match="cannot both grade a project and read it second: AWGAN, BNF"):
        bench.do(assign_grader, **given, task=Task.READS, grader_id=bench.id_of("Ali"))
    assert bench.do(assign_grader, key=None, keys=["BNF"], task=Task.GRADES, grader_id="") == 1

    assert bench.reading().name(Task.GRADES) == "Ali"
    assert bench.reading("BNF").name(Task.GRADES) == ""


@pytest.mark.parametrize(
    ("keys", "grader", "said"),
    [
        (["AWGAN"], "Cem", "somebody of the staff"),
        ([], "Ali", "at least one project"),
        (["None"], "Ali", "at least one"),
    ],
)
def test_nobody_else_and_nothing_else_can_be_given(bench: Bench, keys: list[str], grader: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        bench.do(assign_grader, key=None, keys=keys, task=Task.GRADES, grader_id=bench.id_of(grader))


def test_only_the_instructor_assigns_graders(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        bench.do(share_out_grading, by="Ali", key=None, task=Task.GRADES)


def test_all_projects_are_shared_out_evenly(bench: Bench) -> None:
    assert bench.do(share_out_grading, key=None, task=Task.GRADES) == 2
    assert bench.do(share_out_grading, key=None, task=Task.READS) == 2

    with bench.database.reading() as session:
        found = [reading_of(session, one.id) for one in bench.world.projects.values()]
    assert sorted(one.name(Task.GRADES) for one in found) == ["Ali", "Ida"]
    assert all(one.name(Task.GRADES) != one.name(Task.READS) for one in found)


PROJECTS = st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, max_size=12)
GRADERS = st.lists(st.sampled_from("XYZW"), unique=True, max_size=4)


@given(PROJECTS, GRADERS, st.data())
def test_sharing_out_bars_nobody_into_what_they_may_not_have(
    projects: list[str], graders: list[str], data: Any
) -> None:
    barred = data.draw(st.dictionaries(st.sampled_from(projects), st.sampled_from("XYZW"))) if projects else {}

    fresh = shared_out(projects, graders, {}, barred)

    assert all(barred.get(project) != grader for project, grader in fresh.items())
    assert len(fresh) == len(projects) or not set(graders) - set(barred.values())


@given(PROJECTS, GRADERS)
def test_loads_differ_by_at_most_one(projects: list[str], graders: list[str]) -> None:
    loads = Counter(shared_out(projects, graders, {}, {}).values())

    assert not loads or max(loads.values()) - min(loads.get(one, 0) for one in graders) <= 1


def test_rows_that_no_verb_writes_are_told_by_the_invariants(bench: Bench) -> None:
    def broken() -> list[str]:
        with bench.database.reading() as session:
            return [said for invariant in READING_INVARIANTS.values() for said in invariant(session)]

    bench.do(read_second, by="Ali", opinion=Opinion.CHANGE, note="M1 is minor.")
    bench.do(share_out_grading, key=None, task=Task.GRADES)
    bench.do(share_out_grading, key=None, task=Task.READS)
    assert broken() == []

    with bench.database.writing() as session:
        session.execute(update(SecondReading).values(answer="Yes.", answered_by_id=SecondReading.reader_id))
        session.execute(update(SecondReading).values(answered_at=SecondReading.at))
        session.execute(update(GraderShare).values(grader_id=bench.id_of("Ali")))
    assert len(broken()) == 3  # one reading, and both projects
