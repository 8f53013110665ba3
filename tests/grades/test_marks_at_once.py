"""Several people at the marks at once, on both databases: saved once, nothing written over unseen, nothing after a release."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import Role
from reviewhub.courses.tables import Course
from reviewhub.errors import Conflict, NotAllowed
from reviewhub.grades.confirming_fails import confirm_fail, dismiss_fail, evidence_digest
from reviewhub.grades.entering import Source, TypedMark, preview_marks, save_marks, take_list_back, type_marks
from reviewhub.grades.mark_invariants import MARK_INVARIANTS
from reviewhub.grades.mark_reading import GivenMark
from reviewhub.grades.mark_tables import FailDecision, Mark, MarkList, StatusRow
from reviewhub.grades.recording import record_status, take_status_back
from reviewhub.grades.student_facts import student_facts
from reviewhub.grades.tables import Release
from tests.grades.test_two_graders import at_once
from tests.grades.worlds import GRADING, add_person, make_world


class Bench:
    """A course to enter marks in."""

    def __init__(self, database):
        self.database = database
        with database.writing() as session:
            self.world = make_world(session)
            self.course_id = self.world.course.id
        self.ids = {name: person.id for name, person in self.world.people.items()}

    def do(self, verb, by="Ida", now=GRADING, **asked):
        with self.database.writing() as session:
            return getattr(verb(session, actor=self.world.actor(by), now=now, course="ceng796", **asked), "id", None)

    def given(self, name, points, component="midterm"):
        return GivenMark(
            enrollment_id=self.ids[name], component=component, item=1, points=Decimal(points), out_of=Decimal(100)
        )

    def digest(self, given):
        with self.database.reading() as session:
            return preview_marks(session, session.get_one(Course, self.course_id), given).digest

    def save(self, given, key, digest=None, by="Ida"):
        seen = digest or self.digest(given)
        return self.do(save_marks, by=by, given=given, source=Source(form_key=key), seen_digest=seen)

    def standing(self, table=Mark):
        with self.database.reading() as session:
            assert [sentence for check in MARK_INVARIANTS.values() for sentence in check(session)] == []
            return session.scalars(select(table).where(table.undone_at.is_(None))).all()


@pytest.fixture
def bench(database):
    return Bench(database)


def test_one_page_confirmed_eight_times_at_once_is_saved_once(bench):
    given = [bench.given("Ayşe", 70), bench.given("Cem", 80)]
    digest = bench.digest(given)

    refused = at_once(*[partial(bench.save, given, "one-page", digest)] * 8)

    assert refused == [None] * 8
    assert len(bench.standing()) == 2
    with bench.database.reading() as session:
        assert len(session.scalars(select(MarkList)).all()) == 1


def test_two_lists_at_once_write_over_nothing_unseen(bench):
    lists = [[bench.given("Ayşe", points)] for points in (60, 70, 80)]
    digests = [bench.digest(one) for one in lists]

    refused = at_once(
        *(
            partial(bench.save, one, f"page-{place}", digest)
            for place, (one, digest) in enumerate(zip(lists, digests, strict=True))
        )
    )

    assert refused.count(None) == 1
    assert {type(one) for one in refused if one} == {Conflict}
    assert [one.points for one in bench.standing()] == [lists[refused.index(None)][0].points]


def test_four_people_typing_the_same_mark_at_once(bench):
    def typed(points):
        one = TypedMark(enrollment_id=bench.ids["Ayşe"], item=1, text=points, seen="")
        bench.do(type_marks, component="midterm", typed=[one], scales={1: Decimal(100)}, form_key=f"page-{points}")

    refused = at_once(*(partial(typed, points) for points in ("60", "70", "80", "90")))

    assert (refused.count(None), len(bench.standing())) == (1, 1)


def test_list_taken_back_leaves_what_was_changed_since(bench):
    bench.save([bench.given("Ayşe", 50), bench.given("Cem", 50)], "first")
    second = bench.save([bench.given("Ayşe", 60), bench.given("Cem", 60), bench.given("Defne", 60)], "second")
    bench.save([bench.given("Cem", 99)], "third")

    refused = at_once(*[partial(bench.do, take_list_back, list_id=second)] * 4)

    assert refused == [None] * 4
    names = {one: name for name, one in bench.ids.items()}
    assert {names[one.enrollment_id]: one.points for one in bench.standing()} == {"Ayşe": 50, "Cem": 99}


def test_status_recorded_at_once_stands_once(bench):
    def record(evidence):
        bench.do(
            record_status, by="Ali", enrollment_id=bench.ids["Ayşe"], kind="plagiarism", value="yes", evidence=evidence
        )

    at_once(*(partial(record, text) for text in ("One.", "Two.", "One.", "Two.")))

    assert len(bench.standing(StatusRow)) == 1
    status_id = bench.standing(StatusRow)[0].id
    refused = at_once(*[partial(bench.do, take_status_back, status_id=status_id)] * 3)
    assert refused.count(None) == 1
    assert bench.standing(StatusRow) == []


def test_case_confirmed_and_dismissed_at_once_is_decided_once(bench):
    case = {"enrollment_id": bench.ids["Ayşe"], "rule": "plagiarism", "seen": evidence_digest(["Seen."])}
    bench.do(record_status, enrollment_id=case["enrollment_id"], kind="plagiarism", value="yes", evidence="Seen.")

    refused = at_once(
        partial(bench.do, confirm_fail, letter="FF", reason="", **case),
        partial(bench.do, confirm_fail, letter="NA", reason="", **case),
        partial(bench.do, dismiss_fail, reason="No.", **case),
    )

    assert (refused.count(None), len(bench.standing(FailDecision))) == (1, 1)
    with pytest.raises(NotAllowed):
        bench.do(confirm_fail, by="Ali", letter="FF", reason="", **case)


def test_nothing_is_entered_after_a_release_until_grading_is_reopened(bench):
    bench.save([bench.given("Ayşe", 50)], "first")
    with bench.database.writing() as session:
        release = Release(
            course_id=bench.course_id,
            sequence=1,
            at=GRADING,
            by_id=bench.world.people["Ida"].user_id,
            policy_text=bench.world.course.policy_text,
            digest="d",
        )
        session.add(release)
        session.flush()
        release_id = release.id
    status = {"enrollment_id": bench.ids["Ayşe"], "kind": "plagiarism", "value": "yes", "evidence": "Seen."}

    for closed in (
        partial(bench.save, [bench.given("Ayşe", 60)], "second"),
        partial(bench.do, record_status, **status),
        partial(bench.do, dismiss_fail, enrollment_id=bench.ids["Baran"], rule="no_proper_review", reason="x", seen=""),
    ):
        with pytest.raises(Conflict, match="The grades are released"):
            closed()

    with bench.database.writing() as session:
        session.get_one(Release, release_id).reopened_at = GRADING + timedelta(hours=1)
    bench.save([bench.given("Ayşe", 60)], "second")
    assert [one.points for one in bench.standing()] == [60]


def test_facts_of_students_take_the_same_queries_for_one_and_for_many(bench, query_count):
    def count():
        with bench.database.reading() as session:
            course = session.get_one(Course, bench.course_id)
            assert course.policy
            with query_count(bench.database) as statements:
                student_facts(session, course, GRADING)
        return len(statements)

    few = count()
    with bench.database.writing() as session:
        for number in range(30):
            add_person(session, bench.world, f"More{number}", Role.STUDENT)
    bench.ids |= {name: person.id for name, person in bench.world.people.items()}
    bench.save([bench.given(f"More{number}", number) for number in range(30)], "many")

    assert (few, count()) == (8, 8)
