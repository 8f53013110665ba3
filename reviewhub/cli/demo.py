"""`reviewhub demo`: the demonstration course, built on the spot and shown on loopback."""

import sys
import time
from pathlib import Path

import click

from reviewhub.cli.serving import open_sockets, run_server
from reviewhub.demonstration.staging import prepare_stage, settings_of

WIDTH = 68


@click.command()
@click.option(
    "--at",
    "stop",
    default=None,
    metavar="PHASE",
    help="developing, late, reviewing, responding, reworking, grading or released.",
)
@click.option(
    "--remote",
    default="",
    metavar="URL_OR_PATH",
    help="Show the projects of this existing repository, with invented people.",
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("data/demo"), show_default=True
)
@click.option("--fresh", is_flag=True, help="Build it anew even if it is there.")
@click.option("--build-only", is_flag=True, help="Build it and stop.")
def demo(stop: str | None, remote: str, folder: Path, *, fresh: bool, build_only: bool) -> None:
    """Show a course of 24 invented students at any phase of the semester."""
    began = time.monotonic()
    if not build_only:
        for one in open_sockets(settings_of(folder), None, None):  # a taken port is told before anything is built
            one.close()
    progress = Progress()
    stage = prepare_stage(folder, stop=stop, remote=remote, fresh=fresh, tell=progress)
    progress.end()
    click.echo(f"Ready after {time.monotonic() - began:.1f} s.\n")
    for person, link in stage.sign_in_links():
        click.echo(f"  {person:<42} {link}")
    click.echo("")
    if not build_only:
        run_server(stage.settings)


class Progress:
    """Says what is happening: on a terminal in one line that changes, elsewhere in a line each second."""

    def __init__(self) -> None:
        """Begin without having said anything."""
        self._told_at = 0.0
        self._on_terminal = sys.stdout.isatty()

    def __call__(self, text: str) -> None:
        """Say that `text` is going on."""
        if self._on_terminal:
            click.echo(f"\r  {text[:WIDTH]:<{WIDTH}}", nl=False)
        elif time.monotonic() - self._told_at >= 1:
            click.echo(f"  {text} …")
            self._told_at = time.monotonic()

    def end(self) -> None:
        """Clear the line."""
        if self._on_terminal:
            click.echo(f"\r{'':<{WIDTH + 2}}\r", nl=False)
