"""`reviewhub grade export` writes the files of the page; `reviewhub grade verify` needs nothing but the file."""

import csv
import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from reviewhub.cli.grade import grade
from reviewhub.storage import Database
from reviewhub.storage.migrating import upgrade
from tests.grades.test_export_pages import decide_everything, release_as_it_stands
from tests.grades.worlds import make_world


@pytest.fixture
def run(tmp_path):
    """Run a command of an installation whose grades are released."""
    url = f"sqlite:///{tmp_path}/reviewhub.sqlite"
    database = Database(url)
    upgrade(database)
    with database.writing() as session:
        world = make_world(session)
        decide_everything(session, world)
        release_as_it_stands(session, world)
    database.close()
    config = tmp_path / "config.toml"
    config.write_text(f'[files]\ndata = "{tmp_path}"\n[database]\nurl = "{url}"\n', encoding="utf-8")

    def with_(*arguments):
        return CliRunner().invoke(grade, [str(one) for one in arguments], obj=config)

    return with_


def test_every_kind_is_written_and_says_what_it_is(run, tmp_path):
    for kind in ("csv", "xlsx", "moodle", "json"):
        told = run("export", "ceng796", "--as", kind, "-o", tmp_path / f"file.{kind}")
        assert (told.exit_code, told.output) == (
            0,
            f"{tmp_path}/file.{kind}: Deep Generative Models, Fall 2026; release 1; 4 students.\n",
        )

    assert load_workbook(tmp_path / "file.xlsx").sheetnames[0] == "Gradebook"
    with (tmp_path / "file.csv").open(newline="", encoding="utf-8") as file:
        assert [row[1] for row in csv.reader(file)] == ["Name", "Ayşe", "Baran", "Cem", "Defne"]


def test_verify_agrees_with_a_true_file_and_names_what_was_changed(run, tmp_path):
    file = tmp_path / "ledger.json"
    run("export", "ceng796", "--as", "json", "-o", file)

    good = CliRunner().invoke(grade, ["verify", str(file)])
    told = json.loads(file.read_bytes())
    told["entries"][0]["amount"] = "1000"
    file.write_text(json.dumps(told), encoding="utf-8")
    bad = CliRunner().invoke(grade, ["verify", str(file)])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "Every sum and the digest agree." in good.output
    assert "something in it was changed" in bad.output


def test_a_file_that_cannot_be_written_is_one_sentence_and_leaves_nothing(run, tmp_path):
    told = run("export", "ceng796", "--as", "csv", "-o", tmp_path / "nowhere" / "file.csv")

    assert "cannot be written" in told.exception.message
    assert not (tmp_path / "nowhere").exists()


def test_csv_can_go_to_standard_output(run):
    told = run("export", "ceng796", "--as", "csv", "-o", "-", "--now")

    assert told.stdout.startswith("Student number,Name,Email")
