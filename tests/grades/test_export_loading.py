"""What an export is made of, on both databases: sums without lines say the same, and a release stays as it was."""

import pytest

from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.loading import own_record, record_now, record_released, totals_now
from reviewhub.grades.exports.moodle_list import moodle_list
from reviewhub.grades.ledger import digest_of
from reviewhub.grades.tables import Mistake
from tests.grades.test_export_pages import decide_everything, release_as_it_stands
from tests.grades.worlds import GRADING, make_world


@pytest.fixture
def graded(database):
    with database.writing() as session:
        world = make_world(session)
        decide_everything(session, world)
        release_as_it_stands(session, world)
    return world


def rows(grid):
    return list(grid.rows())


def test_sums_without_lines_make_the_same_tables(graded, database):
    with database.reading() as session:
        course = session.merge(graded.course)
        whole, totals = record_now(session, course, GRADING), totals_now(session, course, GRADING)

    assert rows(gradebook(totals)) == rows(gradebook(whole))
    assert rows(moodle_list(totals)) == rows(moodle_list(whole))
    assert len(totals.entries) < len(whole.entries)


def test_released_grades_stay_as_they_were_while_decisions_go_on(graded, database):
    with database.reading() as session:
        before = record_released(session, session.merge(graded.course))
    with database.writing() as session:
        by = graded.people["Ida"].user_id
        session.add(
            Mistake(
                project_id=graded.projects["AWGAN"].id, number=3, title="Late", version_in=2, severity="critical",
                criterion="code", found_by_instructor=True, recorded_by_id=by, recorded_at=GRADING,
            )
        )  # fmt: skip
    with database.reading() as session:
        course = session.merge(graded.course)
        after, standing = record_released(session, course), record_now(session, course, GRADING)

    assert digest_of(after.entries) == before.release.digest
    assert rows(gradebook(after)) == rows(gradebook(before))
    assert digest_of(standing.entries) != before.release.digest


def test_a_student_who_left_keeps_their_row_in_what_was_released(graded, database):
    with database.writing() as session:
        session.merge(graded.people["Ayşe"]).left_at = GRADING
    with database.reading() as session:
        course = session.merge(graded.course)
        released, totals = record_released(session, course), totals_now(session, course, GRADING)

    assert [one.name for one in released.students] == ["Ayşe", "Baran", "Cem", "Defne"]
    assert released.students[0].has_left
    assert "Baran" in [one.name for one in totals.students]


def test_own_record_reads_only_what_concerns_the_student(graded, database):
    with database.reading() as session:
        course, mine = session.merge(graded.course), session.merge(graded.people["Ayşe"])
        record, seen = own_record(session, course, mine)

    assert [one.name for one in record.students] == ["Ayşe"]
    assert seen.reader == mine.id
    assert seen.reviewers == {}
