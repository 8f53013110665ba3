"""The program itself: mistyped words, refusals in one sentence, and what a command need not wait for."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reviewhub", *arguments],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("words", "nearest"),
    [(("serv",), "'serve'"), (("course", "chek", "x"), "'check'"), (("peple",), "'people'"), (("bakup",), "'backup'")],
)
def test_mistyped_command_names_the_nearest(words: tuple[str, ...], nearest: str) -> None:
    told = _run(*words)
    assert told.returncode == 2
    assert f"Did you mean {nearest}?" in told.stderr


def test_refusal_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    told = _run("--config", "nothing.toml", "check", folder=tmp_path)
    assert (told.returncode, told.stderr) == (2, "There is no settings file nothing.toml.\n")


def test_help_lists_every_command() -> None:
    told = _run("--help")
    assert told.returncode == 0
    assert [word for word in ("serve", "demo", "course", "people", "grade", "backup") if word not in told.stdout] == []


def test_version_imports_no_room() -> None:
    program = "import sys, reviewhub.cli; print([m for m in sys.modules if m.startswith(('sqlalchemy', 'flask'))])"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert told.stdout == "[]\n"
