"""`reviewhub grade explain` prints what the page shows."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewhub.cli.grade import explain, told
from reviewhub.errors import NotFound
from reviewhub.grades.explaining import explain_now, explain_released
from reviewhub.grades.grading import accept_finding, record_mistake
from reviewhub.grades.members import find_student_named
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

    assert lines[:6] == [
        "Ayşe, n-Ayşe",
        "As it stands now, not released",
        "",
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

    assert "Your finding 1: Accepted: M1 “Wrong sign”" in lines
    assert "Your finding 2: Not decided on." in lines
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
