"""CENG 796: what may bring FF or NA whatever the points. The program shows the evidence; the instructor confirms each."""

from dataclasses import replace

import pytest

from reviewhub.grades.course_grade import CourseGrade, course_grades
from reviewhub.grades.evidence import AssignmentFact, FailFact, GradingFacts, ProjectFact, StudentFact
from reviewhub.grades.ledger import canonical_bytes, ledger_of
from tests.grades.golden.syllabus import confirmed, marks, rows, shipped, status, student

# Who works how, what happened, and which rule it triggers. `listed` is a row of the status list.
CASES = """
    works          happened           rule                  evidence
    alone          listed             too_few_proposals     1 of 3 candidate papers by 23 October
    in a group     listed             too_few_proposals     1 of 3 candidate papers by 23 October
    alone          listed             not_presented         Did not come on 3 November
    alone          nothing handed in  not_submitted         Neither version of FLOW was handed in.
    in a group     nothing handed in  —                     —
    no project     nothing handed in  not_submitted         There is no project, and the time for handing one in is over.
    alone          listed             no_contribution       —
    in a group     listed             no_contribution       No commit of theirs in either version
    alone          no review          no_proper_review      No review of AWGAN was handed in.
    in a group     no review          no_proper_review      No review of AWGAN was handed in.
    alone          review to come     —                     —
    in a group     dropped out        —                     —
    alone          listed             absent_midterm        List of 12 November
    in a group     listed             absent_demonstration  List of 14 January
    alone          listed             plagiarism            Board's letter of 20 January
    alone          listed as no       plagiarism            —
    alone          all is well        —                     —
"""
WORKS_ALONE = {"alone": True, "in a group": False, "no project": None}


def facts_of(row: dict[str, str], *fails: FailFact) -> GradingFacts:
    own = ProjectFact(project_id="FLOW", key="FLOW", developers=("Ali",), settled=frozenset({1, 2}))
    mine = AssignmentFact(
        assignment_id="Ali's",
        members=("Ali",),
        held_to_account=row["happened"] != "dropped out",
        awaited=row["happened"] == "review to come",
    )
    reviewing = row["happened"] in {"no review", "review to come", "dropped out"}
    other = ProjectFact(
        project_id="AWGAN", key="AWGAN", developers=("Ece",), settled=frozenset({1, 2}), assignments=(mine,)
    )
    projects = ((own,) if row["happened"] == "nothing handed in" and row["works"] != "no project" else ()) + (
        (other,) if reviewing else ()
    )
    return GradingFacts(projects=projects, students=(the_student(row, *fails),))


def the_student(row: dict[str, str], *fails: FailFact) -> StudentFact:
    listed = {"listed": "yes", "listed as no": "no"}.get(row["happened"])
    evidence = row["evidence"] or "Somebody said so"
    return student(
        "Ali",
        works_alone=WORKS_ALONE[row["works"]],
        has_project=row["works"] != "no project",
        project_is_due=True,
        statuses=(status(row["rule"], listed, evidence),) if listed else (),
        fails=fails,
    )


def grade_of(row: dict[str, str], *fails: FailFact) -> CourseGrade:
    return course_grades(facts_of(row, *fails), shipped("ceng796"))["Ali"]


@pytest.mark.parametrize("row", rows(CASES), ids=lambda row: f"{row['works']}, {row['happened']}: {row['rule']}")
def test_rule_is_triggered_with_its_evidence_and_waits(row: dict[str, str]) -> None:
    grade = grade_of(row)

    expected = [(row["rule"], (row["evidence"],))] if row["evidence"] else []
    assert [(case.rule.key, case.evidence) for case in grade.fails] == expected
    assert all(case.is_open for case in grade.fails)
    assert (grade.letter, grade.is_failed) == ("", False)


TRIGGERED = [row for row in rows(CASES) if row["evidence"]]


def test_every_rule_of_the_course_is_in_the_table() -> None:
    assert {row["rule"] for row in TRIGGERED} == {rule.key for rule in shipped("ceng796").fails}


@pytest.mark.parametrize("letter", ["FF", "NA"])
@pytest.mark.parametrize("row", TRIGGERED, ids=lambda row: f"{row['works']}: {row['rule']}")
def test_confirmed_rule_brings_the_letter_the_instructor_chose(row: dict[str, str], letter: str) -> None:
    grade = grade_of(row, confirmed(row["rule"], letter))

    assert (grade.letter, grade.is_failed, grade.total) == (letter, True, None)


@pytest.mark.parametrize("row", TRIGGERED, ids=lambda row: f"{row['works']}: {row['rule']}")
def test_dismissed_rule_brings_nothing_and_stays_readable(row: dict[str, str]) -> None:
    grade = grade_of(row, FailFact(rule=row["rule"], confirmed=False, reason="A doctor's note."))

    assert (grade.letter, grade.is_failed, len(grade.fails)) == ("", False, 1)
    (said,) = [entry.rule for entry in grade.entries if entry.part == "fail"]
    assert said.endswith(f"has no effect, as the instructor decided. A doctor's note. {row['evidence']}")


def test_confirmed_rule_fails_whatever_the_sum() -> None:
    given = student(
        "Ali",
        marks=marks("Ali", midterm="100", presentation="100", homework="100"),
        statuses=(status("plagiarism", evidence="Letter of 20 January."),),
        fails=(confirmed("plagiarism", "FF", "The board decided."),),
    )

    grade = course_grades(GradingFacts(students=(given,)), shipped("ceng796"))["Ali"]

    assert grade.letter == "FF"
    assert [entry.rule for entry in grade.entries][-1] == (
        "“Plagiarism” brings FF, as the instructor confirmed. The board decided. Letter of 20 January."
    )


def test_of_several_confirmed_rules_the_first_in_the_course_file_gives_the_letter() -> None:
    given = student(
        "Ali",
        statuses=(status("plagiarism"), status("absent_midterm")),
        fails=(confirmed("plagiarism", "FF"), confirmed("absent_midterm", "NA")),
    )

    for facts in (given, replace(given, statuses=given.statuses[::-1], fails=given.fails[::-1])):
        grade = course_grades(GradingFacts(students=(facts,)), shipped("ceng796"))["Ali"]
        assert grade.letter == "NA"
        assert [case.rule.key for case in grade.fails] == ["absent_midterm", "plagiarism"]


def test_decision_without_evidence_has_no_effect() -> None:
    given = student("Ali", fails=(confirmed("plagiarism", "FF"),))

    grade = course_grades(GradingFacts(students=(given,)), shipped("ceng796"))["Ali"]

    assert (grade.letter, grade.fails) == ("", ())


def test_ledger_tells_every_case_and_its_decision() -> None:
    (row,) = [one for one in TRIGGERED if one["rule"] == "plagiarism"]
    waiting, decided = facts_of(row), facts_of(row, confirmed("plagiarism", "NA"))

    told = [entry.rule for entry in ledger_of(waiting, shipped("ceng796")) if entry.part == "fail"]

    assert told == ["“Plagiarism” may bring FF or NA; the instructor has not decided yet. Board's letter of 20 January"]
    assert canonical_bytes(ledger_of(waiting, shipped("ceng796"))) != canonical_bytes(
        ledger_of(decided, shipped("ceng796"))
    )
