"""`reviewhub course …` and `reviewhub people …`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewhub.cli.course import course, people
from reviewhub.courses.course_file import shipped_slugs, shipped_text
from reviewhub.errors import BadInput, Conflict

Run = Callable[..., Result]
LIST = "Ad;Soyad;E-posta;No;Grup\nAda;Çelik;ada@example.org;1001;Tekir\nBora;Şahin;bora@example.org;1002;\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command of this room on an installation of its own."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/r.sqlite"\nwork_url = "sqlite:///{tmp_path}/w.sqlite"\n'
        f'[files]\ndata = "{tmp_path}"\n'
    )

    def command(*arguments: str, answer: str | None = None) -> Result:
        group = {"course": course, "people": people}[arguments[0]]
        return CliRunner().invoke(group, list(arguments[1:]), input=answer, obj=config)

    return command


@pytest.fixture
def added(run: Run) -> Run:
    """The same, with a course in it."""
    assert run("course", "add", "ceng796", "--slug", "dgm", "--instructor", "deniz@example.org").exit_code == 0
    return run


@pytest.fixture
def list_file(tmp_path: Path) -> str:
    file = tmp_path / "liste.csv"
    file.write_text(LIST, encoding="cp1254")
    return str(file)


@pytest.mark.parametrize("slug", shipped_slugs())
def test_shipped_course_files_are_checked_by_name(run: Run, slug: str) -> None:
    answer = run("course", "check", slug)

    assert (answer.exit_code, answer.output.partition(" (")[0]) == (0, f"{slug}: no mistakes")


def test_check_prints_every_mistake_and_exits_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    text = shipped_text("ceng796").replace("per_student =", "per_studnt =").replace("weight = 30", "weight = 20", 1)
    file.write_text(text)
    first, second = (text[: text.index(line)].count("\n") + 1 for line in ("per_studnt", "[[components]]\n"))

    answer = run("course", "check", str(file))

    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        f"The course file has 2 mistakes: {file}.",
        f"  {file}, line {first}: review.per_studnt: There is no key per_studnt in review. (Did you mean per_student?)",
        f"  {file}, line {second}: components: The weights of the components sum to 90, not 100. (That is 10 less than 100.)",
    ]


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "no such file or directory"), (b"\xff\xfe", "it is not text in UTF-8")]
)
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(
    run: Run, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "c.toml"
    if content is not None:
        file.write_bytes(content)

    answer = run("course", "check", str(file))

    assert (answer.exit_code, f"The course file {file} cannot be read: {reason}." in answer.output) == (1, True)


def test_a_course_is_added_listed_and_shown(added: Run) -> None:
    assert added("course", "list").output == "dgm\tDeep Generative Models, Fall 2026\tno repository\n"
    shown = added("course", "show", "dgm").output
    assert shown.startswith("Deep Generative Models, Fall 2026 (Europe/Istanbul)\n")
    assert "  2026-12-04 23:59  Version 1 due\n" in shown
    assert added("people", "list", "dgm").output == "instructor\tdeniz\tdeniz@example.org\t—\t—\n"


def test_a_slug_that_is_taken_is_refused(added: Run) -> None:
    assert isinstance(added("course", "add", "dl1", "--slug", "dgm").exception, Conflict)


def test_an_update_shows_asks_and_does(added: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(shipped_text("ceng796").replace("cap              = 40 ", "cap              = 30 "))
    change = "  points.cap: 40 → 30\n"

    shown = added("course", "diff", "dgm", str(file))
    declined = added("course", "update", "dgm", str(file), answer="n\n")
    still = added("course", "diff", "dgm", str(file))
    done = added("course", "update", "dgm", str(file), "--yes")
    nothing = added("course", "diff", "dgm", str(file))

    assert (shown.output, still.output, nothing.output) == (change, change, "No rule changes.\n")
    assert (declined.exit_code, done.output) == (1, f"{change}Updated dgm.\n")


def test_a_list_is_shown_asked_about_and_imported(added: Run, list_file: str) -> None:
    declined = added("people", "import", "dgm", list_file, answer="n\n")
    done = added("people", "import", "dgm", list_file, "--yes")
    again = added("people", "import", "dgm", list_file)

    assert declined.exit_code == 1
    assert done.output.splitlines() == [
        "Read as Windows-1254 with semicolon between the cells.",
        "+ Ada Çelik <ada@example.org>",
        "+ Bora Şahin <bora@example.org>",
        "0 as they are.",
        "Imported.",
    ]
    assert again.output.splitlines()[-2:] == ["2 as they are.", "The list changes nothing."]
    assert added("people", "list", "dgm").output.splitlines()[0] == "student\tAda Çelik\tada@example.org\t1001\tTekir"


def test_a_list_with_wrong_rows_is_imported_only_when_told(added: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\nada@example.org,Ada\nwrong,Bora\n")

    refused = added("people", "import", "dgm", str(file), "--yes")
    done = added("people", "import", "dgm", str(file), "--yes", "--skip-wrong-rows")

    assert isinstance(refused.exception, BadInput)
    assert [str(problem) for problem in refused.exception.problems] == [
        "list.csv, line 3: “wrong” is no e-mail address. (Say which mail domain completes log-in names.)"
    ]
    assert done.output.endswith("Imported.\n")


def test_missing_students_leave_only_when_told(added: Run, list_file: str, tmp_path: Path) -> None:
    added("people", "import", "dgm", list_file, "--yes")
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("email,name\nada@example.org,Ada Çelik\n")

    kept = added("people", "import", "dgm", str(shorter))
    removed = added("people", "import", "dgm", str(shorter), "--remove-missing", "--yes")

    assert "? Bora Şahin <bora@example.org> is not in the list\n" in kept.output
    assert removed.output.endswith("Imported.\n")
    assert "bora@example.org" not in added("people", "list", "dgm").output


def test_groups_are_formed_and_left(added: Run, list_file: str) -> None:
    added("people", "import", "dgm", list_file, "--yes")

    joined = added("people", "group", "dgm", "tekir", "bora@example.org")
    left = added("people", "withdraw", "dgm", "ada@example.org", "--reason", "moved")

    assert (joined.output, left.output) == ("tekir: 1 joined.\n", "ada@example.org has left their group.\n")
    assert [line.split("\t")[4] for line in added("people", "list", "dgm").output.splitlines()] == ["—", "Tekir", "—"]
