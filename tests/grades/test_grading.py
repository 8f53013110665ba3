"""The grader's decisions in real rows: what they establish, what they refuse, and that each can be undone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.courses.policy import Policy
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.drafting import MistakeDraft, read_mistake, read_number, read_typed_place
from reviewhub.grades.evidence import Strength, Verdict
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.grading import (
    accept_finding,
    change_mistake,
    match_finding,
    record_mistake,
    reject_finding,
    undo_change,
    undo_finding,
    undo_mistake,
)
from reviewhub.grades.invariants import INVARIANTS
from reviewhub.grades.ledger import ledger_of, sheets_of
from reviewhub.grades.lines import SubjectKind
from reviewhub.grades.marking import adjust_member, mark_quality, set_verdict, undo_adjustment
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.storage import Database
from tests.grades.worlds import CELL, GRADING, LINES, REVIEWS_DUE, World, make_world

DRAFT = MistakeDraft(title="Wrong sign", severity="major", criterion="method")


class Bench:
    """A world, and Ida at the desk of AWGAN."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.world: World = make_world(session)

    def do(self, verb, *, by="Ida", key="AWGAN", **more):
        with self.database.writing() as session:
            made = verb(session, actor=self.world.actor(by), now=GRADING, course="ceng796", key=key, **more)
            return made.id if made is not None else None

    def grades(self, key="AWGAN"):
        """Every grade of the course by its reader's name, rounded to the cent."""
        names = {one.id: name for name, one in self.world.people.items()}
        with self.database.reading() as session:
            facts = gather_facts(session, self.world.course, GRADING)
            reviewers = {
                one.assignment_id: names[one.members[0]] for project in facts.projects for one in project.assignments
            }
            project_keys = {project.project_id: project.key for project in facts.projects}
            told = {}
            for (subject, component), sheet in sheets_of(ledger_of(facts, self.world.course.policy)).items():
                if subject.project_id and project_keys[subject.project_id] != key:
                    continue
                whose = {
                    SubjectKind.PROJECT: "",
                    SubjectKind.ASSIGNMENT: reviewers.get(subject.subject_id, ""),
                }.get(subject.kind, names.get(subject.subject_id, ""))
                told[f"{component.value} {whose}".strip()] = round(sheet.total, 2)
            return told

    def broken(self):
        with self.database.reading() as session:
            return [said for invariant in INVARIANTS.values() for said in invariant(session)]


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


def test_accepted_finding_costs_the_group_and_no_reviewer_pays(bench):
    finding = bench.world.findings["AWGAN/Cem/1"]

    bench.do(accept_finding, finding_id=finding, draft=DRAFT)

    told = bench.grades()
    assert told["version_1"] == Decimal("92.00")
    assert told["version_2"] == Decimal("92.00")  # no verdict yet: as if not fixed
    assert told["review Cem"] == Decimal("50.00")  # quality unmarked 0, coverage full
    assert told["review Defne"] == Decimal("24.04")  # 0.5 · 100 · (5 ÷ 13 ÷ 0.8), and no loss
    assert bench.broken() == []


def test_own_mistake_nobody_noted_costs_the_group_and_every_reviewer(bench):
    bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    told = bench.grades()
    # coverage 5 ÷ 13 ÷ 0.8 → 24.0385; loss 0.5 · 8 = 4
    assert (told["version_1"], told["review Cem"], told["review Defne"]) == (
        Decimal("92.00"),
        Decimal("20.04"),
        Decimal("20.04"),
    )
    assert bench.broken() == []


def test_finding_accepted_in_part_leaves_half_the_loss(bench):
    bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT, strength=Strength.PARTIAL)

    # r = (4 + 5) ÷ 13 ÷ 0.8 = 0.865…: 43.27 − 2 = 41.27; Defne 24.04 − 2
    told = bench.grades()
    assert (told["review Cem"], told["review Defne"]) == (Decimal("41.27"), Decimal("22.04"))


def test_question_accepted_as_a_finding_spares_the_reviewers(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    bench.do(match_finding, finding_id=bench.world.findings["AWGAN/Cem/2"], mistake_id=mistake_id)

    assert bench.grades()["review Cem"] == Decimal("50.00")


def test_remark_can_not_be_accepted(bench):
    with pytest.raises(Conflict, match="A remark notes no mistake"):
        bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/3"], draft=DRAFT)


def test_everything_undone_gives_the_grades_of_the_beginning(bench):
    before = bench.grades()
    first, second = bench.world.findings["AWGAN/Cem/1"], bench.world.findings["AWGAN/Cem/2"]
    own = bench.do(record_mistake, draft=DRAFT, version_in=2, place=CELL)
    bench.do(accept_finding, finding_id=first, draft=DRAFT)
    bench.do(reject_finding, finding_id=second, reason="The paper says so.")
    adjusted = bench.do(
        adjust_member, enrollment_id=bench.world.people["Baran"].id, points="−3,5", reason="No commits."
    )

    bench.do(undo_finding, finding_id=first)
    bench.do(undo_finding, finding_id=second)
    bench.do(undo_mistake, mistake_id=own)
    bench.do(undo_adjustment, adjustment_id=adjusted)

    assert bench.grades() == before
    assert bench.broken() == []


def test_mistake_found_by_two_reviews_stays_when_one_finding_is_undone(bench):
    mistake_id = bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)
    bench.do(match_finding, finding_id=bench.world.findings["AWGAN/Cem/2"], mistake_id=mistake_id)

    bench.do(undo_finding, finding_id=bench.world.findings["AWGAN/Cem/1"])

    assert bench.grades()["version_1"] == Decimal("92.00")
    assert bench.broken() == []


def test_undone_mistake_leaves_its_finding_undecided(bench):
    finding = bench.world.findings["AWGAN/Cem/1"]
    mistake_id = bench.do(accept_finding, finding_id=finding, draft=DRAFT)

    bench.do(undo_mistake, mistake_id=mistake_id)
    bench.do(reject_finding, finding_id=finding, reason="It is right as it stands.")

    assert bench.grades()["version_1"] == Decimal("100.00")
    assert bench.broken() == []


def test_change_of_a_mistake_can_be_undone(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    worse = MistakeDraft(
        title="Much worse", severity="critical", criterion="code", points=Decimal("12.5"), detectable=False
    )

    bench.do(change_mistake, mistake_id=mistake_id, draft=worse, seen=1)
    changed = bench.grades()
    bench.do(undo_change, mistake_id=mistake_id)

    assert (changed["version_1"], changed["review Defne"]) == (Decimal("87.50"), Decimal("50.00"))
    assert bench.grades()["version_1"] == Decimal("92.00")


def test_verdict_moves_version_2_and_can_be_taken_back(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)

    bench.do(set_verdict, mistake_id=mistake_id, verdict=Verdict.PARTLY, seen=None)
    partly = bench.grades()
    bench.do(set_verdict, mistake_id=mistake_id, verdict=None, seen=Verdict.PARTLY)

    assert (partly["version_2"], partly["developer Ayşe"]) == (
        Decimal("96.00"),
        Decimal("94.40"),
    )  # 0.4 · 92 + 0.6 · 96
    assert bench.grades()["version_2"] == Decimal("92.00")


def test_marks_make_the_quality_and_are_read_with_a_comma(bench):
    marks = {"specific": "100", "correct": "87,5", "constructive": "50", "complete": "0"}

    bench.do(mark_quality, review_id=bench.world.reviews["AWGAN/Cem"], marks=marks, seen={})

    # (100 + 87.5 + 50 + 0) ÷ 4 = 59.375 · 0.5 + 50
    assert bench.grades()["review Cem"] == Decimal("79.69")


def test_marks_off_the_scale_are_refused_all_at_once_and_nothing_is_written(bench):
    marks = {"specific": "101", "correct": "9", "constructive": "much", "complete": "=1+1"}

    with pytest.raises(BadInput) as refused:
        bench.do(mark_quality, review_id=bench.world.reviews["AWGAN/Cem"], marks=marks, seen={})

    assert [str(one) for one in refused.value.problems] == [
        "Specific: “101” is not a number from 0 to 100.",
        "Constructive: “much” is not a number from 0 to 100.",
        "Complete: “=1+1” is not a number from 0 to 100.",
    ]
    assert bench.grades()["review Cem"] == Decimal("50.00")


@pytest.mark.parametrize("by", ["Cem", "Ayşe"])
def test_students_can_not_grade(bench, by):
    with pytest.raises(NotAllowed):
        bench.do(record_mistake, by=by, draft=DRAFT, version_in=1, place=CELL)


def test_finding_of_another_project_is_not_found(bench):
    with pytest.raises(NotFound):
        bench.do(accept_finding, key="BNF", finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)


def test_finding_of_a_draft_is_not_found(bench):
    with bench.database.writing() as session:
        review = session.get(Review, bench.world.reviews["AWGAN/Cem"])
        review.edition = 0

    with pytest.raises(NotFound):
        bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)


def test_second_grader_who_saw_an_older_state_is_told_and_changes_nothing(bench):
    finding = bench.world.findings["AWGAN/Cem/1"]
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    bench.do(set_verdict, mistake_id=mistake_id, verdict=Verdict.FIXED, seen=None)
    bench.do(reject_finding, finding_id=finding, reason="No.")
    bench.do(change_mistake, mistake_id=mistake_id, draft=DRAFT, seen=1)
    bench.do(mark_quality, review_id=bench.world.reviews["AWGAN/Cem"], marks={"correct": "50"}, seen={})
    before = bench.grades()

    for verb, more in (
        (set_verdict, {"mistake_id": mistake_id, "verdict": Verdict.PARTLY, "seen": None}),
        (reject_finding, {"finding_id": finding, "reason": "No!"}),
        (accept_finding, {"finding_id": finding, "draft": DRAFT}),
        (change_mistake, {"mistake_id": mistake_id, "draft": DRAFT, "seen": 1}),
        (
            mark_quality,
            {"review_id": bench.world.reviews["AWGAN/Cem"], "marks": {"correct": "60"}, "seen": {}},
        ),
    ):
        with pytest.raises(Conflict, match="Somebody else decided"):
            bench.do(verb, by="Ali", **more)

    assert bench.grades() == before


def test_every_decision_leaves_an_event(bench):
    bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)
    bench.do(reject_finding, finding_id=bench.world.findings["AWGAN/Cem/2"], reason="It says so in 3.2.")

    with bench.database.reading() as session:
        told = session.execute(select(Event.action, Event.reason).order_by(Event.at, Event.action)).all()
    assert [tuple(one) for one in told] == [
        ("accepted finding", ""),
        ("rejected finding", "It says so in 3.2."),
    ]


def test_version_that_is_not_frozen_can_not_be_graded(bench):
    with bench.database.writing() as session:
        session.delete(session.merge(bench.world.snapshots["AWGAN", 2]))

    with pytest.raises(Conflict, match=r"Version 2 of AWGAN is not frozen"):
        bench.do(record_mistake, draft=DRAFT, version_in=2, place=CELL)


def test_reviewer_released_before_the_deadline_is_not_held_to_account_and_one_released_after_it_is(bench):
    def held(released_at):
        with bench.database.writing() as session:
            review = session.get(Review, bench.world.reviews["AWGAN/Defne"])
            session.get(Assignment, review.assignment_id).released_at = released_at
        return "review Defne" in bench.grades()

    assert held(REVIEWS_DUE - timedelta(seconds=1)) is False
    assert held(REVIEWS_DUE) is False
    assert held(REVIEWS_DUE + timedelta(seconds=1)) is True


def test_reviewer_assigned_after_the_deadline_is_not_held_to_account(bench):
    with bench.database.writing() as session:
        review = session.get(Review, bench.world.reviews["AWGAN/Defne"])
        session.get(Assignment, review.assignment_id).assigned_at = REVIEWS_DUE + timedelta(seconds=1)

    assert "review Defne" not in bench.grades()


def test_nobody_answers_for_a_project_whose_version_1_never_came(bench):
    with bench.database.writing() as session:
        for version in (1, 2):
            session.delete(session.merge(bench.world.snapshots["BNF", version]))

    with bench.database.reading() as session:
        facts = gather_facts(session, bench.world.course, GRADING)
        told = course_grades(facts, bench.world.course.policy)
    evidence = {
        name: [said for case in told[bench.world.people[name].id].fails for said in case.evidence]
        for name in ("Baran", "Cem")
    }
    assert evidence == {"Baran": [], "Cem": []}  # Baran's review never came; Cem worked in a group
    assert "review Baran" not in bench.grades("BNF")


def test_review_is_awaited_until_it_can_no_longer_come_and_then_may_fail_its_reviewer(bench):
    def of_baran(now):
        with bench.database.reading() as session:
            facts = gather_facts(session, bench.world.course, now)
            grade = course_grades(facts, bench.world.course.policy)[bench.world.people["Baran"].id]
        reviewing = next(one for one in grade.components if one.key == "reviewer")
        return reviewing.missing, [case.evidence for case in grade.fails]

    assert of_baran(REVIEWS_DUE) == (("The review of BNF can still come.",), [])
    assert of_baran(REVIEWS_DUE + timedelta(seconds=1)) == ((), [("No review of BNF was handed in.",)])


def test_form_of_a_mistake_tells_every_fault_at_once():
    policy = Policy(title="C", term="T", zone="UTC")

    with pytest.raises(BadInput) as refused:
        read_mistake(policy, title=" ", severity="awful", criterion="x", points="1000")

    assert [one.place for one in refused.value.problems] == ["title", "severity", "criterion", "points"]


@pytest.mark.parametrize(
    ("written", "read"), [("1,5", Decimal("1.5")), (" 2 ", Decimal(2)), ("−3", Decimal(-3)), ("+4", Decimal(4))]
)
def test_numbers_are_read_as_people_write_them(written, read):
    assert read_number(written, lowest=Decimal(-100), highest=Decimal(100)) == read


@pytest.mark.parametrize("written", ["", "1.5.2", "1e2", "50 %", "NaN", "=A1", "1 000", "٣"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(BadInput):
        read_number(written, lowest=Decimal(-100), highest=Decimal(100))


@pytest.mark.parametrize(
    ("where", "path", "kind", "words"),
    [
        ("", "", PlaceKind.PROJECT, "whole project"),
        ("", "a.py", PlaceKind.FILE, "whole file"),
        ("line 5", "a.py", PlaceKind.LINES, "line 5"),
        ("Lines 10–20", "a.py", PlaceKind.LINES, "lines 10–20"),
        ("cell 4", "n.ipynb", PlaceKind.CELL, "cell 4"),
        ("cell 4, lines 2-5", "n.ipynb", PlaceKind.CELL_LINES, "cell 4, lines 2–5"),
        ("cell 4 output 1", "n.ipynb", PlaceKind.OUTPUT, "cell 4, output 1"),
        ("cell-3-L2-L5", "n.ipynb", PlaceKind.CELL_LINES, "cell 4, lines 2–5"),
    ],
)
def test_places_are_read_as_typed_and_as_clicked(where, path, kind, words):
    place: Place = read_typed_place(where, path)

    assert (place.kind, place.words) == (kind, words)


@pytest.mark.parametrize("where", ["cell 0", "somewhere", "cell", "lines"])
def test_what_is_no_place_is_refused(where):
    with pytest.raises(BadInput):
        read_typed_place(where, "a.py")
