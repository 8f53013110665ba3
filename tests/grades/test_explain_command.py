"""`reviewhub grade explain` prints what the page shows."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewhub.cli.course_grade_lines import course_grade_lines
from reviewhub.cli.grade import explain, told
from reviewhub.errors import NotFound
from reviewhub.grades.explaining import explain_now, explain_released
from reviewhub.grades.grading import accept_finding, record_mistake
from reviewhub.grades.members import find_student_named
from tests.grades.golden.syllabus import marks, one_grade, shipped, status, student
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.worlds import GRADING, LINES


@pytest.fixture
def bench(sqlite_database) -> Bench:
    return Bench(sqlite_database)


def story_of(bench, name):
    with bench.database.reading() as session:
        person = find_student_named(session, bench.world.course, name)
        return list(told(explain_now(session, bench.world.course, person, GRADING)))


def test_story_of_a_developer_goes_down_to_the_place(bench):
    bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)

    lines = story_of(bench, "Ayşe")

    assert lines[:4] == ["Ayşe, n-Ayşe", "As it stands now, not released", "", "        —  COURSE GRADE"]
    start = lines.index("    92.00  DEVELOPER GRADE")
    assert lines[start : start + 3] == [
        "    92.00  DEVELOPER GRADE",
        "   +36.80    Version 1",
        "   +36.80      Version 1 counts 0.4 of the developer grade: 0.4 × 92.00.",
    ]
    assert "           ↳ M1 “Wrong sign”, main.ipynb cell 4 (noted by Cem (finding 1))".replace(" ", "") in [
        line.replace(" ", "") for line in lines
    ]


def test_story_of_a_reviewer_says_what_became_of_each_finding(bench):
    bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)
    bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    lines = [line.strip() for line in story_of(bench, "n-Cem")]

    assert "Cem's finding 1: Accepted: M1 “Wrong sign”" in lines
    assert "Cem's finding 2: Not decided on." in lines
    assert "-4.00" not in "".join(lines)
    assert "−4.00      M2 “Wrong sign” was missed by every reviewer: each of them loses 0.5 × its 8 points." in lines


def test_student_is_found_by_number_address_or_name_and_else_told(bench):
    with bench.database.reading() as session:
        found = {
            find_student_named(session, bench.world.course, name).id
            for name in ("Cem", "n-Cem", "CEM-ceng796@example.org")
        }
        with pytest.raises(NotFound, match="no such student"):
            find_student_named(session, bench.world.course, "Ida")
    assert found == {bench.world.people["Cem"].id}


def test_story_before_the_release_is_not_found(bench):
    with bench.database.reading() as session:
        person = find_student_named(session, bench.world.course, "Cem")
        with pytest.raises(NotFound, match="Grades are not released yet"):
            explain_released(session, bench.world.course, person)


def test_command_for_a_course_that_is_not_there_says_so(tmp_path: Path):
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/fresh.sqlite"\n[files]\ndata = "{tmp_path}"\n')

    outcome = CliRunner().invoke(explain, ["ceng796", "Cem"], obj=config)

    assert isinstance(outcome.exception, NotFound)


def test_course_grade_is_told_with_what_it_waits_for(bench):
    lines = story_of(bench, "Cem")

    assert lines[3:14] == [
        "        —  COURSE GRADE",
        "     0.00    “Midterm” counts 30 % and is not complete yet.",
        "     0.00    “Paper presentation” counts 20 % and is not complete yet.",
        "   +30.00    “Project, as developer” counts 30 %: 30 % × 100.00.",
        "     0.00    “Project, as reviewer” counts 10 % and is not complete yet.",
        "     0.00    “Homework” counts 10 % and is not complete yet.",
        "             Still missing: Midterm: there is no mark yet.",
        "             Still missing: Paper presentation: there is no mark yet.",
        "             Still missing: The review of AWGAN is not marked yet.",
        "             Still missing: Homework: there is no mark yet.",
        "   100.00    So far, over what is complete; this is no grade.",
    ]


def test_course_grade_goes_down_to_every_mark_of_every_part():
    given = student(
        "Ali",
        marks=marks(
            "Ali", milestone_1="80", milestone_2="90", quizzes="80 80 80 80 80 80 80 80 —", midterm="70", final="61"
        ),
        statuses=(status("proposal", "replaced"),),
    )

    lines = list(course_grade_lines(one_grade(given, shipped("csci4701"))))

    # project 5 + 36 + 40.5 = 81.5; (81.5 + 80 + 70 + 61) ÷ 4 = 73.125
    assert lines[1:15] == [
        "    73.13  COURSE GRADE",
        "   +20.38    “Team project” counts 25 %: 25 % × 81.50.",
        "   +20.00    “Quizzes” counts 25 %: 25 % × 80.00.",
        "   +17.50    “Midterm” counts 25 %: 25 % × 70.00.",
        "   +15.25    “Final” counts 25 %: 25 % × 61.00.",
        "    81.50  Team project (25 %)",
        "    +5.00    “Proposal” counts 10 % of “Team project”: 10 % × 50.00.",
        "   +36.00    “Milestone one” counts 45 % of “Team project”: 45 % × 80.00.",
        "   +40.50    “Milestone two” counts 45 % of “Team project”: 45 % × 90.00.",
        "    50.00    Proposal (10 %)",
        (
            "   +50.00      The proposal was rejected and replaced by a substantially different one: it counts 50 of"
            " 100."
        ),
        "    80.00    Milestone one (45 %)",
        "   +80.00      Milestone one: 80 of 100.",
        "    90.00    Milestone two (45 %)",
    ]
    assert "     0.00    Quizzes 9: there is no mark; only the best 8 of 9 count, so this one costs nothing." in lines


def test_letter_and_threshold_are_told():
    given = student("Ali", marks=marks("Ali", laboratory="39 39 39 39", midterm="100", final="100"))

    lines = list(course_grade_lines(one_grade(given, shipped("dl1"))))

    assert lines[1] == "    87.80  COURSE GRADE: 1"
    assert "    39.00  Laboratory (20 %, 40 needed)" in lines


def test_course_without_components_tells_no_course_grade():
    assert list(course_grade_lines(one_grade(student("Ali"), shipped("ceng501-akbas")))) == []
