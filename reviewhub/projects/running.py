"""The one command that runs a frozen version on the reader's own machine. Pure text; every name is quoted."""

import shlex
from collections.abc import Iterable, Sequence

from reviewhub.github.archives import safe_part, safe_path


def run_command(archive: str, paths: Iterable[str]) -> str:
    """Unpack the downloaded archive, make an environment from what the project names, and open its notebook.

    `archive` is the archive's name without ".zip"; `paths` are the files of the version.
    """
    names = list(paths)
    folder = safe_part(archive)
    steps = [f"unzip {shlex.quote(archive + '.zip')}", f"cd {shlex.quote(folder)}", "python3 -m venv .venv"]
    steps.append(".venv/bin/pip install jupyterlab" + _requirements(names))
    steps.append(".venv/bin/jupyter lab" + _notebook(names))
    return " &&\n".join(steps)


def clone_command(remote: str, commit: str, folder: str) -> str:
    """Clone the shared repository at the version's commit and go to the project's folder."""
    name = remote.rstrip("/").rpartition("/")[2].removesuffix(".git") or "repository"
    into = f"{safe_part(name)}-{commit[:7]}"
    steps = [
        f"git clone --no-checkout -- {shlex.quote(remote)} {shlex.quote(into)}",
        f"cd {shlex.quote(into)}",
        f"git checkout {commit}",
    ]
    if folder:
        steps.append(f"cd -- {shlex.quote(folder)}")
    return " &&\n".join(steps)


def _requirements(names: Sequence[str]) -> str:
    if "requirements.txt" in names:
        return " -r requirements.txt"
    if "pyproject.toml" in names or "setup.py" in names:
        return " ."
    return ""


def _notebook(names: Sequence[str]) -> str:
    books = [name for name in names if name.lower().endswith(".ipynb")]
    order = sorted(books, key=lambda name: (name.count("/"), not name.endswith("main.ipynb"), name))
    return f" {shlex.quote('./' + safe_path(order[0]))}" if order else ""
