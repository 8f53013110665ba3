"""A repository like that of a real course, made on the spot and the same every time: forty projects, in one pack."""

import os
import subprocess
from pathlib import Path

PROJECTS = 40
FILES_EACH = 125
COMMITS = 1_100
START = 1_760_000_000
"""Seconds since 1970 of the first commit."""


def make_repository(folder: Path, *, projects: int = PROJECTS, files: int = FILES_EACH, commits: int = COMMITS) -> Path:
    """Make a bare repository of `projects` folders with `files` files each, and a history of so many commits."""
    repository = folder / "course.git"
    _git("init", "-q", "--bare", "-b", "main", str(repository))
    _git(f"--git-dir={repository}", "fast-import", "--quiet", send=_stream(projects, files, commits))
    _git(f"--git-dir={repository}", "repack", "-adq")
    return repository


def project_folder(number: int) -> str:
    """The folder of a project, such as "Project_07"."""
    return f"Project_{number:02}"


def _stream(projects: int, files: int, commits: int) -> bytes:
    """Every project begins with one commit of all its files; then they change one file each, in turns."""
    parts: list[bytes] = []
    for count in range(max(commits, projects)):
        who = f"Person {count % projects} <p{count % projects}@example.org> {START + 900 * count} +0300"
        said = f"work {count}".encode()
        parts.append(f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(said)}\n".encode() + said)
        folder = project_folder(count % projects)
        numbers = range(files) if count < projects else [count // projects * 7 % files]
        for number in numbers:
            content = f"# {folder}, state {count}\n".encode() + b"".join(
                b"x_%d = %d\n" % (line, line * number) for line in range(30 + number)
            )
            place = f"M 100644 inline {folder}/part_{number // 25}/file_{number:03}.py\n"
            parts.append(f"\n{place}data {len(content)}\n".encode() + content)
        parts.append(b"\n\n")
    return b"".join(parts)


def _git(*arguments: str, send: bytes = b"") -> None:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], check=True, input=send, env=environment, stdout=subprocess.DEVNULL)
