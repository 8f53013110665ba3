"""Releasing: all or nothing, blocked by name, recomputable for ever, reopened only with a reason."""

import pytest
from sqlalchemy import select

from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.grading import record_mistake, undo_mistake
from reviewhub.grades.ledger import digest_of, ledger_of
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.releasing import NotReady, release_grades, released_facts, reopen_grading
from reviewhub.grades.tables import Release, ReleasedProject
from reviewhub.mail.tables import Mail
from reviewhub.storage import Database
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.worlds import GRADING, LINES, dismiss_fails

FULL_MARKS = dict.fromkeys(("specific", "correct", "constructive", "complete"), "80")


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def mark_all(bench):
    for review in ("AWGAN/Cem", "AWGAN/Defne", "BNF/Ayşe"):
        bench.do(
            mark_quality,
            key=review.split("/")[0],
            review_id=bench.world.reviews[review],
            marks=FULL_MARKS,
            seen={},
        )
    with bench.database.writing() as session:
        dismiss_fails(session, bench.world)


def release(bench, *, by="Ida", reason=""):
    with bench.database.writing() as session:
        return release_grades(session, actor=bench.world.actor(by), now=GRADING, course="ceng796", reason=reason).id


def reopen(bench, reason="A mistake was overlooked."):
    with bench.database.writing() as session:
        reopen_grading(session, actor=bench.world.actor("Ida"), now=GRADING, course="ceng796", reason=reason)


def test_release_names_everything_undecided_and_writes_nothing(bench):
    bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    with pytest.raises(NotReady) as refused:
        release(bench)

    told = sorted(str(one) for one in refused.value.problems)
    assert told == [
        "AWGAN: M1 “Wrong sign” of AWGAN has no verdict for version 2.",
        "AWGAN: The review of AWGAN by Cem has no quality marks.",
        "AWGAN: The review of AWGAN by Defne has no quality marks.",
        "BNF: The review of BNF by Ayşe has no quality marks.",
        "Students: Baran: “Not writing a proper review” is neither confirmed nor dismissed.",
    ]
    with bench.database.reading() as session:
        assert session.scalars(select(Release)).all() == []


def test_release_keeps_facts_that_give_the_same_ledger_for_ever(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
    bench.do(set_verdict, mistake_id=mistake_id, verdict=Verdict.PARTLY, seen=None)
    mark_all(bench)

    release_id = release(bench)

    with bench.database.reading() as session:
        row = session.get(Release, release_id)
        assert digest_of(ledger_of(*released_facts(session, row))) == row.digest
        assert len(session.scalars(select(ReleasedProject)).all()) == 2
    assert bench.broken() == []


def test_release_is_told_to_every_student_once_and_to_nobody_else(bench):
    mark_all(bench)
    release(bench)

    with bench.database.reading() as session:
        told = session.scalars(select(Mail.to).order_by(Mail.to)).all()
    students = ("Ayşe", "Baran", "Cem", "Defne")
    assert told == sorted(f"{name.lower()}-ceng796@example.org" for name in students)


def test_tampered_facts_of_a_release_are_noticed(bench):
    mark_all(bench)
    release(bench)

    with bench.database.writing() as session:
        kept = session.scalars(select(ReleasedProject)).all()[0]
        kept.facts = {**kept.facts, "snapshots": []}

    assert len(bench.broken()) == 1


def test_person_reads_only_the_projects_that_concern_them(bench):
    mark_all(bench)
    release_id = release(bench)

    with bench.database.reading() as session:
        row = session.get(Release, release_id)
        facts, _ = released_facts(session, row, enrollment_id=bench.world.people["Ali"].id)
        mine, _ = released_facts(session, row, enrollment_id=bench.world.people["Cem"].id)
    assert facts.projects == ()
    assert sorted(one.key for one in mine.projects) == ["AWGAN", "BNF"]


def test_decisions_are_closed_after_the_release_until_grading_is_reopened_with_a_reason(bench):
    mark_all(bench)
    release(bench)

    with pytest.raises(Conflict, match="The grades are released"):
        bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
    with pytest.raises(BadInput, match="needs a reason"):
        reopen(bench, reason=" ")
    reopen(bench)
    bench.do(record_mistake, draft=DRAFT, version_in=2, place=LINES)

    with pytest.raises(BadInput, match="A further release needs a reason"):
        release(bench)
    release(bench, reason="A mistake of version 2 was overlooked.")
    with bench.database.reading() as session:
        assert session.scalars(select(Release.sequence).order_by(Release.sequence)).all() == [1, 2]
    assert bench.broken() == []


def test_release_can_not_be_made_twice(bench):
    mark_all(bench)
    release(bench)

    with pytest.raises(Conflict, match="released already"):
        release(bench, reason="again")


def test_assistant_grades_but_does_not_release(bench):
    mark_all(bench)

    with pytest.raises(NotAllowed):
        release(bench, by="Ali")


def test_release_that_fails_at_its_end_leaves_nothing(bench):
    mark_all(bench)

    def release_and_fail():
        with bench.database.writing() as session:
            release_grades(session, actor=bench.world.actor("Ida"), now=GRADING, course="ceng796")
            raise RuntimeError("the power went away")

    with pytest.raises(RuntimeError, match="power"):
        release_and_fail()

    with bench.database.reading() as session:
        assert session.scalars(select(Release)).all() + session.scalars(select(ReleasedProject)).all() == []


def test_undo_after_reopening_changes_nothing_students_see(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=2, place=LINES)
    mark_all(bench)
    release_id = release(bench)
    reopen(bench)

    bench.do(undo_mistake, mistake_id=mistake_id)

    with bench.database.reading() as session:
        facts, _ = released_facts(session, session.get(Release, release_id))
    assert [len(one.mistakes) for one in facts.projects if one.key == "AWGAN"] == [1]
