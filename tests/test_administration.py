"""docs/administration.md names commands, jobs and addresses that exist."""

import re
from pathlib import Path

import click

from reviewhub import cli
from reviewhub.jobs.work import known_jobs

TEXT = (Path(__file__).parent.parent / "docs" / "administration.md").read_text(encoding="utf-8")


def test_every_command_that_is_named_exists() -> None:
    named = {tuple(words.split()) for words in re.findall(r"\breviewhub ((?:db )?[a-z][a-z-]+)", TEXT)}

    for words in named:
        command: click.Command | None = cli.program
        for word in words:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), word)
            assert command is not None, f"reviewhub {' '.join(words)}"


def test_every_job_is_named() -> None:
    assert [job.name for job in known_jobs() if f"`{job.name}`" not in TEXT] == []
