"""A release is made whole or not at all: killed at any statement, asked for fifty times at once, tampered with."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reviewhub.courses.course_file import shipped_text
from reviewhub.errors import Conflict
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.invariants import INVARIANTS
from reviewhub.grades.mark_tables import Mark, MarkList
from reviewhub.grades.releasing import release_grades, released_facts
from reviewhub.grades.tables import Release, ReleasedProject, ReleasedStudent
from reviewhub.mail.tables import Mail
from reviewhub.storage import new_id
from tests.grades.test_grading import Bench
from tests.grades.test_releasing import mark_all, release, reopen
from tests.grades.test_two_graders import at_once
from tests.grades.worlds import GRADING, add_person, make_course

ROOT = Path(__file__).parents[2]
PATIENCE = 600
MANY = 50


@pytest.mark.timeout(2 * PATIENCE)
def test_release_killed_at_any_statement_leaves_nothing_and_can_be_made_again(database):
    bench = Bench(database)
    mark_all(bench)
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Mail))
    url = database.engine.url.render_as_string(hide_password=False)

    told = subprocess.run(
        [sys.executable, "-m", "tests.grades.dying_release", url],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True,
    ).stdout.splitlines()  # fmt: skip

    lives = [line.split() for line in told]
    died, last = lives[:-1], lives[-1]
    assert len(died) > 20
    assert {tuple(line[1:]) for line in died} == {("died", "0", "0", "0", "0", str(before))}
    # two projects, four people in each as developer or reviewer, four students, a mail each
    assert last[1:] == ["lived", "1", "2", "8", "4", str(before + 4)]
    assert bench.broken() == []
    reopen(bench)
    release(bench, reason="Once more, to see that nothing was left in its way.")
    assert bench.broken() == []


def test_fifty_releases_at_once_make_one(database):
    bench = Bench(database)
    mark_all(bench)

    def one():
        with database.writing() as session:
            release_grades(session, actor=bench.world.actor("Ida"), now=GRADING, course="ceng796")

    refused = at_once(*[one] * MANY)

    with database.reading() as session:
        made = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Release, ReleasedProject, ReleasedStudent)
        ]
    assert refused.count(None) == 1
    assert {type(fault) for fault in refused} == {type(None), Conflict}
    assert made == [1, 2, 4]
    assert bench.broken() == []


def test_course_without_reviews_releases_its_marks(database):
    with database.writing() as session:
        world = make_course(session, text=shipped_text("dl1"), slug="dl1")
        enrollment = add_person(session, world, "Ana")
        add_person(session, world, "Bruno")
        for component, item, points in (
            ("midterm", 1, 80),
            ("final", 1, 60),
            *(("laboratory", n, 90) for n in (1, 2, 3, 4)),
        ):
            session.add(a_mark(session, world, enrollment, component, item, points))

    with database.writing() as session:
        row = release_grades(session, actor=world.actor("Ida"), now=GRADING, course="dl1")
        facts, policy = released_facts(session, row, enrollment_id=world.people["Ana"].id)

    # the way with the two exams: 20 % of 90, 40 % of 80, 40 % of 60
    (ana,) = course_grades(facts, policy).values()
    assert (facts.projects, ana.total) == ((), Decimal(74))
    with database.reading() as session:
        assert [said for invariant in INVARIANTS.values() for said in invariant(session)] == []


def test_marks_statuses_and_fails_are_part_of_what_a_release_vouches_for(database):
    bench = Bench(database)
    mark_all(bench)
    release(bench)

    with database.writing() as session:
        kept = session.scalars(
            select(ReleasedStudent).where(ReleasedStudent.enrollment_id == bench.world.people["Baran"].id)
        ).one()
        kept.facts = {**kept.facts, "fails": []}

    assert len(bench.broken()) == 1


def a_mark(session, world, enrollment, component, item, points):
    """A mark out of 100, as a list of its own brings it."""
    marks = MarkList(
        course_id=world.course.id, holds="marks", form_key=new_id(), new=1, changed=0, taken=0, at=GRADING,
        by_id=world.people["Ida"].user_id,
    )  # fmt: skip
    session.add(marks)
    session.flush()
    return Mark(
        enrollment_id=enrollment.id, component=component, item=item, points=Decimal(points), out_of=Decimal(100),
        list_id=marks.id,
    )  # fmt: skip
