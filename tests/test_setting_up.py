"""A bare machine hears in one sentence what it lacks; one that is set up starts at once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def set_up(tmp_path: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the set-up on a machine with these programs alone: name → what the program does, as shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mkdir"):
        (folder / name).symlink_to(shutil.which(name))
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "set_up.sh"), "run"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(folder), "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
    )


NO_GIT = "ReviewHub needs git: install the package 'git' (Debian, Ubuntu: apt-get install git).\n"
NO_PYTHON = (
    "ReviewHub needs Python 3.11 or newer: install the package 'python3' "
    "(Debian 12 or newer: apt-get install python3 python3-venv).\n"
)
NO_VENV = (
    "ReviewHub needs Python's venv: install the package 'python3-venv' "
    "(Debian, Ubuntu: apt-get install python3-venv).\n"
)
OLD_PYTHON = "exit 1"
PYTHON_WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'


@pytest.mark.parametrize(
    ("programs", "sentence"),
    [
        ({"python3": "exit 0"}, NO_GIT),
        ({"git": "exit 0"}, NO_PYTHON),
        ({"git": "exit 0", "python3": OLD_PYTHON}, NO_PYTHON),
        ({"git": "exit 0", "python3": PYTHON_WITHOUT_VENV}, NO_VENV),
    ],
    ids=["no git", "no python", "old python", "no venv"],
)
def test_what_a_machine_lacks_is_named_in_one_sentence(tmp_path: Path, programs: dict[str, str], sentence: str) -> None:
    done = set_up(tmp_path, programs)

    assert (done.returncode, done.stderr) == (2, sentence)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")
def test_every_target_is_listed_and_keeps_its_caches_in_the_clone(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "show").write_text("include Makefile\n.PHONY: places\nplaces:\n\t@env\n")
    clean = {"PATH": os.environ["PATH"], "HOME": "/somewhere/else"}

    listed = subprocess.run(["make", "help"], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True)
    shown = subprocess.run(
        ["make", "-f", "show", "places"], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )

    targets = [line.split()[1] for line in listed.stdout.splitlines()]
    assert targets == [
        "help",
        "demo",
        "test",
        "quick",
        "check",
        "bench",
        "setup",
        "lock",
        "screenshots",
        "migration",
        "format",
        "clean",
    ]
    places = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    for name in (
        "HOME",
        "TMPDIR",
        "PIP_CACHE_DIR",
        "UV_CACHE_DIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ):
        assert places[name].startswith(f"{tmp_path}/.cache/") or places[name] == f"{tmp_path}/.cache"
