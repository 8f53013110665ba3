"""`reviewhub grade import` and `statuses` show what would change, and save it only then."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from reviewhub.cli.grade_importing import import_marks, import_statuses
from reviewhub.errors import BadInput
from reviewhub.grades.mark_tables import Mark, StatusRow
from reviewhub.storage import Database
from reviewhub.storage.migrating import upgrade
from tests.grades.worlds import make_world

MARKS = "student number;Midterm (out of 40)\nn-Ayşe;34,5\nn-Baran;\n"


@pytest.fixture
def installation(tmp_path):
    """A database of this version in a folder of its own, and its settings file."""
    database = Database(f"sqlite:///{tmp_path}/reviewhub.sqlite")
    upgrade(database)
    with database.writing() as session:
        make_world(session)
    settings = tmp_path / "config.toml"
    settings.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/reviewhub.sqlite"\nwork_url = "sqlite:///{tmp_path}/work.sqlite"\n'
        f'[files]\ndata = "{tmp_path}"\nobjects = "{tmp_path}/objects"\n',
        encoding="utf-8",
    )
    yield database, settings, tmp_path
    database.close()


def run(command, installation, text, *options, **more):
    """Run a command on a file with this text."""
    _, settings, folder = installation
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(command, ["ceng796", str(file), *options], obj=settings, **more)


def standing(installation, table=Mark):
    """The rows that stand."""
    with installation[0].reading() as session:
        return session.scalars(select(table).where(table.undone_at.is_(None))).all()


def test_marks_are_shown_and_saved(installation):
    dry = run(import_marks, installation, MARKS, "--dry-run")
    assert dry.exit_code == 0
    assert "column B (“Midterm (out of 40)”) is read as Midterm, out of 40" in dry.output
    assert "+ Ayşe, Midterm: 34.5 of 40" in dry.output
    assert "0 as they are, 1 without a mark, 2 not in the list." in dry.output
    assert standing(installation) == []

    refused = run(import_marks, installation, MARKS, input="n\n")
    saved = run(import_marks, installation, MARKS, "--yes")
    again = run(import_marks, installation, MARKS, "--yes")

    assert refused.exit_code == 1
    assert "Saved." in saved.output
    assert "The list changes nothing." in again.output
    assert [str(one.points) for one in standing(installation)] == ["34.5"]


def test_empty_cell_takes_a_mark_away_only_where_asked(installation):
    run(import_marks, installation, MARKS, "--yes")
    emptied = MARKS.replace("34,5", "")

    kept = run(import_marks, installation, emptied, "--yes")
    assert "? Ayşe, Midterm: 34.5 of 40 → stays, although the list is empty there" in kept.output
    assert len(standing(installation)) == 1
    run(import_marks, installation, emptied, "--yes", "--take-emptied")
    assert standing(installation) == []


def test_faults_are_told_and_nothing_is_written(installation):
    answer = run(import_marks, installation, "number;Midterm\nn-Ayşe;120\nn-Nobody;1\n", "--yes")

    assert isinstance(answer.exception, BadInput)
    assert [str(one) for one in answer.exception.problems] == [
        "row 2, column B (“Midterm”): “120” is not a number from 0 to 100.",
        "row 3: Nobody in the course has the student number n-Nobody.",
    ]
    assert standing(installation) == []


def test_statuses_are_shown_and_saved(installation):
    text = "number;status;value;evidence\nn-Ayşe;plagiarism;yes;Both admitted it.\n"

    assert "+ Ayşe, Plagiarism: yes, it happened" in run(import_statuses, installation, text, "--dry-run").output
    assert standing(installation, StatusRow) == []
    run(import_statuses, installation, text, "--yes")
    run(import_statuses, installation, text, "--yes")
    assert [(one.kind, one.value) for one in standing(installation, StatusRow)] == [("plagiarism", "yes")]
